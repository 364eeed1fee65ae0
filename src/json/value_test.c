#include "core/arena.h"
#include "core/test.h"
#include "json/value.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static const struct json_value *parsed(const char *text)
{
    const struct json_value *v = NULL;
    assert_ok(json_parse(arena, str_from(text), &v));
    return v;
}

static void values_have_their_type(void **state)
{
    (void)state;
    const struct json_value *v = parsed("[null,true,1.5,\"x\",[],{}]");
    static const enum json_type types[] = {
        JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT};
    struct json_iter it = json_iter(v);
    size_t i = 0;
    for (const struct json_value *item; (item = json_next(&it));)
        assert_int_equal(json_type(item), types[i++]);
    assert_int_equal(i, 6);
    assert_int_equal(json_type(NULL), JSON_MISSING);
}

static void numbers_are_read_exactly(void **state)
{
    (void)state;
    const struct json_value *v = parsed("{\"big\":9007199254740993,\"frac\":1.10,\"exp\":1e400}");
    int64_t big;
    double frac;
    str text;
    assert_true(json_int(json_get(v, STR("big")), &big));
    assert_int_equal(big, 9007199254740993);
    assert_true(json_double(json_get(v, STR("frac")), &frac));
    assert_float_equal(frac, 1.1, 0);
    assert_true(json_text(json_get(v, STR("frac")), &text));
    assert_str(text, "1.10");
    assert_false(json_int(json_get(v, STR("frac")), &big));
    assert_false(json_double(json_get(v, STR("exp")), &frac));
}

static void what_is_missing_reads_as_nothing(void **state)
{
    (void)state;
    const struct json_value *v = parsed("{\"a\":\"text\"}");
    str text;
    double number;
    bool yes;
    assert_null(json_get(v, STR("b")));
    assert_null(json_get(json_get(v, STR("a")), STR("b")));
    assert_null(json_get(NULL, STR("b")));
    assert_int_equal(json_size(NULL), 0);
    assert_int_equal(json_size(json_get(v, STR("a"))), 0);
    assert_false(json_string(NULL, &text));
    assert_false(json_double(json_get(v, STR("a")), &number));
    assert_false(json_bool(json_get(v, STR("a")), &yes));
    struct json_iter it = json_iter(json_get(v, STR("a")));
    assert_null(json_next(&it));
}

static void members_come_with_their_names(void **state)
{
    (void)state;
    struct json_iter it = json_iter(parsed("{\"a\":{\"x\":[1,2]},\"b\":\"\\u00e4\"}"));
    str text;
    const struct json_value *v = json_next(&it);
    assert_str(it.name, "a");
    assert_int_equal(json_size(json_get(v, STR("x"))), 2);
    v = json_next(&it);
    assert_str(it.name, "b");
    assert_true(json_string(v, &text));
    assert_str(text, "\xc3\xa4");
    assert_null(json_next(&it));
}

static void text_that_is_not_json_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "{", "[1,]", "{\"a\":01}", "\"\xff\"", "1 2", "nul"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const struct json_value *v = NULL;
        assert_fails(json_parse(arena, str_from(wrong[i]), &v), BAD_REQUEST);
        assert_null(v);
    }
}

static err parse_nested(int depth)
{
    char *text = arena_alloc_raw(arena, 2 * (size_t)depth);
    memset(text, '[', (size_t)depth);
    memset(text + depth, ']', (size_t)depth);
    const struct json_value *v = NULL;
    return json_parse(arena, (str){text, 2 * (size_t)depth}, &v);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    assert_ok(parse_nested(JSON_NESTING_MAX));
    assert_fails(parse_nested(JSON_NESTING_MAX + 1), BAD_REQUEST);
    assert_fails(parse_nested(100000), BAD_REQUEST);

    const struct json_value *v;
    assert_ok(json_parse(arena, STR("{\"[[\\\"[[\":1}"), &v)); /* brackets in texts do not count */
}

static void a_document_is_laid_over_another(void **state)
{
    (void)state;
    const struct json_value *base = parsed("{\"a\":{\"x\":1,\"y\":[1,2]},\"b\":true}");
    const struct json_value *over = parsed("{\"a\":{\"y\":[3],\"z\":null},\"c\":1.50}");
    assert_str(json_print(arena, json_merge(arena, base, over)),
        "{\"a\":{\"x\":1,\"y\":[3],\"z\":null},\"b\":true,\"c\":1.50}");
    assert_str(
        json_print(arena, json_merge(arena, base, parsed("{\"a\":5}"))), "{\"a\":5,\"b\":true}");
}

static void a_difference_restores_the_document(void **state)
{
    (void)state;
    const struct json_value *base =
        parsed("{\"a\":{\"x\":1,\"y\":[1,2]},\"b\":true,\"d\":{\"e\":1}}");
    const struct json_value *now =
        parsed("{\"a\":{\"x\":1,\"y\":[2]},\"b\":false,\"d\":{\"e\":1}}");
    const struct json_value *diff = json_diff(arena, base, now);
    assert_str(json_print(arena, diff), "{\"a\":{\"y\":[2]},\"b\":false}");
    assert_str(json_print(arena, json_merge(arena, base, diff)),
        "{\"a\":{\"x\":1,\"y\":[2]},\"b\":false,\"d\":{\"e\":1}}");
    assert_str(json_print(arena, json_diff(arena, now, now)), "{}");
}

static void pairs_make_an_object_of_texts(void **state)
{
    (void)state;
    const struct json_pair pairs[] = {{STR("a"), STR("1")}, {STR("b"), STR("x\"")},
        {STR("a"), STR("2")}, {STR("a"), STR("3")}, {STR("\xff"), STR("\xc3")}};
    assert_str(json_print(arena, json_of_pairs(arena, pairs, 5)),
        "{\"a\":[\"1\",\"2\",\"3\"],\"b\":\"x\\\"\",\"\xef\xbf\xbd\":\"\xef\xbf\xbd\"}");
    assert_str(json_print(arena, json_of_pairs(arena, NULL, 0)), "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_have_their_type, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_are_read_exactly, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_missing_reads_as_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(members_come_with_their_names, setup, teardown),
        cmocka_unit_test_setup_teardown(text_that_is_not_json_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(nesting_has_a_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_document_is_laid_over_another, setup, teardown),
        cmocka_unit_test_setup_teardown(a_difference_restores_the_document, setup, teardown),
        cmocka_unit_test_setup_teardown(pairs_make_an_object_of_texts, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
