#include "app/asset/asset.h"
#include "app/test.h"
#include "app/timeline/timeline.h"
#include "core/buf.h"
#include "core/size.h"
#include "http/request.h"
#include "json/value.h"
#include "json/writer.h"

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

/* The keys of an answer in their order, as contract/objects.md lists them. */
static str keys_of(struct ctx *cx, const struct AssetResponseDto *asset)
{
    struct buf text = {0}, keys = {0};
    const struct json_value *value;
    json_write(&text, &AssetResponseDto_fields, asset, DATES_Z);
    assert_ok(json_parse(cx->arena, buf_take(&text, cx->arena), &value));
    struct json_iter it = json_iter(value);
    while (json_next(&it)) {
        if (keys.n) buf_add_char(&keys, ' ');
        buf_add(&keys, it.name);
    }
    return buf_take(&keys, cx->arena);
}

static struct AssetResponseDto shown(struct ctx *cx, uuid id, enum AssetResponseDto_shape shape)
{
    struct AssetResponseDto asset;
    bool found;
    assert_ok(asset_response(cx, id, shape, &asset, &found));
    assert_true(found);
    return asset;
}

static void an_answer_has_the_keys_of_its_operation(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sign_in(cx, alice);
    test_sql(cx,
        "INSERT INTO asset_exif (\"assetId\", make, \"fileSizeInByte\") VALUES ('%s', 'X', 0)",
        test_id(cx, id));

    const struct AssetResponseDto whole = shown(cx, id, SHAPE_getAssetInfo);
    assert_str(keys_of(cx, &whole),
        "id createdAt ownerId owner libraryId type originalPath originalFileName originalMimeType "
        "thumbhash fileCreatedAt fileModifiedAt localDateTime updatedAt isFavorite isArchived "
        "isTrashed visibility duration exifInfo livePhotoVideoId tags people checksum stack "
        "isOffline hasMetadata duplicateId resized width height isEdited");
    assert_str(whole.originalMimeType.v, "image/jpeg");
    assert_str(whole.owner.v.name, "alice");
    assert_int_equal(whole.exifInfo.v.fileSizeInByte.is, IS_NULL);
    assert_str(whole.exifInfo.v.make.v, "X");

    const struct AssetResponseDto memory = shown(cx, id, SHAPE_searchMemories);
    assert_str(keys_of(cx, &memory),
        "id createdAt ownerId libraryId type originalPath originalFileName originalMimeType "
        "thumbhash fileCreatedAt fileModifiedAt localDateTime updatedAt isFavorite isArchived "
        "isTrashed visibility duration livePhotoVideoId people checksum isOffline hasMetadata "
        "duplicateId resized width height isEdited");

    const struct AssetResponseDto sanitized = asset_sanitized(&whole);
    assert_str(keys_of(cx, &sanitized), "id type originalMimeType thumbhash localDateTime duration "
                                        "livePhotoVideoId hasMetadata width height");
    assert_false(sanitized.hasMetadata);
}

/* With everything that an answer may tell. */
static uuid furnished(struct ctx *cx, uuid owner)
{
    const uuid id = test_asset(cx, owner, "IMAGE", "/p/a.jpg");
    const char *user = test_id(cx, owner), *asset = test_id(cx, id);
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\") VALUES ('%s')", asset);
    test_sql(cx, "UPDATE asset SET \"isFavorite\" = true WHERE id = '%s'", asset);
    test_sql(cx,
        "WITH t AS (INSERT INTO tag (\"userId\", value) VALUES ('%s', 'tag') RETURNING id) "
        "INSERT INTO tag_asset (\"assetId\", \"tagId\") SELECT '%s', id FROM t",
        user, asset);
    test_sql(cx,
        "WITH p AS (INSERT INTO person (\"ownerId\") VALUES ('%s') RETURNING id) "
        "INSERT INTO asset_face (\"assetId\", \"personId\") SELECT '%s', id FROM p",
        user, asset);
    test_sql(cx,
        "WITH s AS (INSERT INTO stack (\"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s') "
        "RETURNING id) UPDATE asset SET \"stackId\" = s.id FROM s WHERE asset.id IN ('%s', '%s')",
        user, asset, asset, test_id(cx, test_asset(cx, owner, "IMAGE", "/p/b.jpg")));
    return id;
}

static bool is_filled(enum shape_rule rule, bool asked, bool own)
{
    return rule == SHAPE_ALWAYS || (rule == SHAPE_ASKED && asked) || (rule == SHAPE_OWN && own);
}

