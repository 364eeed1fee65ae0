#include "app/test.h"
#include "gen/api.h"

#include "core/banned.h"

static struct AssetResponseDto update(struct ctx *cx, uuid id, const struct UpdateAssetDto *dto)
{
    struct AssetResponseDto out = {0};
    const struct updateAsset_in in = {.id = id, .body = *dto};
    assert_ok(op_updateAsset(cx, &in, &out));
    return out;
}

static const char locked[] =
    "SELECT string_agg(p, ' ' ORDER BY p) FROM asset_exif, unnest(\"lockedProperties\") AS p "
    "WHERE \"assetId\" = '%s'";
static const char sidecar_jobs[] =
    "SELECT count(*) FROM tintype.job WHERE name = 'SidecarWrite' AND payload->>'id' = '%s'";

static void what_a_user_writes_is_locked(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sign_in(cx, alice);
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\", make, rating) VALUES ('%s', 'Canon', 2)",
        test_id(cx, id));
    struct UpdateAssetDto dto = {.description = SOME(str, STR("Springs")),
        .dateTimeOriginal = SOME(str, STR("2023-11-19T18:11:00.000-07:00"))};
    const struct AssetResponseDto out = update(cx, id, &dto);
    assert_str(out.exifInfo.v.description.v, "Springs");
    assert_str(out.exifInfo.v.make.v, "Canon");
    assert_str(out.exifInfo.v.timeZone.v, "UTC-7");
    assert_int_equal(out.exifInfo.v.rating.v, 2);
    char text[WHEN_TEXT];
    when_format_pg(out.exifInfo.v.dateTimeOriginal.v, text);
    assert_string_equal(text, "2023-11-20T01:11:00+00:00");
    assert_sql(cx, "dateTimeOriginal description timeZone", locked, test_id(cx, id));
    assert_sql(cx, "1", sidecar_jobs, test_id(cx, id));

    dto = (struct UpdateAssetDto){.rating = NOTHING(int)};
    assert_int_equal(update(cx, id, &dto).exifInfo.v.rating.is, IS_NULL);
    assert_sql(cx, "dateTimeOriginal description rating timeZone", locked, test_id(cx, id));
    dto = (struct UpdateAssetDto){.dateTimeOriginal = SOME(str, STR("2023-11-20T01:11:00Z"))};
    assert_str(update(cx, id, &dto).exifInfo.v.timeZone.v, "UTC");
}

static void favorite_and_visibility_need_no_job(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sign_in(cx, alice);
    const struct AssetResponseDto out = update(cx, id,
        &(struct UpdateAssetDto){
            .isFavorite = SOME(bool, true), .visibility = {PRESENT, ASSET_VISIBILITY_ARCHIVE}});
    assert_true(out.isFavorite.v && out.isArchived.v);
    assert_int_equal(out.tags.is, ABSENT);
    assert_int_equal(out.owner.is, ABSENT);
    assert_sql(cx, "0", sidecar_jobs, test_id(cx, id));
    assert_sql(
        cx, "0", "SELECT count(*) FROM asset_exif WHERE \"assetId\" = '%s'", test_id(cx, id));
}

static void a_date_that_is_none_fails(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    struct AssetResponseDto out;
    test_sign_in(cx, alice);
    const struct updateAsset_in in = {
        .id = id, .body.dateTimeOriginal = SOME(str, STR("yesterday"))};
    assert_fails(op_updateAsset(cx, &in, &out), INTERNAL);
    db_rollback(cx);
}

static void a_locked_asset_leaves_albums_and_links(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid other = test_asset(cx, alice, "IMAGE", "/p/b.jpg"), album = uuid_v4();
    test_sign_in(cx, alice);
    test_sql(cx, "INSERT INTO album (id, \"albumThumbnailAssetId\") VALUES ('%s', '%s')",
        test_id(cx, album), test_id(cx, id));
    test_sql(cx,
        "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s'), ('%s', '%s')",
        test_id(cx, album), test_id(cx, id), test_id(cx, album), test_id(cx, other));
    test_sql(cx,
        "WITH l AS (INSERT INTO shared_link (\"userId\", key, type) VALUES ('%s', 'k', "
        "'INDIVIDUAL') RETURNING id) "
        "INSERT INTO shared_link_asset SELECT '%s', id FROM l",
        test_id(cx, alice), test_id(cx, id));
    update(cx, id, &(struct UpdateAssetDto){.visibility = {PRESENT, ASSET_VISIBILITY_LOCKED}});
    assert_sql(cx, test_id(cx, other),
        "SELECT \"assetId\" FROM album_asset WHERE \"albumId\" = '%s'", test_id(cx, album));
    assert_sql(cx, test_id(cx, other),
        "SELECT \"albumThumbnailAssetId\" FROM album WHERE id = '%s'", test_id(cx, album));
    assert_sql(cx, "0", "SELECT count(*) FROM shared_link_asset WHERE \"assetId\" = '%s'",
        test_id(cx, id));
}

