#define BANNED_ALLOW_MALLOC /* what a connection knows of a statement outlives the request */

#include "core/log.h"
#include "core/size.h"
#include "db/ahead.h"
#include "db/answer.h"
#include "db/pool.h"
#include "db/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

struct hook {
    struct hook *next;
    int depth; /* of the transaction it belongs to */
    void (*fn)(void *p, bool committed);
    void *p;
};

struct db {
    struct db_pool *pool;
    struct arena *arena;
    struct conn *conn; /* NULL while none is borrowed */
    int depth;         /* of db_begin */
    bool lost;         /* the connection went during a transaction; until it is ended */
    bool test;         /* an outer transaction, never committed, lies around everything */
    unsigned n_cursors;
    struct hook *hooks;
    struct ahead ahead;
    char constraint[64]; /* that refused the last row */
};

/* --- Sessions --- */

struct db *db_open(struct db_pool *pool, struct arena *arena)
{
    struct db *db = ARENA_NEW(arena, struct db);
    db->pool = pool;
    db->arena = arena;
    return db;
}

static void release(struct db *db)
{
    if (!db->conn) return;
    pool_return(db->pool, db->conn);
    db->conn = NULL;
}

/* Calls those of the transactions that lie deeper than `depth`. */
static void run_hooks(struct db *db, int depth, bool committed)
{
    struct hook **link = &db->hooks;
    while (*link) {
        const struct hook *hook = *link;
        if (hook->depth <= depth) {
            link = &(*link)->next;
            continue;
        }
        *link = hook->next;
        hook->fn(hook->p, committed);
    }
}

void db_on_end(struct ctx *cx, void (*fn)(void *p, bool committed), void *p)
{
    struct db *db = cx->db;
    if (!db->depth) {
        fn(p, true);
        return;
    }
    struct hook *hook = ARENA_NEW(db->arena, struct hook);
    *hook = (struct hook){.depth = db->depth, .fn = fn, .p = p};
    struct hook **last = &db->hooks;
    while (*last)
        last = &(*last)->next;
    *last = hook;
}

bool db_in_transaction(const struct ctx *cx)
{
    return cx->db->depth > 0;
}

/* --- Errors --- */

static const char *name_of(const struct sql *sql)
{
    return sql->name ? sql->name : "statement";
}

static enum err_code code_of(const char *sqlstate)
{
#define X(state, code)                                                                             \
    if (strcmp(sqlstate, state) == 0) return code;
#include "db/sqlstate.def"
#undef X
    return INTERNAL;
}

