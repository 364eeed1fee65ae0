#include "core/arena.h"
#include "core/test.h"
#include "json/formats.h"
#include "json/reader.h"

#include "core/banned.h"

enum colour { COLOUR_RED, COLOUR_GREEN };

static const str colour_texts[] = {STR_INIT("red"), STR_INIT("green")};
static const struct enum_names colour_names = {"colour", colour_texts, 2};
static const str kind_texts[] = {STR_INIT("only")};
static const struct enum_names kind_names = {"kind", kind_texts, 1};

struct point {
    double x, y;
};

struct list_point {
    struct point *v;
    size_t n;
};

/* One of everything that can be read. */
struct form {
    str name;
    str email;
    str code;
    struct opt_str note;
    uuid id;
    struct opt_when at;
    struct opt_date day;
    int64_t count;
    struct opt_double ratio;
    bool good;
    enum colour colour;
    enum colour kind;
    struct list_uuid ids;
    struct list_point points;
    str data;
    int64_t coerced;
    bool flag;
};

static void check_point(const void *value, struct issues *issues)
{
    const struct point *p = value;
    if (p->x > p->y) issue_add(issues, "x", "x must not be above %s", "y");
}

static void check_form(const void *value, struct issues *issues)
{
    const struct form *form = value;
    if (form->note.is != PRESENT) issue_add(issues, NULL, "A note is needed");
}

static void check_count(const void *value, struct issues *issues)
{
    if (*(const int64_t *)value == 3) issue_add(issues, NULL, "Not three");
}

static const struct field point_rows[] = {
    FIELD(struct point, x, FIELD_DOUBLE,
        .limits = &(const struct field_limits){.has_min = true, .min = -1.5}),
    FIELD(struct point, y, FIELD_DOUBLE),
};
static const struct fields point_fields = {
    .type = "point", .v = point_rows, .n = 2, .size = sizeof(struct point), .check = check_point};

static const struct field id_item = {.kind = FIELD_UUID,
    .size = sizeof(uuid),
    .limits = &(const struct field_limits){.format = FORMAT_UUID4}};
static const struct field point_item = {
    .kind = FIELD_OBJECT, .size = sizeof(struct point), .sub = &point_fields};

static const struct field form_rows[] = {
    FIELD(struct form, name, FIELD_STR,
        .limits =
            &(const struct field_limits){
                .has_min_length = true, .min_length = 2, .has_max_length = true, .max_length = 5},
        .flags = FIELD_TRIM),
    FIELD(struct form, email, FIELD_STR,
        .limits = &(const struct field_limits){.format = FORMAT_EMAIL}, .flags = FIELD_LOWER),
    FIELD(struct form, code, FIELD_STR,
        .limits = &(const struct field_limits){.format = FORMAT_COLOR}),
    OPT_FIELD(struct form, note, FIELD_STR, .flags = FIELD_OPTIONAL | FIELD_NULLABLE),
    FIELD(struct form, id, FIELD_UUID,
        .limits = &(const struct field_limits){.format = FORMAT_UUID4}),
    OPT_FIELD(struct form, at, FIELD_WHEN, .flags = FIELD_OPTIONAL),
    OPT_FIELD(struct form, day, FIELD_DATE, .flags = FIELD_NULLABLE),
    FIELD(struct form, count, FIELD_INT,
        .limits =
            &(const struct field_limits){
                .has_min = true, .min = 0, .exclusive_min = true, .has_max = true, .max = 10},
        .check = check_count),
    OPT_FIELD(struct form, ratio, FIELD_DOUBLE, .flags = FIELD_OPTIONAL),
    FIELD(struct form, good, FIELD_BOOL, .flags = FIELD_OPTIONAL, .preset = &(const bool){true}),
    FIELD(struct form, colour, FIELD_ENUM, .names = &colour_names),
    FIELD(struct form, kind, FIELD_ENUM, .names = &kind_names),
    FIELD(struct form, ids, FIELD_LIST, .item = &id_item,
        .limits = &(const struct field_limits){.has_max_length = true, .max_length = 2}),
    FIELD(struct form, points, FIELD_LIST, .item = &point_item),
    FIELD(struct form, data, FIELD_RAW, .flags = FIELD_RECORD),
    FIELD(struct form, coerced, FIELD_INT, .flags = FIELD_COERCE),
    FIELD(struct form, flag, FIELD_BOOL, .flags = FIELD_TEXT_BOOL),
};
static const struct fields form_fields = {.type = "form",
    .v = form_rows,
    .n = sizeof form_rows / sizeof *form_rows,
    .size = sizeof(struct form),
    .check = check_form};
