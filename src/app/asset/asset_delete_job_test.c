#include "app/test.h"
#include "config/config.h"
#include "config/env.h"
#include "core/fd.h"
#include "core/size.h"
#include "job/handlers.h"

#include <sys/stat.h>

#include "core/banned.h"

static enum job_result delete_it(struct ctx *cx, uuid id, bool on_disk)
{
    enum job_result result = JOB_SUCCESS;
    assert_ok(job_AssetDelete(
        cx, &(struct asset_delete_job){.id = id, .deleteOnDisk = on_disk}, &result));
    return result;
}

static uuid trashed(struct ctx *cx, uuid owner, const char *type, const char *path)
{
    const uuid id = test_asset(cx, owner, type, path);
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now(), status = 'trashed' WHERE id = '%s'",
        test_id(cx, id));
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\", \"fileSizeInByte\") VALUES ('%s', 7)",
        test_id(cx, id));
    return id;
}

/* The files of the one FileDelete job, sorted. */
static str files_to_delete(struct ctx *cx)
{
    return test_text(
        cx, STR("SELECT string_agg(f, ' ' ORDER BY f) FROM tintype.job, "
                "jsonb_array_elements_text(payload->'files') AS f WHERE name = 'FileDelete'"));
}

static void a_row_goes_with_all_its_files(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = trashed(cx, alice, "IMAGE", "/p/a.jpg");
    test_sql(
        cx, "UPDATE \"user\" SET \"quotaUsageInBytes\" = 10 WHERE id = '%s'", test_id(cx, alice));
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, path) VALUES ('%s', 'thumbnail', '/t/a.webp'), "
        "('%s', 'sidecar', '/p/a.xmp')",
        test_id(cx, id), test_id(cx, id));
    test_sql(cx,
        "INSERT INTO move_history (\"entityId\", \"pathType\", \"oldPath\", \"newPath\") "
        "VALUES ('%s', 'original', '/o', '/n')",
        test_id(cx, id));
    assert_int_equal(delete_it(cx, id, true), JOB_SUCCESS);
    assert_sql(cx, "0", "SELECT count(*) FROM asset WHERE id = '%s'", test_id(cx, id));
    assert_sql(
        cx, "3", "SELECT \"quotaUsageInBytes\" FROM \"user\" WHERE id = '%s'", test_id(cx, alice));
    assert_sql(
        cx, "0", "SELECT count(*) FROM move_history WHERE \"entityId\" = '%s'", test_id(cx, id));
    assert_str(files_to_delete(cx), "/p/a.jpg /p/a.xmp /t/a.webp");
    /* Again after a crash. */
    assert_int_equal(delete_it(cx, id, true), JOB_SKIPPED);
}

static void originals_stay_where_they_shall(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    delete_it(cx, trashed(cx, alice, "IMAGE", "/library/a.jpg"), false);
    const uuid offline = trashed(cx, alice, "IMAGE", "/library/b.jpg");
    test_sql(cx, "UPDATE asset SET \"isOffline\" = true WHERE id = '%s'", test_id(cx, offline));
    delete_it(cx, offline, true);
    assert_str(files_to_delete(cx), "null");
}

static void what_came_back_from_the_trash_is_not_deleted(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = trashed(cx, alice, "IMAGE", "/p/a.jpg");
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = NULL, status = 'active' WHERE id = '%s'",
        test_id(cx, id));
    assert_int_equal(delete_it(cx, id, true), JOB_SKIPPED);
    assert_sql(cx, "1", "SELECT count(*) FROM asset WHERE id = '%s'", test_id(cx, id));
}

static uuid stack_of(struct ctx *cx, uuid owner, const uuid *members, size_t n)
{
    const uuid stack = uuid_v4();
    test_sql(cx,
        "INSERT INTO stack (id, \"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s', '%s')",
        test_id(cx, stack), test_id(cx, owner), test_id(cx, members[0]));
    for (size_t i = 0; i < n; i++)
        test_sql(cx, "UPDATE asset SET \"stackId\" = '%s' WHERE id = '%s'", test_id(cx, stack),
            test_id(cx, members[i]));
    return stack;
}

static void a_stack_gets_another_first_or_ends(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid members[] = {trashed(cx, alice, "IMAGE", "/p/a.jpg"),
        trashed(cx, alice, "IMAGE", "/p/b.jpg"), test_asset(cx, alice, "IMAGE", "/p/c.jpg")};
    const uuid stack = stack_of(cx, alice, members, LENGTH(members));
    assert_int_equal(delete_it(cx, members[0], true), JOB_SUCCESS);
    assert_sql(cx, "true", "SELECT \"primaryAssetId\" IN ('%s', '%s') FROM stack WHERE id = '%s'",
        test_id(cx, members[1]), test_id(cx, members[2]), test_id(cx, stack));
    assert_int_equal(delete_it(cx, members[1], true), JOB_SUCCESS);
    assert_sql(cx, "0", "SELECT count(*) FROM stack WHERE id = '%s'", test_id(cx, stack));
    assert_sql(
        cx, "null", "SELECT \"stackId\" FROM asset WHERE id = '%s'", test_id(cx, members[2]));
}

