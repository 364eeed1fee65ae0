#include "app/test.h"
#include "app/timeline/timeline.h"
#include "core/size.h"
#include "gen/api.h"

#include "core/banned.h"

static int open_with_cache(void **state)
{
    test_open(state);
    struct ctx *cx = *state;
    cx->app->timeline = timeline_cache_new();
    return 0;
}

static int close_with_cache(void **state)
{
    struct ctx *cx = *state;
    timeline_cache_free(cx->app->timeline);
    return test_close(state);
}

/* An asset with an exif row at this local time; `set` is more of an UPDATE. */
static uuid asset_at(struct ctx *cx, uuid owner, const char *local, const char *set)
{
    const uuid id = test_asset(cx, owner, "IMAGE", "/p/a.jpg");
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\") VALUES ('%s')", test_id(cx, id));
    test_sql(cx,
        "UPDATE asset SET \"localDateTime\" = '%s+00', \"fileCreatedAt\" = '%s+00'%s%s WHERE id = "
        "'%s'",
        local, local, set[0] ? ", " : "", set, test_id(cx, id));
    return id;
}

/* "2024-05-01:2 2023-01-01:1" */
static str months(struct ctx *cx, const struct getTimeBuckets_in *in)
{
    struct list_TimeBucketsResponseDto list;
    str out = STR("");
    assert_ok(op_getTimeBuckets(cx, in, &list));
    for (size_t i = 0; i < list.n; i++)
        out = str_fmt(cx->arena, "%.*s%s%.*s:%d", FMT(out), i ? " " : "", FMT(list.v[i].timeBucket),
            (int)list.v[i].count);
    return out;
}

#define VISIBLE(v_)                                                                                \
    {                                                                                              \
        .is = PRESENT, .v = ASSET_VISIBILITY_##v_                                                  \
    }
#define YES SOME(bool, true)

static void months_are_counted_newest_first(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    test_sign_in(cx, alice);
    assert_str(months(cx, &(struct getTimeBuckets_in){0}), "");
    asset_at(cx, alice, "2024-05-01 00:00", "");
    asset_at(
        cx, alice, "2024-05-31 23:59:59.999999", "visibility = 'archive', \"isFavorite\" = true");
    asset_at(cx, alice, "2024-06-01 00:00", "visibility = 'hidden'");
    asset_at(cx, alice, "1969-12-31 12:00", "");
    asset_at(cx, alice, "2020-02-02 12:00", "\"deletedAt\" = now(), status = 'trashed'");
    asset_at(cx, alice, "2021-02-02 12:00", "\"deletedAt\" = now(), status = 'deleted'");
    asset_at(cx, alice, "2022-02-02 12:00", "visibility = 'locked'");
    asset_at(cx, test_user(cx, "bob"), "2024-05-05 12:00", "");

    assert_str(months(cx, &(struct getTimeBuckets_in){0}), "2024-05-01:2 1969-12-01:1");
    assert_str(months(cx, &(struct getTimeBuckets_in){.order = {PRESENT, ASSET_ORDER_ASC}}),
        "1969-12-01:1 2024-05-01:2");
    assert_str(months(cx, &(struct getTimeBuckets_in){.isFavorite = YES}), "2024-05-01:1");
    assert_str(
        months(cx, &(struct getTimeBuckets_in){.visibility = VISIBLE(HIDDEN)}), "2024-06-01:1");
    assert_str(months(cx, &(struct getTimeBuckets_in){.isTrashed = YES}), "2020-02-01:1");
    const str now = test_text(cx, STR("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-01')"));
    const str by_creation =
        months(cx, &(struct getTimeBuckets_in){.orderBy = {PRESENT, ASSET_ORDER_BY_CREATED_AT}});
    assert_true(str_eq(by_creation, str_fmt(cx->arena, "%.*s:3", FMT(now))));
}

