#include "app/access/access.h"
#include "app/test.h"

/* Which of the ids are allowed, as a number of bits in their order. */
static unsigned allowed(struct ctx *cx, const char *permission, const uuid *ids, size_t n)
{
    struct list_uuid found;
    unsigned bits = 0;
    assert_ok(access_check(
        cx, str_from(permission), (struct list_uuid){.v = (uuid *)(uintptr_t)ids, .n = n}, &found));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < found.n; k++)
            bits |= (unsigned)uuid_eq(ids[i], found.v[k]) << i;
    return bits;
}

enum { PLAIN, HIDDEN, LOCKED, TRASHED, ARCHIVED, ASSETS };

struct library {
    uuid owner;
    uuid assets[ASSETS];
};

static struct library make_library(struct ctx *cx, const char *name)
{
    struct library l = {.owner = test_user(cx, name)};
    for (int i = 0; i < ASSETS; i++)
        l.assets[i] =
            test_asset(cx, l.owner, "IMAGE", str_fmt(cx->arena, "/data/%s-%d.jpg", name, i).p);
    test_sql(cx, "UPDATE asset SET visibility = 'hidden' WHERE id = '%s'",
        test_id(cx, l.assets[HIDDEN]));
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'",
        test_id(cx, l.assets[LOCKED]));
    test_sql(cx, "UPDATE asset SET visibility = 'archive' WHERE id = '%s'",
        test_id(cx, l.assets[ARCHIVED]));
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now(), status = 'trashed' WHERE id = '%s'",
        test_id(cx, l.assets[TRASHED]));
    return l;
}

static uuid make_album(struct ctx *cx, const struct library *l, uuid member, const char *role)
{
    const uuid album = uuid_v4();
    test_sql(cx, "INSERT INTO album (id) VALUES ('%s')", test_id(cx, album));
    test_sql(cx,
        "INSERT INTO album_user (\"albumId\", \"userId\", role) VALUES ('%s', '%s', 'owner'), "
        "('%s', '%s', '%s')",
        test_id(cx, album), test_id(cx, l->owner), test_id(cx, album), test_id(cx, member), role);
    for (int i = 0; i < ASSETS; i++)
        test_sql(cx, "INSERT INTO album_asset (\"albumId\", \"assetId\") VALUES ('%s', '%s')",
            test_id(cx, album), test_id(cx, l->assets[i]));
    return album;
}

#define BIT(name) (1u << (name))

static void an_owner_sees_all_but_the_locked_folder_unless_it_is_open(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    struct auth *auth = test_sign_in(cx, l.owner);
    const unsigned all = BIT(ASSETS) - 1;
    assert_int_equal(allowed(cx, "asset.read", l.assets, ASSETS), all & ~BIT(LOCKED));
    assert_int_equal(allowed(cx, "asset.delete", l.assets, ASSETS), all & ~BIT(LOCKED));
    auth->elevated = true;
    assert_int_equal(allowed(cx, "asset.read", l.assets, ASSETS), all);
    assert_int_equal(allowed(cx, "asset.share", l.assets, ASSETS), all & ~BIT(LOCKED));
}

static void a_stranger_and_an_administrator_see_nothing(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    struct auth *auth = test_sign_in(cx, test_user(cx, "admin"));
    auth->is_admin = auth->elevated = true;
    static const char *const permissions[] = {
        "asset.read", "asset.view", "asset.download", "asset.update", "asset.delete"};
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(allowed(cx, permissions[i], l.assets, ASSETS), 0);
    assert_fails(access_require_one(cx, STR("asset.read"), l.assets[PLAIN]), BAD_REQUEST);
}

static void an_album_shows_its_members_what_is_neither_trashed_nor_locked(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    const uuid bob = test_user(cx, "bob");
    const uuid album = make_album(cx, &l, bob, "viewer");
    struct auth *auth = test_sign_in(cx, bob);
    auth->elevated = true; /* opens bob's own locked folder only */
    assert_int_equal(
        allowed(cx, "asset.view", l.assets, ASSETS), BIT(PLAIN) | BIT(HIDDEN) | BIT(ARCHIVED));
    assert_int_equal(allowed(cx, "asset.update", l.assets, ASSETS), 0);
    assert_int_equal(allowed(cx, "album.read", &album, 1), 1);
    assert_int_equal(allowed(cx, "albumAsset.create", &album, 1), 0);
    test_sql(cx, "UPDATE album_user SET role = 'editor' WHERE \"userId\" = '%s'", test_id(cx, bob));
    assert_int_equal(allowed(cx, "albumAsset.create", &album, 1), 1);
    assert_int_equal(allowed(cx, "album.delete", &album, 1), 0);
    test_sql(cx, "UPDATE album SET \"deletedAt\" = now()");
    assert_int_equal(allowed(cx, "asset.view", l.assets, ASSETS), 0);
    assert_int_equal(allowed(cx, "album.read", &album, 1), 0);
}

