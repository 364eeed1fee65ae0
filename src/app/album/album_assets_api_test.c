/* What is in albums, and their members. */
#include "app/test.h"
#include "gen/api.h"

struct scene {
    uuid alice, ed, vera, album;
};

static struct scene make_scene(struct ctx *cx)
{
    struct scene s = {
        test_user(cx, "alice"), test_user(cx, "ed"), test_user(cx, "vera"), uuid_v4()};
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, s.album));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role)"
        " SELECT '%s', v.* FROM (VALUES ('%s'::uuid, 'owner'::album_user_role_enum),"
        " ('%s', 'editor'), ('%s', 'viewer')) v",
        test_id(cx, s.album), test_id(cx, s.alice), test_id(cx, s.ed), test_id(cx, s.vera));
    test_sign_in(cx, s.alice);
    return s;
}

static struct list_BulkIdResponseDto add(struct ctx *cx, uuid album, struct list_uuid assets)
{
    struct list_BulkIdResponseDto out;
    const struct addAssetsToAlbum_in in = {.id = album, .body.ids = assets};
    assert_ok(op_addAssetsToAlbum(cx, &in, &out));
    return out;
}

static struct list_BulkIdResponseDto remove_from(
    struct ctx *cx, uuid album, struct list_uuid assets)
{
    struct list_BulkIdResponseDto out;
    const struct removeAssetFromAlbum_in in = {.id = album, .body.ids = assets};
    assert_ok(op_removeAssetFromAlbum(cx, &in, &out));
    return out;
}

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static const char letters[] =
    "SELECT string_agg(u.name || ' ' || j.state, ', ' ORDER BY u.name) FROM tintype.job j"
    " JOIN \"user\" u ON u.id::text = j.payload ->> 'recipientId'"
    " WHERE j.name = 'NotifyAlbumUpdate'";