__attribute__((returns_nonnull)) static err error_of(
    struct db *db, const char *statement, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    if (!state && answer_was_silent(db->conn->pg))
        return err_new(TIMED_OUT, 0, ERR_HERE, "%s: the database does not answer", statement);
    if (!state)
        return err_new(
            RETRY, 0, ERR_HERE, "%s: the connection to the database was lost", statement);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    snprintf(db->constraint, sizeof db->constraint, "%s", constraint ? constraint : "");
    const enum err_code code = code_of(state);
    if (code == BAD_REQUEST) return err_new(code, 0, ERR_HERE, "Invalid value");
    /* The detail is left out: it quotes values. */
    return err_new(code, 0, ERR_HERE, "%s: %s %s", statement, state,
        PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
}

bool db_violates(const struct ctx *cx, err e, const char *constraint)
{
    return (err_is(e, CONFLICT) || err_is(e, REFERENCE)) &&
           strcmp(cx->db->constraint, constraint) == 0;
}

/* --- Running a statement --- */

static bool succeeded(const PGresult *result)
{
    const ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

static fallible simple(struct db *db, const char *text)
{
    PGresult *result = answer_exec(db->conn->pg, text);
    err e = succeeded(result) ? NULL : error_of(db, text, result);
    PQclear(result);
    return e;
}

/* A failure to send shows as one to receive. */
static void send_sql(PGconn *pg, const struct sql *sql, const struct wire_params *params)
{
    const int n = (int)params->n;
    if (sql->name)
        PQsendQueryPrepared(pg, sql->name, n, params->values, params->lengths, params->formats, 1);
    else
        PQsendQueryParams(
            pg, sql->text, n, params->types, params->values, params->lengths, params->formats, 1);
}

/* NULL when the connection knows the statement, otherwise the failure. */
static PGresult *prepare(struct db *db, const struct sql *sql, const struct wire_params *params)
{
    if (conn_find_prepared(db->conn, sql)) return NULL;
    PQsendPrepare(db->conn->pg, sql->name, sql->text, (int)params->n, params->types);
    PGresult *result = answer_wait(db->conn->pg);
    if (!succeeded(result)) return result;
    PQclear(result);
    conn_add_prepared(db->conn, sql);
    return NULL;
}

static void pipeline_end(struct db *db)
{
    PQclear(answer_wait(db->conn->pg)); /* the end that PQpipelineSync has asked for */
    if (!PQexitPipelineMode(db->conn->pg)) db->conn->stale = true;
}

/* What was made at run time is planned for its values, unlike all else (see conn_open). Without a
 * transaction the setting lasts for this trip; within one the statements behind are planned anew
 * too, which costs only time. set_config, because SET LOCAL fills the server's log with warnings.
 */
static PGresult *run_for_values(
    struct db *db, const struct sql *sql, const struct wire_params *params)
{
    static const struct sql mode = {
        .name = "plan_for_values",
        .text = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true)",
    };
    static const struct wire_params none;
    PGconn *pg = db->conn->pg;
    PGresult *first = prepare(db, &mode, &none);
    if (first) return first;
    PQenterPipelineMode(pg);
    send_sql(pg, &mode, &none);
    send_sql(pg, sql, params);
    PQpipelineSync(pg);
    first = answer_wait(pg);
    PGresult *result = answer_wait(pg);
    pipeline_end(db);
    const bool failed = !succeeded(first); /* then it has the reason */
    PQclear(failed ? result : first);
    return failed ? first : result;
}

/* What was found out about the columns of a statement is kept on the connection. */
static fallible columns_of(struct ctx *cx, const struct sql *sql, const PGresult *result,
    bool columnar, const struct column **out)
{
    const int n = PQnfields(result);
    struct prepared *prepared =
        sql->name && cx->db->conn ? conn_find_prepared(cx->db->conn, sql) : NULL;
    if (prepared && prepared->columns && prepared->n_columns == n) {
        *out = prepared->columns;
        return NULL;
    }
    struct column *columns = ARENA_ARRAY(cx->arena, struct column, (size_t)n);
    TRY(wire_map(result, sql->row, columnar, columns));
    if (prepared && !prepared->columns) {
        prepared->columns = calloc((size_t)n, sizeof *columns);
        if (!prepared->columns) log_die("out of memory");
        memcpy(prepared->columns, columns, (size_t)n * sizeof *columns);
        prepared->n_columns = n;
    }
    *out = columns;
    return NULL;
}

static fallible decode_rows(struct ctx *cx, const struct sql *sql, const PGresult *result,
    struct arena *a, struct list_any *out)
{
    const size_t n = (size_t)PQntuples(result), size = sql->row->size;
    const struct column *columns;
    TRY(columns_of(cx, sql, result, false, &columns));
    char *rows = n ? arena_alloc_array(a, n, size) : NULL;
    for (size_t i = 0; i < n; i++)
        TRY(wire_row(a, result, columns, (int)i, rows + i * size));
    *out = (struct list_any){rows, n};
    return NULL;
}

/* The rows of a note, for whoever asks for them; a failure is found again by who asks. */
static void keep_rows(struct db *db, struct note *note, PGresult *result)
{
    struct ctx cx = {.arena = db->arena, .db = db};
    arena_defer(db->arena, (void (*)(void *))PQclear, result);
    note->answered =
        succeeded(result) && !decode_rows(&cx, note->sql, result, db->arena, &note->rows);
}

/* Sends what was noted behind the statement: one trip for all of them. Not in a transaction, where
 * a failure of theirs would be everybody's. */
static PGresult *run_with_notes(
    struct db *db, const struct sql *sql, const struct wire_params *params)
{
    PGconn *pg = db->conn->pg;
    struct ahead *ahead = &db->ahead;
    ahead->sent = true;
    PQenterPipelineMode(pg);
    send_sql(pg, sql, params);
    for (size_t i = 0; i < ahead->n; i++)
        send_sql(pg, ahead->v[i]->sql, &ahead->v[i]->params);
    PQpipelineSync(pg);
    PGresult *result = answer_wait(pg);
    for (size_t i = 0; i < ahead->n; i++)
        keep_rows(db, ahead->v[i], answer_wait(pg));
    pipeline_end(db);
    return result;
}

/* Notes whose statement cannot be prepared, and those of a transaction, are not worth a trip. */
static bool carries_notes(struct db *db, const struct sql *sql)
{
    struct ahead *ahead = &db->ahead;
    bool ready = ahead_waits(ahead) && sql->name && !db->depth && !db->test;
    for (size_t i = 0; ready && i < ahead->n; i++) {
        PGresult *failed = prepare(db, ahead->v[i]->sql, &ahead->v[i]->params);
        ready = !failed;
        PQclear(failed);
    }
    if (!ready) ahead_drop(ahead);
    return ready;
}

/* Runs on the borrowed connection; the result may be a failure. */
static PGresult *run(struct db *db, const struct sql *sql, const struct wire_params *params)
{
    if (!sql->name && params->n) return run_for_values(db, sql, params);
    PGresult *failed = sql->name ? prepare(db, sql, params) : NULL;
    if (failed) return failed;
    if (carries_notes(db, sql)) return run_with_notes(db, sql, params);
    send_sql(db->conn->pg, sql, params);
    return answer_wait(db->conn->pg);
}

/* A table that the statement reads was changed, or somebody deallocated our statements: nothing
 * was executed. */
static bool plan_is_stale(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!state || !message) return false;
    return strcmp(state, "26000") == 0 ||
           (strcmp(state, "0A000") == 0 && strstr(message, "cached plan"));
}