static void the_motion_part_of_a_shared_still_counts(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    const uuid bob = test_user(cx, "bob");
    const uuid video = test_asset(cx, l.owner, "VIDEO", "/data/live.mov");
    make_album(cx, &l, bob, "viewer");
    test_sql(cx, "UPDATE asset SET visibility = 'hidden' WHERE id = '%s'", test_id(cx, video));
    test_sign_in(cx, bob);
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 0);
    test_sql(cx, "UPDATE asset SET \"livePhotoVideoId\" = '%s' WHERE id = '%s'", test_id(cx, video),
        test_id(cx, l.assets[PLAIN]));
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 1);
}

static void the_motion_part_of_a_locked_still_is_locked(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    const uuid bob = test_user(cx, "bob"), video = l.assets[HIDDEN];
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, l.owner), test_id(cx, bob));
    test_sign_in(cx, bob);
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 1);
    test_sql(cx, "UPDATE asset SET \"livePhotoVideoId\" = '%s' WHERE id = '%s'", test_id(cx, video),
        test_id(cx, l.assets[LOCKED]));
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 0);
    struct auth *auth = test_sign_in(cx, l.owner);
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 0);
    auth->elevated = true;
    assert_int_equal(allowed(cx, "asset.view", &video, 1), 1);
}

static void a_partner_sees_timeline_and_motion_parts(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    const uuid bob = test_user(cx, "bob");
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, l.owner), test_id(cx, bob));
    test_sign_in(cx, bob);
    assert_int_equal(allowed(cx, "asset.read", l.assets, ASSETS), BIT(PLAIN) | BIT(HIDDEN));
    assert_int_equal(allowed(cx, "timeline.read", &l.owner, 1), 1);
    assert_int_equal(allowed(cx, "archive.read", &l.owner, 1), 0);
    test_sign_in(cx, l.owner);
    assert_int_equal(allowed(cx, "timeline.read", &bob, 1), 0); /* sharing has a direction */
}

static void a_link_opens_its_own_assets_and_nothing_else(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    struct auth *auth = test_sign_in(cx, l.owner);
    auth->kind = AUTH_SHARED_LINK;
    auth->link = uuid_v4();
    auth->link_album.is = IS_NULL;
    test_sql(cx,
        "INSERT INTO shared_link (id, \"userId\", key, type) VALUES ('%s', '%s', 'k', "
        "'INDIVIDUAL')",
        test_id(cx, auth->link), test_id(cx, l.owner));
    static const int shared[] = {PLAIN, LOCKED, TRASHED};
    for (size_t i = 0; i < 3; i++)
        test_sql(cx,
            "INSERT INTO shared_link_asset (\"assetId\", \"sharedLinkId\") VALUES ('%s', '%s')",
            test_id(cx, l.assets[shared[i]]), test_id(cx, auth->link));
    assert_int_equal(allowed(cx, "asset.view", l.assets, ASSETS), BIT(PLAIN));
    assert_int_equal(allowed(cx, "asset.download", l.assets, ASSETS), 0);
    auth->link_allows_download = true;
    assert_int_equal(allowed(cx, "asset.download", l.assets, ASSETS), BIT(PLAIN));
    assert_int_equal(allowed(cx, "asset.delete", l.assets, ASSETS), 0);
    assert_int_equal(allowed(cx, "asset.upload", &l.owner, 1), 0);
    auth->link_allows_upload = true;
    assert_int_equal(allowed(cx, "asset.upload", &l.owner, 1), 1);
}

static void repeated_ids_are_one_and_no_ids_pass(void **state)
{
    struct ctx *cx = *state;
    const struct library l = make_library(cx, "alice");
    test_sign_in(cx, l.owner);
    uuid twice[] = {l.assets[PLAIN], l.assets[PLAIN]};
    assert_ok(access_require(cx, STR("asset.read"), (struct list_uuid){.v = twice, .n = 2}));
    assert_ok(access_require(cx, STR("asset.read"), (struct list_uuid){0}));
    assert_fails(access_require_one(cx, STR("no.such"), twice[0]), INTERNAL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(an_owner_sees_all_but_the_locked_folder_unless_it_is_open),
        TEST(a_stranger_and_an_administrator_see_nothing),
        TEST(an_album_shows_its_members_what_is_neither_trashed_nor_locked),
        TEST(the_motion_part_of_a_shared_still_counts),
        TEST(the_motion_part_of_a_locked_still_is_locked),
        TEST(a_partner_sees_timeline_and_motion_parts),
        TEST(a_link_opens_its_own_assets_and_nothing_else),
        TEST(repeated_ids_are_one_and_no_ids_pass),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
