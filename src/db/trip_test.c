/* How statements reach the database: planned once, and several in one trip. */
#include "core/size.h"
#include "core/test.h"
#include "db/db.h"

#include <stdlib.h>

#include "core/banned.h"

struct fixture {
    struct db_pool *pool;
    struct ctx cx;
};

static struct ctx ctx_of(struct db_pool *pool)
{
    struct arena *arena = arena_new();
    return (struct ctx){.arena = arena, .db = db_open(pool, arena)};
}

static void ctx_done(struct ctx *cx)
{
    db_close(cx->db);
    arena_free(cx->arena);
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    assert_ok(db_pool_new(
        &f->pool, &(struct db_pool_opts){.conninfo = getenv("TINTYPE_TEST_DB_URL"), .size = 2}));
    f->cx = ctx_of(f->pool);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ctx_done(&f->cx);
    db_pool_free(f->pool);
    test_free(f);
    return 0;
}

static int64_t answer(struct ctx *cx)
{
    static const struct sql sql = {.name = "answer", .text = "SELECT 42", .row = &db_int_fields};
    int64_t n = -1;
    assert_ok(db_one(cx, &sql, NULL, &n));
    return n;
}

static void statements_are_planned_once_and_queries_for_their_values(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct sql tables = {.name = "tables_of",
        .text = "SELECT relname::text FROM pg_class WHERE relpages = ANY($1)",
        .row = &db_str_fields,
        .n_params = 1};
    static const struct sql planned = {
        .text = "SELECT custom_plans FROM pg_prepared_statements WHERE name = 'tables_of'",
        .row = &db_int_fields};
    static const struct sql mode = {
        .text = "SELECT current_setting('plan_cache_mode') WHERE $1 = 1",
        .row = &db_str_fields,
        .n_params = 1};
    static const struct sql mode_after = {
        .text = "SELECT current_setting('plan_cache_mode')", .row = &db_str_fields};
    int64_t one[] = {1}, custom;
    struct list_str names;
    str text;

    for (int i = 0; i < 8; i++)
        assert_ok(db_many(cx, &tables,
            (struct db_param[]){P_INT4_ARRAY((struct list_int){one, LENGTH(one)})}, &names));
    assert_ok(db_one(cx, &planned, NULL, &custom));
    assert_int_equal(custom, 0);

    assert_ok(db_one(cx, &mode, (struct db_param[]){P_INT4(1)}, &text));
    assert_str(text, "force_custom_plan");
    assert_ok(db_one(cx, &mode_after, NULL, &text));
    assert_str(text, "force_generic_plan");
    const struct sql wrong = {.text = "SELECT $1 / 0", .row = &db_int_fields, .n_params = 1};
    int64_t n;
    assert_fails(db_one(cx, &wrong, (struct db_param[]){P_INT4(1)}, &n), INTERNAL);
    assert_int_equal(answer(cx), 42); /* and the connection goes on */
}

/* Which transaction a statement ran in: those of one trip share one. */
static const struct sql trip_of = {.name = "trip_of",
    .text = "SELECT extract(epoch FROM now())::float8 + $1",
    .row = &db_double_fields,
    .n_params = 1};

static double trip(struct ctx *cx, int64_t plus)
{
    bool found = false;
    double at = -1;
    assert_ok(db_maybe(cx, &trip_of, (struct db_param[]){P_INT4(plus)}, &at, &found));
    return found ? at : 0;
}

static void note_trip(struct ctx *cx)
{
    db_ahead_begin(cx);
    assert_true(trip(cx, 0) == 0); /* nothing runs */
    db_ahead_end(cx);
}

static void what_is_noted_goes_along_with_the_next_statement(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct sql first = {.name = "first_trip",
        .text = "SELECT extract(epoch FROM now())::float8",
        .row = &db_double_fields};
    double began;
    note_trip(cx);
    assert_ok(db_one(cx, &first, NULL, &began));
    assert_true(trip(cx, 0) == began);
    assert_true(trip(cx, 0) > began); /* once */

    note_trip(cx);
    assert_ok(db_one(cx, &first, NULL, &began));
    assert_true(trip(cx, 1000) > began + 1000); /* other parameters were not asked */
    assert_true(trip(cx, 0) > began);           /* and that statement may have changed the rows */

    note_trip(cx);
    assert_ok(db_one(cx, &first, NULL, &began));
    assert_ok(db_begin(cx));
    assert_true(trip(cx, 0) > began);
    assert_ok(db_commit(cx));

    assert_ok(db_begin(cx)); /* where nothing goes along, and nothing is lost */
    note_trip(cx);
    assert_int_equal(answer(cx), 42);
    assert_true(trip(cx, 0) > began);
    assert_ok(db_commit(cx));
}

static void a_note_that_fails_fails_alone(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    static const struct sql inverse = {
        .name = "inverse", .text = "SELECT 1 / $1", .row = &db_int_fields, .n_params = 1};
    int64_t out;
    bool found;
    assert_ok(db_maybe(cx, &inverse, (struct db_param[]){P_INT4(1)}, &out, &found));
    db_ahead_begin(cx);
    assert_ok(db_maybe(cx, &inverse, (struct db_param[]){P_INT4(0)}, &out, &found));
    assert_ok(db_maybe(cx, &inverse, (struct db_param[]){P_INT4(1)}, &out, &found));
    db_ahead_end(cx);
    assert_int_equal(answer(cx), 42);
    assert_ok(db_maybe(cx, &inverse, (struct db_param[]){P_INT4(1)}, &out, &found));
    assert_int_equal(out, 1);
    assert_fails(db_maybe(cx, &inverse, (struct db_param[]){P_INT4(0)}, &out, &found), INTERNAL);
    assert_int_equal(answer(cx), 42);
}

static void notes_lose_nothing_with_their_connection(void **state)
{
    struct fixture *f = *state;
    struct ctx killer = ctx_of(f->pool);
    assert_ok(db_begin(&killer)); /* a session of its own */
    const double before = trip(&f->cx, 0);
    assert_ok(
        db_script(&killer, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> "
                           "pg_backend_pid() AND datname = current_database()"));
    note_trip(&f->cx);
    assert_int_equal(answer(&f->cx), 42);
    assert_true(trip(&f->cx, 0) > before);
    ctx_done(&killer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(statements_are_planned_once_and_queries_for_their_values),
        TEST(what_is_noted_goes_along_with_the_next_statement),
        TEST(a_note_that_fails_fails_alone),
        TEST(notes_lose_nothing_with_their_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
