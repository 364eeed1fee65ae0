#include "app/test.h"
#include "gen/api.h"

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static struct when at(const char *text)
{
    struct when w;
    assert_true(when_parse(str_from(text), &w));
    return w;
}

static struct MemoryResponseDto make(struct ctx *cx, const char *when, struct list_uuid assets)
{
    struct MemoryResponseDto memory;
    const struct createMemory_in in = {.body = {.type = MEMORY_TYPE_ON_THIS_DAY,
                                           .data = {.year = 2020},
                                           .memoryAt = at(when),
                                           .assetIds = {PRESENT, assets}}};
    assert_ok(op_createMemory(cx, &in, &memory));
    return memory;
}

static struct list_MemoryResponseDto search(struct ctx *cx, struct searchMemories_in in)
{
    struct list_MemoryResponseDto out;
    assert_ok(op_searchMemories(cx, &in, &out));
    return out;
}

static void a_memory_holds_what_its_owner_may_share(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/data/a.jpg");
    const uuid foreign = test_asset(cx, test_user(cx, "bob"), "IMAGE", "/data/b.jpg");
    test_sign_in(cx, alice);
    const struct MemoryResponseDto made = make(cx, "2020-05-05T00:00:00.000Z", LIST_OF(a, foreign));
    assert_int_equal(made.data.year, 2020);
    assert_int_equal(made.assets.n, 1);
    assert_true(uuid_eq(made.assets.v[0].id, a));
    assert_int_equal(made.assets.v[0].exifInfo.is, ABSENT);
    assert_true(uuid_eq(made.ownerId, alice));
    assert_false(made.isSaved);
    assert_int_not_equal(made.seenAt.is, PRESENT);

    struct MemoryResponseDto memory;
    struct updateMemory_in in = {.id = made.id, .body.isSaved = SOME(bool, true)};
    assert_ok(op_updateMemory(cx, &in, &memory));
    assert_true(memory.isSaved);
    assert_int_equal(memory.memoryAt.us, made.memoryAt.us);

    test_sql(cx, "UPDATE asset SET visibility = 'archive'");
    assert_ok(op_getMemory(cx, &(struct getMemory_in){.id = made.id}, &memory));
    assert_int_equal(memory.assets.n, 0);
    assert_ok(op_deleteMemory(cx, &(struct deleteMemory_in){.id = made.id}));
    assert_sql(cx, "1", "SELECT count(*) FROM memory_audit");
}

static void memories_are_searched(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/data/a.jpg");
    test_sign_in(cx, alice);
    const uuid old = make(cx, "2018-05-05T00:00:00.000Z", LIST_OF(a)).id;
    const uuid new = make(cx, "2020-05-05T00:00:00.000Z", LIST_OF(a)).id;
    make(cx, "2019-05-05T00:00:00.000Z", (struct list_uuid){0}); /* empty */
    struct list_MemoryResponseDto found = search(cx, (struct searchMemories_in){0});
    assert_int_equal(found.n, 2);
    assert_true(uuid_eq(found.v[0].id, new));
    const struct opt_MemorySearchOrder ascending = {PRESENT, MEMORY_SEARCH_ORDER_ASC};
    found = search(cx, (struct searchMemories_in){.order = ascending, .size = SOME(int, 1)});
    assert_int_equal(found.n, 1);
    assert_true(uuid_eq(found.v[0].id, old));

    struct MemoryStatisticsResponseDto n;
    assert_ok(op_memoriesStatistics(cx, &(struct memoriesStatistics_in){.size = SOME(int, 1)}, &n));
    assert_int_equal(n.total, 3);

    test_sql(cx,
        "UPDATE memory SET \"showAt\" = '2026-05-05T00:00Z', \"hideAt\" = '2026-05-05T23:59Z',"
        " \"isSaved\" = true WHERE id = '%s'",
        test_id(cx, new));
    struct opt_date day = {PRESENT}, next = {PRESENT};
    assert_true(date_parse(STR("2026-05-05"), &day.v) && date_parse(STR("2026-05-06"), &next.v));
    assert_int_equal(search(cx, (struct searchMemories_in){.for_ = day}).n, 2);
    assert_int_equal(search(cx, (struct searchMemories_in){.for_ = next}).n, 1);
    assert_int_equal(search(cx, (struct searchMemories_in){.isSaved = SOME(bool, true)}).n, 1);
    assert_int_equal(search(cx, (struct searchMemories_in){.isTrashed = SOME(bool, true)}).n, 0);
    test_sign_in(cx, test_user(cx, "bob"));
    assert_int_equal(search(cx, (struct searchMemories_in){0}).n, 0);
}