static void assets_are_put_in_each_for_itself(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid mine = test_asset(cx, s.ed, "IMAGE", "/data/mine.jpg");
    const uuid other = test_asset(cx, s.alice, "IMAGE", "/data/other.jpg");
    test_sign_in(cx, s.ed);

    const struct list_BulkIdResponseDto out =
        add(cx, s.album, LIST_OF(other, mine, mine, uuid_v4()));
    assert_int_equal(out.n, 4);
    assert_int_equal(out.v[0].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    assert_true(out.v[1].success);
    assert_int_equal(out.v[2].error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    assert_int_equal(out.v[3].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    assert_sql(cx, test_id(cx, mine), "SELECT \"assetId\" FROM album_asset");
    assert_sql(cx, test_id(cx, mine), "SELECT \"albumThumbnailAssetId\" FROM album");
    assert_sql(cx, "alice delayed, vera delayed", letters);

    assert_int_equal(add(cx, s.album, LIST_OF(mine)).v[0].error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    assert_sql(cx, "1", "SELECT count(*) FROM album_asset");
}

static void a_chosen_cover_stays_when_assets_come(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid cover = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
    add(cx, s.album, LIST_OF(cover));
    add(cx, s.album, LIST_OF(test_asset(cx, s.alice, "IMAGE", "/data/b.jpg")));
    assert_sql(cx, test_id(cx, cover), "SELECT \"albumThumbnailAssetId\" FROM album");
}

static void nobody_fills_an_album_that_is_not_theirs_to_fill(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid mine = test_asset(cx, s.vera, "IMAGE", "/data/mine.jpg");
    struct list_BulkIdResponseDto out;
    struct addAssetsToAlbum_in in = {.id = s.album, .body.ids = LIST_OF(mine)};
    test_sign_in(cx, s.vera);
    err e = op_addAssetsToAlbum(cx, &in, &out);
    assert_non_null(e);
    assert_string_equal(e->message, "Not found or no albumAsset.create access");
    in.id = uuid_v4();
    e = op_addAssetsToAlbum(cx, &in, &out);
    assert_non_null(e);
    assert_string_equal(e->message, "Album not found");
    assert_sql(cx, "0", "SELECT count(*) FROM album_asset");
}

static void locked_assets_are_never_put_in(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid locked = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
    test_sql(cx, "UPDATE asset SET visibility = 'locked'");
    test_sign_in(cx, s.alice)->elevated = true;
    assert_int_equal(
        add(cx, s.album, LIST_OF(locked)).v[0].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
}

static struct AlbumsAddAssetsResponseDto add_to_all(
    struct ctx *cx, struct list_uuid albums, struct list_uuid assets)
{
    struct AlbumsAddAssetsResponseDto out;
    const struct addAssetsToAlbums_in in = {.body = {.albumIds = albums, .assetIds = assets}};
    assert_ok(op_addAssetsToAlbums(cx, &in, &out));
    return out;
}

static void several_albums_are_filled_at_once(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid second = uuid_v4(), foreign = uuid_v4();
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s'), ('%s')", test_id(cx, second),
        test_id(cx, foreign));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'owner')",
        test_id(cx, second), test_id(cx, s.alice));
    const uuid a = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
    const uuid b = test_asset(cx, s.alice, "IMAGE", "/data/b.jpg");
    const uuid strange = test_asset(cx, s.ed, "IMAGE", "/data/c.jpg");
    add(cx, s.album, LIST_OF(b));

    assert_true(
        add_to_all(cx, LIST_OF(s.album, second, foreign), LIST_OF(a, b, a, strange)).success);
    assert_sql(
        cx, "2", "SELECT count(*) FROM album_asset WHERE \"albumId\" = '%s'", test_id(cx, s.album));
    assert_sql(
        cx, "2", "SELECT count(*) FROM album_asset WHERE \"albumId\" = '%s'", test_id(cx, second));
    assert_sql(
        cx, "0", "SELECT count(*) FROM album_asset WHERE \"albumId\" = '%s'", test_id(cx, foreign));
    assert_sql(cx, test_id(cx, a), "SELECT \"albumThumbnailAssetId\" FROM album WHERE id = '%s'",
        test_id(cx, second));

    struct AlbumsAddAssetsResponseDto out = add_to_all(cx, LIST_OF(s.album, second), LIST_OF(a));
    assert_false(out.success);
    assert_int_equal(out.error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    out = add_to_all(cx, LIST_OF(foreign), LIST_OF(a));
    assert_int_equal(out.error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    out = add_to_all(cx, LIST_OF(s.album), LIST_OF(strange));
    assert_int_equal(out.error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
}

static void assets_are_taken_out_by_the_owner_and_by_whose_they_are(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid hers = test_asset(cx, s.alice, "IMAGE", "/data/hers.jpg");
    const uuid his = test_asset(cx, s.ed, "IMAGE", "/data/his.jpg");
    add(cx, s.album, LIST_OF(hers));
    test_sign_in(cx, s.ed);
    add(cx, s.album, LIST_OF(his));

    struct list_BulkIdResponseDto out =
        remove_from(cx, s.album, LIST_OF(hers, his, his, uuid_v4()));
    assert_int_equal(out.v[0].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    assert_true(out.v[1].success);
    assert_int_equal(out.v[2].error.v, BULK_ID_ERROR_REASON_NOT_FOUND);
    assert_int_equal(out.v[3].error.v, BULK_ID_ERROR_REASON_NOT_FOUND);

    add(cx, s.album, LIST_OF(his));
    test_sign_in(cx, s.alice);
    assert_sql(cx, test_id(cx, hers), "SELECT \"albumThumbnailAssetId\" FROM album");
    assert_true(remove_from(cx, s.album, LIST_OF(hers)).v[0].success);
    assert_sql(cx, test_id(cx, his), "SELECT \"albumThumbnailAssetId\" FROM album");
    assert_true(remove_from(cx, s.album, LIST_OF(his)).v[0].success);
    assert_sql(cx, "null", "SELECT \"albumThumbnailAssetId\" FROM album");
    assert_sql(cx, "3", "SELECT count(*) FROM album_asset_audit");
}

/* ---- members ---- */

static void members_are_added_once_and_written_to(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid bob = test_user(cx, "bob");
    struct AlbumUserAddDto users[] = {
        {bob, ALBUM_USER_ROLE_EDITOR}, {s.vera, ALBUM_USER_ROLE_EDITOR}};
    struct addUsersToAlbum_in in = {.id = s.album, .body.albumUsers = {users, 2}};
    struct AlbumResponseDto album;

    assert_ok(op_addUsersToAlbum(cx, &in, &album));
    assert_int_equal(album.albumUsers.n, 4);
    assert_sql(
        cx, "viewer", "SELECT role FROM album_user WHERE \"userId\" = '%s'", test_id(cx, s.vera));
    assert_sql(cx, test_id(cx, bob),
        "SELECT string_agg(payload ->> 'recipientId', ' ') FROM tintype.job"
        " WHERE name = 'NotifyAlbumInvite'");

    users[0].role = ALBUM_USER_ROLE_OWNER;
    assert_fails(op_addUsersToAlbum(cx, &in, &album), BAD_REQUEST);
    users[0] = (struct AlbumUserAddDto){uuid_v4(), ALBUM_USER_ROLE_VIEWER};
    assert_fails(op_addUsersToAlbum(cx, &in, &album), BAD_REQUEST);
}

static void a_role_changes_but_never_the_owners(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    struct updateAlbumUser_in in = {.id = s.album, .body.role = ALBUM_USER_ROLE_EDITOR};
    in.userId = uuid_str(cx->arena, s.vera);
    assert_ok(op_updateAlbumUser(cx, &in));
    assert_sql(
        cx, "editor", "SELECT role FROM album_user WHERE \"userId\" = '%s'", test_id(cx, s.vera));
    in.body.role = ALBUM_USER_ROLE_OWNER;
    assert_fails(op_updateAlbumUser(cx, &in), BAD_REQUEST);
    in.body.role = ALBUM_USER_ROLE_VIEWER;
    in.userId = STR("me");
    assert_fails(op_updateAlbumUser(cx, &in), BAD_REQUEST);
    in.userId = uuid_str(cx->arena, uuid_v4());
    assert_ok(op_updateAlbumUser(cx, &in)); /* Compat: nobody's role is changed in silence */
    assert_sql(cx, "3", "SELECT count(*) FROM album_user");
}

static err leave(struct ctx *cx, uuid album, str user)
{
    return op_removeUserFromAlbum(
        cx, &(struct removeUserFromAlbum_in){.id = album, .userId = user});
}

static void members_leave_and_are_sent_away(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const str ed = uuid_str(cx->arena, s.ed), alice = uuid_str(cx->arena, s.alice);
    test_sign_in(cx, s.vera);
    assert_string_equal(leave(cx, uuid_v4(), STR("me"))->message, "Album not found");
    assert_string_equal(
        leave(cx, s.album, uuid_str(cx->arena, uuid_v4()))->message, "Album not shared with user");
    assert_string_equal(leave(cx, s.album, alice)->message, "Cannot remove the last album owner");
    assert_string_equal(leave(cx, s.album, ed)->message, "Not found or no album.share access");
    assert_ok(leave(cx, s.album, STR("me")));
    assert_sql(
        cx, "1", "SELECT count(*) FROM album_audit WHERE \"userId\" = '%s'", test_id(cx, s.vera));
    test_sign_in(cx, s.alice);
    assert_ok(leave(cx, s.album, ed));
    assert_sql(cx, "1", "SELECT count(*) FROM album_user");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(assets_are_put_in_each_for_itself),
        TEST(a_chosen_cover_stays_when_assets_come),
        TEST(nobody_fills_an_album_that_is_not_theirs_to_fill),
        TEST(locked_assets_are_never_put_in),
        TEST(several_albums_are_filled_at_once),
        TEST(assets_are_taken_out_by_the_owner_and_by_whose_they_are),
        TEST(members_are_added_once_and_written_to),
        TEST(a_role_changes_but_never_the_owners),
        TEST(members_leave_and_are_sent_away),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
