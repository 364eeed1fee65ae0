#include "app/test.h"
#include "gen/api.h"

/* Alice's album with one photo, and another photo outside. */
struct scene {
    uuid alice, album, inside, outside;
};

static struct scene make_scene(struct ctx *cx)
{
    struct scene s = {.alice = test_user(cx, "alice"), .album = uuid_v4()};
    s.inside = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
    s.outside = test_asset(cx, s.alice, "IMAGE", "/data/b.jpg");
    test_sql(cx,
        "INSERT INTO album (id, \"albumName\") VALUES ('%1$s', 'Trip');"
        "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%1$s', '%2$s');"
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%1$s', '%3$s', 'owner')",
        test_id(cx, s.album), test_id(cx, s.inside), test_id(cx, s.alice));
    test_sign_in(cx, s.alice);
    return s;
}

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static err create(struct ctx *cx, struct SharedLinkCreateDto dto, struct SharedLinkResponseDto *out)
{
    /* What decoding fills in. */
    dto.allowDownload = true;
    return op_createSharedLink(cx, &(struct createSharedLink_in){.body = dto}, out);
}

static struct SharedLinkResponseDto link_to_album(struct ctx *cx, uuid album)
{
    struct SharedLinkResponseDto link;
    assert_ok(create(cx,
        (struct SharedLinkCreateDto){
            .type = SHARED_LINK_TYPE_ALBUM, .albumId = SOME(uuid, album), .showMetadata = true},
        &link));
    return link;
}

static struct SharedLinkResponseDto link_to(struct ctx *cx, struct list_uuid assets)
{
    struct SharedLinkResponseDto link;
    assert_ok(create(cx,
        (struct SharedLinkCreateDto){.type = SHARED_LINK_TYPE_INDIVIDUAL,
            .assetIds = {PRESENT, assets},
            .showMetadata = true},
        &link));
    return link;
}

static struct SharedLinkResponseDto get(struct ctx *cx, uuid id)
{
    struct SharedLinkResponseDto link;
    assert_ok(op_getSharedLinkById(cx, &(struct getSharedLinkById_in){.id = id}, &link));
    return link;
}

static void a_link_to_an_album_measures_it(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const struct SharedLinkResponseDto made = link_to_album(cx, s.album);
    assert_int_equal(made.key.n, 67);
    assert_int_equal(made.album.is, ABSENT);
    assert_int_equal(made.assets.n, 0);
    assert_true(made.allowUpload && made.allowDownload && made.showMetadata);
    assert_int_not_equal(made.expiresAt.is, PRESENT);

    const struct SharedLinkResponseDto link = get(cx, made.id);
    assert_true(str_eq(link.key, made.key));
    assert_true(uuid_eq(link.userId, s.alice));
    assert_true(str_eq(link.album.v.albumName, STR("Trip")));
    assert_int_equal(link.album.v.assetCount, 1);
    assert_int_equal(link.album.v.startDate.is, PRESENT);
    assert_int_equal(link.album.v.albumUsers.n, 0);
    assert_true(link.album.v.shared && link.album.v.hasSharedLink);
}

static void a_link_to_assets_shows_them_oldest_first(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    test_sql(cx, "UPDATE asset SET \"fileCreatedAt\" = '2001-01-01' WHERE id = '%s'",
        test_id(cx, s.outside));
    test_sql(cx, "INSERT INTO asset_exif (\"assetId\") SELECT id FROM asset");
    const struct SharedLinkResponseDto made = link_to(cx, LIST_OF(s.inside, s.outside, s.inside));
    assert_int_equal(made.assets.n, 2);
    assert_int_equal(made.assets.v[0].exifInfo.is, ABSENT);
    const struct SharedLinkResponseDto link = get(cx, made.id);
    assert_int_equal(link.album.is, ABSENT);
    assert_true(uuid_eq(link.assets.v[0].id, s.outside));
    assert_int_equal(link.assets.v[0].exifInfo.is, PRESENT);

    struct list_SharedLinkResponseDto all;
    assert_ok(op_getAllSharedLinks(cx, &(struct getAllSharedLinks_in){0}, &all));
    assert_int_equal(all.v[0].assets.n, 1);
    assert_true(uuid_eq(all.v[0].assets.v[0].id, s.outside));

    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, s.outside));
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, s.inside));
    assert_int_equal(get(cx, made.id).assets.n, 0);
}

static size_t count(struct ctx *cx, struct getAllSharedLinks_in in)
{
    struct list_SharedLinkResponseDto all;
    assert_ok(op_getAllSharedLinks(cx, &in, &all));
    return all.n;
}

static void links_are_listed_for_their_owner(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid album = link_to_album(cx, s.album).id;
    link_to(cx, LIST_OF(s.outside));
    assert_int_equal(count(cx, (struct getAllSharedLinks_in){0}), 2);
    assert_int_equal(count(cx, (struct getAllSharedLinks_in){.id = SOME(uuid, album)}), 1);
    assert_int_equal(count(cx, (struct getAllSharedLinks_in){.albumId = SOME(uuid, s.album)}), 1);
    test_sql(cx, "UPDATE album SET \"deletedAt\" = now()");
    assert_int_equal(count(cx, (struct getAllSharedLinks_in){0}), 1);
    test_sign_in(cx, test_user(cx, "bob"));
    assert_int_equal(count(cx, (struct getAllSharedLinks_in){0}), 0);
    struct SharedLinkResponseDto link;
    assert_fails(
        op_getSharedLinkById(cx, &(struct getSharedLinkById_in){.id = album}, &link), BAD_REQUEST);
}

