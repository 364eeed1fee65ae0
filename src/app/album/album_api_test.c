#include "app/test.h"
#include "gen/api.h"

/* The owner's album with one editor and one viewer. */
struct scene {
    uuid alice, ed, vera, album;
};

static uuid make_album(struct ctx *cx, uuid owner, const char *name)
{
    struct createAlbum_in in = {.body.albumName = str_from(name)};
    struct AlbumResponseDto album;
    test_sign_in(cx, owner);
    assert_ok(op_createAlbum(cx, &in, &album));
    return album.id;
}

static struct scene make_scene(struct ctx *cx)
{
    struct scene s = {
        test_user(cx, "alice"), test_user(cx, "ed"), test_user(cx, "vera"), uuid_v4()};
    s.album = make_album(cx, s.alice, "Trip");
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role)"
        " VALUES ('%s', '%s', 'editor'), ('%s', '%s', 'viewer')",
        test_id(cx, s.album), test_id(cx, s.ed), test_id(cx, s.album), test_id(cx, s.vera));
    return s;
}

/* Taken at these times: by the world's clock, and by that of the place. */
static uuid make_photo(struct ctx *cx, uuid owner, const char *taken, const char *local)
{
    const uuid id = test_asset(cx, owner, "IMAGE", "/data/a.jpg");
    test_sql(cx,
        "UPDATE asset SET \"fileCreatedAt\" = '%s+00', \"localDateTime\" = '%s+00' WHERE id = '%s'",
        taken, local, test_id(cx, id));
    return id;
}

static void put(struct ctx *cx, uuid album, uuid asset)
{
    test_sql(cx, "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s')",
        test_id(cx, album), test_id(cx, asset));
}

static struct AlbumResponseDto get(struct ctx *cx, uuid id)
{
    struct AlbumResponseDto album;
    assert_ok(op_getAlbumInfo(cx, &(struct getAlbumInfo_in){.id = id}, &album));
    return album;
}

static void assert_when(struct ctx *cx, struct opt_when found, const char *expected)
{
    struct when w;
    assert_int_equal(found.is, PRESENT);
    assert_true(when_parse(str_from(expected), &w));
    assert_int_equal(found.v.us, w.us);
}

/* ---- listing ---- */

static void an_album_tells_what_is_in_it_and_who_takes_part(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    put(cx, s.album, make_photo(cx, s.alice, "2020-01-01 23:00", "2020-01-02 01:00"));
    const uuid newest = make_photo(cx, s.ed, "2021-05-05 10:00", "2021-05-05 12:00");
    put(cx, s.album, newest);
    const uuid trashed = make_photo(cx, s.alice, "2022-01-01 10:00", "2022-01-01 12:00");
    const uuid locked = make_photo(cx, s.alice, "2023-01-01 10:00", "2023-01-01 12:00");
    put(cx, s.album, trashed);
    put(cx, s.album, locked);
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, trashed));
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, locked));
    test_sign_in(cx, s.vera);

    const struct AlbumResponseDto album = get(cx, s.album);
    assert_true(str_eq(album.albumName, STR("Trip")));
    assert_int_equal(album.assetCount, 2);
    assert_when(cx, album.startDate, "2020-01-02T00:00:00.000Z");
    assert_when(cx, album.endDate, "2021-05-05T00:00:00.000Z");
    assert_int_equal(album.lastModifiedAssetTimestamp.is, PRESENT);
    assert_true(uuid_eq(album.albumThumbnailAssetId.v, newest));
    assert_true(album.shared);
    assert_false(album.hasSharedLink);
    assert_true(album.isActivityEnabled);
    assert_int_equal(album.order.v, ASSET_ORDER_DESC);

    assert_int_equal(album.albumUsers.n, 3);
    assert_true(uuid_eq(album.albumUsers.v[0].user.id, s.alice));
    assert_int_equal(album.albumUsers.v[0].role, ALBUM_USER_ROLE_OWNER);
    assert_true(uuid_eq(album.albumUsers.v[1].user.id, s.ed));
    assert_true(str_eq(album.albumUsers.v[1].user.email, STR("ed@example.com")));
    assert_int_equal(album.albumUsers.v[2].role, ALBUM_USER_ROLE_VIEWER);

    assert_int_equal(album.contributorCounts.v.n, 2);
    assert_int_equal(album.contributorCounts.v.v[0].assetCount, 1);
}