static void the_video_goes_with_its_last_still(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = trashed(cx, alice, "IMAGE", "/p/a.jpg"),
               b = trashed(cx, alice, "IMAGE", "/p/b.jpg");
    const uuid video = test_asset(cx, alice, "VIDEO", "/p/a.mov");
    test_sql(cx, "UPDATE asset SET visibility = 'hidden' WHERE id = '%s'", test_id(cx, video));
    test_sql(cx, "UPDATE asset SET \"livePhotoVideoId\" = '%s' WHERE id IN ('%s', '%s')",
        test_id(cx, video), test_id(cx, a), test_id(cx, b));
    static const char jobs[] =
        "SELECT count(*) FROM tintype.job WHERE name = 'AssetDelete' AND payload->>'id' = '%s'";
    delete_it(cx, a, true);
    assert_sql(cx, "0", jobs, test_id(cx, video));
    assert_int_equal(delete_it(cx, video, true), JOB_SKIPPED); /* b still needs it */
    delete_it(cx, b, true);
    assert_sql(cx, "1", jobs, test_id(cx, video));
    assert_int_equal(delete_it(cx, video, true), JOB_SUCCESS);
}

static void the_trash_is_kept_for_thirty_days(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), young = trashed(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid old = trashed(cx, alice, "IMAGE", "/p/b.jpg");
    struct env env;
    enum job_result result = JOB_SUCCESS;
    assert_ok(env_load(&env));
    assert_ok(config_store_new(&cx->app->config, &env));
    cx->config = config_acquire(cx->app->config);
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() - interval '29 days' WHERE id = '%s'",
        test_id(cx, young));
    test_sql(cx,
        "UPDATE asset SET \"deletedAt\" = now() - interval '31 days', \"isOffline\" = true WHERE "
        "id = '%s'",
        test_id(cx, old));
    assert_ok(job_AssetDeleteCheck(cx, &(struct empty_job){0}, &result));
    static const char jobs[] =
        "SELECT string_agg(payload->>'deleteOnDisk', ',') FROM tintype.job WHERE "
        "name = 'AssetDelete' AND payload->>'id' = '%s'";
    assert_sql(cx, "null", jobs, test_id(cx, young));
    assert_sql(cx, "false", jobs, test_id(cx, old));
    config_release(cx->app->config, cx->config);
    config_store_free(cx->app->config);
}

static void the_trash_is_emptied_of_what_was_given_up(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), kept = trashed(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid doomed = trashed(cx, alice, "IMAGE", "/p/b.jpg");
    enum job_result result = JOB_SUCCESS;
    test_sql(cx, "UPDATE asset SET status = 'deleted' WHERE id = '%s'", test_id(cx, doomed));
    assert_ok(job_AssetEmptyTrash(cx, &(struct empty_job){0}, &result));
    static const char jobs[] =
        "SELECT string_agg(payload->>'deleteOnDisk', ',') FROM tintype.job WHERE "
        "name = 'AssetDelete' AND payload->>'id' = '%s'";
    assert_sql(cx, "true", jobs, test_id(cx, doomed));
    assert_sql(cx, "null", jobs, test_id(cx, kept));
}

static void a_file_goes_only_when_no_row_needs_it(void **state)
{
    struct ctx *cx = *state;
    char folder[] = "/tmp/tintype-delete-XXXXXX";
    struct stat st;
    enum job_result result = JOB_SUCCESS;
    assert_non_null(mkdtemp(folder));
    const uuid alice = test_user(cx, "alice");
    const char *id = test_id(cx, test_asset(cx, alice, "IMAGE", "/p/a.jpg"));
    str files[] = {str_fmt(cx->arena, "%s/gone.jpg", folder),
        str_fmt(cx->arena, "%s/original.jpg", folder), str_fmt(cx->arena, "%s/shared.xmp", folder),
        str_fmt(cx->arena, "%s/%s_thumbnail.webp", folder, id),
        str_fmt(cx->arena, "%s/%s_preview.jpeg", folder, id),
        str_fmt(cx->arena, "%s/never-there.jpg", folder)};
    for (size_t i = 0; i + 1 < LENGTH(files); i++)
        assert_ok(file_replace(files[i].p, STR("x"), 0600));
    test_asset(cx, alice, "IMAGE", files[1].p);
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, path) VALUES ('%s', 'sidecar', '%s'), ('%s', "
        "'thumbnail', '%s')",
        id, files[2].p, id, files[3].p);

    const struct file_delete_job job = {.files = {files, LENGTH(files)}};
    assert_ok(job_FileDelete(cx, &job, &result));
    const bool left[] = {false, true, true, true, false, false};
    for (size_t i = 0; i < LENGTH(files); i++) {
        assert_int_equal(stat(files[i].p, &st) == 0, left[i]);
        unlink(files[i].p);
    }
    rmdir(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_row_goes_with_all_its_files),
        TEST(originals_stay_where_they_shall),
        TEST(what_came_back_from_the_trash_is_not_deleted),
        TEST(a_stack_gets_another_first_or_ends),
        TEST(the_video_goes_with_its_last_still),
        TEST(the_trash_is_kept_for_thirty_days),
        TEST(the_trash_is_emptied_of_what_was_given_up),
        TEST(a_file_goes_only_when_no_row_needs_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
