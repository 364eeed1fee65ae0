#define BANNED_ALLOW_MALLOC /* tasks go from thread to thread */

#include "core/log.h"
#include "core/rand.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/db.h"
#include "db/listen.h"
#include "gen/job_sql.h"
#include "job/runner.h"
#include "json/reader.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    LEASE_MS = 30 * 1000,
    POLL_MS = 1000,
    REPAIR_POLLS = 5,             /* so often every queue is asked, whatever was notified */
    FORGET_MS = 60 * 60 * 1000,   /* so often dead jobs of long ago are removed */
    THREAD_IDLE_MS = 60 * 1000,   /* a thread without work ends after it */
    BACKOFF_MS = 10 * 1000,       /* before the second attempt; four times as long each time */
    UNKNOWN_DELAY_MS = 60 * 1000, /* a job of a newer version waits for a worker that knows it */
    CRASHES_MAX = 5,              /* a job whose workers died so often is dead */
    CONCURRENCY_MAX = 64,
    SINGLE = 0,
};

/* A claimed job. */
struct task {
    struct task *next;         /* in the list of those that wait for a thread */
    struct task *next_running; /* in the list of all */
    struct job_runner *r;
    enum job_name name;
    int64_t id, waited_ms;
    int attempt, attempts_max;
    atomic_bool lost; /* another worker may have it by now */
    size_t n;
    char payload[];
};

struct job_runner {
    struct job_runner_opts opts;
    char worker[96]; /* host, process and a random part: who holds the leases */
    pthread_t claimer, keeper;
    struct listener *listener; /* NULL once we stop */

    pthread_mutex_t mutex; /* for all that follows */
    pthread_cond_t wake;   /* the claimer has something to do, or we stop */
    pthread_cond_t work;   /* a task waits for a thread, or we stop */
    pthread_cond_t ended;  /* a task or a thread has ended */
    atomic_bool stopping;  /* also read without */
    int concurrency[QUEUES_N], active[QUEUES_N];
    bool wanted[QUEUES_N]; /* there may be waiting jobs */
    struct task *first, **last;
    struct task *running;
    int n_waiting, n_running, n_threads, n_idle;
};

static _Thread_local const struct task *current;

static const int default_concurrency[QUEUES_N] = {
#define X(name, concurrency) [QUEUE_##name] = concurrency,
#include "job/queues.def"
#undef X
};

static bool is_single(enum queue_name queue)
{
    return default_concurrency[queue] == SINGLE;
}

/* False when the time has passed. */
static bool wait_for(struct job_runner *r, pthread_cond_t *condition, int64_t until_ms)
{
    const struct timespec t = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000 * 1000};
    pthread_cond_timedwait(condition, &r->mutex, &t);
    return monotonic_ms() < until_ms;
}

/* A context for the runner's own statements, gone at the end of the block. */
static void close_own(struct ctx *cx)
{
    db_close(cx->db);
    arena_free(cx->arena);
}

static struct ctx open_own(struct job_runner *r)
{
    struct arena *arena = arena_new();
    return (struct ctx){.arena = arena, .db = db_open(r->opts.pool, arena)};
}
#define auto_own __attribute__((cleanup(close_own))) struct ctx

/* --- Doing a job --- */

bool job_must_stop(void)
{
    return current && (current->lost || current->r->stopping);
}

static int64_t backoff_ms(int attempt)
{
    int64_t ms = BACKOFF_MS;
    for (int i = 1; i < attempt; i++)
        ms *= 4;
    return ms * (80 + rand_below(41)) / 100;
}

/* How the run ended, as the database is told. */
static fallible settle(struct ctx *cx, const struct task *t, const struct job_report *report)
{
    const str worker = str_from(t->r->worker);
    int64_t n = 0;
    if (report->error && t->r->stopping) {
        struct list_str queues;
        return sql_job_release(cx, &queues, worker, SOME(int, t->id));
    }
    const str reason = report->error ? str_from(report->error->message) : STR("failed");
    if (report->waits) TRY(sql_job_wait(cx, &n, t->id, worker, reason));
    if (n) return NULL;
    if (report->again && t->attempt < t->attempts_max)
        TRY(sql_job_retry(cx, &n, t->id, worker, reason, backoff_ms(t->attempt)));
    else if (report->error || report->result == JOB_FAILED)
        TRY(sql_job_bury(cx, &n, t->id, worker, reason));
    else
        TRY(sql_job_finish(cx, &n, t->id, worker));
    if (!n) log_warn("a job was taken over by another worker", KV("job", t->id));
    return NULL;
}