static void a_live_photo_is_linked_and_parted(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), still = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid video = test_asset(cx, alice, "VIDEO", "/p/a.mov");
    static const char visibility[] = "SELECT visibility FROM asset WHERE id = '%s'";
    test_sign_in(cx, alice);
    cx->app->media = "/m";
    update(cx, still, &(struct UpdateAssetDto){.livePhotoVideoId = SOME(uuid, video)});
    assert_sql(cx, "hidden", visibility, test_id(cx, video));
    test_sql(cx, "UPDATE asset SET visibility = 'archive' WHERE id = '%s'", test_id(cx, still));
    assert_int_equal(update(cx, still, &(struct UpdateAssetDto){.livePhotoVideoId = NOTHING(uuid)})
                         .livePhotoVideoId.is,
        IS_NULL);
    assert_sql(cx, "archive", visibility, test_id(cx, video));
    assert_sql(cx, "true",
        "SELECT payload->>'notify' FROM tintype.job WHERE name = 'AssetGenerateThumbnails' "
        "AND payload->>'id' = '%s'",
        test_id(cx, video));

    test_sql(cx, "UPDATE asset SET \"originalPath\" = '/m/encoded-video/x-MP.mp4' WHERE id = '%s'",
        test_id(cx, video));
    update(cx, still, &(struct UpdateAssetDto){.livePhotoVideoId = SOME(uuid, video)});
    struct AssetResponseDto out;
    const struct updateAsset_in in = {.id = still, .body.livePhotoVideoId = NOTHING(uuid)};
    err e = op_updateAsset(cx, &in, &out);
    assert_string_equal(e->message, "Cannot unlink Android motion photos");
    db_rollback(cx);
}

static void many_are_changed_at_once(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    uuid ids[] = {
        test_asset(cx, alice, "IMAGE", "/p/a.jpg"), test_asset(cx, alice, "IMAGE", "/p/b.jpg")};
    test_sign_in(cx, alice);
    test_sql(cx,
        "INSERT INTO asset_exif (\"assetId\", \"dateTimeOriginal\") VALUES ('%s', '2024-01-01 "
        "00:00Z'), ('%s', NULL)",
        test_id(cx, ids[0]), test_id(cx, ids[1]));
    struct updateAssets_in in = {
        .body = {.ids = {ids, 2},
            .dateTimeRelative = SOME(int, -90),
            .timeZone = SOME(str, STR("Europe/Berlin")),
            .duplicateId = SOME(str, STR("3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f"))}};
    assert_ok(op_updateAssets(cx, &in));
    static const char row[] = "SELECT concat_ws(' ', \"dateTimeOriginal\" AT TIME ZONE 'UTC', "
                              "\"timeZone\", \"duplicateId\" IS NULL) "
                              "FROM asset_exif JOIN asset ON id = \"assetId\" WHERE id = '%s'";
    assert_sql(cx, "2023-12-31 22:30:00 Europe/Berlin f", row, test_id(cx, ids[0]));
    assert_sql(cx, "Europe/Berlin f", row, test_id(cx, ids[1]));
    assert_sql(cx, "dateTimeOriginal timeZone", locked, test_id(cx, ids[0]));
    assert_sql(cx, "1", sidecar_jobs, test_id(cx, ids[1]));
    in = (struct updateAssets_in){.body = {.ids = {ids, 2}, .duplicateId = NOTHING(str)}};
    assert_ok(op_updateAssets(cx, &in));
    assert_sql(cx, "2023-12-31 22:30:00 Europe/Berlin t", row, test_id(cx, ids[0]));
    in.body.ids.n = 0;
    assert_ok(op_updateAssets(cx, &in));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(what_a_user_writes_is_locked),
        TEST(favorite_and_visibility_need_no_job),
        TEST(a_date_that_is_none_fails),
        TEST(a_locked_asset_leaves_albums_and_links),
        TEST(a_live_photo_is_linked_and_parted),
        TEST(many_are_changed_at_once),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