static const struct field whole = {
    .kind = FIELD_OBJECT, .size = sizeof(struct form), .sub = &form_fields};

/* The kinds that few bodies have. */
struct big {
    char bytes[1024 * 1024];
};

struct list_big {
    struct big *v;
    size_t n;
};

OPT(list_big, struct list_big);

struct odd {
    struct bytes hash;
    str url;
    str start;
    str file;
    struct list_int sizes;
    bool on;
    struct opt_list_big big;
};

static const struct field size_item = {.kind = FIELD_INT, .size = sizeof(int64_t)};
static const struct fields big_fields = {.type = "big", .size = sizeof(struct big)};
static const struct field big_item = {
    .kind = FIELD_OBJECT, .size = sizeof(struct big), .sub = &big_fields};

static const struct field odd_rows[] = {
    FIELD(struct odd, hash, FIELD_BYTES),
    FIELD(struct odd, url, FIELD_STR, .limits = &(const struct field_limits){.format = FORMAT_URL}),
    FIELD(struct odd, start, FIELD_STR,
        .limits = &(const struct field_limits){.format = FORMAT_TIME_OF_DAY}),
    FIELD(struct odd, file, FIELD_STR,
        .limits = &(const struct field_limits){.format = FORMAT_BACKUP_NAME,
            .message = "Filename contains invalid characters"}),
    FIELD(struct odd, sizes, FIELD_LIST, .item = &size_item, .flags = FIELD_JSON_TEXT),
    FIELD(struct odd, on, FIELD_BOOL, .flags = FIELD_COERCE),
    OPT_FIELD(struct odd, big, FIELD_LIST, .item = &big_item, .flags = FIELD_OPTIONAL),
};
static const struct fields odd_fields = FIELDS(struct odd, odd_rows);

static struct arena *arena;

static int setup(void **state)
{
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(arena);
    return 0;
}

static struct issues read_form(const char *text, struct form *out)
{
    struct issues issues = issues_new(arena);
    const struct json_value *v = NULL;
    if (text) assert_ok(json_parse(arena, str_from(text), &v));
    *out = (struct form){0};
    json_read(&issues, &whole, v, out);
    return issues;
}

/* Asserts on issues as lines of "path message". */
static void assert_issues(const struct issues *issues, const char *expected)
{
    auto_buf lines = {0};
    for (size_t i = 0; i < issues->n; i++)
        buf_add_fmt(&lines, "%.*s %.*s\n", FMT(issues->v[i].path), FMT(issues->v[i].message));
    assert_string_equal(cstr(arena, buf_str(&lines)), expected);
}

#define ID "0b7f6a3e-8a55-4d6e-9f0a-0123456789ab"
#define GOOD_BUT(first)                                                                            \
    "{" first "\"name\":\" Bob \",\"email\":\"Bob@Example.org\",\"code\":\"abc\",\"note\":\"n\","  \
    "\"id\":\"" ID "\",\"at\":\"2024-05-03T10:11+02:00\",\"day\":null,\"count\":4.0,"              \
    "\"colour\":\"green\",\"kind\":\"only\",\"ids\":[\"" ID "\"],\"points\":[{\"x\":1,\"y\":2}],"  \
    "\"data\":{\"a\":[1.10]},\"coerced\":\"12\",\"flag\":\"false\",\"unknown\":1}"

