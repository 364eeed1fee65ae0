#include "core/test.h"
#include "json/writer.h"

#include <math.h>

#include "core/banned.h"

enum colour { COLOUR_RED, COLOUR_GREEN };

static const str colour_texts[] = {STR_INIT("red"), STR_INIT("green")};
static const struct enum_names colour_names = {"colour", colour_texts, 2};

struct owner {
    str name;
    struct when changedAt;
};

struct list_owner {
    struct owner *v;
    size_t n;
};

struct thing {
    uuid id;
    str name;
    struct when createdAt;
    struct opt_when readAt;
    struct opt_date day;
    struct bytes checksum;
    int64_t size;
    double ratio;
    bool good;
    enum colour colour;
    struct owner owner;
    struct list_owner others;
    struct list_int numbers;
    str data;
    struct opt_str note;
};

static const struct field owner_rows[] = {
    FIELD(struct owner, name, FIELD_STR),
    FIELD(struct owner, changedAt, FIELD_WHEN),
};
static const struct fields owner_fields = FIELDS(struct owner, owner_rows);

static const struct field owner_item = {
    .kind = FIELD_OBJECT, .size = sizeof(struct owner), .sub = &owner_fields};
static const struct field int_item = {.kind = FIELD_INT, .size = sizeof(int64_t)};

static const struct field thing_rows[] = {
    FIELD(struct thing, id, FIELD_UUID),
    FIELD(struct thing, name, FIELD_STR),
    FIELD(struct thing, createdAt, FIELD_WHEN),
    OPT_FIELD(struct thing, readAt, FIELD_WHEN, .flags = FIELD_OMIT_NULL),
    OPT_FIELD(struct thing, day, FIELD_DATE),
    FIELD(struct thing, checksum, FIELD_BYTES),
    FIELD(struct thing, size, FIELD_INT),
    FIELD(struct thing, ratio, FIELD_DOUBLE),
    FIELD(struct thing, good, FIELD_BOOL),
    FIELD(struct thing, colour, FIELD_ENUM, .names = &colour_names),
    FIELD(struct thing, owner, FIELD_OBJECT, .sub = &owner_fields, .flags = FIELD_DATES_PG),
    FIELD(struct thing, others, FIELD_LIST, .item = &owner_item),
    FIELD(struct thing, numbers, FIELD_LIST, .item = &int_item),
    FIELD(struct thing, data, FIELD_RAW),
    OPT_FIELD(struct thing, note, FIELD_STR),
};
static const struct fields thing_fields = FIELDS(struct thing, thing_rows);

static struct thing example(void)
{
    struct thing t = {
        .name = STR("a \"b\"\n\x01é"),
        .createdAt = {1700000000123456},
        .checksum = {(const uint8_t *)"abcd", 4},
        .size = 5,
        .ratio = 1.5,
        .good = true,
        .colour = COLOUR_GREEN,
        .owner = {STR("bob"), {1700000000120000}},
        .data = STR("{\"x\":1.10}"),
        .note = SOME(str, STR("")),
    };
    assert_true(uuid_parse(STR("0b7f6a3e-8a55-4d6e-9f0a-0123456789ab"), &t.id));
    return t;
}

static void every_kind_is_written(void **state)
{
    auto_buf out = {0};
    struct thing t = example();
    json_write(&out, &thing_fields, &t, DATES_Z);
    assert_str(buf_str(&out),
        "{\"id\":\"0b7f6a3e-8a55-4d6e-9f0a-0123456789ab\",\"name\":\"a \\\"b\\\"\\n\\u0001é\","
        "\"createdAt\":\"2023-11-14T22:13:20.123Z\",\"checksum\":\"YWJjZA==\",\"size\":5,"
        "\"ratio\":1.5,\"good\":true,\"colour\":\"green\",\"owner\":{\"name\":\"bob\","
        "\"changedAt\":\"2023-11-14T22:13:20.12+00:00\"},\"others\":[],\"numbers\":[],"
        "\"data\":{\"x\":1.10},\"note\":\"\"}");
}

static void null_is_printed_or_omitted_as_the_contract_says(void **state)
{
    auto_buf out = {0};
    struct thing t = example();
    t.readAt = NOTHING(when);
    t.day = NOTHING(date);
    t.note = NOTHING(str);
    json_write(&out, &thing_fields, &t, DATES_PG);
    assert_true(str_find(buf_str(&out), STR("readAt")) < 0);
    assert_true(str_find(buf_str(&out), STR("\"day\":null,\"checksum\"")) > 0);
    assert_true(str_ends(buf_str(&out), STR("\"note\":null}")));
    assert_true(
        str_find(buf_str(&out), STR("\"createdAt\":\"2023-11-14T22:13:20.123456+00:00\"")) > 0);
}