static void hidden_persons_are_not_brought_back(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/data/a.jpg");
    test_sign_in(cx, alice);
    const uuid id = make(cx, "2018-05-05T00:00:00.000Z", LIST_OF(a)).id;
    test_sql(cx,
        "WITH p AS (INSERT INTO person (\"ownerId\", \"isHidden\") VALUES ('%s', true) RETURNING "
        "id)"
        " INSERT INTO asset_face (\"assetId\", \"personId\") SELECT '%s', id FROM p",
        test_id(cx, alice), test_id(cx, a));
    assert_int_equal(search(cx, (struct searchMemories_in){0}).n, 0);
    struct MemoryResponseDto memory;
    assert_ok(op_getMemory(cx, &(struct getMemory_in){.id = id}, &memory));
    assert_int_equal(memory.assets.n, 1);
}

static void a_partners_photo_goes_with_the_partnership(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    const uuid his = test_asset(cx, bob, "IMAGE", "/data/a.jpg");
    test_sql(cx, "INSERT INTO partner (\"sharedById\", \"sharedWithId\") VALUES ('%s', '%s')",
        test_id(cx, bob), test_id(cx, alice));
    test_sign_in(cx, alice);
    struct MemoryResponseDto memory = make(cx, "2018-05-05T00:00:00.000Z", LIST_OF(his));
    assert_int_equal(memory.assets.n, 1);
    test_sql(cx, "DELETE FROM partner");
    assert_ok(op_getMemory(cx, &(struct getMemory_in){.id = memory.id}, &memory));
    assert_int_equal(memory.assets.n, 0);
}

static void assets_come_to_a_memory_and_leave_it(void **state)
{
    struct ctx *cx = *state;
    const uuid alice = test_user(cx, "alice");
    const uuid a = test_asset(cx, alice, "IMAGE", "/data/a.jpg");
    const uuid b = test_asset(cx, alice, "IMAGE", "/data/b.jpg");
    test_sign_in(cx, alice);
    const uuid id = make(cx, "2018-05-05T00:00:00.000Z", LIST_OF(a)).id;
    struct list_BulkIdResponseDto out;
    const struct addMemoryAssets_in add = {.id = id, .body.ids = LIST_OF(a, b, uuid_v4())};
    assert_ok(op_addMemoryAssets(cx, &add, &out));
    assert_int_equal(out.v[0].error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    assert_true(out.v[1].success);
    assert_int_equal(out.v[2].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    const struct removeMemoryAssets_in remove = {.id = id, .body.ids = LIST_OF(a, uuid_v4())};
    assert_ok(op_removeMemoryAssets(cx, &remove, &out));
    assert_true(out.v[0].success);
    assert_int_equal(out.v[1].error.v, BULK_ID_ERROR_REASON_NOT_FOUND);
    assert_sql(cx, test_id(cx, b), "SELECT \"assetId\" FROM memory_asset");
    assert_sql(cx, "1", "SELECT count(*) FROM memory_asset_audit");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_memory_holds_what_its_owner_may_share),
        TEST(memories_are_searched),
        TEST(hidden_persons_are_not_brought_back),
        TEST(a_partners_photo_goes_with_the_partnership),
        TEST(assets_come_to_a_memory_and_leave_it),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
