#include "core/arena.h"
#include "http/metrics.h"
#include "role/worker_metrics.h"

#include <ctype.h>

#include "core/banned.h"

enum {
    OUTCOMES = 3, /* of enum job_result */
};

struct gauge {
    struct job_runner *runner;
    enum queue_name queue;
};

struct worker_metrics {
    struct arena *arena;
    struct metrics *metrics;
    struct gauge gauges[QUEUES_N];
    struct metric *started[QUEUES_N];
    struct metric *ended[JOBS_N][OUTCOMES];
};

/* "AssetDeleteCheck" and "backgroundTask" as asset_delete_check and background_task. */
static const char *name_of(
    struct arena *a, const char *before, const char *camel, const char *after)
{
    struct buf name = {0};
    buf_add(&name, str_from(before));
    for (const char *c = camel; *c; c++) {
        if (isupper((unsigned char)*c) && c != camel) buf_add_char(&name, '_');
        buf_add_char(&name, (char)tolower((unsigned char)*c));
    }
    buf_add(&name, str_from(after));
    return cstr(a, buf_take(&name, a));
}

static double active(void *p)
{
    const struct gauge *gauge = p;
    return job_runner_active(gauge->runner, gauge->queue);
}

struct worker_metrics *worker_metrics_new(struct arena *a, struct metrics *metrics)
{
    static const char *const outcomes[OUTCOMES] = {
        [JOB_SUCCESS] = "_success_total",
        [JOB_SKIPPED] = "_skipped_total",
        [JOB_FAILED] = "_failed_total",
    };
    struct worker_metrics *m = ARENA_NEW(a, struct worker_metrics);
    *m = (struct worker_metrics){.arena = a, .metrics = metrics};
    for (enum queue_name q = 0; q < QUEUES_N; q++) {
        const char *name = name_of(a, "immich_queues_", queue_names[q], "_started_total");
        m->started[q] = metrics_counter(metrics, name, "Jobs started", NULL);
    }
    for (enum job_name j = 0; j < JOBS_N; j++) {
        for (int i = 0; i < OUTCOMES; i++) {
            const char *name = name_of(a, "immich_jobs_", job_kinds[j].name, outcomes[i]);
            m->ended[j][i] = metrics_counter(metrics, name, "Jobs ended", NULL);
        }
    }
    return m;
}

void worker_metrics_watch(struct worker_metrics *m, struct job_runner *runner)
{
    for (enum queue_name q = 0; q < QUEUES_N; q++) {
        m->gauges[q] = (struct gauge){.runner = runner, .queue = q};
        metrics_gauge_fn(m->metrics, name_of(m->arena, "immich_queues_", queue_names[q], "_active"),
            "Jobs that run", active, &m->gauges[q]);
    }
}

void worker_metrics_count(struct worker_metrics *m, const struct job_report *report)
{
    if (!m) return;
    const enum job_result result = report->error ? JOB_FAILED : report->result;
    metric_add(m->started[job_kinds[report->name].queue], STR(""), 1);
    metric_add(m->ended[report->name][result], STR(""), 1);
}
