#include "app/test.h"
#include "core/size.h"
#include "gen/api.h"

#include "core/banned.h"

enum { GIB = 1 << 30 };

/* An asset of a size, as old as its number of days. */
static uuid photo(struct ctx *cx, uuid owner, int days, int64_t size)
{
    const uuid id = test_asset(cx, owner, "IMAGE", test_id(cx, uuid_v4()));
    test_sql(cx, "UPDATE asset SET \"fileCreatedAt\" = now() - interval '%d days' WHERE id = '%s'",
        days, test_id(cx, id));
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\", \"fileSizeInByte\") VALUES ('%s', %lld)",
        test_id(cx, id), (long long)size);
    return id;
}

/* The video of a live photo. */
static uuid moving(struct ctx *cx, uuid still, uuid owner, int days, const char *path)
{
    const uuid id = photo(cx, owner, days, 5);
    test_sql(cx,
        "UPDATE asset SET type = 'VIDEO', visibility = 'hidden', \"originalPath\" = '%s'"
        " WHERE id = '%s'",
        path, test_id(cx, id));
    test_sql(cx, "UPDATE asset SET \"livePhotoVideoId\" = '%s' WHERE id = '%s'", test_id(cx, id),
        test_id(cx, still));
    return id;
}

static struct ctx *open(void **state, uuid *alice)
{
    struct ctx *cx = *state;
    cx->app->media = "/media";
    *alice = test_user(cx, "alice");
    test_sign_in(cx, *alice);
    return cx;
}

static fallible info(struct ctx *cx, struct DownloadInfoDto dto, struct DownloadResponseDto *out)
{
    return op_getDownloadInfo(cx, &(struct getDownloadInfo_in){.body = dto}, out);
}

static fallible info_of_user(struct ctx *cx, uuid user, struct DownloadResponseDto *out)
{
    return info(cx, (struct DownloadInfoDto){.userId = SOME(uuid, user)}, out);
}

#define assert_ids(ids, ...)                                                                       \
    do {                                                                                           \
        const uuid wanted_[] = {__VA_ARGS__};                                                      \
        assert_int_equal((ids).n, LENGTH(wanted_));                                                \
        for (size_t i_ = 0; i_ < LENGTH(wanted_); i_++)                                            \
            assert_true(uuid_eq((ids).v[i_], wanted_[i_]));                                        \
    } while (0)

static void an_archive_is_closed_by_the_file_that_makes_it_too_large(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid ids[] = {photo(cx, alice, 5, 60), photo(cx, alice, 4, 50), photo(cx, alice, 3, 100),
        photo(cx, alice, 2, 1), photo(cx, alice, 1, 2)};
    struct DownloadInfoDto dto = {
        .assetIds = SOME(list_uuid, ((struct list_uuid){(uuid *)(uintptr_t)ids, LENGTH(ids)})),
        .archiveSize = SOME(int, 100)};
    struct DownloadResponseDto out;

    assert_ok(info(cx, dto, &out));
    assert_int_equal(out.totalSize, 213);
    assert_int_equal(out.archives.n, 3);
    assert_int_equal(out.archives.v[0].size, 110);
    assert_ids(out.archives.v[0].assetIds, ids[0], ids[1]);
    /* 100 is not more than 100. */
    assert_int_equal(out.archives.v[1].size, 101);
    assert_ids(out.archives.v[1].assetIds, ids[2], ids[3]);
    assert_int_equal(out.archives.v[2].size, 2);
    assert_ids(out.archives.v[2].assetIds, ids[4]);

    dto.archiveSize = NOTHING(int);
    assert_ok(info(cx, dto, &out));
    assert_int_equal(out.archives.n, 1);
}

static void without_a_size_an_archive_has_four_gigabytes(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photo(cx, alice, 4, (int64_t)4 * GIB);
    photo(cx, alice, 3, 1);
    photo(cx, alice, 2, 1);
    struct DownloadResponseDto out;
    assert_ok(info_of_user(cx, alice, &out));
    assert_int_equal(out.archives.n, 2);
    assert_int_equal(out.archives.v[0].size, (int64_t)4 * GIB + 1);
}