/* The server ended the session while it was idle: it says so before it reads the statement. */
static bool ended_before(const struct db *db, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return PQstatus(db->conn->pg) != CONNECTION_OK && state && strncmp(state, "57P", 3) == 0;
}

/* Not possible in a transaction, which has failed: the connection then ends with it. */
static void forget_plans(struct db *db)
{
    db->conn->stale = PQtransactionStatus(db->conn->pg) != PQTRANS_IDLE;
    if (db->conn->stale) return;
    PQclear(answer_exec(db->conn->pg, "DEALLOCATE ALL"));
    conn_forget_prepared(db->conn);
}

/* Borrows, runs and tries once more where that is safe. */
static fallible attempt(
    struct db *db, const struct sql *sql, const struct wire_params *params, PGresult **out)
{
    for (int try = 0;; try++) {
        if (!db->conn) TRY(pool_borrow(db->pool, &db->conn));
        PGresult *result = run(db, sql, params);
        if (succeeded(result)) {
            *out = result;
            return NULL;
        }
        const bool stale = plan_is_stale(result);
        const bool again = !db->depth && !db->test && !try && (stale || ended_before(db, result));
        err e = ERR_MADE(error_of(db, name_of(sql), result));
        PQclear(result);
        if (stale) forget_plans(db);
        if (PQstatus(db->conn->pg) != CONNECTION_OK) {
            db->lost = db->depth || db->test;
            release(db);
            pool_drop_idle(db->pool);
        }
        if (!again) {
            if (stale) FAIL(RETRY, "%s", e->message);
            return e;
        }
    }
}

static fallible test_savepoint(struct db *db, const char *text)
{
    return db->test && !db->depth ? simple(db, text) : NULL;
}

/* The result belongs to the arena: decoded texts point into it. */
static fallible execute(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, PGresult **out)
{
    struct db *db = cx->db;
    assert(!db->ahead.noting);
    if (!ahead_waits(&db->ahead)) ahead_drop(&db->ahead); /* this one may change what they read */
    if (db->lost) FAIL(RETRY, "the connection to the database was lost in a transaction");
    struct wire_params wire;
    TRY(wire_encode(cx->arena, params, sql->n_params, &wire));

    TRY(test_savepoint(db, "SAVEPOINT one"));
    PGresult *result = NULL;
    err e = attempt(db, sql, &wire, &result);
    if (e && !db->lost) TRY(test_savepoint(db, "ROLLBACK TO SAVEPOINT one"));
    if (e) {
        if (!db->depth && !db->test) release(db);
        return e;
    }
    arena_defer(cx->arena, (void (*)(void *))PQclear, result);
    TRY(test_savepoint(db, "RELEASE SAVEPOINT one"));
    *out = result;
    return NULL;
}