/* While the database is away the lease holds; after that another worker does the job again. */
static void settle_in_time(const struct task *t, const struct job_report *report)
{
    const int64_t until_ms = monotonic_ms() + t->r->opts.lease_ms;
    for (;;) {
        auto_own cx = open_own(t->r);
        err e = settle(&cx, t, report);
        if (!e) return;
        log_warn("the end of a job was not recorded", KV("job", t->id), KV_ERROR(e));
        if (monotonic_ms() > until_ms) return;
        usleep(500 * 1000);
    }
}

static fallible run_function(struct ctx *cx, const struct task *t, enum job_result *result)
{
    const struct job_kind *kind = &job_kinds[t->name];
    void *payload = arena_alloc(cx->arena, kind->payload->size);
    *result = JOB_FAILED; /* a payload that does not fit will not fit the next time */
    TRY(json_decode(cx->arena, kind->payload, (str){t->payload, t->n}, payload));
    err e = job_call(cx, t->name, payload, result);
    db_rollback_all(cx);
    return e;
}

static void log_report(const struct job_report *report)
{
    const char *name = job_kinds[report->name].name;
    if (report->error && report->again)
        log_warn("job failed and is tried again", KV("name", name), KV("attempt", report->attempt),
            KV_ERROR(report->error));
    else if (report->error)
        log_error("Unable to run job handler", KV("name", name), KV_ERROR(report->error));
    else if (report->result == JOB_FAILED)
        log_warn("job failed", KV("name", name));
    else if (!job_is_implemented(report->name))
        log_debug("job skipped, it has no function here", KV("name", name));
}

/* Nothing that the job or its file could help: doing it later is all that is needed. */
static bool is_outside(err e)
{
    return err_is(e, NO_SPACE) || err_is(e, UNAVAILABLE);
}

static void do_task(struct task *t)
{
    struct job_runner *r = t->r;
    char context[96];
    snprintf(context, sizeof context, "%s:%lld", job_kinds[t->name].name, (long long)t->id);
    log_context(context);
    current = t;
    struct arena *arena = arena_new();
    struct ctx cx = {.arena = arena, .app = r->opts.app, .db = db_open(r->opts.pool, arena)};
    if (r->opts.prepare) r->opts.prepare(r->opts.p, &cx);

    struct job_report report = {
        .name = t->name, .id = t->id, .attempt = t->attempt, .waited_ms = t->waited_ms};
    const int64_t start_ms = monotonic_ms();
    err e = run_function(&cx, t, &report.result);
    report.ran_ms = monotonic_ms() - start_ms;
    struct error kept; /* what follows makes errors of its own */
    if (e) {
        kept = *e;
        kept.message = cstr(arena, str_from(e->message));
        report.error = &kept;
        report.waits = is_outside(e) && report.result != JOB_FAILED;
        report.again = r->stopping || report.waits ||
                       (t->attempt < t->attempts_max && report.result != JOB_FAILED);
    }
    log_report(&report);
    /* Events and follow-ups first: whoever sees the counter at 0 has the rest. */
    if (r->opts.done) r->opts.done(r->opts.p, &cx, &report);
    db_close(cx.db);
    settle_in_time(t, &report);
    arena_free(arena);
    current = NULL;
    log_context(NULL);
}

static void end_task(struct job_runner *r, struct task *t)
{
    const enum queue_name queue = job_kinds[t->name].queue;
    struct task **link = &r->running;
    while (*link != t)
        link = &(*link)->next_running;
    *link = t->next_running;
    free(t);
    r->active[queue]--;
    r->n_running--;
    r->wanted[queue] = true;
    pthread_cond_signal(&r->wake);
    pthread_cond_broadcast(&r->ended);
}

static struct task *next_task(struct job_runner *r)
{
    const int64_t until_ms = monotonic_ms() + THREAD_IDLE_MS;
    while (!r->first) {
        if (r->stopping) return NULL;
        r->n_idle++;
        const bool in_time = wait_for(r, &r->work, until_ms);
        r->n_idle--;
        if (!in_time && !r->first) return NULL;
    }
    struct task *t = r->first;
    r->first = t->next;
    if (!r->first) r->last = &r->first;
    r->n_waiting--;
    return t;
}

static void *work_loop(void *p)
{
    struct job_runner *r = p;
    pthread_mutex_lock(&r->mutex);
    for (struct task *t; (t = next_task(r));) {
        pthread_mutex_unlock(&r->mutex);
        do_task(t);
        pthread_mutex_lock(&r->mutex);
        end_task(r, t);
    }
    r->n_threads--;
    pthread_cond_broadcast(&r->ended);
    pthread_mutex_unlock(&r->mutex);
    return NULL;
}

