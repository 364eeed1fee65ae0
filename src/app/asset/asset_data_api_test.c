#include "app/test.h"
#include "core/size.h"
#include "gen/api.h"

#include "core/banned.h"

static void a_client_writes_reads_and_removes(void **state)
{
    struct ctx *cx = *state;
    const uuid id = test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg");
    struct AssetMetadataUpsertItemDto items[] = {
        {STR("b"), STR("{\"n\":1}")}, {STR("a"), STR("{}")}};
    struct list_AssetMetadataResponseDto list;
    struct AssetMetadataResponseDto one;
    struct updateAssetMetadata_in put = {.id = id, .body.items = {items, LENGTH(items)}};
    assert_ok(op_updateAssetMetadata(cx, &put, &list));
    assert_int_equal(list.n, 2);
    items[0].value = STR("{\"n\":2}");
    put.body.items.n = 1;
    assert_ok(op_updateAssetMetadata(cx, &put, &list));
    assert_str(list.v[0].value, "{\"n\": 2}");

    const struct getAssetMetadata_in all = {.id = id};
    assert_ok(op_getAssetMetadata(cx, &all, &list));
    assert_int_equal(list.n, 2);
    assert_str(list.v[1].key, "b");
    const struct getAssetMetadataByKey_in by_key = {.id = id, .key = STR("b")};
    assert_ok(op_getAssetMetadataByKey(cx, &by_key, &one));
    assert_str(one.value, "{\"n\": 2}");
    const struct deleteAssetMetadata_in gone = {.id = id, .key = STR("b")};
    assert_ok(op_deleteAssetMetadata(cx, &gone));
    assert_ok(op_deleteAssetMetadata(cx, &gone));
    err e = op_getAssetMetadataByKey(cx, &by_key, &one);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(
        e->message, str_fmt(cx->arena, "Metadata with key \"b\" not found for asset with id \"%s\"",
                        test_id(cx, id))
                        .p);
}

static void a_key_comes_once_in_a_request(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/p/a.jpg"),
               b = test_asset(cx, alice, "IMAGE", "/p/b.jpg");
    struct AssetMetadataUpsertItemDto items[] = {{STR("k"), STR("{}")}, {STR("k"), STR("{}")}};
    struct list_AssetMetadataResponseDto list;
    const struct updateAssetMetadata_in put = {.id = a, .body.items = {items, LENGTH(items)}};
    err e = op_updateAssetMetadata(cx, &put, &list);
    assert_string_equal(e->message, "Duplicate items are not allowed: \"k\"");

    struct AssetMetadataBulkUpsertItemDto many[] = {
        {a, STR("k"), STR("{}")}, {b, STR("k"), STR("{}")}, {b, STR("k"), STR("{}")}};
    struct list_AssetMetadataBulkResponseDto rows;
    struct updateBulkAssetMetadata_in bulk = {.body.items = {many, 3}};
    e = op_updateBulkAssetMetadata(cx, &bulk, &rows);
    assert_string_equal(e->message,
        str_fmt(cx->arena, "Duplicate items are not allowed: \"(%s, k)\"", test_id(cx, b)).p);
    bulk.body.items.n = 2;
    assert_ok(op_updateBulkAssetMetadata(cx, &bulk, &rows));
    assert_int_equal(rows.n, 2);
    bulk.body.items.n = 0;
    assert_fails(op_updateBulkAssetMetadata(cx, &bulk, &rows), INTERNAL);

    struct AssetMetadataBulkDeleteItemDto gone[] = {{b, STR("k")}, {b, STR("other")}};
    assert_ok(op_deleteBulkAssetMetadata(
        cx, &(struct deleteBulkAssetMetadata_in){.body.items = {gone, 2}}));
    assert_sql(cx, test_id(cx, a),
        "SELECT string_agg(\"assetId\"::text, ',') FROM asset_metadata WHERE \"assetId\" IN ('%s', "
        "'%s')",
        test_id(cx, a), test_id(cx, b));
}

static void jobs_are_asked_for(void **state)
{
    struct ctx *cx = *state;
    uuid ids[] = {test_asset(cx, test_user(cx, "alice"), "IMAGE", "/p/a.jpg"), uuid_v4()};
    static const char *const names[] = {
        "AssetDetectFaces", "AssetExtractMetadata", "AssetGenerateThumbnails", "AssetEncodeVideo"};
    for (int i = 0; i < (int)LENGTH(names); i++) {
        const struct runAssetJobs_in in = {
            .body = {.assetIds = {ids, 2}, .name = (enum AssetJobName)i}};
        assert_ok(op_runAssetJobs(cx, &in));
        assert_sql(cx, "2",
            "SELECT count(*) FROM tintype.job WHERE name = '%s' AND payload->>'id' IN ('%s', '%s')",
            names[i], test_id(cx, ids[0]), test_id(cx, ids[1]));
    }
    assert_ok(op_runAssetJobs(cx, &(struct runAssetJobs_in){0}));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_client_writes_reads_and_removes),
        TEST(a_key_comes_once_in_a_request),
        TEST(jobs_are_asked_for),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