static void the_locked_folder_needs_an_open_session(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const struct getTimeBuckets_in locked = {.visibility = VISIBLE(LOCKED)};
    struct getTimeBuckets_in of_bob = locked;
    struct list_TimeBucketsResponseDto list;
    struct auth *auth = test_sign_in(cx, alice);
    asset_at(cx, alice, "2022-02-02 12:00", "visibility = 'locked'");
    asset_at(cx, bob, "2022-02-02 12:00", "visibility = 'locked'");
    of_bob.userId = SOME(uuid, bob);
    assert_fails(op_getTimeBuckets(cx, &locked, &list), UNAUTHORIZED);
    assert_fails(op_getTimeBuckets(cx, &of_bob, &list), UNAUTHORIZED);
    auth->elevated = true;
    assert_str(months(cx, &locked), "2022-02-01:1");
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, bob), test_id(cx, alice));
    err e = op_getTimeBuckets(cx, &of_bob, &list);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "You may not access another user's locked timeline");
}

static void partners_are_shown_where_they_may_be(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    struct getTimeBuckets_in in = {.withPartners = YES, .visibility = VISIBLE(TIMELINE)};
    struct list_TimeBucketsResponseDto list;
    test_sign_in(cx, alice);
    asset_at(cx, alice, "2024-05-01 00:00", "");
    asset_at(cx, bob, "2024-05-02 00:00", "");
    asset_at(cx, bob, "2023-05-02 00:00", "visibility = 'archive'");
    assert_str(months(cx, &in), "2024-05-01:1");
    test_sql(cx,
        "INSERT INTO partner (\"sharedById\", \"sharedWithId\", \"inTimeline\") VALUES ('%s', "
        "'%s', true)",
        test_id(cx, bob), test_id(cx, alice));
    assert_str(months(cx, &in), "2024-05-01:2");
    assert_str(months(cx, &(struct getTimeBuckets_in){.userId = SOME(uuid, bob)}),
        "2024-05-01:1 2023-05-01:1");

    in.isFavorite = SOME(bool, false);
    assert_fails(op_getTimeBuckets(cx, &in, &list), BAD_REQUEST);
    in = (struct getTimeBuckets_in){.withPartners = YES};
    assert_fails(op_getTimeBuckets(cx, &in, &list), BAD_REQUEST);
    in = (struct getTimeBuckets_in){.userId = SOME(uuid, bob), .visibility = VISIBLE(ARCHIVE)};
    err e = op_getTimeBuckets(cx, &in, &list);
    assert_string_equal(e->message, "Not found or no archive.read access");
    in = (struct getTimeBuckets_in){.userId = SOME(uuid, test_user(cx, "carol"))};
    e = op_getTimeBuckets(cx, &in, &list);
    assert_string_equal(e->message, "Not found or no timeline.read access");
}

static void a_stack_counts_once(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const struct getTimeBuckets_in in = {.withStacked = YES}, all = {0};
    test_sign_in(cx, alice);
    const uuid first = asset_at(cx, alice, "2024-05-01 00:00", "");
    const uuid second = asset_at(cx, alice, "2024-06-01 00:00", "");
    asset_at(cx, alice, "2024-06-02 00:00", "");
    test_sql(cx,
        "WITH s AS (INSERT INTO stack (\"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s') "
        "RETURNING id) "
        "UPDATE asset SET \"stackId\" = s.id FROM s WHERE asset.id IN ('%s', '%s')",
        test_id(cx, alice), test_id(cx, first), test_id(cx, first), test_id(cx, second));
    assert_str(months(cx, &all), "2024-06-01:2 2024-05-01:1");
    assert_str(months(cx, &in), "2024-06-01:1 2024-05-01:1");
    /* The same through the query that filters. */
    struct getTimeBuckets_in filtered = in;
    filtered.bbox = SOME(str, STR("-180,-90,180,90"));
    test_sql(cx, "UPDATE asset_exif SET latitude = 1, longitude = 1");
    assert_str(months(cx, &filtered), "2024-06-01:1 2024-05-01:1");
}

