#include "app/bulk/bulk.h"
#include "core/test.h"

static uuid ids[4];

static int make_ids(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++)
        ids[i] = uuid_v4();
    return 0;
}

#define LIST_OF(...)                                                                               \
    ((struct list_uuid){(uuid[]){__VA_ARGS__}, sizeof((uuid[]){__VA_ARGS__}) / sizeof(uuid)})

static void each_id_is_put_in_once_and_only_when_allowed(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct list_uuid asked = LIST_OF(ids[0], ids[1], ids[2], ids[0], ids[2], ids[3]);
    const struct bulk bulk = bulk_add(a, asked, LIST_OF(ids[1]), LIST_OF(ids[3], ids[0], ids[1]));
    const enum bulk_outcome expected[] = {BULK_DONE, BULK_DUPLICATE, BULK_NO_PERMISSION,
        BULK_DUPLICATE, BULK_NO_PERMISSION, BULK_DONE};
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(bulk.outcomes[i], expected[i]);
    assert_int_equal(bulk.done.n, 2);
    assert_true(uuid_eq(bulk.done.v[0], ids[0]));
    assert_true(uuid_eq(bulk.done.v[1], ids[3]));

    const struct list_BulkIdResponseDto answer = bulk_answer(a, &bulk);
    assert_int_equal(answer.n, 6);
    assert_true(answer.v[0].success);
    assert_int_equal(answer.v[0].error.is, ABSENT);
    assert_false(answer.v[3].success);
    assert_true(uuid_eq(answer.v[3].id, ids[0]));
    assert_int_equal(answer.v[3].error.v, BULK_ID_ERROR_REASON_DUPLICATE);
    assert_int_equal(answer.v[4].error.v, BULK_ID_ERROR_REASON_NO_PERMISSION);
    arena_free(a);
}

static void each_id_is_taken_out_once_and_only_when_it_is_there(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct list_uuid asked = LIST_OF(ids[0], ids[0], ids[1], ids[2]);
    const struct bulk bulk = bulk_remove(a, asked, LIST_OF(ids[2], ids[0]), LIST_OF(ids[0]));
    const enum bulk_outcome expected[] = {
        BULK_DONE, BULK_NOT_FOUND, BULK_NOT_FOUND, BULK_NO_PERMISSION};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(bulk.outcomes[i], expected[i]);
    assert_int_equal(bulk.done.n, 1);
    assert_int_equal(bulk_answer(a, &bulk).v[1].error.v, BULK_ID_ERROR_REASON_NOT_FOUND);
    arena_free(a);
}

static void nothing_is_done_with_nothing(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    const struct list_uuid none = {0};
    const struct bulk bulk = bulk_add(a, none, none, none);
    assert_int_equal(bulk.done.n, 0);
    assert_int_equal(bulk_answer(a, &bulk).n, 0);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_id_is_put_in_once_and_only_when_allowed),
        cmocka_unit_test(each_id_is_taken_out_once_and_only_when_it_is_there),
        cmocka_unit_test(nothing_is_done_with_nothing),
    };
    return cmocka_run_group_tests(tests, make_ids, NULL);
}
