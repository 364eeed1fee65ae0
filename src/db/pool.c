#define BANNED_ALLOW_MALLOC /* connections outlive every arena */

#include "core/buf.h"
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/answer.h"
#include "db/pool.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "core/banned.h"

enum {
    CONNECT_TIMEOUT_MS = 5 * 1000,
    GRACE_MAX_MS = 5 * 1000,
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 2000,
    IDLE_MAX_MS = 60 * 1000,
    PREPARED_MIN = 64,
};

struct db_pool {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct db_pool_opts opts;
    struct conn *idle; /* newest first, so that spare ones grow old and are closed */
    size_t n_open;     /* idle, borrowed and being opened */
    size_t n_opening;
    int64_t backoff_ms, retry_at_ms; /* the first is 0 while connections can be opened */
    int64_t away_since_ms;           /* since when they cannot */
    char problem[256];               /* why the last attempt to connect failed */
};

/* --- One connection --- */

fallible conn_open(const struct db_pool_opts *opts, PGconn **out)
{
    const int connect_ms = opts->connect_timeout_ms ? opts->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    char timeout[16];
    snprintf(timeout, sizeof timeout, "%d", (connect_ms + 999) / 1000);
    /* What stands before dbname is a default that the URL may override. A peer that vanished
     * without a word is noticed by the keep-alives. */
    const char *const keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval",
        "keepalives_count", "tcp_user_timeout", "fallback_application_name", "dbname",
        "client_encoding", NULL};
    const char *const values[] = {
        timeout, "30", "10", "3", "60000", "tintype", opts->conninfo, "UTF8", NULL};
    PGconn *pg = PQconnectdbParams(keys, values, 1);
    if (PQstatus(pg) != CONNECTION_OK) {
        err e = err_new(
            UNAVAILABLE, 0, ERR_HERE, "cannot connect to the database: %s", PQerrorMessage(pg));
        PQfinish(pg);
        return e;
    }
    answer_set_limit(pg, connect_ms);
    char settings[512];
    snprintf(settings, sizeof settings,
        "SET TimeZone = 'UTC'; SET statement_timeout = %d; SET lock_timeout = %d;"
        "SET idle_in_transaction_session_timeout = %d; SET client_min_messages = 'error';"
        "SET jit = off; SET extra_float_digits = 1;"
        /* Statements are prepared to be planned once. Left to itself, PostgreSQL takes every id
         * list for ten ids, finds one id cheaper and plans it anew each time: 1 ms of row access.
         */
        "SET plan_cache_mode = force_generic_plan;"
        "SET tintype.session = 'on'" /* see tintype.handover in contract/tintype.sql */,
        opts->statement_timeout_ms, opts->lock_timeout_ms, opts->idle_timeout_ms);
    PGresult *result = answer_exec(pg, settings);
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!done) {
        err e =
            err_new(UNAVAILABLE, 0, ERR_HERE, "cannot set up the session: %s", PQerrorMessage(pg));
        PQfinish(pg);
        return e;
    }
    if (opts->statement_timeout_ms)
        answer_set_limit(
            pg, opts->statement_timeout_ms + MIN(opts->statement_timeout_ms / 2, GRACE_MAX_MS));
    *out = pg;
    return NULL;
}

static size_t slot_of(const struct conn *c, const struct sql *sql)
{
    const size_t mask = c->capacity - 1;
    size_t i = ((uintptr_t)sql >> 4) * 0x9e3779b97f4a7c15ull >> 32 & mask;
    while (c->prepared[i].sql && c->prepared[i].sql != sql)
        i = (i + 1) & mask;
    return i;
}

struct prepared *conn_find_prepared(struct conn *c, const struct sql *sql)
{
    if (!c->capacity) return NULL;
    struct prepared *found = &c->prepared[slot_of(c, sql)];
    return found->sql ? found : NULL;
}

struct prepared *conn_add_prepared(struct conn *c, const struct sql *sql)
{
    if (2 * (c->n_prepared + 1) > c->capacity) {
        struct conn grown = {.capacity = c->capacity ? 2 * c->capacity : PREPARED_MIN};
        grown.prepared = calloc(grown.capacity, sizeof *grown.prepared);
        if (!grown.prepared) log_die("out of memory");
        for (size_t i = 0; i < c->capacity; i++)
            if (c->prepared[i].sql)
                grown.prepared[slot_of(&grown, c->prepared[i].sql)] = c->prepared[i];
        free(c->prepared);
        c->prepared = grown.prepared;
        c->capacity = grown.capacity;
    }
    struct prepared *added = &c->prepared[slot_of(c, sql)];
    assert(!added->sql);
    *added = (struct prepared){.sql = sql};
    c->n_prepared++;
    return added;
}

void conn_forget_prepared(struct conn *c)
{
    for (size_t i = 0; i < c->capacity; i++)
        free(c->prepared[i].columns);
    free(c->prepared);
    c->prepared = NULL;
    c->n_prepared = c->capacity = 0;
}

static void conn_free(struct conn *c)
{
    conn_forget_prepared(c);
    PQfinish(c->pg);
    free(c);
}

/* An idle connection is silent; one that the server closed has an end of file to read. */
static bool conn_is_alive(struct conn *c)
{
    struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};
    if (poll(&p, 1, 0) == 0) return true;
    return PQconsumeInput(c->pg) && PQstatus(c->pg) == CONNECTION_OK;
}

/* --- The pool --- */

