/* The worker's engine: claims jobs from the database and runs their functions.
 *
 * Each queue has as many slots as its concurrency says; the single queues (queues.def) have one
 * over all processes. A claimed job is leased and the lease extended by a heartbeat; when the
 * worker dies, the lease runs out and another worker runs the job again. NOTIFY wakes, polling
 * repairs. A job that ends with an error is tried again after 10, 40, 160 … seconds, then kept
 * as dead with its reason; clients see none of that (jobs.md §3).
 *
 * Owns    its threads: one that claims, one that keeps leases, one that listens, one a running job.
 * Memory  each job has an arena of its own.
 * Threads start and stop: one; the rest any. The callbacks run on the threads of jobs.
 * Fails   job_runner_start: INTERNAL when a thread cannot be started. While the database is away
 *         it waits.
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "job/handlers.h"

#include <stdbool.h>
#include <stdint.h>

struct app;
struct db_pool;
struct job_runner;

/* How a run of a job ended. */
struct job_report {
    enum job_name name;
    int64_t id;
    enum job_result result;
    err error;   /* NULL: the function returned without one */
    bool again;  /* it will be tried again */
    bool waits;  /* for what is outside of it, and that is no attempt */
    int attempt; /* from 1 */
    int64_t waited_ms, ran_ms;
};

/* Times 0 take the default in the comment. */
struct job_runner_opts {
    struct db_pool *pool;
    struct app *app; /* becomes cx->app */
    /* Fills in what else the functions find in cx; or NULL. */
    void (*prepare)(void *p, struct ctx *cx);
    /* After each run, cx still alive: sends events, counts; or NULL. */
    void (*done)(void *p, struct ctx *cx, const struct job_report *report);
    void *p;
    int lease_ms; /* 30 s; a heartbeat every third of it */
    int poll_ms;  /* 1 s */
};

fallible job_runner_start(struct job_runner **out, const struct job_runner_opts *opts);
/* Claims nothing more and waits for what runs; what still runs after grace_ms is given back to the
 * queue. False: functions are still running, the runner lives on and the process should exit (or
 * call again). */
bool job_runner_stop(struct job_runner *r, int64_t grace_ms);

/* How many jobs of a queue this process runs at once; ignored for single queues. */
void job_runner_set_concurrency(struct job_runner *r, enum queue_name queue, int n);
/* Jobs that run now, of a queue. */
int job_runner_active(struct job_runner *r, enum queue_name queue);