static void every_shape_fills_what_the_contract_says(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    uuid id = furnished(cx, alice);
    const struct list_uuid ids = {&id, 1};
    for (int i = 0; i < AssetResponseDto_SHAPES * 4; i++) {
        const enum AssetResponseDto_shape shape = (enum AssetResponseDto_shape)(i / 4);
        const struct AssetResponseDto_rules *rules = &AssetResponseDto_shapes[shape];
        const bool asked = i & 1, own = i & 2;
        struct list_AssetResponseDto list;
        test_sign_in(cx, own ? alice : bob);
        assert_ok(assets_response_with(
            cx, ids, shape, asked ? ASSET_WITH_EXIF | ASSET_WITH_PEOPLE : 0, &list));
        const struct AssetResponseDto *asset = &list.v[0];
        assert_int_equal(asset->owner.is == PRESENT, is_filled(rules->owner, asked, own));
        assert_int_equal(asset->exifInfo.is == PRESENT, is_filled(rules->exifInfo, asked, own));
        assert_int_equal(asset->tags.is == PRESENT, is_filled(rules->tags, asked, own));
        assert_int_equal(asset->people.is, PRESENT);
        assert_int_equal(asset->people.v.n > 0, is_filled(rules->people, asked, own));
        assert_int_equal(asset->stack.is == PRESENT, is_filled(rules->stack, asked, own));
        assert_int_equal(asset->isFavorite.v, is_filled(rules->isFavorite, asked, own));
    }
}

static void without_an_exif_row_there_is_no_exif_info(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sign_in(cx, alice);
    assert_int_equal(shown(cx, id, SHAPE_getAssetInfo).exifInfo.is, ABSENT);
}

static void search_asks_for_exif_and_people(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    struct list_AssetResponseDto list;
    uuid ids[] = {id};
    test_sign_in(cx, alice);
    test_sql(cx,
        "WITH p AS (INSERT INTO person (\"ownerId\", name) VALUES ('%s', 'Marie') RETURNING id), "
        "e AS (INSERT INTO asset_exif (\"assetId\") VALUES ('%s')) "
        "INSERT INTO asset_face (\"assetId\", \"personId\") SELECT '%s', id FROM p",
        test_id(cx, alice), test_id(cx, id), test_id(cx, id));

    assert_ok(assets_response(cx, (struct list_uuid){ids, 1}, SHAPE_searchAssets, &list));
    assert_int_equal(list.v[0].exifInfo.is, ABSENT);
    assert_int_equal(list.v[0].people.v.n, 0);
    assert_ok(assets_response_with(cx, (struct list_uuid){ids, 1}, SHAPE_searchAssets,
        ASSET_WITH_EXIF | ASSET_WITH_PEOPLE, &list));
    assert_int_equal(list.v[0].exifInfo.is, PRESENT);
    assert_str(list.v[0].people.v.v[0].name, "Marie");
}

static void another_users_favorite_and_people_are_not_told(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const uuid id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sql(cx, "UPDATE asset SET \"isFavorite\" = true WHERE id = '%s'", test_id(cx, id));
    test_sql(cx,
        "WITH p AS (INSERT INTO person (\"ownerId\") VALUES ('%s') RETURNING id) "
        "INSERT INTO asset_face (\"assetId\", \"personId\") SELECT '%s', id FROM p, "
        "generate_series(1, 2)", /* two faces of one person */
        test_id(cx, alice), test_id(cx, id));

    test_sign_in(cx, alice);
    struct AssetResponseDto asset = shown(cx, id, SHAPE_getAssetInfo);
    assert_true(asset.isFavorite.v);
    assert_int_equal(asset.people.v.n, 1);
    test_sign_in(cx, bob);
    asset = shown(cx, id, SHAPE_getAssetInfo);
    assert_false(asset.isFavorite.v);
    assert_int_equal(asset.people.v.n, 0);
    assert_true(shown(cx, id, SHAPE_getAssetInfo_link).isFavorite.v);

    cx->auth = NULL; /* a job that sends an event */
    asset = shown(cx, id, SHAPE_events);
    assert_false(asset.isFavorite.v);
    assert_int_equal(asset.people.v.n, 1);
}