static void members_of_one_role_come_with_the_caller_first_then_by_name(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid zoe = test_user(cx, "zoe"), bob = test_user(cx, "bob");
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role)"
        " VALUES ('%s', '%s', 'viewer'), ('%s', '%s', 'viewer')",
        test_id(cx, s.album), test_id(cx, zoe), test_id(cx, s.album), test_id(cx, bob));
    test_sign_in(cx, zoe);
    const struct list_AlbumUserResponseDto users = get(cx, s.album).albumUsers;
    const uuid expected[] = {s.alice, s.ed, zoe, bob, s.vera};
    assert_int_equal(users.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_true(uuid_eq(users.v[i].user.id, expected[i]));
}

static void an_empty_album_has_no_dates(void **state)
{
    struct ctx *cx = *state;
    const struct AlbumResponseDto album = get(cx, make_album(cx, test_user(cx, "alice"), "Empty"));
    assert_int_equal(album.assetCount, 0);
    assert_int_not_equal(album.startDate.is, PRESENT);
    assert_int_not_equal(album.endDate.is, PRESENT);
    assert_int_not_equal(album.lastModifiedAssetTimestamp.is, PRESENT);
    assert_int_not_equal(album.albumThumbnailAssetId.is, PRESENT);
    assert_int_equal(album.contributorCounts.is, ABSENT);
    assert_false(album.shared);
}

static void make_link(struct ctx *cx, uuid owner, uuid album)
{
    test_sql(cx,
        "INSERT INTO shared_link (\"userId\", key, type, \"albumId\")"
        " VALUES ('%s', sha256('%s'), 'ALBUM', '%s')",
        test_id(cx, owner), test_id(cx, album), test_id(cx, album));
}

static size_t count(struct ctx *cx, const struct getAllAlbums_in *in)
{
    struct list_AlbumResponseDto albums;
    assert_ok(op_getAllAlbums(cx, in, &albums));
    return albums.n;
}

static void albums_are_listed_by_part_and_by_sharing(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid alone = make_album(cx, s.ed, "Alone");
    const uuid linked = make_album(cx, s.ed, "Linked");
    const uuid gone = make_album(cx, s.ed, "Gone");
    make_link(cx, s.ed, linked);
    test_sql(cx, "UPDATE album SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, gone));
    test_sql(cx, "UPDATE album SET \"createdAt\" = now() - interval '1 day' WHERE id = '%s'",
        test_id(cx, alone));
    struct list_AlbumResponseDto all;
    const struct opt_bool yes = SOME(bool, true), no = SOME(bool, false);

    test_sign_in(cx, s.ed);
    assert_ok(op_getAllAlbums(cx, &(struct getAllAlbums_in){0}, &all));
    assert_int_equal(all.n, 3);
    assert_true(uuid_eq(all.v[2].id, alone)); /* the oldest */
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.isOwned = yes}), 2);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.isOwned = no}), 1);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.isShared = yes}), 2);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.isShared = no}), 1);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.isShared = no, .isOwned = no}), 0);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.name = SOME(str, STR("Alone"))}), 1);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.name = SOME(str, STR("alone"))}), 0);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.id = SOME(uuid, linked)}), 1);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.id = SOME(uuid, gone)}), 0);

    struct AlbumStatisticsResponseDto statistics;
    assert_ok(op_getAlbumStatistics(cx, &statistics));
    assert_int_equal(statistics.owned, 2);
    assert_int_equal(statistics.shared, 2);
    assert_int_equal(statistics.notShared, 1);

    test_sign_in(cx, test_user(cx, "stranger"));
    assert_int_equal(count(cx, &(struct getAllAlbums_in){0}), 0);
    assert_int_equal(count(cx, &(struct getAllAlbums_in){.id = SOME(uuid, s.album)}), 0);
}

static void albums_are_found_by_an_asset_in_them(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid photo = make_photo(cx, s.alice, "2020-01-01", "2020-01-01");
    put(cx, s.album, photo);
    put(cx, make_album(cx, s.alice, "Private"), photo);
    make_link(cx, s.alice, s.album);
    struct list_AlbumResponseDto found;
    struct getAllAlbums_in in = {
        .assetId = SOME(uuid, photo), .name = SOME(str, STR("of no album"))};

    assert_int_equal(count(cx, &in), 2);
    test_sign_in(cx, s.vera);
    assert_ok(op_getAllAlbums(cx, &in, &found));
    assert_int_equal(found.n, 1);
    assert_true(uuid_eq(found.v[0].id, s.album));
    assert_false(found.v[0].hasSharedLink);
    test_sign_in(cx, test_user(cx, "stranger"));
    assert_int_equal(count(cx, &in), 0);
}

