#include "app/test.h"
#include "config/config.h"
#include "config/env.h"
#include "core/fd.h"
#include "job/handlers.h"
#include "storage/tree.h"

#include <unistd.h>

#include "core/banned.h"

static char media[] = "/tmp/tintype-user-delete-XXXXXX";
static struct env env;
static struct config_store *store;

static int make_all(void **state)
{
    if (!mkdtemp(media) || env_load(&env) || config_store_new(&store, &env)) return -1;
    return test_migrate(state);
}

static int remove_all(void **state)
{
    config_store_free(store);
    return storage_remove_tree(media) ? -1 : test_end(state);
}

static int open_test(void **state)
{
    test_open(state);
    struct ctx *cx = *state;
    cx->app->media = media;
    cx->config = config_acquire(store);
    return 0;
}

static int close_test(void **state)
{
    struct ctx *cx = *state;
    config_release(store, cx->config);
    return test_close(state);
}

/* <media>/<folder>/<name> with a file in it. */
static void make_folder(struct ctx *cx, const char *folder, const char *name)
{
    const str path = str_fmt(cx->arena, "%s/%s/%s/aa/bb", media, folder, name);
    const str file = str_fmt(cx->arena, "%.*s/photo.jpg", FMT(path));
    assert_ok(dir_make(path.p, 0700));
    assert_ok(file_replace(file.p, STR("x"), 0600));
}

static bool has_folder(struct ctx *cx, const char *folder, const char *name)
{
    return access(str_fmt(cx->arena, "%s/%s/%s", media, folder, name).p, F_OK) == 0;
}

static uuid deleted_user(struct ctx *cx, const char *name, int days_ago)
{
    const uuid id = test_user(cx, name);
    test_sql(cx,
        "UPDATE \"user\" SET \"deletedAt\" = now() - interval '%d days', status = 'deleted', "
        "\"storageLabel\" = '%s' WHERE id = '%s'",
        days_ago, name, test_id(cx, id));
    return id;
}

static enum job_result run(struct ctx *cx, const struct user_delete_job *in)
{
    enum job_result result = JOB_SUCCESS;
    assert_ok(job_UserDelete(cx, in, &result));
    return result;
}

static void accounts_are_due_after_the_delay(void **state)
{
    struct ctx *cx = *state;
    enum job_result result;
    const uuid old = deleted_user(cx, "old", 8);
    deleted_user(cx, "recent", 6);
    test_user(cx, "living");
    assert_ok(job_UserDeleteCheck(cx, NULL, &result));
    assert_sql(cx, test_id(cx, old),
        "SELECT string_agg(payload->>'id', ',') FROM tintype.job WHERE name = 'UserDelete'");
}

static void rows_go_first_and_folders_with_the_job_that_follows(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = deleted_user(cx, "alice", 8);
    const uuid bob = test_user(cx, "bob");
    const char *id = test_id(cx, alice);
    test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_asset(cx, bob, "IMAGE", "/p/b.jpg");
    test_sql(cx,
        "INSERT INTO album (id, \"albumName\") VALUES"
        " ('00000000-0000-4000-8000-000000000001', 'hers'),"
        " ('00000000-0000-4000-8000-000000000002', 'his');"
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES"
        " ('00000000-0000-4000-8000-000000000001', '%s', 'owner'),"
        " ('00000000-0000-4000-8000-000000000001', '%s', 'editor'),"
        " ('00000000-0000-4000-8000-000000000002', '%s', 'owner'),"
        " ('00000000-0000-4000-8000-000000000002', '%s', 'editor')",
        id, test_id(cx, bob), test_id(cx, bob), id);
    make_folder(cx, "upload", id);
    make_folder(cx, "thumbs", id);
    make_folder(cx, "library", "alice");
    make_folder(cx, "upload", test_id(cx, bob));

    assert_int_equal(run(cx, &(struct user_delete_job){.id = alice}), JOB_SUCCESS);
    assert_sql(cx, "bob", "SELECT string_agg(name, ',') FROM \"user\"");
    assert_sql(cx, "/p/b.jpg", "SELECT string_agg(\"originalPath\", ',') FROM asset");
    assert_sql(cx, "his", "SELECT string_agg(\"albumName\", ',') FROM album");
    assert_sql(cx, "alice true",
        "SELECT (payload->>'storageLabel') || ' ' || (payload->>'force') FROM tintype.job WHERE "
        "name = 'UserDelete'");
    assert_true(has_folder(cx, "upload", id));

    const struct user_delete_job rest = {
        .id = alice, .force = SOME(bool, true), .storageLabel = SOME(str, STR("alice"))};
    assert_int_equal(run(cx, &rest), JOB_SUCCESS);
    assert_false(has_folder(cx, "upload", id));
    assert_false(has_folder(cx, "thumbs", id));
    assert_false(has_folder(cx, "library", "alice"));
    assert_true(has_folder(cx, "upload", test_id(cx, bob)));
    assert_int_equal(run(cx, &rest), JOB_SUCCESS); /* and again, after a crash */
}

static void an_account_that_is_not_due_is_left_alone(void **state)
{
    struct ctx *cx = *state;
    const uuid living = test_user(cx, "living"), recent = deleted_user(cx, "recent", 6);
    make_folder(cx, "upload", test_id(cx, living));
    const struct user_delete_job jobs[] = {{.id = recent}, {.id = living},
        {.id = living, .force = SOME(bool, true), .storageLabel = SOME(str, STR("living"))}};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++)
        assert_int_equal(run(cx, &jobs[i]), JOB_SKIPPED);
    assert_sql(cx, "2", "SELECT count(*) FROM \"user\"");
    assert_true(has_folder(cx, "upload", test_id(cx, living)));

    /* An administrator need not wait. */
    assert_int_equal(
        run(cx, &(struct user_delete_job){.id = recent, .force = SOME(bool, true)}), JOB_SUCCESS);
    assert_sql(cx, "living", "SELECT string_agg(name, ',') FROM \"user\"");
}

static void the_folder_of_a_new_account_of_the_same_label_stays(void **state)
{
    struct ctx *cx = *state;
    const uuid heir = test_user(cx, "heir");
    test_sql(
        cx, "UPDATE \"user\" SET \"storageLabel\" = 'shared' WHERE id = '%s'", test_id(cx, heir));
    make_folder(cx, "library", "shared");
    run(cx, &(struct user_delete_job){.id = uuid_v4(), .storageLabel = SOME(str, STR("shared"))});
    assert_true(has_folder(cx, "library", "shared"));
}

static void a_label_never_leads_out_of_the_library(void **state)
{
    struct ctx *cx = *state;
    static const str labels[] = {STR_INIT(""), STR_INIT("."), STR_INIT(".."),
        STR_INIT("../profile"), STR_INIT("a/../../profile"), STR_INIT("/")};
    make_folder(cx, "profile", "somebody");
    make_folder(cx, "library", "somebody");
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        run(cx, &(struct user_delete_job){.id = uuid_v4(), .storageLabel = SOME(str, labels[i])});
    assert_true(has_folder(cx, "profile", "somebody"));
    assert_true(has_folder(cx, "library", "somebody"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, close_test)
    const struct CMUnitTest tests[] = {
        TEST(accounts_are_due_after_the_delay),
        TEST(rows_go_first_and_folders_with_the_job_that_follows),
        TEST(an_account_that_is_not_due_is_left_alone),
        TEST(the_folder_of_a_new_account_of_the_same_label_stays),
        TEST(a_label_never_leads_out_of_the_library),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