static void lists_keep_the_order_of_ids_and_each_its_own(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/p/a.jpg"),
               b = test_asset(cx, alice, "IMAGE", "/p/b.jpg"),
               c = test_asset(cx, alice, "IMAGE", "/p/c.jpg");
    test_sign_in(cx, alice);
    test_sql(cx,
        "WITH t AS (INSERT INTO tag (\"userId\", value) VALUES ('%s', 'x/one'), ('%s', 'two') "
        "RETURNING id) "
        "INSERT INTO tag_asset (\"assetId\", \"tagId\") SELECT '%s', id FROM t",
        test_id(cx, alice), test_id(cx, alice), test_id(cx, b));
    test_sql(cx,
        "WITH s AS (INSERT INTO stack (\"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s') "
        "RETURNING id) "
        "UPDATE asset SET \"stackId\" = s.id FROM s WHERE asset.id IN ('%s', '%s')",
        test_id(cx, alice), test_id(cx, a), test_id(cx, a), test_id(cx, c));

    uuid ids[] = {b, uuid_v4(), a, b};
    struct list_AssetResponseDto list;
    assert_ok(assets_response(cx, (struct list_uuid){ids, LENGTH(ids)}, SHAPE_getAssetInfo, &list));
    assert_int_equal(list.n, 3);
    assert_true(uuid_eq(list.v[0].id, b) && uuid_eq(list.v[1].id, a) && uuid_eq(list.v[2].id, b));
    assert_int_equal(list.v[1].tags.v.n, 0);
    assert_int_equal(list.v[2].tags.v.n, 2);
    assert_str(list.v[2].tags.v.v[1].name, "one");
    assert_int_equal(list.v[0].stack.is, IS_NULL);
    assert_int_equal(list.v[1].stack.v.assetCount, 2);

    test_sql(cx, "UPDATE asset SET visibility = 'archive' WHERE id = '%s'", test_id(cx, c));
    assert_ok(assets_response(cx, (struct list_uuid){ids, LENGTH(ids)}, SHAPE_getAssetInfo, &list));
    assert_int_equal(list.v[1].stack.is, IS_NULL);
}

static void statistics_count_timeline_and_archive(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct AssetStatsResponseDto stats;
    test_sign_in(cx, alice);
    test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_asset(cx, alice, "VIDEO", "/p/b.mp4");
    test_asset(cx, test_user(cx, "bob"), "IMAGE", "/p/c.jpg");
    static const char *const changed[] = {"visibility = 'archive'", "visibility = 'hidden'",
        "visibility = 'locked'", "\"deletedAt\" = now(), status = 'trashed'",
        "\"deletedAt\" = now(), status = 'deleted'"};
    for (size_t i = 0; i < LENGTH(changed); i++)
        test_sql(cx, "UPDATE asset SET %s WHERE id = '%s'", changed[i],
            test_id(cx, test_asset(cx, alice, "IMAGE", "/p/d.jpg")));

    struct getAssetStatistics_in in = {0};
    assert_ok(op_getAssetStatistics(cx, &in, &stats));
    assert_int_equal(stats.images, 2);
    assert_int_equal(stats.videos, 1);
    assert_int_equal(stats.total, 3);
    test_asset(cx, alice, "VIDEO", "/p/e.mp4"); /* what was counted before is counted again */
    assert_ok(op_getAssetStatistics(cx, &in, &stats));
    assert_int_equal(stats.videos, 2);
    assert_ok(op_getAssetStatistics(cx, &in, &stats));
    assert_int_equal(stats.total, 4);
    in.isTrashed = SOME(bool, true);
    assert_ok(op_getAssetStatistics(cx, &in, &stats));
    assert_int_equal(stats.total, 1);
    in = (struct getAssetStatistics_in){.isFavorite = SOME(bool, true)};
    assert_ok(op_getAssetStatistics(cx, &in, &stats));
    assert_int_equal(stats.total, 0);
    in =
        (struct getAssetStatistics_in){.visibility = {.is = PRESENT, .v = ASSET_VISIBILITY_LOCKED}};
    assert_fails(op_getAssetStatistics(cx, &in, &stats), UNAUTHORIZED);
}