static void what_cannot_be_downloaded_is_not_listed(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    struct auth *auth = test_sign_in(cx, alice);
    const uuid plain = photo(cx, alice, 9, 10), archived = photo(cx, alice, 8, 10),
               unknown_size = photo(cx, alice, 7, 0), locked = photo(cx, alice, 6, 10),
               trashed = photo(cx, alice, 5, 10), hidden = photo(cx, alice, 4, 10);
    photo(cx, test_user(cx, "bob"), 1, 10);
    test_asset(cx, alice, "IMAGE", "/p/not-read-yet.jpg"); /* without a row of exif */
    test_sql(cx, "UPDATE asset SET visibility = 'archive' WHERE id = '%s'", test_id(cx, archived));
    test_sql(cx, "UPDATE asset_exif SET \"fileSizeInByte\" = NULL WHERE \"assetId\" = '%s'",
        test_id(cx, unknown_size));
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, locked));
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, trashed));
    test_sql(cx, "UPDATE asset SET visibility = 'hidden' WHERE id = '%s'", test_id(cx, hidden));
    struct DownloadResponseDto out;

    assert_ok(info_of_user(cx, alice, &out));
    assert_int_equal(out.totalSize, 20);
    assert_ids(out.archives.v[0].assetIds, plain, archived, unknown_size);

    auth->elevated = true;
    assert_ok(info_of_user(cx, alice, &out));
    assert_ids(out.archives.v[0].assetIds, plain, archived, unknown_size, locked);
}

static void moving_parts_come_last(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid first = photo(cx, alice, 3, 10), second = photo(cx, alice, 2, 10),
               third = photo(cx, alice, 1, 10);
    const uuid live = moving(cx, first, alice, 8, "/media/upload/a/live.mov");
    const uuid embedded = moving(cx, third, alice, 9, "/media/encoded-video/a/b/c/x-MP.mp4");
    struct DownloadResponseDto out;

    assert_ok(info_of_user(cx, alice, &out));
    assert_int_equal(out.totalSize, 35);
    assert_ids(out.archives.v[0].assetIds, first, second, third, live);

    test_sql(cx,
        "INSERT INTO user_metadata (\"userId\", key, value) VALUES ('%s', 'preferences',"
        " '{\"download\": {\"includeEmbeddedVideos\": true}}')",
        test_id(cx, alice));
    assert_ok(info_of_user(cx, alice, &out));
    assert_int_equal(out.totalSize, 40);
    assert_ids(out.archives.v[0].assetIds, first, second, third, embedded, live);

    /* One that is asked for itself comes once. */
    uuid both[] = {live, first};
    const struct DownloadInfoDto dto = {
        .assetIds = SOME(list_uuid, ((struct list_uuid){both, LENGTH(both)}))};
    assert_ok(info(cx, dto, &out));
    assert_ids(out.archives.v[0].assetIds, live, first);
}

static void an_album_is_for_its_members(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    const uuid bob = test_user(cx, "bob"), album = uuid_v4();
    const uuid in_it = photo(cx, alice, 2, 10);
    photo(cx, alice, 1, 10);
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, album));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES"
        " ('%s', '%s', 'owner'), ('%s', '%s', 'viewer')",
        test_id(cx, album), test_id(cx, alice), test_id(cx, album), test_id(cx, bob));
    test_sql(cx, "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s')",
        test_id(cx, album), test_id(cx, in_it));
    const struct DownloadInfoDto dto = {.albumId = SOME(uuid, album)};
    struct DownloadResponseDto out;

    test_sign_in(cx, bob);
    assert_ok(info(cx, dto, &out));
    assert_ids(out.archives.v[0].assetIds, in_it);

    test_sign_in(cx, test_user(cx, "eve"));
    err e = info(cx, dto, &out);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Not found or no album.download access");
}

static void nothing_is_an_empty_answer_and_no_question_is_none(void **state)
{
    uuid alice;
    struct ctx *cx = open(state, &alice);
    photo(cx, alice, 1, 10);
    struct DownloadResponseDto out;

    /* The first that is given decides, though it names nothing. */
    const struct DownloadInfoDto empty = {
        .assetIds = SOME(list_uuid, ((struct list_uuid){0})), .userId = SOME(uuid, alice)};
    assert_ok(info(cx, empty, &out));
    assert_int_equal(out.totalSize, 0);
    assert_int_equal(out.archives.n, 0);

    err e = info(cx, (struct DownloadInfoDto){0}, &out);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "assetIds, albumId, or userId is required");
    e = info_of_user(cx, test_user(cx, "bob"), &out);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Not found or no timeline.download access");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(an_archive_is_closed_by_the_file_that_makes_it_too_large),
        TEST(without_a_size_an_archive_has_four_gigabytes),
        TEST(what_cannot_be_downloaded_is_not_listed),
        TEST(moving_parts_come_last),
        TEST(an_album_is_for_its_members),
        TEST(nothing_is_an_empty_answer_and_no_question_is_none),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