fallible db_pool_new(struct db_pool **out, const struct db_pool_opts *opts)
{
    assert(opts->conninfo && opts->size > 0);
    struct db_pool *pool = calloc(1, sizeof *pool);
    if (!pool) log_die("out of memory");
    pool->opts = *opts;
    pool->opts.conninfo = strdup(opts->conninfo);
    if (!pool->opts.conninfo) log_die("out of memory");
    if (!pool->opts.borrow_timeout_ms) pool->opts.borrow_timeout_ms = 5000;
    if (!pool->opts.statement_timeout_ms) pool->opts.statement_timeout_ms = 60 * 1000;
    if (!pool->opts.lock_timeout_ms) pool->opts.lock_timeout_ms = 15 * 1000;
    if (!pool->opts.idle_timeout_ms) pool->opts.idle_timeout_ms = 60 * 1000;
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&pool->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    *out = pool;
    return NULL;
}

void db_pool_free(struct db_pool *pool)
{
    if (!pool) return;
    pool_drop_idle(pool);
    assert(pool->n_open == 0); /* a session is still open */
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->mutex);
    free((char *)(uintptr_t)pool->opts.conninfo);
    free(pool);
}

const struct db_pool_opts *db_pool_options(const struct db_pool *pool)
{
    return &pool->opts;
}

static void wait_until(struct db_pool *pool, int64_t until_ms)
{
    const struct timespec t = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000 * 1000};
    pthread_cond_timedwait(&pool->changed, &pool->mutex, &t);
}

/* The mutex is held on entry and exit, not while connecting. */
static struct conn *open_another(struct db_pool *pool)
{
    pool->n_open++;
    pool->n_opening++;
    pthread_mutex_unlock(&pool->mutex);
    PGconn *pg = NULL;
    err e = conn_open(&pool->opts, &pg);
    pthread_mutex_lock(&pool->mutex);
    pool->n_opening--;
    if (e) {
        pool->n_open--;
        if (!pool->backoff_ms) pool->away_since_ms = monotonic_ms();
        pool->backoff_ms =
            pool->backoff_ms ? MIN(2 * pool->backoff_ms, BACKOFF_MAX_MS) : BACKOFF_MIN_MS;
        pool->retry_at_ms = monotonic_ms() + pool->backoff_ms;
        snprintf(pool->problem, sizeof pool->problem, "%s", e->message);
        pthread_cond_broadcast(&pool->changed);
        return NULL;
    }
    if (pool->backoff_ms) pthread_cond_broadcast(&pool->changed);
    pool->backoff_ms = 0;
    struct conn *c = calloc(1, sizeof *c);
    if (!c) log_die("out of memory");
    c->pg = pg;
    return c;
}

/* The mutex is held on entry and exit. NULL when there is none. */
static struct conn *take_idle(struct db_pool *pool)
{
    while (pool->idle) {
        struct conn *c = pool->idle;
        pool->idle = c->next;
        c->next = NULL;
        if (conn_is_alive(c)) return c;
        conn_free(c);
        pool->n_open--;
    }
    return NULL;
}

/* Nobody waits for a database that has been away for long: one after another tries to reach it, and
 * the others fail at once. Otherwise those who wait would keep all threads busy. */
static bool is_away(const struct db_pool *pool, int64_t now_ms)
{
    return pool->backoff_ms && now_ms - pool->away_since_ms > pool->opts.borrow_timeout_ms;
}

fallible pool_borrow(struct db_pool *pool, struct conn **out)
{
    const int64_t deadline_ms = monotonic_ms() + pool->opts.borrow_timeout_ms;
    MUTEX_SCOPE(&pool->mutex)
    {
        for (;;) {
            struct conn *c = take_idle(pool);
            const bool may_open =
                pool->n_open < pool->opts.size && !(pool->backoff_ms && pool->n_opening);
            if (!c && may_open && monotonic_ms() >= pool->retry_at_ms) c = open_another(pool);
            if (c) {
                *out = c;
                return NULL;
            }
            const int64_t now_ms = monotonic_ms();
            if (now_ms >= deadline_ms || is_away(pool, now_ms)) break;
            wait_until(pool, may_open ? MIN(deadline_ms, pool->retry_at_ms) : deadline_ms);
        }
        if (pool->backoff_ms) FAIL(UNAVAILABLE, "%s", pool->problem);
    }
    FAIL(UNAVAILABLE, "all %zu connections to the database were busy for %d ms", pool->opts.size,
        pool->opts.borrow_timeout_ms);
}

/* Cuts the connections off the end of the idle list that nobody needed for a while. */
static struct conn *take_expired(struct db_pool *pool)
{
    const int64_t oldest_ms = monotonic_ms() - IDLE_MAX_MS;
    struct conn **tail = &pool->idle;
    while (*tail && (*tail)->idle_since_ms >= oldest_ms)
        tail = &(*tail)->next;
    struct conn *expired = *tail;
    *tail = NULL;
    for (const struct conn *c = expired; c; c = c->next)
        pool->n_open--;
    return expired;
}

static void free_all(struct conn *c)
{
    while (c) {
        struct conn *next = c->next;
        conn_free(c);
        c = next;
    }
}

void pool_drop_idle(struct db_pool *pool)
{
    struct conn *dropped = NULL;
    MUTEX_SCOPE(&pool->mutex)
    {
        dropped = pool->idle;
        pool->idle = NULL;
        for (const struct conn *c = dropped; c; c = c->next)
            pool->n_open--;
        pthread_cond_broadcast(&pool->changed);
    }
    free_all(dropped);
}

void pool_return(struct db_pool *pool, struct conn *c)
{
    const bool usable =
        !c->stale && PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) == PQTRANS_IDLE;
    struct conn *expired = NULL;
    MUTEX_SCOPE(&pool->mutex)
    {
        expired = take_expired(pool);
        if (usable) {
            c->idle_since_ms = monotonic_ms();
            c->next = pool->idle;
            pool->idle = c;
        } else {
            c->next = expired;
            expired = c;
            pool->n_open--;
        }
        pthread_cond_signal(&pool->changed);
    }
    free_all(expired);
}