static void a_good_value_becomes_a_struct(void **state)
{
    struct form form;
    const struct issues issues = read_form(GOOD_BUT(""), &form);
    assert_issues(&issues, "");
    assert_null(issues_err(&issues));
    assert_str(form.name, "Bob");
    assert_str(form.email, "bob@example.org");
    assert_str(form.code, "#abc");
    assert_int_equal(form.note.is, PRESENT);
    assert_int_equal(form.at.v.us, 1714723860000000);
    assert_int_equal(form.day.is, IS_NULL);
    assert_int_equal(form.ratio.is, ABSENT);
    assert_int_equal(form.count, 4);
    assert_true(form.good);
    assert_int_equal(form.colour, COLOUR_GREEN);
    assert_int_equal(form.ids.n, 1);
    assert_true(uuid_eq(form.ids.v[0], form.id));
    assert_true(form.points.v[0].y > 1.9);
    assert_str(form.data, "{\"a\":[1.10]}");
    assert_int_equal(form.coerced, 12);
    assert_false(form.flag);
}

static void everything_missing_is_reported_in_order(void **state)
{
    struct form form;
    const struct issues issues = read_form("{}", &form);
    assert_issues(&issues,
        "[\"name\"] Invalid input: expected string, received undefined\n"
        "[\"email\"] Invalid input: expected email, received undefined\n"
        "[\"code\"] Invalid input: expected string, received undefined\n"
        "[\"id\"] Invalid input: expected string, received undefined\n"
        "[\"day\"] Invalid input: expected ISO date string (YYYY-MM-DD), received undefined\n"
        "[\"count\"] Invalid input: expected number, received undefined\n"
        "[\"colour\"] Invalid option: expected one of \"red\"|\"green\"\n"
        "[\"kind\"] Invalid input: expected \"only\"\n"
        "[\"ids\"] Invalid input: expected array, received undefined\n"
        "[\"points\"] Invalid input: expected array, received undefined\n"
        "[\"data\"] Invalid input: expected record, received undefined\n"
        "[\"coerced\"] Invalid input: expected number, received NaN\n"
        "[\"flag\"] Invalid input: expected string, received undefined\n");
}

static void wrong_values_are_reported_with_their_path(void **state)
{
    struct form form;
    const struct issues issues = read_form(
        "{\"name\":\"x\",\"email\":[],\"code\":\"abcde\",\"note\":7,\"id\":\"zzz\",\"at\":null,"
        "\"day\":\"2024-02-30\",\"count\":11,\"ratio\":\"1\",\"good\":null,\"colour\":1,"
        "\"kind\":\"other\",\"ids\":[\"" ID "\",\"x\",3],\"points\":[{\"x\":-2,\"y\":0},[]],"
        "\"data\":[],\"coerced\":\"1.5\",\"flag\":\"TRUE\"}",
        &form);
    assert_issues(&issues,
        "[\"name\"] Too small: expected string to have >=2 characters\n"
        "[\"email\"] Invalid input: expected email, received object\n"
        "[\"code\"] Invalid string: must match pattern "
        "/^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$/\n"
        "[\"note\"] Invalid input: expected string, received number\n"
        "[\"id\"] Invalid UUID\n"
        "[\"at\"] Invalid input: expected ISO 8601 datetime string, received object\n"
        "[\"day\"] Invalid input: expected ISO date string (YYYY-MM-DD), received string\n"
        "[\"count\"] Too big: expected number to be <=10\n"
        "[\"ratio\"] Invalid input: expected number, received string\n"
        "[\"good\"] Invalid input: expected boolean, received null\n"
        "[\"colour\"] Invalid option: expected one of \"red\"|\"green\"\n"
        "[\"kind\"] Invalid input: expected \"only\"\n"
        "[\"ids\",1] Invalid UUID\n"
        "[\"ids\",2] Invalid input: expected string, received number\n"
        "[\"ids\"] Too big: expected array to have <=2 items\n"
        "[\"points\",0,\"x\"] Too small: expected number to be >=-1.5\n"
        "[\"points\",1] Invalid input: expected object, received array\n"
        "[\"data\"] Invalid input: expected record, received array\n"
        "[\"coerced\"] Invalid input: expected int, received number\n"
        "[\"flag\"] Invalid option: expected one of \"true\"|\"false\"\n");
}

