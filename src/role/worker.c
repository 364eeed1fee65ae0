/* `tintype worker`: takes jobs from the database and runs them, and starts what is due at set
 * times. It may run beside any number of others.
 */
#include "app/maintenance/schedules.h"
#include "box/box.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/log.h"
#include "core/thread.h"
#include "core/version.h"
#include "db/locks.h"
#include "event/event.h"
#include "gen/worker_sql.h"
#include "http/metrics.h"
#include "job/runner.h"
#include "role/boot.h"
#include "role/worker_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    POOL_SIZE = 6,        /* a job holds a connection only while it asks something */
    GRACE_MS = 25 * 1000, /* for running jobs; the supervisor kills after 30 s */
    NAME_MAX_BYTES = 63,  /* what PostgreSQL keeps of an application_name */
};

struct worker {
    struct boot boot;
    char name[NAME_MAX_BYTES + 1];
    bool box_ok; /* whether decoding is guarded as it should be */
    const char *box_detail;
    struct locks *locks;
    struct job_runner *runner;
    pthread_mutex_t mutex;
    struct schedule *schedule;       /* guarded by the mutex: events come before and after it */
    struct worker_metrics *counters; /* NULL: nobody asked for them */
    struct metrics_server *metrics;
};

/* ---- jobs ---- */

/* The runner has opened the database already. */
static void prepare_job(void *p, struct ctx *cx)
{
    struct worker *w = p;
    cx->config = config_acquire(w->boot.app.config);
}

/* Events of a job that failed tell of what it had committed before, so they are sent too. */
static void job_done(void *p, struct ctx *cx, const struct job_report *report)
{
    struct worker *w = p;
    event_flush(w->boot.app.events, cx);
    worker_metrics_count(w->counters, report);
    config_release(w->boot.app.config, cx->config);
}

/* ---- configuration and schedule ---- */

/* The single queues have no setting. */
static void apply_concurrency(struct worker *w, const struct SystemConfigJobDto *settings)
{
    for (enum queue_name q = 0; q < QUEUES_N; q++) {
        const struct field *f = fields_find(&SystemConfigJobDto_fields, str_from(queue_names[q]));
        if (!f) continue;
        const struct JobSettingsDto *setting = field_at_const(f, settings);
        job_runner_set_concurrency(w->runner, q, (int)setting->concurrency);
    }
}

/* Each round of the schedule reads the configuration anew: a change is told by an event, which may
 * be lost while the bus is away. */
static void open_round(void *p, struct ctx *cx)
{
    struct worker *w = p;
    struct config_store *store = w->boot.app.config;
    *cx = boot_ctx(&w->boot, cx->arena);
    err e = config_refresh(cx, store);
    if (e) log_warn("the configuration cannot be read", KV_ERROR(e));
    config_release(store, cx->config);
    cx->config = config_acquire(store);
    apply_concurrency(w, &config_get(cx)->job);
    e = sql_worker_report(cx, str_from(w->name), w->box_ok, str_from(w->box_detail));
    if (e) log_warn("the state of this worker cannot be reported", KV_ERROR(e));
}

static void close_round(void *p, struct ctx *cx)
{
    struct worker *w = p;
    event_flush(w->boot.app.events, cx);
    boot_ctx_end(cx);
}

static void deliver(void *p, const struct event *event)
{
    struct worker *w = p;
    const bool for_us = event->room.kind == ROOM_KIND_PROCESSES; /* a worker has no clients */
    if (!for_us || !str_eq(event->name, STR("ConfigUpdate"))) return;
    MUTEX_SCOPE(&w->mutex)
    {
        if (w->schedule) schedule_reload(w->schedule);
    }
}

/* ---- start and end ---- */

/* Every connection carries the name, which is how others see that this worker lives. */
static void name_worker(struct worker *w)
{
    char host[32] = "";
    gethostname(host, sizeof host - 1);
    snprintf(w->name, sizeof w->name, "tintype worker %s:%d", host, (int)getpid());
    setenv("PGAPPNAME", w->name, 1);
}

/* What guards decoding here, once: asking starts a helper process. */
static void look_at_box(struct worker *w)
{
    struct arena *arena = arena_new();
    struct ctx cx = {.arena = arena};
    struct box_status status = {0};
    err e = box_status_get(&cx, &status);
    w->box_ok = !e && status.child_allowed;
    w->box_detail = cstr(w->boot.arena, str_from(e ? e->message : status.summary));
    if (!w->box_ok) log_warn("box", KV("status", w->box_detail));
    arena_free(arena);
}

static fallible start_schedule(struct worker *w)
{
    struct schedule *schedule;
    TRY(schedule_start(&schedule, &(struct schedule_opts){.tasks = schedules,
                                      .n = schedules_n,
                                      .locks = w->locks,
                                      .open = open_round,
                                      .close = close_round,
                                      .p = w}));
    MUTEX_SCOPE(&w->mutex)
    {
        w->schedule = schedule;
    }
    return NULL;
}

static void stop_schedule(struct worker *w)
{
    struct schedule *schedule = NULL;
    MUTEX_SCOPE(&w->mutex)
    {
        schedule = w->schedule;
        w->schedule = NULL;
    }
    schedule_stop(schedule);
}

static fallible start_metrics_server(struct worker *w)
{
    const struct env *env = &w->boot.env;
    if (!env->telemetry) return NULL;
    if (w->counters) worker_metrics_watch(w->counters, w->runner);
    return metrics_server_start(
        &w->metrics, w->boot.app.metrics, NULL, (uint16_t)env->microservices_metrics_port);
}

static fallible start(struct worker *w)
{
    struct app *app = &w->boot.app;
    const struct env *env = &w->boot.env;
    box_configure(
        &(struct box_settings){.exiftool = env->exiftool, .allow_weak_child = env->allow_weak_box});
    look_at_box(w);
    TRY(locks_start(&w->locks, w->boot.conninfo));
    TRY(event_bus_start(
        &app->events, &(struct event_bus_opts){
                          .pool = app->pool, .redis = w->boot.redis, .deliver = deliver, .p = w}));
    if (w->boot.env.telemetry & TELEMETRY_JOB)
        w->counters = worker_metrics_new(w->boot.arena, app->metrics);
    TRY(job_runner_start(&w->runner,
        &(struct job_runner_opts){
            .pool = app->pool, .app = app, .prepare = prepare_job, .done = job_done, .p = w}));
    TRY(start_metrics_server(w));
    return start_schedule(w);
}

/* False when jobs are still running: then nothing they use may be freed. */
static bool stop(struct worker *w)
{
    stop_schedule(w);
    if (w->runner && !job_runner_stop(w->runner, GRACE_MS)) return false;
    if (w->metrics) metrics_server_stop(w->metrics);
    if (w->boot.app.events) event_bus_stop(w->boot.app.events);
    if (w->locks) locks_stop(w->locks);
    box_shutdown();
    return true;
}

int main(void)
{
    struct worker w = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    boot_block_signals();
    name_worker(&w);
    err e = boot_start(
        &w.boot, &(struct boot_opts){.role = "worker", .pool_size = POOL_SIZE, .serves = true});
    if (!e) e = start(&w);
    if (!e) {
        log_info("worker is ready", KV("version", "v" COMPATIBLE_VERSION),
            KV("tintype", TINTYPE_VERSION));
        boot_wait_for_end();
        log_info("stopping");
    }
    const int status = e ? boot_failed(e) : EXIT_SUCCESS;
    if (!stop(&w)) _exit(status);
    boot_stop(&w.boot);
    return status;
}