static void lists_hold_structs_and_scalars(void **state)
{
    auto_buf out = {0};
    struct thing t = example();
    struct owner two[] = {{STR("x"), {0}}, {STR("y"), {1500}}};
    int64_t numbers[] = {-1, 0, INT64_MAX};
    t.others = (struct list_owner){two, 2};
    t.numbers = (struct list_int){numbers, 3};
    json_write(&out, &thing_fields, &t, DATES_Z);
    assert_true(str_find(buf_str(&out), STR("\"others\":[{\"name\":\"x\",\"changedAt\":"
                                            "\"1970-01-01T00:00:00.000Z\"},{\"name\":\"y\","
                                            "\"changedAt\":\"1970-01-01T00:00:00.001Z\"}],"
                                            "\"numbers\":[-1,0,9223372036854775807]")) > 0);

    buf_clear(&out);
    json_write_list(&out, &owner_fields, two, 1, DATES_Z);
    assert_str(buf_str(&out), "[{\"name\":\"x\",\"changedAt\":\"1970-01-01T00:00:00.000Z\"}]");
}

static void a_whole_answer_may_be_null_or_a_list(void **state)
{
    auto_buf out = {0};
    const struct field answer = {
        .kind = FIELD_STR, .size = sizeof(struct opt_str), .value = offsetof(struct opt_str, v)};
    struct opt_str nothing = NOTHING(str), some = SOME(str, STR("x"));
    json_write_value(&out, &answer, &nothing, DATES_Z);
    json_write_value(&out, &answer, &some, DATES_Z);
    assert_str(buf_str(&out), "null\"x\"");
}

/* Expected texts were printed by JavaScript. */
static void numbers_are_written_as_javascript_does(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0, "0"}, {-0.0, "0"}, {5, "5"}, {-5.5, "-5.5"}, {0.1, "0.1"}, {48.8566, "48.8566"},
        {2.3522219, "2.3522219"}, {-122.41941550000001, "-122.41941550000001"},
        {0.30000000000000004, "0.30000000000000004"}, {1e21, "1e+21"},
        {1e20, "100000000000000000000"}, {123456789012345680000.0, "123456789012345680000"},
        {1.5e300, "1.5e+300"}, {1e-6, "0.000001"}, {1e-7, "1e-7"}, {1.25e-7, "1.25e-7"},
        {0.00001234, "0.00001234"}, {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {9007199254740993.0, "9007199254740992"}, {4.35, "4.35"}, {1.005, "1.005"},
        {123456.7, "123456.7"}, {999999999999999.9, "999999999999999.9"}, {(double)NAN, "null"},
        {(double)-INFINITY, "null"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        auto_buf out = {0};
        json_write_double(&out, rows[i].value);
        if (!str_eq(buf_str(&out), str_from(rows[i].text))) {
            print_error("%.*s is not %s\n", FMT(buf_str(&out)), rows[i].text);
            fail();
        }
    }
}

static void texts_are_escaped_as_javascript_does(void **state)
{
    auto_buf out = {0};
    json_write_str(&out, STR("\b\f\n\r\t\"\\/\x1f\x7f\xe2\x80\xa8"));
    assert_str(buf_str(&out), "\"\\b\\f\\n\\r\\t\\\"\\\\/\\u001f\x7f\xe2\x80\xa8\"");
    buf_clear(&out);
    json_write_str(&out, (str){0});
    assert_str(buf_str(&out), "\"\"");
}

static void days_are_written_without_a_time(void **state)
{
    auto_buf out = {0};
    struct thing t = example();
    assert_true(date_parse(STR("2024-02-29"), &t.day.v));
    t.day.is = PRESENT;
    json_write(&out, &thing_fields, &t, DATES_PG);
    assert_true(str_find(buf_str(&out), STR("\"day\":\"2024-02-29\"")) > 0);
}

static void integers_reach_their_ends(void **state)
{
    auto_buf out = {0};
    json_write_int(&out, INT64_MIN);
    json_write_int(&out, 0);
    json_write_int(&out, INT64_MAX);
    assert_str(buf_str(&out), "-922337203685477580809223372036854775807");
}

static void a_full_buffer_stays_within_its_limit(void **state)
{
    auto_buf out = {.limit = 40};
    struct thing t = example();
    json_write(&out, &thing_fields, &t, DATES_Z);
    assert_true(out.full);
    assert_true(out.n <= 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_written),
        cmocka_unit_test(null_is_printed_or_omitted_as_the_contract_says),
        cmocka_unit_test(lists_hold_structs_and_scalars),
        cmocka_unit_test(a_whole_answer_may_be_null_or_a_list),
        cmocka_unit_test(numbers_are_written_as_javascript_does),
        cmocka_unit_test(texts_are_escaped_as_javascript_does),
        cmocka_unit_test(days_are_written_without_a_time),
        cmocka_unit_test(integers_reach_their_ends),
        cmocka_unit_test(a_full_buffer_stays_within_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
