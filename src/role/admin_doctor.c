#include "app/app.h"
#include "app/health/health_checks.h"
#include "config/config.h"
#include "core/time.h"
#include "gen/admin_sql.h"
#include "gen/health_sql.h"
#include "role/admin.h"

#include <stdio.h>

#include "core/banned.h"

struct findings {
    int checks, wrong;
};

static void report(struct findings *f, bool ok, const char *what, str detail)
{
    f->checks++;
    f->wrong += !ok;
    printf("%-6s %-18s %.*s\n", ok ? "ok" : "WRONG", what, FMT(detail));
}

static fallible look_at_database(struct ctx *cx, struct findings *f)
{
    struct health_database database;
    struct health_queue queue;
    TRY(sql_health_database(cx, &database));
    report(f, database.connections < database.connectionsMax - 3, "database",
        str_fmt(cx->arena, "PostgreSQL %.*s, %lld of %lld connections", FMT(database.version),
            (long long)database.connections, (long long)database.connectionsMax));
    TRY(sql_health_queue(cx, &queue));
    report(f, queue.workers > 0, "workers",
        str_fmt(cx->arena, "%lld running, %lld jobs wait", (long long)queue.workers,
            (long long)queue.waiting));
    return NULL;
}

static fallible look_at_jobs(struct ctx *cx, struct findings *f)
{
    struct list_admin_dead_jobs dead;
    TRY(sql_admin_dead_jobs(cx, &dead));
    report(f, dead.n == 0, "failed jobs", dead.n ? STR("given up; most of them:") : STR("none"));
    for (size_t i = 0; i < dead.n; i++) {
        const struct admin_dead_jobs *job = &dead.v[i];
        printf("         %lld x %.*s: %.*s\n", (long long)job->n, FMT(job->name),
            FMT(job->error.is == PRESENT ? job->error.v : STR("no reason kept")));
    }
    return NULL;
}

static fallible look_at_boxes(struct ctx *cx, struct findings *f)
{
    struct list_health_box boxes;
    TRY(sql_health_box(cx, &boxes));
    for (size_t i = 0; i < boxes.n; i++)
        report(f, boxes.v[i].ok, "decoding", boxes.v[i].detail);
    return NULL;
}

/* What may hang, each for a bounded time. */
static void look_around(struct ctx *cx, struct findings *f)
{
    static struct probe disk = PROBE(health_check_disk), media = PROBE(health_check_media),
                        ml = PROBE(health_check_ml);
    struct SystemConfigDto config;
    struct probe_answer answer;
    probe_start(&disk, cx->app->media);
    probe_start(&media, cx->app->media);
    err e = config_read(cx, cx->app->config, &config);
    report(f, !e, "configuration", e ? str_from(e->message) : STR("understood"));
    probe_wait(&disk, monotonic_ms() + PROBE_WAIT_MS, &answer);
    report(f, answer.ok, "disk", str_from(answer.detail));
    probe_wait(&media, monotonic_ms() + PROBE_WAIT_MS, &answer);
    report(f, answer.ok, "media folders", str_from(answer.detail));
    if (e || !config.machineLearning.enabled || !config.machineLearning.urls.n) return;
    probe_start(&ml, cstr(cx->arena, config.machineLearning.urls.v[0]));
    probe_wait(&ml, monotonic_ms() + PROBE_WAIT_MS, &answer);
    report(f, answer.ok, "machine learning", str_from(answer.detail));
}

fallible admin_doctor(struct ctx *cx)
{
    struct findings f = {0};
    TRY(look_at_database(cx, &f));
    TRY(look_at_jobs(cx, &f));
    TRY(look_at_boxes(cx, &f));
    look_around(cx, &f);
    if (f.wrong) FAIL(INTERNAL, "%d of %d checks found something", f.wrong, f.checks);
    printf("%d checks found nothing wrong\n", f.checks);
    return NULL;
}
