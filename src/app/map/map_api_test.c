#include "app/test.h"
#include "gen/api.h"

static uuid make_photo(struct ctx *cx, uuid owner, const char *taken)
{
    const uuid id = test_asset(cx, owner, "IMAGE", "/data/a.jpg");
    test_sql(cx,
        "UPDATE asset SET \"fileCreatedAt\" = '%2$s' WHERE id = '%1$s';"
        "INSERT INTO asset_exif (\"assetId\", latitude, longitude, city, country)"
        " VALUES ('%1$s', 48.5, 10.25, 'Ulm', 'Germany')",
        test_id(cx, id), taken);
    return id;
}

static struct list_MapMarkerResponseDto markers(struct ctx *cx, struct getMapMarkers_in in)
{
    struct list_MapMarkerResponseDto out;
    assert_ok(op_getMapMarkers(cx, &in, &out));
    return out;
}

static const struct opt_bool yes = {PRESENT, true}, no = {PRESENT, false};

static void the_newest_place_comes_first(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    make_photo(cx, alice, "2020-01-01 00:00+00");
    const uuid newest = make_photo(cx, alice, "2021-01-01 00:00+00");
    test_asset(cx, alice, "IMAGE", "/data/nowhere.jpg");
    test_sign_in(cx, alice);
    const struct list_MapMarkerResponseDto out = markers(cx, (struct getMapMarkers_in){0});
    assert_int_equal(out.n, 2);
    assert_true(uuid_eq(out.v[0].id, newest));
    assert_true(out.v[0].lat == 48.5 && out.v[0].lon == 10.25);
    assert_true(str_eq(out.v[0].city.v, STR("Ulm")));
    assert_int_not_equal(out.v[0].state.is, PRESENT);

    struct when day;
    assert_true(when_parse(STR("2021-01-01T00:00:00.000Z"), &day));
    const struct opt_when since = SOME(when, day);
    assert_int_equal(markers(cx, (struct getMapMarkers_in){.fileCreatedAfter = since}).n, 1);
    assert_int_equal(markers(cx, (struct getMapMarkers_in){.fileCreatedBefore = since}).n, 2);
}

static void what_the_timeline_does_not_show_is_not_on_the_map(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    make_photo(cx, alice, "2020-01-01");
    test_sign_in(cx, alice);
    static const struct {
        const char *set;
        size_t usual, archived;
    } cases[] = {
        {"visibility = 'timeline', \"isFavorite\" = true", 1, 1},
        {"visibility = 'archive'", 0, 1},
        {"visibility = 'locked'", 0, 0},
        {"visibility = 'hidden'", 0, 0},
        {"visibility = 'timeline', \"deletedAt\" = now()", 0, 0},
    };
    for (size_t i = 0; i < 5; i++) {
        test_sql(cx, "UPDATE asset SET %s", cases[i].set);
        assert_int_equal(markers(cx, (struct getMapMarkers_in){0}).n, cases[i].usual);
        assert_int_equal(
            markers(cx, (struct getMapMarkers_in){.isArchived = yes}).n, cases[i].archived);
        assert_int_equal(markers(cx, (struct getMapMarkers_in){.isFavorite = yes}).n, i == 0);
        assert_int_equal(markers(cx, (struct getMapMarkers_in){.isFavorite = no}).n, 0);
        test_sql(cx, "UPDATE asset SET \"isFavorite\" = true");
    }
}

static void partners_and_albums_are_shown_when_asked_for(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const uuid eve = test_user(cx, "eve"), album = uuid_v4(), second = uuid_v4();
    make_photo(cx, bob, "2020-01-01");
    const uuid archived = make_photo(cx, bob, "2020-01-02");
    const uuid eves = make_photo(cx, eve, "2020-01-03");
    test_sql(cx,
        "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%3$s', '%4$s');"
        "UPDATE asset SET visibility = 'archive' WHERE id = '%5$s';"
        "INSERT INTO album (id) VALUES ('%1$s'), ('%2$s');"
        "INSERT INTO album_user (\"albumId\", \"userId\", role)"
        " VALUES ('%1$s', '%4$s', 'viewer'), ('%2$s', '%4$s', 'viewer');"
        "INSERT INTO album_asset (\"albumId\", \"assetId\")"
        " VALUES ('%1$s', '%6$s'), ('%2$s', '%6$s')",
        test_id(cx, album), test_id(cx, second), test_id(cx, bob), test_id(cx, alice),
        test_id(cx, archived), test_id(cx, eves));
    test_sign_in(cx, alice);
    const struct getMapMarkers_in partners = {.withPartners = yes, .isArchived = yes};
    const struct getMapMarkers_in albums = {.withSharedAlbums = yes};
    assert_int_equal(markers(cx, (struct getMapMarkers_in){0}).n, 0);
    assert_int_equal(markers(cx, partners).n, 1);
    assert_int_equal(markers(cx, albums).n, 1);
    test_sql(cx, "UPDATE album SET \"deletedAt\" = now()");
    assert_int_equal(markers(cx, albums).n, 0);
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, bob));
    assert_int_equal(markers(cx, partners).n, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(the_newest_place_comes_first),
        TEST(what_the_timeline_does_not_show_is_not_on_the_map),
        TEST(partners_and_albums_are_shown_when_asked_for),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