static void only_what_the_caller_may_share_is_linked(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    struct SharedLinkResponseDto link;
    struct SharedLinkCreateDto dto = {.type = SHARED_LINK_TYPE_ALBUM};
    assert_string_equal(create(cx, dto, &link)->message, "Invalid albumId");
    dto.type = SHARED_LINK_TYPE_INDIVIDUAL;
    assert_string_equal(create(cx, dto, &link)->message, "Invalid assetIds");
    const uuid bob = test_user(cx, "bob");
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'viewer')",
        test_id(cx, s.album), test_id(cx, bob));
    test_sign_in(cx, bob);
    dto.assetIds = (struct opt_list_uuid){PRESENT, LIST_OF(s.inside)};
    assert_string_equal(create(cx, dto, &link)->message, "Not found or no asset.share access");
    dto.type = SHARED_LINK_TYPE_ALBUM;
    dto.albumId = SOME(uuid, s.album);
    assert_string_equal(create(cx, dto, &link)->message, "Not found or no album.share access");
}

static void a_slug_is_taken_once_and_lost_when_it_is_not_repeated(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    struct SharedLinkResponseDto link, second;
    struct SharedLinkCreateDto dto = {.type = SHARED_LINK_TYPE_ALBUM,
        .albumId = SOME(uuid, s.album),
        .slug = SOME(str, STR("trip")),
        .description = SOME(str, STR("")),
        .password = SOME(str, STR("secret"))};
    assert_ok(create(cx, dto, &link));
    assert_true(str_eq(link.slug.v, STR("trip")));
    assert_int_not_equal(link.description.is, PRESENT);
    assert_false(link.allowDownload); /* metadata is hidden */
    assert_fails(create(cx, dto, &second), BAD_REQUEST);
    db_rollback(cx); /* as the dispatcher does */

    struct updateSharedLink_in in = {
        .id = link.id, .body = {.slug = SOME(str, STR("trip")), .showMetadata = SOME(bool, true)}};
    assert_ok(op_updateSharedLink(cx, &in, &second));
    assert_true(str_eq(second.slug.v, STR("trip")));
    assert_true(str_eq(second.password.v, STR("secret")));
    assert_true(second.showMetadata);
    assert_false(second.allowDownload);
    in.body = (struct SharedLinkEditDto){.password = NOTHING(str),
        .expiresAt = SOME(when, ((struct when){1000000})),
        .description = SOME(str, STR("d"))};
    assert_ok(op_updateSharedLink(cx, &in, &second));
    assert_int_not_equal(second.slug.is, PRESENT);
    assert_int_not_equal(second.password.is, PRESENT);
    assert_int_equal(second.expiresAt.v.us, 1000000);
    assert_true(str_eq(second.description.v, STR("d")));
    in.body = (struct SharedLinkEditDto){.expiresAt = NOTHING(when)};
    assert_ok(op_updateSharedLink(cx, &in, &second));
    assert_int_not_equal(second.expiresAt.is, PRESENT);
    assert_true(str_eq(second.description.v, STR("d")));

    test_sign_in(cx, test_user(cx, "bob"));
    assert_fails(op_updateSharedLink(cx, &in, &second), BAD_REQUEST);
    assert_fails(
        op_removeSharedLink(cx, &(struct removeSharedLink_in){.id = link.id}), BAD_REQUEST);
    test_sign_in(cx, s.alice);
    assert_ok(op_removeSharedLink(cx, &(struct removeSharedLink_in){.id = link.id}));
    assert_sql(cx, "0", "SELECT count(*) FROM shared_link");
}

static void assets_come_to_a_link_and_leave_it(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid id = link_to(cx, LIST_OF(s.inside)).id;
    const uuid foreign = test_asset(cx, test_user(cx, "bob"), "IMAGE", "/data/c.jpg");
    struct list_AssetIdsResponseDto out;
    struct addSharedLinkAssets_in add = {
        .id = id, .body.assetIds = LIST_OF(s.outside, s.inside, foreign)};
    assert_ok(op_addSharedLinkAssets(cx, &add, &out));
    assert_true(out.v[0].success);
    assert_int_equal(out.v[1].error.v, ASSET_ID_ERROR_REASON_DUPLICATE);
    assert_int_equal(out.v[2].error.v, ASSET_ID_ERROR_REASON_NO_PERMISSION);
    assert_int_equal(get(cx, id).assets.n, 2);

    const struct removeSharedLinkAssets_in remove = {
        .id = id, .body.assetIds = LIST_OF(s.outside, s.outside)};
    assert_ok(op_removeSharedLinkAssets(cx, &remove, &out));
    assert_true(out.v[0].success);
    assert_int_equal(out.v[1].error.v, ASSET_ID_ERROR_REASON_NOT_FOUND);
    assert_int_equal(get(cx, id).assets.n, 1);

    add.id = link_to_album(cx, s.album).id;
    assert_string_equal(
        op_addSharedLinkAssets(cx, &add, &out)->message, "Invalid shared link type");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_link_to_an_album_measures_it),
        TEST(a_link_to_assets_shows_them_oldest_first),
        TEST(links_are_listed_for_their_owner),
        TEST(only_what_the_caller_may_share_is_linked),
        TEST(a_slug_is_taken_once_and_lost_when_it_is_not_repeated),
        TEST(assets_come_to_a_link_and_leave_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
