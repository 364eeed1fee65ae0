#include "app/sync/mark.h"
#include "core/test.h"

#include "core/banned.h"

#define SHARE "01a20d0f-64ad-75af-aaad-bf18d03e3b67"
#define ROW "01a20d0f-7f7c-79bc-86ba-4a17900ebbde"

static uuid id(const char *text)
{
    uuid parsed;
    assert_true(uuid_parse(str_from(text), &parsed));
    return parsed;
}

static void a_checkpoint_has_up_to_three_parts(void **state)
{
    (void)state;
    struct mark mark = mark_parse(STR("AssetV2|" ROW));
    assert_true(mark.is && uuid_eq(mark.id, id(ROW)));
    assert_false(mark.complete);

    mark = mark_parse(STR("AlbumUserBackfillV1|" SHARE "|" ROW));
    assert_true(uuid_eq(mark.id, id(SHARE)) && uuid_eq(mark.sent, id(ROW)));
    assert_false(mark.complete);

    mark = mark_parse(STR("AlbumUserBackfillV1|" SHARE "|complete"));
    assert_true(uuid_eq(mark.id, id(SHARE)) && mark.complete);
    assert_int_equal(mark.requests, 0);

    mark = mark_parse(STR("SyncCompleteV1|" ROW "|6fdff6f"));
    assert_true(uuid_eq(mark.id, id(ROW)));
    assert_int_equal(mark.requests, 0x6fdff6f);
}

static void what_cannot_be_read_is_no_checkpoint(void **state)
{
    (void)state;
    assert_false(mark_parse(STR("")).is);
    assert_false(mark_parse(STR("AssetV2")).is);
    assert_false(mark_parse(STR("AssetV2|")).is);
    assert_false(mark_parse(STR("AssetV2|x|" ROW)).is);
    assert_false(mark_parse(STR("SyncResetV1|reset")).is);
    assert_int_equal(mark_parse(STR("SyncCompleteV1|" ROW "|123456789")).requests, 0);
    assert_int_equal(mark_parse(STR("SyncCompleteV1|" ROW "|12x")).requests, 0);
}

static void the_kind_is_what_stands_before_the_bar(void **state)
{
    (void)state;
    enum SyncEntityType type = SYNC_ENTITY_TYPE_SYNC_ACK_V1;
    assert_true(mark_type(STR("AlbumV2|" ROW), &type));
    assert_int_equal(type, SYNC_ENTITY_TYPE_ALBUM_V2);
    assert_true(mark_type(STR("AssetFaceV1"), &type)); /* never sent, but acknowledged once */
    assert_false(mark_type(STR("AlbumV|x"), &type));
    assert_false(mark_type(STR(""), &type));
}

static void ids_are_ordered_by_their_time(void **state)
{
    (void)state;
    assert_true(id_compare(id(SHARE), id(ROW)) < 0);
    assert_true(id_compare(ID_MIN, id(SHARE)) < 0);
    assert_true(id_compare(id(ROW), ID_MAX) < 0);
    assert_int_equal(id_ms(id_at(1795000000123)), 1795000000123);
    assert_true(id_compare(id_at(id_ms(id(ROW))), id(ROW)) < 0);
    assert_true(id_compare(id_at(id_ms(id(ROW)) + 1), id(ROW)) > 0);
    assert_true(uuid_eq(id_next(id("01a20d0f-64ad-75af-aaad-bf18d0ffffff")),
        id("01a20d0f-64ad-75af-aaad-bf18d1000000")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_checkpoint_has_up_to_three_parts),
        cmocka_unit_test(what_cannot_be_read_is_no_checkpoint),
        cmocka_unit_test(the_kind_is_what_stands_before_the_bar),
        cmocka_unit_test(ids_are_ordered_by_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