static void a_missing_or_odd_body_is_one_issue(void **state)
{
    struct form form;
    struct issues issues = read_form(NULL, &form);
    assert_issues(&issues, "[] Invalid input: expected object, received undefined\n");
    issues = read_form("[1]", &form);
    assert_issues(&issues, "[] Invalid input: expected object, received array\n");
}

static void rules_run_when_what_they_look_at_passed(void **state)
{
    struct form form;
    struct issues issues = read_form(GOOD_BUT("\"note\":null,"), &form);
    assert_issues(&issues, ""); /* the later of two equal members counts */
    issues = read_form("{\"points\":[{\"x\":3,\"y\":2}],\"count\":3}", &form);
    const str last = issues.v[issues.n - 4].path;
    assert_str(last, "[\"points\",0,\"x\"]");
    assert_str(issues.v[5].message, "Not three");

    struct point p;
    struct issues own = issues_new(arena);
    const struct json_value *v;
    assert_ok(json_parse(arena, STR("{\"x\":3,\"y\":2}"), &v));
    json_read_fields(&own, &point_fields, v, &p);
    assert_issues(&own, "[\"x\"] x must not be above y\n");
}

static void numbers_have_javascripts_limits(void **state)
{
    struct form form;
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"0", "Too small: expected number to be >0"},
        {"1.5", "Invalid input: expected int, received number"},
        {"1e300", "Too big: expected int to be <=9007199254740991"},
        {"-9007199254740992", "Too small: expected int to be >=-9007199254740991"},
        {"99999999999999999999", "Too big: expected int to be <=9007199254740991"},
        {"1e999", "Invalid input: expected number, received number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const str text = str_fmt(arena, "{\"count\":%s}", rows[i].text);
        const struct issues issues = read_form(cstr(arena, text), &form);
        assert_str(issues.v[5].path, "[\"count\"]");
        assert_string_equal(cstr(arena, issues.v[5].message), rows[i].message);
    }
}

static void text_becomes_numbers_where_the_contract_coerces(void **state)
{
    struct form form;
    static const struct {
        const char *text;
        int64_t value;
    } rows[] = {{"\"\"", 0}, {"\" 7 \"", 7}, {"null", 0}, {"true", 1}, {"\"1e2\"", 100}, {"5", 5}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const str text = str_fmt(arena, "{\"coerced\":%s}", rows[i].text);
        const struct issues issues = read_form(cstr(arena, text), &form);
        assert_int_equal(form.coerced, rows[i].value);
        assert_int_equal(issues.n, 12);
    }
}

static struct issues read_odd(const char *text, struct odd *out)
{
    struct issues issues = issues_new(arena);
    const struct json_value *v = NULL;
    assert_ok(json_parse(arena, str_from(text), &v));
    json_read_fields(&issues, &odd_fields, v, out);
    return issues;
}