static void a_cover_that_cannot_be_seen_is_replaced(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid old = make_photo(cx, s.alice, "2020-01-01", "2020-01-01");
    const uuid new = make_photo(cx, s.alice, "2021-01-01", "2021-01-01");
    put(cx, s.album, old);
    put(cx, s.album, new);
    test_sql(cx, "UPDATE album SET \"albumThumbnailAssetId\" = '%s' WHERE id = '%s'",
        test_id(cx, old), test_id(cx, s.album));
    assert_true(uuid_eq(get(cx, s.album).albumThumbnailAssetId.v, old)); /* chosen: it stays */
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, old));
    assert_true(uuid_eq(get(cx, s.album).albumThumbnailAssetId.v, new));
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, new));
    assert_int_not_equal(get(cx, s.album).albumThumbnailAssetId.is, PRESENT);
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = NULL WHERE id = '%s'", test_id(cx, old));
    assert_true(uuid_eq(get(cx, s.album).albumThumbnailAssetId.v, old));
}

static void a_cover_that_is_good_is_not_written_again(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    put(cx, s.album, make_photo(cx, s.alice, "2020-01-01", "2020-01-01"));
    get(cx, s.album);
    const struct when before = get(cx, s.album).updatedAt;
    assert_int_equal(get(cx, s.album).updatedAt.us, before.us);
}

static void the_map_shows_where_an_album_was_taken(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid near = make_photo(cx, s.alice, "2020-01-01", "2020-01-01");
    const uuid far = make_photo(cx, s.alice, "2021-01-01", "2021-01-01");
    const uuid nowhere = make_photo(cx, s.alice, "2022-01-01", "2022-01-01");
    const uuid photos[] = {near, far, nowhere};
    for (size_t i = 0; i < 3; i++) {
        put(cx, s.album, photos[i]);
        test_sql(cx,
            "INSERT INTO asset_exif (\"assetId\", latitude, longitude, city)"
            " VALUES ('%s', %s, 10, 'Ulm')",
            test_id(cx, photos[i]), i == 2 ? "NULL" : "48.5");
    }
    struct list_MapMarkerResponseDto markers;
    const struct getAlbumMapMarkers_in in = {.id = s.album};
    assert_ok(op_getAlbumMapMarkers(cx, &in, &markers));
    assert_int_equal(markers.n, 2);
    assert_true(uuid_eq(markers.v[0].id, far));
    assert_true(markers.v[0].lat == 48.5 && markers.v[0].lon == 10);
    assert_true(str_eq(markers.v[0].city.v, STR("Ulm")));

    struct auth *link = test_sign_in(cx, s.alice);
    link->kind = AUTH_SHARED_LINK;
    assert_ok(op_getAlbumMapMarkers(cx, &in, &markers));
    assert_int_equal(markers.n, 0);
    link->link_shows_metadata = true;
    assert_ok(op_getAlbumMapMarkers(cx, &in, &markers));
    assert_int_equal(markers.n, 2);
}

/* ---- making and changing ---- */

static void an_album_is_made_with_members_and_assets(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const uuid strange = make_photo(cx, bob, "2020-01-01", "2020-01-01");
    /* The later one, by the clock of its place, was taken before the other. */
    uuid first = make_photo(cx, alice, "2020-01-01 10:00", "2020-01-01 23:00");
    uuid second = make_photo(cx, alice, "2020-01-01 12:00", "2020-01-01 02:00");
    struct auth *auth = test_sign_in(cx, alice);
    auth->name = STR("Alice");
    struct AlbumUserCreateDto members[] = {
        {bob, ALBUM_USER_ROLE_VIEWER}, {alice, ALBUM_USER_ROLE_EDITOR}};
    uuid assets[] = {strange, first, second, first};
    const struct createAlbum_in in = {.body = {
                                          .albumName = STR("Trip"),
                                          .description = SOME(str, STR("d")),
                                          .albumUsers = {PRESENT, {members, 2}},
                                          .assetIds = {PRESENT, {assets, 4}},
                                      }};
    struct AlbumResponseDto album;

    assert_ok(op_createAlbum(cx, &in, &album));
    assert_true(str_eq(album.description, STR("d")));
    assert_int_equal(album.assetCount, 2);
    assert_true(uuid_eq(album.albumThumbnailAssetId.v, first));
    assert_when(cx, album.startDate, "2020-01-01T02:00:00.000Z");
    assert_when(cx, album.endDate, "2020-01-01T23:00:00.000Z");
    assert_int_equal(album.lastModifiedAssetTimestamp.is, ABSENT);
    assert_int_equal(album.albumUsers.n, 2);
    assert_true(uuid_eq(album.albumUsers.v[0].user.id, alice));
    assert_int_equal(album.albumUsers.v[0].role, ALBUM_USER_ROLE_OWNER);
    assert_int_equal(album.albumUsers.v[1].role, ALBUM_USER_ROLE_VIEWER);
    assert_int_equal(album.createdAt.us, album.updatedAt.us);
    assert_sql(cx, "1",
        "SELECT count(*) FROM tintype.job WHERE name = 'NotifyAlbumInvite'"
        " AND payload = '{\"id\": \"%s\", \"recipientId\": \"%s\", \"senderName\": \"Alice\"}'",
        test_id(cx, album.id), test_id(cx, bob));
}