static void a_kept_answer_ends_with_any_change(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const struct getTimeBuckets_in in = {0};
    test_sign_in(cx, alice);
    const uuid id = asset_at(cx, alice, "2024-05-01 00:00", "");
    assert_str(months(cx, &in), "2024-05-01:1");
    assert_str(months(cx, &in), "2024-05-01:1");
    /* SQL from anywhere, without a word to us. */
    test_sql(cx, "UPDATE asset SET \"localDateTime\" = '2020-01-01 00:00+00' WHERE id = '%s'",
        test_id(cx, id));
    assert_str(months(cx, &in), "2020-01-01:1");
    test_sql(cx, "DELETE FROM asset WHERE id = '%s'", test_id(cx, id));
    assert_str(months(cx, &in), "");
}

static void albums_people_tags_and_places_narrow_it(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    test_sign_in(cx, alice);
    const uuid a = asset_at(cx, alice, "2024-05-01 00:00", ""),
               b = asset_at(cx, bob, "2023-05-01 00:00", "");
    const uuid album = uuid_v4(), person = uuid_v4(), tag = uuid_v4(), root = uuid_v4();
    const struct getTimeBuckets_in by_album = {.albumId = SOME(uuid, album)};
    struct list_TimeBucketsResponseDto list;
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, album));
    err e = op_getTimeBuckets(cx, &by_album, &list);
    assert_string_equal(e->message, "Not found or no album.read access");
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'viewer')",
        test_id(cx, album), test_id(cx, alice));
    test_sql(cx,
        "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s'), ('%s', '%s')",
        test_id(cx, album), test_id(cx, a), test_id(cx, album), test_id(cx, b));
    assert_str(months(cx, &by_album), "2024-05-01:1 2023-05-01:1");

    test_sql(cx, "INSERT INTO person (id, \"ownerId\") VALUES ('%s', '%s')", test_id(cx, person),
        test_id(cx, alice));
    test_sql(cx, "INSERT INTO asset_face (\"assetId\", \"personId\") VALUES ('%s', '%s')",
        test_id(cx, a), test_id(cx, person));
    asset_at(cx, alice, "2022-05-01 00:00", "");
    assert_str(
        months(cx, &(struct getTimeBuckets_in){.personId = SOME(uuid, person)}), "2024-05-01:1");
    assert_str(months(cx, &(struct getTimeBuckets_in){.personId = SOME(uuid, uuid_v4())}), "");

    test_sql(cx,
        "INSERT INTO tag (id, \"userId\", value) VALUES ('%s', '%s', 'x'), ('%s', '%s', 'x/y')",
        test_id(cx, root), test_id(cx, alice), test_id(cx, tag), test_id(cx, alice));
    test_sql(
        cx, "INSERT INTO tag_closure VALUES ('%s', '%s')", test_id(cx, root), test_id(cx, tag));
    test_sql(cx, "INSERT INTO tag_asset (\"assetId\", \"tagId\") VALUES ('%s', '%s')",
        test_id(cx, a), test_id(cx, tag));
    assert_str(months(cx, &(struct getTimeBuckets_in){.tagId = SOME(uuid, root)}), "2024-05-01:1");

    test_sql(cx, "UPDATE asset_exif SET latitude = 10, longitude = 179 WHERE \"assetId\" = '%s'",
        test_id(cx, a));
    assert_str(months(cx, &(struct getTimeBuckets_in){.bbox = SOME(str, STR("170,0,-170,20"))}),
        "2024-05-01:1");
    assert_str(
        months(cx, &(struct getTimeBuckets_in){.bbox = SOME(str, STR("-170,0,170,20"))}), "");
}

/* ---- one month ---- */