static void rare_kinds_are_read_and_refused(void **state)
{
    struct odd odd;
    struct issues issues = read_odd("{\"hash\":\"YWJj\",\"url\":\"https://a/\",\"start\":\"02:30\","
                                    "\"file\":\"a.sql\",\"sizes\":\"[1,2]\",\"on\":\"true\"}",
        &odd);
    assert_issues(&issues, "");
    assert_int_equal(odd.hash.n, 3);
    assert_int_equal(odd.sizes.v[1], 2);
    assert_true(odd.on);
    assert_int_equal(odd.big.is, ABSENT);

    issues =
        read_odd("{\"hash\":\"?\",\"url\":\"a\",\"start\":\"2\",\"file\":\"/\",\"sizes\":\"[\","
                 "\"on\":\"yes\",\"big\":true}",
            &odd);
    assert_issues(&issues,
        "[\"hash\"] Invalid base64-encoded string\n"
        "[\"url\"] Invalid URL\n"
        "[\"start\"] Invalid input: expected string in HH:MM format, received string\n"
        "[\"file\"] Filename contains invalid characters\n"
        "[\"sizes\"] Invalid input: expected JSON string, received string\n"
        "[\"on\"] Invalid input: expected boolean, received string\n"
        "[\"big\"] Invalid input: expected array, received boolean\n");

    issues = read_odd(
        "{\"hash\":{},\"url\":1,\"start\":true,\"file\":null,\"sizes\":null,\"on\":1}", &odd);
    assert_issues(&issues,
        "[\"hash\"] Invalid input: expected string, received object\n"
        "[\"url\"] Invalid input: expected string, received number\n"
        "[\"start\"] Invalid input: expected string in HH:MM format, received boolean\n"
        "[\"file\"] Invalid input: expected string, received null\n"
        "[\"sizes\"] Invalid input: expected array, received null\n"
        "[\"on\"] Invalid input: expected boolean, received number\n");
}

/* A small text must not become a large list of large structs. */
static void what_a_list_takes_is_bounded(void **state)
{
    auto_buf text = {0};
    buf_add(
        &text, STR("{\"hash\":\"\",\"url\":\"a:\",\"start\":\"00:00\",\"file\":\"a\",\"sizes\":[],"
                   "\"on\":false,\"big\":[{}"));
    for (int i = 0; i < JSON_LIST_BYTES_MAX / (int)sizeof(struct big); i++)
        buf_add(&text, STR(",{}"));
    buf_add(&text, STR("]}"));
    struct odd odd;
    const struct issues issues = read_odd(cstr(arena, buf_str(&text)), &odd);
    assert_issues(&issues, "[\"big\"] Too big: expected array to have <=64 items\n");
}

static void issues_are_printed_as_clients_know_them(void **state)
{
    struct form form;
    auto_buf out = {0};
    const struct issues issues = read_form(GOOD_BUT(""), &form);
    assert_int_equal(issues.n, 0);

    struct issues bad = issues_new(arena);
    const struct json_value *v;
    assert_ok(json_parse(arena, STR("{\"x\":\"1\"}"), &v));
    struct point p;
    json_read_fields(&bad, &point_fields, v, &p);
    const err e = issues_err(&bad);
    assert_true(err_is(e, BAD_REQUEST));
    assert_string_equal(e->message, "Validation failed");
    bad = issues_new(arena); /* the error keeps its own */
    issues_write(&out, e->detail);
    assert_str(buf_str(&out),
        "[{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"x\"],\"message\":"
        "\"Invalid input: expected number, received string\"},"
        "{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"y\"],\"message\":"
        "\"Invalid input: expected number, received undefined\"}]");
}

static void issues_are_bounded(void **state)
{
    auto_buf text = {0};
    buf_add(&text, STR("{\"ids\":["));
    for (int i = 0; i < 3000; i++)
        buf_add(&text, i ? STR(",1") : STR("1"));
    buf_add(&text, STR("]}"));
    struct form form;
    const struct issues issues = read_form(cstr(arena, buf_str(&text)), &form);
    assert_int_equal(issues.n, ISSUES_MAX);
    assert_true(issues.found > 3000);
}

static void what_we_stored_is_read_without_rules(void **state)
{
    struct form form;
    const str stored = STR(
        "{\"name\":\"a long name\",\"email\":\"\",\"code\":\"\",\"id\":"
        "\"00000000-0000-0000-0000-000000000000\",\"at\":\"2024-05-03T10:11:12.345678+00:00\","
        "\"day\":\"2024-05-03\",\"count\":9223372036854775807,\"colour\":\"red\",\"kind\":\"only\","
        "\"ids\":[],\"points\":[],\"data\":{},\"coerced\":1,\"flag\":\"true\"}");
    assert_ok(json_decode(arena, &form_fields, stored, &form));
    assert_int_equal(form.at.v.us % 1000000, 345678);
    assert_true(form.count == INT64_MAX);
    assert_fails(json_decode(arena, &form_fields, STR("{\"name\":1}"), &form), INTERNAL);
    assert_fails(json_decode(arena, &form_fields, STR("{"), &form), BAD_REQUEST);
}