/* --- Claiming --- */

static struct task *task_new(struct job_runner *r, const struct claimed_job *job)
{
    struct task *t = calloc(1, sizeof *t + job->payload.n);
    if (!t) log_die("out of memory");
    t->r = r;
    t->name = job_name_find(job->name);
    t->id = job->id;
    t->waited_ms = job->waitedMs;
    t->attempt = (int)job->attempts;
    t->attempts_max = (int)job->maxAttempts;
    t->n = job->payload.n;
    memcpy(t->payload, job->payload.p, job->payload.n);
    return t;
}

/* A thread for each task that waits for one. */
static void staff(struct job_runner *r)
{
    for (int missing = r->n_waiting - r->n_idle; missing > 0; missing--) {
        pthread_t thread;
        err e = thread_start(&thread, "job", 0, work_loop, r);
        if (e) {
            log_warn("no thread for a job, it waits", KV_ERROR(e));
            return;
        }
        pthread_detach(thread);
        r->n_threads++;
    }
}

static void hand_over(struct job_runner *r, struct task *t)
{
    MUTEX_SCOPE(&r->mutex)
    {
        t->next_running = r->running;
        r->running = t;
        r->active[job_kinds[t->name].queue]++;
        r->n_running++;
        *r->last = t;
        r->last = &t->next;
        r->n_waiting++;
        pthread_cond_signal(&r->work);
        staff(r);
    }
}

static fallible take(struct job_runner *r, struct ctx *cx, struct list_claimed_job jobs)
{
    for (size_t i = 0; i < jobs.n; i++) {
        if (job_name_find(jobs.v[i].name) < JOBS_N) {
            hand_over(r, task_new(r, &jobs.v[i]));
            continue;
        }
        log_warn("a job of another version waits", KV("name", jobs.v[i].name));
        int64_t n;
        TRY(sql_job_retry(
            cx, &n, jobs.v[i].id, str_from(r->worker), STR("unknown here"), UNKNOWN_DELAY_MS));
    }
    return NULL;
}

static fallible claim_single(struct job_runner *r, struct ctx *cx, enum queue_name queue)
{
    str name = str_from(queue_names[queue]);
    str locked;
    bool mine, busy;
    struct list_claimed_job jobs = {0};
    TRY(db_begin(cx));
    TRY(sql_queue_lock(cx, &locked, &mine, name));
    if (mine) TRY(sql_queue_is_busy(cx, &busy, name));
    if (mine && !busy)
        TRY(sql_job_claim(cx, &jobs, (struct list_str){&name, 1},
            (struct list_int){&(int64_t){1}, 1}, str_from(r->worker), r->opts.lease_ms));
    TRY(db_commit(cx));
    return take(r, cx, jobs);
}

/* The queues that may have jobs and have room for them. */
struct wish {
    str names[QUEUES_N];
    int64_t room[QUEUES_N];
    enum queue_name queues[QUEUES_N];
    size_t n;
    bool singles[QUEUES_N];
};

static bool make_wish(struct job_runner *r, struct wish *w)
{
    bool any = false;
    *w = (struct wish){0};
    for (enum queue_name q = 0; q < QUEUES_N; q++) {
        const int64_t room = (is_single(q) ? 1 : r->concurrency[q]) - r->active[q];
        if (!r->wanted[q] || room <= 0) continue;
        any = true;
        r->wanted[q] = false;
        if (is_single(q)) {
            w->singles[q] = true;
            continue;
        }
        w->names[w->n] = str_from(queue_names[q]);
        w->queues[w->n] = q;
        w->room[w->n++] = room;
    }
    return any;
}

static fallible claim(struct job_runner *r, const struct wish *w)
{
    auto_own cx = open_own(r);
    for (enum queue_name q = 0; q < QUEUES_N; q++)
        if (w->singles[q]) {
            err e = claim_single(r, &cx, q);
            db_rollback_all(&cx);
            TRY(e);
        }
    if (!w->n) return NULL;
    struct wish copy = *w; /* parameters are not const */
    struct list_claimed_job jobs;
    TRY(sql_job_claim(&cx, &jobs, (struct list_str){copy.names, copy.n},
        (struct list_int){copy.room, copy.n}, str_from(r->worker), r->opts.lease_ms));
    return take(r, &cx, jobs);
}