/* Outside a transaction the connection goes back as soon as its knowledge was used. */
static void finish(struct db *db)
{
    if (!db->depth && !db->test) release(db);
}

static fallible fetch_rows(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, struct list_any *out)
{
    PGresult *result = NULL;
    struct ahead *ahead = &cx->db->ahead;
    if (ahead->noting) {
        *out = (struct list_any){0};
        return ahead_note(ahead, cx->db->arena, sql, params);
    }
    if (ahead_take(ahead, cx->arena, sql, params, out)) return NULL;
    TRY(execute(cx, sql, params, &result));
    err e = decode_rows(cx, sql, result, cx->arena, out);
    finish(cx->db);
    return e;
}

fallible db_many(struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out)
{
    struct list_any rows;
    TRY(fetch_rows(cx, sql, params, &rows));
    *(struct list_any *)out = rows;
    return NULL;
}

fallible db_maybe(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out, bool *found)
{
    struct list_any rows;
    TRY(fetch_rows(cx, sql, params, &rows));
    if (rows.n > 1) FAIL(INTERNAL, "%s: %zu rows instead of one", name_of(sql), rows.n);
    *found = rows.n == 1;
    if (rows.n) memcpy(out, rows.v, sql->row->size);
    return NULL;
}

fallible db_one(struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out)
{
    bool found;
    TRY(db_maybe(cx, sql, params, out, &found));
    if (!found) FAIL(INTERNAL, "%s: no row", name_of(sql));
    return NULL;
}

fallible db_columns(struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out)
{
    PGresult *result = NULL;
    TRY(execute(cx, sql, params, &result));
    const struct column *columns;
    err e = columns_of(cx, sql, result, true, &columns);
    void *made = arena_alloc(cx->arena, sql->row->size);
    if (!e) e = wire_columns(cx->arena, result, columns, made);
    finish(cx->db);
    TRY(e);
    memcpy(out, made, sql->row->size);
    return NULL;
}

fallible db_count(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, int64_t *out)
{
    PGresult *result = NULL;
    TRY(execute(cx, sql, params, &result));
    finish(cx->db);
    int64_t n = 0;
    if (!str_parse_i64(str_from(PQcmdTuples(result)), &n)) n = 0; /* not a command that counts */
    *out = n;
    return NULL;
}

fallible db_exec(struct ctx *cx, const struct sql *sql, const struct db_param *params)
{
    PGresult *result = NULL;
    TRY(execute(cx, sql, params, &result));
    finish(cx->db);
    return NULL;
}

fallible db_script(struct ctx *cx, const char *text)
{
    struct db *db = cx->db;
    ahead_drop(&db->ahead);
    if (db->lost) FAIL(RETRY, "the connection to the database was lost in a transaction");
    if (!db->conn) TRY(pool_borrow(db->pool, &db->conn));
    TRY(test_savepoint(db, "SAVEPOINT one"));
    PGresult *result = answer_exec(db->conn->pg, text);
    err e = succeeded(result) ? NULL : error_of(db, "script", result);
    PQclear(result);
    if (e && PQstatus(db->conn->pg) != CONNECTION_OK) db->lost = db->depth || db->test;
    if (!db->lost)
        TRY(test_savepoint(db, e ? "ROLLBACK TO SAVEPOINT one" : "RELEASE SAVEPOINT one"));
    finish(db);
    return e;
}

void db_ahead_begin(struct ctx *cx)
{
    ahead_drop(&cx->db->ahead);
    cx->db->ahead.noting = true;
}

void db_ahead_end(struct ctx *cx)
{
    cx->db->ahead.noting = false;
}

/* --- Transactions --- */

static fallible begin(struct db *db, const char *text)
{
    ahead_drop(&db->ahead);
    for (int try = 0;; try++) {
        if (!db->conn) TRY(pool_borrow(db->pool, &db->conn));
        err e = simple(db, text);
        if (!e) return NULL;
        const bool lost = PQstatus(db->conn->pg) != CONNECTION_OK;
        release(db);
        if (lost) pool_drop_idle(db->pool);
        /* BEGIN changes nothing: it may run twice, but not wait twice. */
        if (!lost || try || err_is(e, TIMED_OUT)) return e;
    }
}

