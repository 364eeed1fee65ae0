#include "core/test.h"
#include "core/time.h"
#include "db/answer.h"
#include "db/db.h"

#include <stdlib.h>

#include "core/banned.h"

enum {
    LIMIT_MS = 1000, /* the server's; ours is half longer */
    LARGE = 8 * 1024 * 1024,
};

struct fixture {
    struct db_pool *pool;
    struct ctx cx;
};

/* Once, before any silent session keeps its locks. */
static int make_table(void **state)
{
    PGconn *pg = PQconnectdb(getenv("TINTYPE_TEST_DB_URL"));
    PGresult *result = answer_exec(pg, "DROP TABLE IF EXISTS note; CREATE TABLE note (text text)");
    const bool made = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    PQfinish(pg);
    return made ? 0 : -1;
}

static int set_up(void **state)
{
    struct fixture *f = test_calloc(1, sizeof *f);
    assert_ok(
        db_pool_new(&f->pool, &(struct db_pool_opts){.conninfo = getenv("TINTYPE_TEST_DB_URL"),
                                  .size = 1,
                                  .statement_timeout_ms = LIMIT_MS}));
    struct arena *arena = arena_new();
    f->cx = (struct ctx){.arena = arena, .db = db_open(f->pool, arena)};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    db_close(f->cx.db);
    arena_free(f->cx.arena);
    db_pool_free(f->pool);
    test_free(f);
    return 0;
}

static int64_t count(struct ctx *cx)
{
    const struct sql all = {.text = "SELECT text FROM note"};
    int64_t n = -1;
    assert_ok(db_count(cx, &all, NULL, &n));
    return n;
}

/* Its own limit of time is switched off, as if it stood still. */
static void assert_silent(struct ctx *cx)
{
    const int64_t before_ms = monotonic_ms();
    assert_fails(db_script(cx, "SET statement_timeout = 0; SELECT pg_sleep(20)"), TIMED_OUT);
    assert_in_range(monotonic_ms() - before_ms, LIMIT_MS, 15 * 1000);
}

static void a_silent_database_costs_its_connection(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    assert_silent(cx);
    assert_int_equal(count(cx), 0); /* on another */
}

static void silence_ends_a_transaction(void **state)
{
    struct ctx *cx = &((struct fixture *)*state)->cx;
    assert_ok(db_begin(cx));
    assert_ok(db_script(cx, "INSERT INTO note VALUES ('a')"));
    assert_silent(cx);
    assert_fails(db_commit(cx), RETRY);
    db_rollback_all(cx);
    assert_int_equal(count(cx), 0);
}

/* More than a socket takes at once, so that sending waits too. */
static void a_large_parameter_arrives_whole(void **state)
{
    PGconn *pg = PQconnectdb(getenv("TINTYPE_TEST_DB_URL"));
    answer_set_limit(pg, ANSWER_LIMIT_MS); /* and sending no longer waits inside libpq */
    char *text = test_malloc(LARGE + 1);
    memset(text, 'x', LARGE);
    text[LARGE] = '\0';
    const char *const values[] = {text};
    PQsendQueryParams(pg, "SELECT length($1)", 1, NULL, values, NULL, NULL, 0);
    PGresult *result = answer_wait(pg);
    assert_string_equal(PQgetvalue(result, 0, 0), "8388608");
    PQclear(result);
    test_free(text);
    PQfinish(pg);
}

static void the_first_failure_is_told_and_the_connection_lives(void **state)
{
    PGconn *pg = PQconnectdb(getenv("TINTYPE_TEST_DB_URL"));
    PGresult *result = answer_exec(pg, "SELECT 1; SELECT 1 / 0; SELECT 2");
    assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "22012");
    PQclear(result);
    assert_false(answer_was_silent(pg));
    result = answer_exec(pg, "SELECT 1; SELECT 7");
    assert_string_equal(PQgetvalue(result, 0, 0), "7");
    PQclear(result);
    answer_set_limit(pg, LIMIT_MS);
    PQclear(answer_exec(pg, "SELECT pg_sleep(20)"));
    assert_true(answer_was_silent(pg));
    assert_int_equal(PQstatus(pg), CONNECTION_BAD);
    PQfinish(pg);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_silent_database_costs_its_connection),
        TEST(silence_ends_a_transaction),
        cmocka_unit_test(a_large_parameter_arrives_whole),
        cmocka_unit_test(the_first_failure_is_told_and_the_connection_lives),
    };
    return cmocka_run_group_tests(tests, make_table, NULL);
}