static void known_checksums_are_rejected(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    test_sign_in(cx, alice);
    test_sql(cx,
        "UPDATE asset SET checksum = decode('f485c10cc8e3f4ead06fed58307a6b649819fd44', 'hex'), "
        "\"deletedAt\" = now() WHERE id = '%s'",
        test_id(cx, id));
    struct AssetBulkUploadCheckItem items[] = {
        {.id = STR("hex"), .checksum = STR("f485c10cc8e3f4ead06fed58307a6b649819fd44")},
        {.id = STR("base64"), .checksum = STR("9IXBDMjj9OrQb+1YMHprZJgZ/UQ=")},
        {.id = STR("new"), .checksum = STR("0000000000000000000000000000000000000000")},
        {.id = STR("none"), .checksum = STR("what?")},
    };
    struct AssetBulkUploadCheckResponseDto out;
    struct checkBulkUpload_in in = {.body.assets = {items, LENGTH(items)}};
    assert_ok(op_checkBulkUpload(cx, &in, &out));
    assert_int_equal(out.results.n, 4);
    assert_str(out.results.v[0].id, "hex");
    assert_int_equal(out.results.v[0].action, ASSET_UPLOAD_ACTION_REJECT);
    assert_true(out.results.v[0].isTrashed.v);
    assert_true(uuid_eq(out.results.v[0].assetId.v, id));
    assert_int_equal(out.results.v[1].action, ASSET_UPLOAD_ACTION_REJECT);
    assert_int_equal(out.results.v[2].action, ASSET_UPLOAD_ACTION_ACCEPT);
    assert_int_equal(out.results.v[2].reason.is, ABSENT);
    assert_int_equal(out.results.v[3].action, ASSET_UPLOAD_ACTION_ACCEPT);

    test_sign_in(cx, test_user(cx, "bob"));
    assert_ok(op_checkBulkUpload(cx, &in, &out));
    assert_int_equal(out.results.v[0].action, ASSET_UPLOAD_ACTION_ACCEPT);
    in.body.assets.n = 0;
    assert_fails(op_checkBulkUpload(cx, &in, &out), INTERNAL);
}

/* ---- files ---- */

static void add_file(struct ctx *cx, uuid asset, const char *type, bool edited, const char *path)
{
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, \"isEdited\", path) VALUES ('%s', '%s', %s, "
        "'%s')",
        test_id(cx, asset), type, edited ? "true" : "false", path);
}

static struct reply *view(struct ctx *cx, uuid id, enum AssetMediaSize size, bool edited, str query)
{
    struct request *request = ARENA_NEW(cx->arena, struct request);
    struct reply *reply = ARENA_NEW(cx->arena, struct reply);
    reply->arena = cx->arena;
    request->query_text = query;
    cx->request = request;
    const struct viewAsset_in in = {.id = id, .size = {.is = PRESENT, .v = size}, .edited = edited};
    assert_ok(op_viewAsset(cx, &in, reply));
    return reply;
}

static str location_of(const struct reply *reply)
{
    assert_int_equal(reply->status, 302);
    for (size_t i = 0; i < reply->headers_n; i++)
        if (str_eq(reply->headers[i].name, STR("Location"))) return reply->headers[i].value;
    return STR("");
}

#define assert_location(cx, reply, ...)                                                            \
    do {                                                                                           \
        const str location_ = location_of(reply);                                                  \
        if (!str_eq(location_, str_fmt((cx)->arena, __VA_ARGS__)))                                 \
            fail_msg("redirected to %.*s", FMT(location_));                                        \
    } while (0)

static void a_thumbnail_is_the_plain_or_the_edited_file(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"),
               id = test_asset(cx, alice, "IMAGE", "/p/My pic.HEIC");
    test_sign_in(cx, alice);
    add_file(cx, id, "thumbnail", false, "/t/x_thumbnail.webp");
    add_file(cx, id, "thumbnail", true, "/t/x_thumbnail_edited.webp");
    add_file(cx, id, "preview", false, "/t/x_preview.jpeg");

    const struct reply *reply = view(cx, id, ASSET_MEDIA_SIZE_THUMBNAIL, false, STR(""));
    assert_string_equal(reply->file.path, "/t/x_thumbnail.webp");
    assert_str(reply->file.inline_name, "My pic_thumbnail.webp");
    assert_int_equal(reply->file.cache, CACHE_MEDIA);
    reply = view(cx, id, ASSET_MEDIA_SIZE_THUMBNAIL, true, STR(""));
    assert_string_equal(reply->file.path, "/t/x_thumbnail_edited.webp");
    /* There is no edited preview: the plain one takes its place. */
    reply = view(cx, id, ASSET_MEDIA_SIZE_PREVIEW, true, STR(""));
    assert_string_equal(reply->file.path, "/t/x_preview.jpeg");
    assert_str(reply->file.inline_name, "My pic_preview.jpeg");
}