static void want_all(struct job_runner *r)
{
    MUTEX_SCOPE(&r->mutex)
    {
        for (enum queue_name q = 0; q < QUEUES_N; q++)
            r->wanted[q] = true;
        pthread_cond_signal(&r->wake);
    }
}

static void want(struct job_runner *r, str queue)
{
    const enum queue_name q = queue_name_find(queue);
    if (q == QUEUES_N) return;
    MUTEX_SCOPE(&r->mutex)
    {
        r->wanted[q] = true;
        pthread_cond_signal(&r->wake);
    }
}

static fallible sweep(struct job_runner *r, bool forget)
{
    auto_own cx = open_own(r);
    struct list_str queues;
    TRY(sql_job_sweep(&cx, &queues, CRASHES_MAX));
    for (size_t i = 0; i < queues.n; i++)
        want(r, queues.v[i]);
    int64_t n;
    if (forget) TRY(sql_job_forget_dead(&cx, &n));
    return NULL;
}

static void poll_database(struct job_runner *r, unsigned count, int64_t *forget_at_ms)
{
    const int64_t now_ms = monotonic_ms();
    const bool forget = now_ms >= *forget_at_ms;
    err e = sweep(r, forget);
    if (e)
        log_debug("jobs were not polled", KV_ERROR(e));
    else if (forget)
        *forget_at_ms = now_ms + FORGET_MS;
    if (count % REPAIR_POLLS == 0) want_all(r);
    MUTEX_SCOPE(&r->mutex) staff(r);
}

static void *claim_loop(void *p)
{
    struct job_runner *r = p;
    int64_t poll_at_ms = 0, forget_at_ms = 0;
    for (unsigned polls = 0; !r->stopping;) {
        if (monotonic_ms() >= poll_at_ms) {
            poll_database(r, polls++, &forget_at_ms);
            poll_at_ms = monotonic_ms() + r->opts.poll_ms;
        }
        struct wish wish;
        bool any = false;
        MUTEX_SCOPE(&r->mutex)
        {
            while (!r->stopping && !(any = make_wish(r, &wish)))
                if (!wait_for(r, &r->wake, poll_at_ms)) break;
        }
        err e = any ? claim(r, &wish) : NULL;
        if (!e) continue;
        log_warn("no jobs can be claimed", KV_ERROR(e));
        MUTEX_SCOPE(&r->mutex)
        {
            if (!r->stopping) wait_for(r, &r->ended, monotonic_ms() + r->opts.poll_ms);
        }
        want_all(r);
    }
    return NULL;
}

/* --- Leases --- */

static bool contains(struct list_int list, int64_t id)
{
    for (size_t i = 0; i < list.n; i++)
        if (list.v[i] == id) return true;
    return false;
}

/* Of the tasks that ran before the statement, those that its answer misses are lost. */
static void mark_lost(struct job_runner *r, const struct list_int *before, struct list_int held)
{
    MUTEX_SCOPE(&r->mutex)
    {
        for (struct task *t = r->running; t; t = t->next_running)
            if (contains(*before, t->id) && !contains(held, t->id)) t->lost = true;
    }
}

static struct list_int running_ids(struct job_runner *r, struct arena *a)
{
    struct list_int ids = {0};
    MUTEX_SCOPE(&r->mutex)
    {
        ids.v = ARENA_ARRAY(a, int64_t, (size_t)r->n_running + 1);
        for (const struct task *t = r->running; t; t = t->next_running)
            ids.v[ids.n++] = t->id;
    }
    return ids;
}

/* good_at_ms: when the leases were extended last. */
static void extend_leases(struct job_runner *r, int64_t *good_at_ms)
{
    auto_own cx = open_own(r);
    const struct list_int before = running_ids(r, cx.arena);
    struct list_int held = {0};
    err e = before.n ? sql_job_heartbeat(&cx, &held, str_from(r->worker), r->opts.lease_ms) : NULL;
    if (!e) {
        *good_at_ms = monotonic_ms();
        mark_lost(r, &before, held);
        return;
    }
    log_warn("leases of jobs were not extended", KV_ERROR(e));
    if (monotonic_ms() - *good_at_ms > r->opts.lease_ms) mark_lost(r, &before, held);
}

static void *keep_loop(void *p)
{
    struct job_runner *r = p;
    int64_t good_at_ms = monotonic_ms();
    for (;;) {
        bool stop = false;
        MUTEX_SCOPE(&r->mutex)
        {
            const int64_t next_ms = monotonic_ms() + r->opts.lease_ms / 3;
            while (!(stop = r->stopping && !r->n_running) && wait_for(r, &r->ended, next_ms)) {
            }
        }
        if (stop) return NULL;
        extend_leases(r, &good_at_ms);
    }
}