static void an_album_is_not_made_with_users_who_are_none(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), left = test_user(cx, "left");
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, left));
    test_sign_in(cx, alice);
    struct AlbumUserCreateDto member = {uuid_v4(), ALBUM_USER_ROLE_VIEWER};
    const struct createAlbum_in in = {.body = {.albumUsers = {PRESENT, {&member, 1}}}};
    struct AlbumResponseDto album;
    assert_fails(op_createAlbum(cx, &in, &album), BAD_REQUEST);
    member.userId = left;
    assert_fails(op_createAlbum(cx, &in, &album), BAD_REQUEST);
    assert_sql(cx, "0", "SELECT count(*) FROM album");
}

static void the_order_of_a_new_album_is_the_owners_preference(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    test_sql(cx,
        "INSERT INTO user_metadata (\"userId\", key, value)"
        " VALUES ('%s', 'preferences', '{\"albums\": {\"defaultAssetOrder\": \"asc\"}}')",
        test_id(cx, alice));
    assert_int_equal(get(cx, make_album(cx, alice, "Old first")).order.v, ASSET_ORDER_ASC);
}

static void what_is_given_changes_and_the_rest_stays(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid inside = make_photo(cx, s.alice, "2020-01-01", "2020-01-01");
    const uuid outside = make_photo(cx, s.alice, "2021-01-01", "2021-01-01");
    put(cx, s.album, inside);
    struct updateAlbumInfo_in in = {.id = s.album, .body.description = SOME(str, STR("new"))};
    struct AlbumResponseDto album;
    assert_ok(op_updateAlbumInfo(cx, &in, &album));
    assert_true(str_eq(album.albumName, STR("Trip")));
    assert_true(str_eq(album.description, STR("new")));

    in.body = (struct UpdateAlbumDto){
        .albumName = SOME(str, STR("Alps")),
        .albumThumbnailAssetId = SOME(uuid, inside),
        .isActivityEnabled = SOME(bool, false),
        .order = {PRESENT, ASSET_ORDER_ASC},
    };
    assert_ok(op_updateAlbumInfo(cx, &in, &album));
    assert_true(str_eq(album.albumName, STR("Alps")));
    assert_true(str_eq(album.description, STR("new")));
    assert_true(uuid_eq(album.albumThumbnailAssetId.v, inside));
    assert_false(album.isActivityEnabled);
    assert_int_equal(album.order.v, ASSET_ORDER_ASC);

    in.body.albumThumbnailAssetId.v = outside;
    assert_fails(op_updateAlbumInfo(cx, &in, &album), BAD_REQUEST);
}

static void a_deleted_album_is_told_to_every_member(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid photo = make_photo(cx, s.alice, "2020-01-01", "2020-01-01");
    put(cx, s.album, photo);
    assert_ok(op_deleteAlbum(cx, &(struct deleteAlbum_in){.id = s.album}));
    assert_sql(cx, "0", "SELECT count(*) FROM album");
    assert_sql(
        cx, "3", "SELECT count(*) FROM album_audit WHERE \"albumId\" = '%s'", test_id(cx, s.album));
    assert_sql(cx, "1", "SELECT count(*) FROM asset WHERE id = '%s'", test_id(cx, photo));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(an_album_tells_what_is_in_it_and_who_takes_part),
        TEST(members_of_one_role_come_with_the_caller_first_then_by_name),
        TEST(an_empty_album_has_no_dates),
        TEST(albums_are_listed_by_part_and_by_sharing),
        TEST(albums_are_found_by_an_asset_in_them),
        TEST(a_cover_that_cannot_be_seen_is_replaced),
        TEST(a_cover_that_is_good_is_not_written_again),
        TEST(the_map_shows_where_an_album_was_taken),
        TEST(an_album_is_made_with_members_and_assets),
        TEST(an_album_is_not_made_with_users_who_are_none),
        TEST(the_order_of_a_new_album_is_the_owners_preference),
        TEST(what_is_given_changes_and_the_rest_stays),
        TEST(a_deleted_album_is_told_to_every_member),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
