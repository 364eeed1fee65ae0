#include "core/test.h"
#include "core/time.h"
#include "db/db.h"

#include <stdlib.h>

#include "core/banned.h"

static struct db_pool *pool;

static int start(void **state)
{
    assert_ok(db_pool_new(
        &pool, &(struct db_pool_opts){.conninfo = getenv("TINTYPE_TEST_DB_URL"), .size = 1}));
    return 0;
}

static int end(void **state)
{
    db_pool_free(pool);
    return 0;
}

static int set_up(void **state)
{
    struct arena *arena = arena_new();
    struct ctx *cx = ARENA_NEW(arena, struct ctx);
    *cx = (struct ctx){.arena = arena, .db = db_open(pool, arena)};
    assert_ok(db_test_begin(cx));
    assert_ok(db_script(cx, "CREATE TYPE mood AS ENUM ('calm', 'wild')"));
    *state = cx;
    return 0;
}

static int tear_down(void **state)
{
    struct ctx *cx = *state;
    db_close(cx->db);
    arena_free(cx->arena);
    return 0;
}

enum mood { MOOD_CALM, MOOD_WILD };
static const str mood_texts[] = {STR_INIT("calm"), STR_INIT("wild")};
static const struct enum_names mood_names = {"mood", mood_texts, 2};

/* What PostgreSQL makes of a parameter, as its text. */
static str seen_as(struct ctx *cx, const char *cast, struct db_param param)
{
    const struct sql sql = {
        .text = cstr(cx->arena, str_fmt(cx->arena, "SELECT ($1::%s)::text", cast)),
        .row = &db_str_fields,
        .n_params = 1,
    };
    str text = STR("");
    assert_ok(db_one(cx, &sql, &param, &text));
    return text;
}

static void lists_of_every_type_are_parameters(void **state)
{
    struct ctx *cx = *state;
    bool flags[] = {true, false};
    int64_t numbers[] = {-1, 2};
    double reals[] = {0.5, -2.25};
    float floats[] = {1, 0.5f, -3};
    str json[] = {STR("{\"a\":1}"), STR("null")};
    str texts[] = {STR("a b"), STR("\"c\"")};
    int moods[] = {MOOD_WILD, MOOD_CALM};
    struct bytes chips[] = {{(const uint8_t *)"\1\2", 2}, {(const uint8_t *)"", 0}};
    struct when times[2];
    assert_true(when_parse(STR("2024-02-29T12:00:00.5Z"), &times[0]));
    times[1] = (struct when){INT64_MAX};
    const struct list_int ints = {numbers, 2};
    const struct list_double doubles = {reals, 2};
    assert_str(seen_as(cx, "bool[]", P_BOOL_ARRAY((struct list_bool){flags, 2})), "{t,f}");
    assert_str(seen_as(cx, "int2[]", P_INT2_ARRAY(ints)), "{-1,2}");
    assert_str(seen_as(cx, "int4[]", P_INT4_ARRAY(ints)), "{-1,2}");
    assert_str(seen_as(cx, "int8[]", P_INT8_ARRAY(ints)), "{-1,2}");
    assert_str(seen_as(cx, "float4[]", P_FLOAT4_ARRAY(doubles)), "{0.5,-2.25}");
    assert_str(seen_as(cx, "float8[]", P_FLOAT8_ARRAY(doubles)), "{0.5,-2.25}");
    assert_str(seen_as(cx, "text[]", P_TEXT_ARRAY((struct list_str){texts, 2})),
        "{\"a b\",\"\\\"c\\\"\"}");
    assert_str(seen_as(cx, "jsonb[]", P_JSONB_ARRAY((struct list_str){json, 2})),
        "{\"{\\\"a\\\": 1}\",\"null\"}");
    assert_str(seen_as(cx, "bytea[]", P_BYTEA_ARRAY((struct list_bytes){chips, 2})),
        "{\"\\\\x0102\",\"\\\\x\"}");
    assert_str(seen_as(cx, "timestamptz[]", P_TIMESTAMPTZ_ARRAY((struct list_when){times, 2})),
        "{\"2024-02-29 12:00:00.5+00\",infinity}");
    assert_str(
        seen_as(cx, "mood[]", db_param_names(cx->arena, &mood_names, moods, 2)), "{wild,calm}");
    assert_str(seen_as(cx, "mood[]", db_param_names(cx->arena, &mood_names, moods, 0)), "{}");
    assert_str(seen_as(cx, "mood", P_NAMED(&mood_names, MOOD_WILD)), "wild");
    assert_str(seen_as(cx, "json", P_JSON(STR("[1]"))), "[1]");
    assert_ok(db_script(cx, "CREATE EXTENSION IF NOT EXISTS vector"));
    assert_str(seen_as(cx, "vector", P_VECTOR((struct list_float){floats, 3})), "[1,0.5,-3]");
    numbers[1] = INT32_MAX + (int64_t)1;
    const struct sql sql = {.text = "SELECT $1", .n_params = 1};
    assert_fails(db_exec(cx, &sql, (struct db_param[]){P_INT4_ARRAY(ints)}), BAD_REQUEST);
}

static void a_long_list_is_one_parameter(void **state)
{
    struct ctx *cx = *state;
    const struct sql sum = {
        .text = "SELECT sum(length(t)) FROM unnest($1) t", .row = &db_int_fields, .n_params = 1};
    struct list_str texts = {ARENA_ARRAY(cx->arena, str, 20000), 20000};
    for (size_t i = 0; i < texts.n; i++)
        texts.v[i] = STR("a text that is longer than what was set aside for it at first");
    int64_t n;
    assert_ok(db_one(cx, &sum, (struct db_param[]){P_TEXT_ARRAY(texts)}, &n));
    assert_int_equal(n, (int64_t)(texts.n * texts.v[0].n));
}

static void numerics_become_numbers(void **state)
{
    struct ctx *cx = *state;
    static const struct {
        const char *text;
        double real;
        int64_t number;
    } cases[] = {
        {"SELECT 0::numeric", 0, 0},
        {"SELECT -0.000012::numeric", -0.000012, 0},
        {"SELECT 100000000::numeric", 1e8, 100000000},
        {"SELECT 123456789012.5::numeric", 123456789012.5, 123456789012},
        {"SELECT -98765432109876::numeric", -98765432109876.0, -98765432109876},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double real;
        int64_t number;
        const struct sql as_real = {.text = cases[i].text, .row = &db_double_fields};
        const struct sql as_int = {.text = cases[i].text, .row = &db_int_fields};
        assert_ok(db_one(cx, &as_real, NULL, &real));
        assert_ok(db_one(cx, &as_int, NULL, &number));
        assert_true(real == cases[i].real);
        assert_true(number == cases[i].number);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lists_of_every_type_are_parameters),
        TEST(a_long_list_is_one_parameter),
        TEST(numerics_become_numbers),
    };
    return cmocka_run_group_tests(tests, start, end);
}