fallible db_begin(struct ctx *cx)
{
    struct db *db = cx->db;
    if (db->lost) FAIL(RETRY, "the connection to the database was lost in a transaction");
    if (!db->depth && !db->test) {
        TRY(begin(db, "BEGIN"));
    } else {
        char text[32];
        snprintf(text, sizeof text, "SAVEPOINT s%d", db->depth);
        TRY(simple(db, text));
    }
    db->depth++;
    return NULL;
}

fallible db_begin_snapshot(struct ctx *cx)
{
    struct db *db = cx->db;
    assert(!db->depth);
    if (db->test) return db_begin(cx);
    TRY(begin(db, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    db->depth++;
    return NULL;
}

fallible db_commit(struct ctx *cx)
{
    struct db *db = cx->db;
    assert(db->depth > 0);
    if (db->lost) FAIL(RETRY, "the connection to the database was lost in a transaction");
    if (db->depth > 1 || db->test) {
        char text[32];
        snprintf(text, sizeof text, "RELEASE SAVEPOINT s%d", db->depth - 1);
        TRY(simple(db, text));
        db->depth--;
    } else {
        PGresult *result = answer_exec(db->conn->pg, "COMMIT");
        /* COMMIT of a failed transaction is answered by ROLLBACK, without an error. */
        const bool committed = succeeded(result) && strcmp(PQcmdStatus(result), "COMMIT") == 0;
        err e = NULL;
        if (!succeeded(result))
            e = error_of(db, "COMMIT", result);
        else if (!committed)
            e = err_new(INTERNAL, 0, ERR_HERE, "commit of a failed transaction");
        PQclear(result);
        if (e) return e; /* the caller rolls back */
        db->depth--;
    }
    for (struct hook *hook = db->hooks; hook; hook = hook->next)
        hook->depth = db->depth < hook->depth ? db->depth : hook->depth;
    if (db->depth) return NULL;
    finish(db);
    run_hooks(db, -1, true);
    return NULL;
}

void db_rollback(struct ctx *cx)
{
    struct db *db = cx->db;
    assert(db->depth > 0);
    db->depth--;
    char text[64] = "ROLLBACK";
    if (db->depth || db->test)
        snprintf(text, sizeof text, "ROLLBACK TO SAVEPOINT s%d; RELEASE SAVEPOINT s%d", db->depth,
            db->depth);
    /* A connection on which this fails is not idle: pool_return drops it. */
    if (!db->lost && simple(db, text)) db->lost = db->depth || db->test;
    run_hooks(db, db->depth, false);
    if (db->depth) return;
    db->lost = db->lost && db->test;
    finish(db);
}

void db_rollback_all(struct ctx *cx)
{
    while (cx->db->depth)
        db_rollback(cx);
}

fallible db_test_begin(struct ctx *cx)
{
    struct db *db = cx->db;
    assert(!db->depth && !db->test);
    TRY(begin(db, "BEGIN"));
    db->test = true;
    return NULL;
}

void db_close(struct db *db)
{
    struct ctx cx = {.arena = db->arena, .db = db};
    db_rollback_all(&cx);
    if (db->test && db->conn) PQclear(answer_exec(db->conn->pg, "ROLLBACK"));
    db->test = false;
    release(db);
}

/* --- Cursors --- */

fallible db_cursor_open(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, struct db_cursor *out)
{
    struct db *db = cx->db;
    assert(db->depth > 0);
    const unsigned number = db->n_cursors++;
    const struct sql declare = {
        .text = cstr(cx->arena,
            str_fmt(cx->arena, "DECLARE c%u NO SCROLL CURSOR FOR %s", number, sql->text)),
        .n_params = sql->n_params,
    };
    TRY(db_exec(cx, &declare, params));
    *out = (struct db_cursor){.cx = cx, .sql = sql, .number = number};
    return NULL;
}

fallible db_cursor_next(struct db_cursor *cursor, struct arena *arena, void *out)
{
    struct list_any rows = {0};
    if (!cursor->done) {
        char text[64];
        snprintf(text, sizeof text, "FETCH %d FROM c%u", DB_BATCH, cursor->number);
        const struct sql fetch = {.text = text, .row = cursor->sql->row};
        struct ctx cx = *cursor->cx;
        cx.arena = arena;
        TRY(fetch_rows(&cx, &fetch, NULL, &rows));
        cursor->done = rows.n < DB_BATCH;
    }
    *(struct list_any *)out = rows;
    return NULL;
}
