#define BANNED_ALLOW_MALLOC /* lives as long as the role */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/locks.h"
#include "db/pool.h"
#include "db/session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/banned.h"

enum {
    QUESTION_LIMIT_MS = 10 * 1000, /* every question here is answered at once or never */
    TAKE_STEP_MS = 200,
    STACK_BYTES = 256 * 1024,
};

struct locks {
    pthread_mutex_t mutex; /* around all below */
    pthread_cond_t changed;
    pthread_t thread;
    char *conninfo;
    PGconn *pg; /* NULL while there is no connection */
    bool stopping;
    bool away; /* said so in the log */
    bool kept[LOCKS_N], held[LOCKS_N];
};

int lock_number(enum lock which)
{
    static const int numbers[] = {
#define X(name, number) number,
#include "db/locks.def"
#undef X
    };
    return numbers[which];
}

/* --- With the mutex held --- */

static void disconnect(struct locks *l)
{
    PQfinish(l->pg);
    l->pg = NULL;
    memset(l->held, 0, sizeof l->held);
}

static fallible connect_now(struct locks *l)
{
    if (l->pg) return NULL;
    const struct db_pool_opts limits = {
        .conninfo = l->conninfo,
        .statement_timeout_ms = QUESTION_LIMIT_MS,
        .lock_timeout_ms = QUESTION_LIMIT_MS,
    };
    return conn_open(&limits, &l->pg);
}

/* Any failure of a question costs the connection: the server then gives all its locks back, and
 * there is no doubt about who holds them. */
static fallible ask(struct locks *l, const char *question, int number, bool *answer)
{
    TRY(connect_now(l));
    char text[16];
    snprintf(text, sizeof text, "%d", number);
    err e = session_check(l->pg, answer, question, text);
    if (e) disconnect(l);
    return e;
}

static fallible try_lock(struct locks *l, enum lock which)
{
    bool got = false;
    TRY(ask(l, "SELECT pg_try_advisory_lock($1::int)", lock_number(which), &got));
    l->held[which] = got;
    return NULL;
}

static fallible look_after(struct locks *l)
{
    bool alive;
    TRY(ask(l, "SELECT $1::int = 0", 0, &alive));
    for (enum lock which = 0; which < LOCKS_N; which++) {
        if (!l->kept[which] || l->held[which]) continue;
        TRY(try_lock(l, which));
        if (l->held[which]) log_debug("advisory lock taken", KV("number", lock_number(which)));
    }
    return NULL;
}

static void wait_ms(struct locks *l, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_cond_timedwait(&l->changed, &l->mutex, &until);
}

static void *keeper(void *p)
{
    struct locks *l = p;
    MUTEX_SCOPE(&l->mutex)
    {
        while (!l->stopping) {
            err e = look_after(l);
            if (e && !l->away) log_warn("advisory locks are out of reach", KV_ERROR(e));
            if (!e && l->away) log_info("advisory locks are in reach again");
            l->away = e;
            wait_ms(l, LOCKS_CHECK_MS);
        }
    }
    return NULL;
}

/* --- For everybody --- */

fallible locks_start(struct locks **out, const char *conninfo)
{
    struct locks *l = calloc(1, sizeof *l);
    if (!l) log_die("out of memory");
    l->conninfo = strdup(conninfo);
    if (!l->conninfo) log_die("out of memory");
    pthread_mutex_init(&l->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&l->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    err e = thread_start(&l->thread, "locks", STACK_BYTES, keeper, l);
    if (e) {
        free(l->conninfo);
        free(l);
        return e;
    }
    *out = l;
    return NULL;
}

void locks_stop(struct locks *l)
{
    if (!l) return;
    MUTEX_SCOPE(&l->mutex)
    {
        l->stopping = true;
        pthread_cond_broadcast(&l->changed);
    }
    pthread_join(l->thread, NULL);
    disconnect(l);
    pthread_cond_destroy(&l->changed);
    pthread_mutex_destroy(&l->mutex);
    free(l->conninfo);
    free(l);
}

void locks_keep(struct locks *l, enum lock which)
{
    MUTEX_SCOPE(&l->mutex)
    {
        l->kept[which] = true;
        pthread_cond_broadcast(&l->changed);
    }
}

bool locks_held(struct locks *l, enum lock which)
{
    bool held = false;
    MUTEX_SCOPE(&l->mutex) held = l->held[which];
    return held;
}

fallible locks_take(struct locks *l, enum lock which, int timeout_ms)
{
    const int64_t deadline_ms = monotonic_ms() + timeout_ms;
    MUTEX_SCOPE(&l->mutex)
    {
        assert(!l->kept[which] && !l->held[which]);
        for (;;) {
            err e = try_lock(l, which);
            if (!e && l->held[which]) return NULL;
            const int64_t left_ms = deadline_ms - monotonic_ms();
            if (left_ms <= 0 && e) return e;
            if (left_ms <= 0) break;
            wait_ms(l, (int)MIN(left_ms, TAKE_STEP_MS));
        }
    }
    FAIL(TIMED_OUT, "another process kept advisory lock %d for %d ms", lock_number(which),
        timeout_ms);
}

void locks_release(struct locks *l, enum lock which)
{
    MUTEX_SCOPE(&l->mutex)
    {
        bool released;
        if (l->held[which]) {
            l->held[which] = false;
            err e = ask(l, "SELECT pg_advisory_unlock($1::int)", lock_number(which), &released);
            if (e) log_debug("advisory lock went with its connection", KV_ERROR(e));
        }
    }
}
