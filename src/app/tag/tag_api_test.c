#include "app/test.h"
#include "gen/api.h"

static uuid make_tag(struct ctx *cx, uuid owner, const char *value)
{
    const uuid id = uuid_v4();
    test_sql(cx, "INSERT INTO tag (id, \"userId\", value) VALUES ('%s', '%s', '%s')",
        test_id(cx, id), test_id(cx, owner), value);
    return id;
}

static void a_tag_is_named_after_the_last_part_of_its_path(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid people = make_tag(cx, alice, "People");
    const uuid marie = make_tag(cx, alice, "People/Marie Curie");
    test_sql(cx, "UPDATE tag SET color = '#ff0000', \"parentId\" = '%s' WHERE id = '%s'",
        test_id(cx, people), test_id(cx, marie));
    struct TagResponseDto tag;

    assert_ok(op_getTagById(cx, &(struct getTagById_in){.id = marie}, &tag));
    assert_true(uuid_eq(tag.id, marie));
    assert_true(str_eq(tag.name, STR("Marie Curie")));
    assert_true(str_eq(tag.value, STR("People/Marie Curie")));
    assert_int_equal(tag.parentId.is, PRESENT);
    assert_true(uuid_eq(tag.parentId.v, people));
    assert_int_equal(tag.color.is, PRESENT);
    assert_true(str_eq(tag.color.v, STR("#ff0000")));
    assert_true(tag.createdAt.us > 0);
    assert_true(tag.updatedAt.us > 0);

    assert_ok(op_getTagById(cx, &(struct getTagById_in){.id = people}, &tag));
    assert_true(str_eq(tag.name, STR("People")));
    assert_int_not_equal(tag.parentId.is, PRESENT);
}

static void all_tags_are_the_callers_in_the_order_of_their_paths(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    make_tag(cx, test_user(cx, "bob"), "Animals");
    make_tag(cx, alice, "Travel");
    make_tag(cx, alice, "People");
    test_sign_in(cx, alice);
    struct list_TagResponseDto all;

    assert_ok(op_getAllTags(cx, &all));
    assert_int_equal(all.n, 2);
    assert_true(str_eq(all.v[0].value, STR("People")));
    assert_true(str_eq(all.v[1].value, STR("Travel")));
}

static void the_levels_below_a_deleted_tag_go_with_it(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid people = make_tag(cx, alice, "People");
    const uuid marie = make_tag(cx, alice, "People/Marie Curie");
    make_tag(cx, alice, "Travel");
    test_sql(cx, "UPDATE tag SET \"parentId\" = '%s' WHERE id = '%s'", test_id(cx, people),
        test_id(cx, marie));

    assert_ok(op_deleteTag(cx, &(struct deleteTag_in){.id = people}));
    assert_sql(cx, "Travel", "SELECT string_agg(value, ',') FROM tag");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_tag_is_named_after_the_last_part_of_its_path),
        TEST(all_tags_are_the_callers_in_the_order_of_their_paths),
        TEST(the_levels_below_a_deleted_tag_go_with_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
