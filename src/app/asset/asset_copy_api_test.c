#include "app/test.h"
#include "core/fd.h"
#include "gen/api.h"

#include <unistd.h>

#include "core/banned.h"

static void copy(struct ctx *cx, struct AssetCopyDto dto)
{
    const struct copyAsset_in in = {.body = dto};
    assert_ok(op_copyAsset(cx, &in));
}

static uuid stack_of(struct ctx *cx, uuid owner, uuid member)
{
    const uuid stack = uuid_v4();
    test_sql(cx,
        "INSERT INTO stack (id, \"ownerId\", \"primaryAssetId\") VALUES ('%s', '%s', '%s')",
        test_id(cx, stack), test_id(cx, owner), test_id(cx, member));
    test_sql(cx, "UPDATE asset SET \"stackId\" = '%s' WHERE id = '%s'", test_id(cx, stack),
        test_id(cx, member));
    return stack;
}

static void what_is_asked_for_is_taken_over(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), a = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid b = test_asset(cx, alice, "IMAGE", "/p/b.jpg"),
               c = test_asset(cx, alice, "IMAGE", "/p/c.jpg");
    test_sql(cx, "UPDATE asset SET \"isFavorite\" = true WHERE id = '%s'", test_id(cx, a));
    test_sql(cx,
        "WITH al AS (INSERT INTO album DEFAULT VALUES RETURNING id) "
        "INSERT INTO album_asset (\"albumId\", \"assetId\") SELECT id, '%s' FROM al",
        test_id(cx, a));
    test_sql(cx,
        "WITH l AS (INSERT INTO shared_link (\"userId\", key, type) VALUES ('%s', 'k', "
        "'INDIVIDUAL') RETURNING id) "
        "INSERT INTO shared_link_asset SELECT '%s', id FROM l",
        test_id(cx, alice), test_id(cx, a));
    static const char has[] = "SELECT concat_ws(' ', \"isFavorite\", (SELECT count(*) FROM "
                              "album_asset WHERE \"assetId\" = asset.id), "
                              "(SELECT count(*) FROM shared_link_asset WHERE \"assetId\" = "
                              "asset.id)) FROM asset WHERE id = '%s'";
    copy(cx,
        (struct AssetCopyDto){
            .sourceId = a, .targetId = b, .favorite = true, .albums = true, .sharedLinks = true});
    copy(cx,
        (struct AssetCopyDto){
            .sourceId = a, .targetId = b, .favorite = true, .albums = true, .sharedLinks = true});
    assert_sql(cx, "t 1 1", has, test_id(cx, b));
    copy(cx, (struct AssetCopyDto){.sourceId = a, .targetId = c});
    assert_sql(cx, "f 0 0", has, test_id(cx, c));
    test_sql(cx, "UPDATE asset SET visibility = 'locked' WHERE id = '%s'", test_id(cx, c));
    copy(cx,
        (struct AssetCopyDto){.sourceId = a, .targetId = c, .albums = true, .sharedLinks = true});
    assert_sql(cx, "f 0 0", has, test_id(cx, c));
}

static void stacks_become_one(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), a = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid b = test_asset(cx, alice, "IMAGE", "/p/b.jpg"),
               c = test_asset(cx, alice, "IMAGE", "/p/c.jpg");
    const uuid first = stack_of(cx, alice, a), second = stack_of(cx, alice, c);
    static const char stack[] = "SELECT \"stackId\" FROM asset WHERE id = '%s'";
    copy(cx, (struct AssetCopyDto){.sourceId = a, .targetId = b, .stack = true});
    assert_sql(cx, test_id(cx, first), stack, test_id(cx, b));
    copy(cx, (struct AssetCopyDto){.sourceId = a, .targetId = c, .stack = true});
    assert_sql(cx, test_id(cx, second), stack, test_id(cx, a));
    assert_sql(cx, test_id(cx, second), stack, test_id(cx, b));
    assert_sql(cx, "0", "SELECT count(*) FROM stack WHERE id = '%s'", test_id(cx, first));
    copy(cx, (struct AssetCopyDto){
                 .sourceId = a, .targetId = c, .stack = true}); /* they are one already */
    assert_sql(cx, test_id(cx, second), stack, test_id(cx, a));
}

static void a_sidecar_is_copied_beside_the_target(void **state)
{
    struct ctx *cx = *state;
    char folder[] = "/tmp/tintype-copy-XXXXXX";
    str content;
    assert_non_null(mkdtemp(folder));
    const char *xmp = str_fmt(cx->arena, "%s/a.xmp", folder).p,
               *path = str_fmt(cx->arena, "%s/b.jpg", folder).p;
    const char *made = str_fmt(cx->arena, "%s.xmp", path).p;
    const uuid alice = test_user(cx, "alice"), a = test_asset(cx, alice, "IMAGE", "/p/a.jpg");
    const uuid b = test_asset(cx, alice, "IMAGE", path);
    assert_ok(file_replace(xmp, STR("<xmp/>"), 0600));
    test_sql(cx,
        "INSERT INTO asset_file (\"assetId\", type, path) VALUES ('%s', 'sidecar', '%s'), ('%s', "
        "'sidecar', '/p/old.xmp')",
        test_id(cx, a), xmp, test_id(cx, b));
    copy(cx, (struct AssetCopyDto){.sourceId = a, .targetId = b, .sidecar = true});
    assert_ok(file_read(cx->arena, made, 100, &content));
    assert_str(content, "<xmp/>");
    assert_sql(cx, made, "SELECT path FROM asset_file WHERE \"assetId\" = '%s'", test_id(cx, b));
    assert_sql(cx, "AssetExtractMetadata copy",
        "SELECT name || ' ' || (payload->>'source') FROM tintype.job WHERE payload->>'id' = '%s'",
        test_id(cx, b));
    assert_sql(cx, "1",
        "SELECT count(*) FROM tintype.job WHERE name = 'FileDelete' AND payload->'files' ? "
        "'/p/old.xmp'");
    unlink(xmp);
    unlink(made);
    /* The file of the row may be gone: nothing to copy. */
    copy(cx, (struct AssetCopyDto){.sourceId = a, .targetId = b, .sidecar = true});
    assert_int_equal(access(made, F_OK), -1);
    rmdir(folder);
}

static void an_asset_is_not_copied_to_itself(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    const struct copyAsset_in same = {.body = {.sourceId = id, .targetId = id}};
    err e = op_copyAsset(cx, &same);
    assert_string_equal(e->message, "Source and target id must be distinct");
    const struct copyAsset_in gone = {.body = {.sourceId = id, .targetId = uuid_v4()}};
    e = op_copyAsset(cx, &gone);
    assert_string_equal(e->message, "Both assets must exist");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(what_is_asked_for_is_taken_over),
        TEST(stacks_become_one),
        TEST(a_sidecar_is_copied_beside_the_target),
        TEST(an_asset_is_not_copied_to_itself),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