static void a_month_is_answered_in_columns(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct getTimeBucket_in in = {.timeBucket = STR("2024-05-01")};
    struct TimeBucketAssetResponseDto out = {0};
    test_sign_in(cx, alice);
    const uuid late = asset_at(cx, alice, "2024-05-31 23:00", "\"isFavorite\" = true");
    const uuid early = asset_at(cx, alice, "2024-05-01 00:00",
        "width = 604, height = 1000, type = 'VIDEO', duration = 1000");
    test_sql(cx, "UPDATE asset SET \"fileCreatedAt\" = '2024-05-01 07:00:00.12+00' WHERE id = '%s'",
        test_id(cx, early));
    asset_at(cx, alice, "2024-06-01 00:00", "");
    test_asset(cx, alice, "IMAGE", "/p/without-exif.jpg");

    assert_ok(op_getTimeBucket(cx, &in, &out));
    assert_int_equal(out.id.n, 2);
    assert_true(uuid_eq(out.id.v[0], late) && uuid_eq(out.id.v[1], early));
    assert_true(out.isFavorite.v[0] && out.isImage.v[0]);
    assert_false(out.isFavorite.v[1] || out.isImage.v[1]);
    assert_str(out.fileCreatedAt.v[0], "2024-05-31T23:00:00");
    assert_str(out.fileCreatedAt.v[1], "2024-05-01T07:00:00.12");
    assert_true(out.localOffsetHours.v[0] == 0);
    assert_true(out.localOffsetHours.v[1] > -7.0001 && out.localOffsetHours.v[1] < -7);
    assert_true(out.ratio.v[0] == 1 && out.ratio.v[1] == 0.604);
    assert_int_equal(out.duration.v[1].v, 1000);
    assert_int_equal(out.thumbhash.v[0].is, IS_NULL);
    assert_str(out.status.v.v[0], "active");
    assert_int_equal(out.city.is, PRESENT);
    assert_int_equal(out.latitude.is, ABSENT);
    assert_int_equal(out.stack.is, ABSENT);

    in.order = (struct opt_AssetOrder){PRESENT, ASSET_ORDER_ASC};
    in.withCoordinates = in.withStacked = YES;
    assert_ok(op_getTimeBucket(cx, &in, &out));
    assert_true(uuid_eq(out.id.v[0], early));
    assert_int_equal(out.latitude.is, PRESENT);
    assert_int_equal(out.stack.v.v[0].is, IS_NULL);
}

/* A page puts what comes back where the next answer will have it. */
static void the_same_moment_keeps_its_order(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct TimeBucketAssetResponseDto out;
    test_sign_in(cx, alice);
    for (int i = 0; i < 8; i++)
        asset_at(cx, alice, "2024-05-05 10:00", "");
    const struct getTimeBucket_in in = {.timeBucket = STR("2024-05-01")};
    assert_ok(op_getTimeBucket(cx, &in, &out));
    assert_int_equal(out.id.n, 8);
    for (size_t i = 1; i < out.id.n; i++)
        assert_true(memcmp(&out.id.v[i - 1], &out.id.v[i], sizeof out.id.v[0]) < 0);
}

static void buckets_are_named_by_their_first_day(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct TimeBucketAssetResponseDto out;
    test_sign_in(cx, alice);
    asset_at(cx, alice, "2024-12-31 23:59", "");
    static const struct {
        str bucket;
        size_t n;
    } cases[] = {{STR_INIT("2024-12-01"), 1}, {STR_INIT("+2024-12-01"), 1},
        {STR_INIT("2024-12-01T00:00:00.000Z"), 1}, {STR_INIT("2024-12-02"), 0},
        {STR_INIT("2025-01-01"), 0}};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        out = (struct TimeBucketAssetResponseDto){0};
        assert_ok(
            op_getTimeBucket(cx, &(struct getTimeBucket_in){.timeBucket = cases[i].bucket}, &out));
        assert_int_equal(out.id.n, cases[i].n);
        assert_int_equal(out.status.is, PRESENT);
    }
    assert_fails(
        op_getTimeBucket(cx, &(struct getTimeBucket_in){.timeBucket = STR("May")}, &out), INTERNAL);
}

