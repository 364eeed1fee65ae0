#include "app/test.h"
#include "gen/api.h"

enum { SHOTS = 4 };

struct scene {
    uuid alice, shots[SHOTS];
};

static struct scene make_scene(struct ctx *cx)
{
    struct scene s = {.alice = test_user(cx, "alice")};
    for (size_t i = 0; i < SHOTS; i++) {
        s.shots[i] = test_asset(cx, s.alice, "IMAGE", "/data/a.jpg");
        test_sql(cx, "INSERT INTO asset_exif (\"assetId\") VALUES ('%s')", test_id(cx, s.shots[i]));
    }
    test_sign_in(cx, s.alice);
    return s;
}

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static struct StackResponseDto make(struct ctx *cx, struct list_uuid ids)
{
    struct StackResponseDto stack;
    assert_ok(op_createStack(cx, &(struct createStack_in){.body.assetIds = ids}, &stack));
    return stack;
}

static struct StackResponseDto get(struct ctx *cx, uuid id)
{
    struct StackResponseDto stack;
    assert_ok(op_getStack(cx, &(struct getStack_in){.id = id}, &stack));
    return stack;
}

static size_t count(struct ctx *cx, struct opt_uuid primary)
{
    struct list_StackResponseDto stacks;
    assert_ok(op_searchStacks(cx, &(struct searchStacks_in){primary}, &stacks));
    return stacks.n;
}

static void the_first_asset_stands_for_the_others(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const struct StackResponseDto stack = make(cx, LIST_OF(s.shots[2], s.shots[0], s.shots[1]));
    assert_true(uuid_eq(stack.primaryAssetId, s.shots[2]));
    assert_int_equal(stack.assets.n, 3);
    assert_true(uuid_eq(stack.assets.v[0].id, s.shots[2]));
    assert_int_equal(stack.assets.v[0].exifInfo.is, PRESENT);
    assert_int_equal(stack.assets.v[0].tags.is, ABSENT);
    assert_int_equal(get(cx, stack.id).assets.v[0].tags.is, PRESENT);

    test_sql(cx, "UPDATE asset SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, s.shots[0]));
    assert_int_equal(get(cx, stack.id).assets.n, 2);
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, s.shots[1]));
    assert_int_equal(get(cx, stack.id).assets.n, 1);
}

static void a_stack_joins_the_one_that_its_primary_joins(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid old = make(cx, LIST_OF(s.shots[0], s.shots[1])).id;
    const struct StackResponseDto stack = make(cx, LIST_OF(s.shots[2], s.shots[0]));
    assert_int_equal(stack.assets.n, 3);
    assert_int_equal(count(cx, NOTHING(uuid)), 1);
    assert_sql(cx, test_id(cx, old), "SELECT \"stackId\" FROM stack_audit");

    /* The one that a mere member leaves stays. */
    make(cx, LIST_OF(s.shots[3], s.shots[1]));
    assert_int_equal(get(cx, stack.id).assets.n, 2);
    assert_int_equal(count(cx, NOTHING(uuid)), 2);
}

static void stacks_are_found_by_who_stands_for_them(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    make(cx, LIST_OF(s.shots[0], s.shots[1]));
    make(cx, LIST_OF(s.shots[2], s.shots[3]));
    struct list_StackResponseDto stacks;
    assert_ok(op_searchStacks(cx, &(struct searchStacks_in){NOTHING(uuid)}, &stacks));
    assert_int_equal(stacks.n, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(stacks.v[i].assets.n, 2);
        assert_true(uuid_eq(stacks.v[i].assets.v[0].id, stacks.v[i].primaryAssetId));
    }
    assert_int_equal(count(cx, SOME(uuid, s.shots[2])), 1);
    assert_int_equal(count(cx, SOME(uuid, s.shots[3])), 0);
    test_sign_in(cx, test_user(cx, "bob"));
    assert_int_equal(count(cx, NOTHING(uuid)), 0);
    assert_int_equal(count(cx, SOME(uuid, s.shots[2])), 0);
}

static void another_member_may_stand_for_all(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid id = make(cx, LIST_OF(s.shots[0], s.shots[1])).id;
    struct updateStack_in in = {.id = id, .body.primaryAssetId = SOME(uuid, s.shots[1])};
    struct StackResponseDto stack;
    assert_ok(op_updateStack(cx, &in, &stack));
    assert_true(uuid_eq(stack.primaryAssetId, s.shots[1]));
    assert_true(uuid_eq(stack.assets.v[0].id, s.shots[1]));
    in.body.primaryAssetId.v = s.shots[2];
    assert_fails(op_updateStack(cx, &in, &stack), BAD_REQUEST);
    in.body.primaryAssetId.is = ABSENT;
    assert_ok(op_updateStack(cx, &in, &stack));
    assert_true(uuid_eq(stack.primaryAssetId, s.shots[1]));
}

static void a_member_leaves_but_not_the_primary(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid id = make(cx, LIST_OF(s.shots[0], s.shots[1])).id;
    struct removeAssetFromStack_in in = {.id = id, .assetId = s.shots[0]};
    assert_string_equal(
        op_removeAssetFromStack(cx, &in)->message, "Cannot remove stack's primary asset");
    in.assetId = s.shots[2];
    assert_string_equal(op_removeAssetFromStack(cx, &in)->message, "Asset not in stack");
    in.assetId = s.shots[1];
    assert_ok(op_removeAssetFromStack(cx, &in));
    assert_int_equal(get(cx, id).assets.n, 1);
}

static void assets_outlive_their_stacks(void **state)
{
    struct ctx *cx = *state;
    const struct scene s = make_scene(cx);
    const uuid one = make(cx, LIST_OF(s.shots[0], s.shots[1])).id;
    const uuid two = make(cx, LIST_OF(s.shots[2], s.shots[3])).id;
    assert_ok(op_deleteStack(cx, &(struct deleteStack_in){.id = one}));
    assert_int_equal(count(cx, NOTHING(uuid)), 1);
    assert_fails(op_deleteStacks(cx, &(struct deleteStacks_in){0}), BAD_REQUEST);
    assert_ok(op_deleteStacks(cx, &(struct deleteStacks_in){.body.ids = LIST_OF(two)}));
    assert_int_equal(count(cx, NOTHING(uuid)), 0);
    assert_sql(cx, "4 0", "SELECT count(*) || ' ' || count(\"stackId\") FROM asset");
    assert_sql(cx, "2", "SELECT count(*) FROM stack_audit");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(the_first_asset_stands_for_the_others),
        TEST(a_stack_joins_the_one_that_its_primary_joins),
        TEST(stacks_are_found_by_who_stands_for_them),
        TEST(another_member_may_stand_for_all),
        TEST(a_member_leaves_but_not_the_primary),
        TEST(assets_outlive_their_stacks),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