static void formats_accept_what_the_patterns_accept(void **state)
{
    static const struct {
        enum field_format format;
        bool good;
        const char *text;
    } rows[] = {
        {FORMAT_EMAIL, true, "a@b"},
        {FORMAT_EMAIL, true, "a.b+c@x-y.example.org"},
        {FORMAT_EMAIL, false, "a@-b"},
        {FORMAT_EMAIL, false, "@b"},
        {FORMAT_EMAIL, false, "a@b."},
        {FORMAT_EMAIL, false, "a@b..c"},
        {FORMAT_EMAIL, false, "a b@c"},
        {FORMAT_EMAIL, false, "a@"},
        {FORMAT_PIN, true, "012345"},
        {FORMAT_PIN, false, "01234"},
        {FORMAT_PIN, false, "01234x"},
        {FORMAT_COLOR, true, "#fff"},
        {FORMAT_COLOR, true, "12345678"},
        {FORMAT_COLOR, false, "#ggg"},
        {FORMAT_COLOR, false, "##fff"},
        {FORMAT_COLOR, false, ""},
        {FORMAT_LICENSE_KEY, true, "IMSV-0000-1111-2222-3333-4444-5555-6666-7aB7"},
        {FORMAT_LICENSE_KEY, false, "IMXX-0000-1111-2222-3333-4444-5555-6666-7777"},
        {FORMAT_LICENSE_KEY, false, "IMSV-0000-1111-2222-3333-4444-5555-6666-777_"},
        {FORMAT_BACKUP_NAME, true, "a_B-1.sql.gz"},
        {FORMAT_BACKUP_NAME, false, "../x"},
        {FORMAT_BACKUP_NAME, false, ""},
        {FORMAT_HLS_NAME, true, "init.mp4"},
        {FORMAT_HLS_NAME, true, "seg_12.m4s"},
        {FORMAT_HLS_NAME, false, "seg_.m4s"},
        {FORMAT_HLS_NAME, false, "seg_1x.m4s"},
        {FORMAT_TIME_OF_DAY, true, "23:59"},
        {FORMAT_TIME_OF_DAY, false, "24:00"},
        {FORMAT_TIME_OF_DAY, false, "1:00"},
        {FORMAT_TIME_OF_DAY, false, "12:60"},
        {FORMAT_URL, true, "https://tiles.example.org/a?b"},
        {FORMAT_URL, false, "x"},
        {FORMAT_URL, false, ""},
        {FORMAT_URL, false, "http://"},
        {FORMAT_UUID4, true, ID},
        {FORMAT_UUID4, false, "0b7f6a3e-8a55-1d6e-9f0a-0123456789ab"},
        {FORMAT_UUID7, true, "0b7f6a3e-8a55-7d6e-9f0a-0123456789ab"},
        {FORMAT_UUID7, false, ID},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (format_check(rows[i].format, str_from(rows[i].text)) == rows[i].good) continue;
        print_error("%s should be %s\n", rows[i].text, rows[i].good ? "accepted" : "refused");
        fail();
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_good_value_becomes_a_struct),
        TEST(everything_missing_is_reported_in_order),
        TEST(wrong_values_are_reported_with_their_path),
        TEST(a_missing_or_odd_body_is_one_issue),
        TEST(rules_run_when_what_they_look_at_passed),
        TEST(numbers_have_javascripts_limits),
        TEST(text_becomes_numbers_where_the_contract_coerces),
        TEST(rare_kinds_are_read_and_refused),
        TEST(what_a_list_takes_is_bounded),
        TEST(issues_are_printed_as_clients_know_them),
        TEST(issues_are_bounded),
        TEST(what_we_stored_is_read_without_rules),
        TEST(formats_accept_what_the_patterns_accept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