static void a_link_without_metadata_tells_no_places(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), album = uuid_v4();
    struct auth *auth = test_sign_in(cx, alice);
    struct TimeBucketAssetResponseDto out = {0};
    struct getTimeBucket_in in = {.timeBucket = STR("2024-05-01"), .withCoordinates = YES};
    const uuid id = asset_at(cx, alice, "2024-05-01 00:00", "");
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, album));
    test_sql(cx, "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s')",
        test_id(cx, album), test_id(cx, id));
    auth->kind = AUTH_SHARED_LINK;
    auth->link_album = SOME(uuid, album);
    err e = op_getTimeBucket(cx, &in, &out);
    assert_string_equal(e->message, "Not found or no timeline.read access");
    in.albumId = SOME(uuid, album);
    assert_ok(op_getTimeBucket(cx, &in, &out));
    assert_int_equal(out.id.n, 1);
    assert_int_equal(out.city.is, ABSENT);
    assert_int_equal(out.latitude.is, ABSENT);
    auth->link_shows_metadata = true;
    assert_ok(op_getTimeBucket(cx, &in, &out));
    assert_int_equal(out.latitude.is, PRESENT);
    in.isTrashed = YES;
    assert_fails(op_getTimeBucket(cx, &in, &out), BAD_REQUEST);
}

static void a_stack_tells_its_size(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct TimeBucketAssetResponseDto out = {0};
    test_sign_in(cx, alice);
    const uuid a = asset_at(cx, alice, "2024-05-01 00:00", ""),
               b = asset_at(cx, alice, "2024-05-02 00:00", "");
    test_sql(cx,
        "WITH s AS (INSERT INTO stack (\"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s') "
        "RETURNING id) "
        "UPDATE asset SET \"stackId\" = s.id FROM s WHERE asset.id IN ('%s', '%s')",
        test_id(cx, alice), test_id(cx, a), test_id(cx, a), test_id(cx, b));
    assert_ok(op_getTimeBucket(
        cx, &(struct getTimeBucket_in){.timeBucket = STR("2024-05-01"), .withStacked = YES}, &out));
    assert_int_equal(out.id.n, 1);
    assert_str(out.stack.v.v[0].v.v[1], "2");
}

static void a_thousand_rows_stay_under_a_megabyte(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct TimeBucketAssetResponseDto out = {0};
    test_sign_in(cx, alice);
    test_sql(cx,
        "WITH a AS (INSERT INTO asset (\"ownerId\", type, \"originalPath\", \"fileCreatedAt\", "
        "\"fileModifiedAt\", "
        "checksum, \"originalFileName\", \"localDateTime\", \"checksumAlgorithm\", thumbhash) "
        "SELECT '%s', 'IMAGE', '/p', '2024-05-05', now(), sha256(i::text::bytea), 'a.jpg', "
        "'2024-05-05', 'sha1', "
        "'\\x0011223344556677889900112233445566778899' FROM generate_series(1, 1000) AS i "
        "RETURNING id) "
        "INSERT INTO asset_exif (\"assetId\", city, country) SELECT id, 'Palisade', 'United States "
        "of America' FROM a",
        test_id(cx, alice));
    const size_t before = arena_used(cx->arena);
    assert_ok(
        op_getTimeBucket(cx, &(struct getTimeBucket_in){.timeBucket = STR("2024-05-01")}, &out));
    assert_int_equal(out.id.n, 1000);
    assert_in_range(arena_used(cx->arena) - before, 1, 1024 * 1024);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_cache, close_with_cache)
    const struct CMUnitTest tests[] = {
        TEST(months_are_counted_newest_first),
        TEST(the_locked_folder_needs_an_open_session),
        TEST(partners_are_shown_where_they_may_be),
        TEST(a_stack_counts_once),
        TEST(a_kept_answer_ends_with_any_change),
        TEST(albums_people_tags_and_places_narrow_it),
        TEST(a_month_is_answered_in_columns),
        TEST(the_same_moment_keeps_its_order),
        TEST(buckets_are_named_by_their_first_day),
        TEST(a_link_without_metadata_tells_no_places),
        TEST(a_stack_tells_its_size),
        TEST(a_thousand_rows_stay_under_a_megabyte),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
