#include "app/test.h"
#include "gen/api.h"

static size_t count(struct ctx *cx, const char *path, struct list_AssetResponseDto *out)
{
    const struct getAssetsByOriginalPath_in in = {str_from(path)};
    assert_ok(op_getAssetsByOriginalPath(cx, &in, out));
    return out->n;
}

static void folders_are_those_of_the_timeline(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    test_asset(cx, alice, "IMAGE", "/photos/2020/b.jpg");
    test_asset(cx, alice, "IMAGE", "/photos/2020/a.jpg");
    test_asset(cx, alice, "IMAGE", "/photos/1%/a.jpg");
    test_asset(cx, test_user(cx, "bob"), "IMAGE", "/photos/hers/a.jpg");
    const uuid archived = test_asset(cx, alice, "IMAGE", "/photos/old/a.jpg");
    const uuid trashed = test_asset(cx, alice, "IMAGE", "/photos/trash/a.jpg");
    test_sql(cx, "UPDATE asset SET visibility = 'archive' WHERE id = '%s'", test_id(cx, archived));
    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, trashed));
    test_sign_in(cx, alice);

    struct list_str folders;
    assert_ok(op_getUniqueOriginalPaths(cx, &folders));
    assert_int_equal(folders.n, 2);
    assert_true(str_eq(folders.v[1], STR("/photos/2020")));

    struct list_AssetResponseDto assets;
    assert_int_equal(count(cx, "/photos/2020", &assets), 2);
    assert_true(str_eq(assets.v[0].originalFileName.v, STR("a.jpg")));
    assert_int_equal(count(cx, "/photos/2020/", &assets), 2);
    assert_int_equal(count(cx, "2020", &assets), 2);
    assert_int_equal(count(cx, "/photos", &assets), 0);
    assert_int_equal(count(cx, "/photos/%", &assets), 0);
    assert_int_equal(count(cx, "/photos/hers", &assets), 0);
    assert_int_equal(count(cx, "/photos/old", &assets), 0);
    assert_int_equal(count(cx, "/photos/trash", &assets), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_are_those_of_the_timeline, test_open, test_close),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