/* --- The runner --- */

static void notified(void *p, str channel, str payload)
{
    want(p, payload);
}

static void listening(void *p)
{
    want_all(p);
}

static void name_worker(struct job_runner *r)
{
    char host[64] = "";
    gethostname(host, sizeof host - 1);
    snprintf(
        r->worker, sizeof r->worker, "%s:%d:%08x", host, (int)getpid(), rand_below(UINT32_MAX));
}

static struct job_runner *runner_new(const struct job_runner_opts *opts)
{
    struct job_runner *r = calloc(1, sizeof *r);
    if (!r) log_die("out of memory");
    r->opts = *opts;
    if (!r->opts.lease_ms) r->opts.lease_ms = LEASE_MS;
    if (!r->opts.poll_ms) r->opts.poll_ms = POLL_MS;
    r->last = &r->first;
    memcpy(r->concurrency, default_concurrency, sizeof r->concurrency);
    name_worker(r);
    pthread_mutex_init(&r->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&r->wake, &attributes);
    pthread_cond_init(&r->work, &attributes);
    pthread_cond_init(&r->ended, &attributes);
    pthread_condattr_destroy(&attributes);
    return r;
}

static void runner_free(struct job_runner *r)
{
    pthread_cond_destroy(&r->wake);
    pthread_cond_destroy(&r->work);
    pthread_cond_destroy(&r->ended);
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

static void begin_stop(struct job_runner *r)
{
    MUTEX_SCOPE(&r->mutex)
    {
        r->stopping = true;
        pthread_cond_broadcast(&r->wake);
        pthread_cond_broadcast(&r->work);
        pthread_cond_broadcast(&r->ended);
    }
}

fallible job_runner_start(struct job_runner **out, const struct job_runner_opts *opts)
{
    static const char *const channels[] = {"tintype_job", NULL};
    struct job_runner *r = runner_new(opts);
    err e = listener_start(&r->listener, &(struct listener_opts){
                                             .database = db_pool_options(opts->pool),
                                             .channels = channels,
                                             .message = notified,
                                             .connected = listening,
                                             .p = r,
                                         });
    if (!e) e = thread_start(&r->keeper, "leases", 0, keep_loop, r);
    const bool kept = !e;
    if (!e) e = thread_start(&r->claimer, "claim", 0, claim_loop, r);
    if (e) {
        begin_stop(r);
        if (kept) pthread_join(r->keeper, NULL);
        listener_stop(r->listener);
        runner_free(r);
        return e;
    }
    log_info("jobs are taken", KV("worker", r->worker));
    *out = r;
    return NULL;
}

static void give_back(struct job_runner *r)
{
    auto_own cx = open_own(r);
    struct list_str queues;
    err e = sql_job_release(&cx, &queues, str_from(r->worker), NOTHING(int));
    if (!e && queues.n) e = sql_job_notify(&cx, queues);
    if (e)
        log_warn("jobs were not given back, their leases run out", KV_ERROR(e));
    else
        log_warn("jobs were still running and are given back", KV("jobs", queues.n));
}

bool job_runner_stop(struct job_runner *r, int64_t grace_ms)
{
    if (!r) return true;
    begin_stop(r);
    if (r->listener) {
        pthread_join(r->claimer, NULL);
        listener_stop(r->listener);
        r->listener = NULL;
    }
    const int64_t until_ms = monotonic_ms() + grace_ms;
    bool ended = false;
    MUTEX_SCOPE(&r->mutex)
    {
        while (!(ended = !r->n_running && !r->n_threads) && wait_for(r, &r->ended, until_ms)) {
        }
    }
    if (!ended) {
        give_back(r);
        return false;
    }
    pthread_join(r->keeper, NULL);
    runner_free(r);
    return true;
}

void job_runner_set_concurrency(struct job_runner *r, enum queue_name queue, int n)
{
    assert(queue < QUEUES_N);
    if (is_single(queue)) return;
    MUTEX_SCOPE(&r->mutex)
    {
        r->concurrency[queue] = MAX(1, MIN(n, CONCURRENCY_MAX));
        r->wanted[queue] = true;
        pthread_cond_signal(&r->wake);
    }
}

int job_runner_active(struct job_runner *r, enum queue_name queue)
{
    int n = 0;
    MUTEX_SCOPE(&r->mutex) n = r->active[queue];
    return n;
}