static void sizes_that_are_not_there_are_redirected(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid heic = test_asset(cx, alice, "IMAGE", "/p/a.HEIC"),
               jpeg = test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    test_sign_in(cx, alice);
    assert_location(cx,
        view(cx, uuid_v4(), ASSET_MEDIA_SIZE_ORIGINAL, true, STR("size=original&edited=true")),
        "%s", "original?edited=true");
    assert_location(cx, view(cx, jpeg, ASSET_MEDIA_SIZE_FULLSIZE, false, STR("size=fullsize")),
        "%s", "original?");
    assert_location(cx,
        view(cx, jpeg, ASSET_MEDIA_SIZE_FULLSIZE, true, STR("size=fullsize&edited=true")),
        "/api/assets/%s/thumbnail?size=preview&edited=true", test_id(cx, jpeg));
    assert_location(cx, view(cx, heic, ASSET_MEDIA_SIZE_FULLSIZE, false, STR("c=1&size=fullsize")),
        "/api/assets/%s/thumbnail?c=1&size=preview", test_id(cx, heic));

    const struct viewAsset_in in = {.id = heic};
    err e = op_viewAsset(cx, &in, cx->reply);
    assert_true(err_is(e, NOT_FOUND));
    assert_string_equal(e->message, "Asset media not found");
}

static void strangers_see_no_thumbnail(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    test_sign_in(cx, test_user(cx, "bob"));
    const struct viewAsset_in in = {.id = id};
    err e = op_viewAsset(cx, &in, cx->reply);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "Not found or no asset.view access");
}

static void an_original_keeps_its_name_and_a_link_shows_the_edited_one(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "IMAGE", "/p/a.HEIC");
    struct downloadAsset_in in = {.id = id};
    struct reply reply = {0};
    struct auth *auth = test_sign_in(cx, alice);
    add_file(cx, id, "fullsize", false, "/t/x_fullsize.jpeg");
    assert_ok(op_downloadAsset(cx, &in, &reply));
    assert_string_equal(reply.file.path, "/p/a.HEIC");
    assert_str(reply.file.inline_name, "a.HEIC");
    in.edited = true;
    assert_ok(op_downloadAsset(cx, &in, &reply));
    assert_string_equal(reply.file.path, "/p/a.HEIC");
    add_file(cx, id, "fullsize", true, "/t/x_fullsize_edited.jpeg");
    in.edited = false;
    auth->kind = AUTH_SHARED_LINK;
    assert_ok(op_downloadAsset(cx, &in, &reply));
    assert_string_equal(reply.file.path, "/t/x_fullsize_edited.jpeg");
    assert_str(reply.file.inline_name, "a.jpeg");
}

static void a_video_plays_its_transcoded_form_first(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), id = test_asset(cx, alice, "VIDEO", "/p/a.mov");
    struct playAssetVideo_in in = {.id = id};
    struct reply reply = {0};
    test_sign_in(cx, alice);
    assert_ok(op_playAssetVideo(cx, &in, &reply));
    assert_string_equal(reply.file.path, "/p/a.mov");
    assert_int_equal(reply.file.inline_name.n, 0);
    add_file(cx, id, "encoded_video", false, "/e/x.mp4");
    assert_ok(op_playAssetVideo(cx, &in, &reply));
    assert_string_equal(reply.file.path, "/e/x.mp4");
    in.id = test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    assert_fails(op_playAssetVideo(cx, &in, &reply), NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_with_cache, close_with_cache)
    const struct CMUnitTest tests[] = {
        TEST(an_answer_has_the_keys_of_its_operation),
        TEST(every_shape_fills_what_the_contract_says),
        TEST(without_an_exif_row_there_is_no_exif_info),
        TEST(search_asks_for_exif_and_people),
        TEST(another_users_favorite_and_people_are_not_told),
        TEST(lists_keep_the_order_of_ids_and_each_its_own),
        TEST(statistics_count_timeline_and_archive),
        TEST(known_checksums_are_rejected),
        TEST(a_thumbnail_is_the_plain_or_the_edited_file),
        TEST(sizes_that_are_not_there_are_redirected),
        TEST(strangers_see_no_thumbnail),
        TEST(an_original_keeps_its_name_and_a_link_shows_the_edited_one),
        TEST(a_video_plays_its_transcoded_form_first),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
