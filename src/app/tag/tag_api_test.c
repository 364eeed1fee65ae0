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

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static void a_tag_is_made_below_another(void **state)
{
    struct ctx *cx = *state;
    test_sign_in(cx, test_user(cx, "alice"));
    struct createTag_in in = {.body = {.name = STR("Solo"), .color = SOME(str, STR("#ff8800"))}};
    struct TagResponseDto top, below;
    assert_ok(op_createTag(cx, &in, &top));
    assert_true(str_eq(top.color.v, STR("#ff8800")));
    in.body = (struct TagCreateDto){.name = STR("Sub"), .parentId = SOME(uuid, top.id)};
    assert_ok(op_createTag(cx, &in, &below));
    assert_true(str_eq(below.value, STR("Solo/Sub")));
    assert_true(str_eq(below.name, STR("Sub")));
    assert_int_not_equal(below.color.is, PRESENT);
    assert_sql(cx, "2", "SELECT count(*) FROM tag_closure WHERE id_descendant = '%s'",
        test_id(cx, below.id));
    assert_string_equal(
        op_createTag(cx, &in, &below)->message, "A tag with that name already exists");
}

static void only_the_colour_of_a_tag_changes(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    struct updateTag_in in = {
        .id = make_tag(cx, alice, "a"), .body.color = SOME(str, STR("#00ff00"))};
    struct TagResponseDto tag;
    assert_ok(op_updateTag(cx, &in, &tag));
    assert_true(str_eq(tag.color.v, STR("#00ff00")));
    in.body.color.is = ABSENT;
    assert_ok(op_updateTag(cx, &in, &tag));
    assert_int_equal(tag.color.is, PRESENT);
    in.body.color.is = IS_NULL;
    assert_ok(op_updateTag(cx, &in, &tag));
    assert_int_not_equal(tag.color.is, PRESENT);
}

static void paths_become_tags_with_all_their_levels(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid flat = make_tag(cx, alice, "Trip/2024"); /* as a name with a slash is made */
    test_sign_in(cx, alice);
    str paths[] = {STR("Trip//2024/"), STR(""), STR("b"), STR("a"), STR("b")};
    const struct upsertTags_in in = {.body.tags = {paths, 5}};
    struct list_TagResponseDto tags;
    assert_ok(op_upsertTags(cx, &in, &tags));
    assert_int_equal(tags.n, 3);
    assert_true(uuid_eq(tags.v[0].id, flat));
    assert_int_equal(tags.v[0].parentId.is, PRESENT);
    assert_true(str_eq(tags.v[1].value, STR("b")));
    assert_true(str_eq(tags.v[2].value, STR("a")));
    assert_sql(cx, "Trip, Trip/2024, a, b",
        "SELECT string_agg(value, ', ' ORDER BY value COLLATE \"C\") FROM tag");
    assert_sql(
        cx, "2", "SELECT count(*) FROM tag_closure WHERE id_descendant = '%s'", test_id(cx, flat));
}

static const char written[] =
    "SELECT tags::text || ' ' || \"lockedProperties\"::text FROM asset_exif"
    " WHERE \"assetId\" = '%s'";

static void assets_are_tagged_each_for_itself(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const uuid tag = make_tag(cx, alice, "b"), second = make_tag(cx, alice, "a");
    const uuid mine = test_asset(cx, alice, "IMAGE", "/data/a.jpg");
    const uuid partners = test_asset(cx, bob, "IMAGE", "/data/b.jpg");
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, bob), test_id(cx, alice));
    test_sign_in(cx, alice);
    struct list_BulkIdResponseDto out;
    const struct tagAssets_in in = {.id = tag, .body.ids = LIST_OF(mine, mine, partners)};
    assert_ok(op_tagAssets(cx, &in, &out));
    assert_true(out.v[0].success);
    assert_int_equal(out.v[1].error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    assert_int_equal(out.v[2].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    assert_sql(cx, "{b} {tags}", written, test_id(cx, mine));
    assert_sql(cx, "1", "SELECT count(*) FROM tintype.job WHERE name = 'SidecarWrite'");

    struct TagBulkAssetsResponseDto n;
    const struct bulkTagAssets_in bulk = {
        .body = {.tagIds = LIST_OF(tag, second, uuid_v4()), .assetIds = LIST_OF(mine, partners)}};
    assert_ok(op_bulkTagAssets(cx, &bulk, &n));
    assert_int_equal(n.count, 1);
    assert_sql(cx, "{a,b} {tags}", written, test_id(cx, mine));

    const struct untagAssets_in untag = {.id = tag, .body.ids = LIST_OF(mine, partners)};
    assert_ok(op_untagAssets(cx, &untag, &out));
    assert_true(out.v[0].success);
    assert_int_equal(out.v[1].error.v, BULK_ID_ERROR_REASON_NOT_FOUND);
    assert_sql(cx, "{a} {tags}", written, test_id(cx, mine));
    assert_sql(cx, "null", written, test_id(cx, partners));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_tag_is_named_after_the_last_part_of_its_path),
        TEST(all_tags_are_the_callers_in_the_order_of_their_paths),
        TEST(the_levels_below_a_deleted_tag_go_with_it),
        TEST(a_tag_is_made_below_another),
        TEST(only_the_colour_of_a_tag_changes),
        TEST(paths_become_tags_with_all_their_levels),
        TEST(assets_are_tagged_each_for_itself),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
