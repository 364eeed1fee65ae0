#include "app/test.h"
#include "core/size.h"
#include "gen/api.h"

#include "core/banned.h"

static const char status[] =
    "SELECT status || ' ' || (\"deletedAt\" IS NOT NULL) FROM asset WHERE id = '%s'";
static const char emptying[] = "SELECT count(*) FROM tintype.job WHERE name = 'AssetEmptyTrash'";

static uuid trash(struct ctx *cx, uuid owner)
{
    const uuid id = test_asset(cx, owner, "IMAGE", "/p/a.jpg");
    uuid ids[] = {id};
    test_sign_in(cx, owner);
    assert_ok(op_deleteAssets(cx, &(struct deleteAssets_in){.body.ids = {ids, 1}}));
    return id;
}

static void deletion_is_for_good_only_when_forced(void **state)
{
    struct ctx *cx = *state;
    uuid ids[] = {trash(cx, test_user(cx, "alice"))};
    assert_sql(cx, "trashed true", status, test_id(cx, ids[0]));
    assert_sql(cx, "0", emptying);
    const struct deleteAssets_in in = {.body = {.ids = {ids, 1}, .force = SOME(bool, true)}};
    assert_ok(op_deleteAssets(cx, &in));
    assert_sql(cx, "deleted true", status, test_id(cx, ids[0]));
    assert_sql(cx, "1", emptying);
}

static void the_trash_comes_back(void **state)
{
    struct ctx *cx = *state;
    struct TrashResponseDto out;
    const uuid alice = test_user(cx, "alice");
    const uuid id = trash(cx, alice), of_bob = trash(cx, test_user(cx, "bob"));
    const uuid offline = test_asset(cx, alice, "IMAGE", "/library/a.jpg");
    test_sql(cx, "UPDATE asset SET \"isOffline\" = true, \"deletedAt\" = now() WHERE id = '%s'",
        test_id(cx, offline));
    test_sign_in(cx, alice);
    assert_ok(op_restoreTrash(cx, &out));
    assert_int_equal(out.count, 1);
    assert_sql(cx, "active false", status, test_id(cx, id));
    assert_sql(cx, "trashed true", status, test_id(cx, of_bob));
    assert_sql(cx, "active true", status, test_id(cx, offline));
}

static void some_come_back(void **state)
{
    struct ctx *cx = *state;
    struct TrashResponseDto out;
    const uuid alice = test_user(cx, "alice");
    uuid ids[] = {trash(cx, alice), test_asset(cx, alice, "IMAGE", "/p/b.jpg")};
    const uuid left = trash(cx, alice);
    struct restoreAssets_in in = {.body.ids = {ids, LENGTH(ids)}};
    assert_ok(op_restoreAssets(cx, &in, &out));
    assert_int_equal(out.count, 2);
    assert_sql(cx, "active false", status, test_id(cx, ids[0]));
    assert_sql(cx, "trashed true", status, test_id(cx, left));
    in.body.ids.n = 0;
    assert_ok(op_restoreAssets(cx, &in, &out));
    assert_int_equal(out.count, 0);
}

static void emptying_gives_up_what_is_in_it(void **state)
{
    struct ctx *cx = *state;
    struct TrashResponseDto out;
    const uuid alice = test_user(cx, "alice");
    test_sign_in(cx, alice);
    assert_ok(op_emptyTrash(cx, &out));
    assert_int_equal(out.count, 0);
    assert_sql(cx, "0", emptying);
    const uuid id = trash(cx, alice);
    assert_ok(op_emptyTrash(cx, &out));
    assert_int_equal(out.count, 1);
    assert_sql(cx, "deleted true", status, test_id(cx, id));
    assert_sql(cx, "1", emptying);
    /* It is out of the trash: nothing brings it back. */
    assert_ok(op_restoreTrash(cx, &out));
    assert_int_equal(out.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(deletion_is_for_good_only_when_forced),
        TEST(the_trash_comes_back),
        TEST(some_come_back),
        TEST(emptying_gives_up_what_is_in_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
