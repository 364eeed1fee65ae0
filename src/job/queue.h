/* Queues as administrators see them: counters, pausing, emptying (jobs.md §2).
 *
 * Memory  results live in cx->arena. Threads that of the ctx. Fails as statements do (db/db.h).
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "job/job.h"

#include <stdbool.h>

enum {
    QUEUE_JOBS_MAX = 1001, /* of one list */
    QUEUE_CLEAR_FAILED_MAX = 1000,
};

/* completed and failed are always 0: finished jobs go, failed ones are our own list. */
struct queue_state {
    bool paused;
    int64_t active_n, waiting_n, delayed_n, paused_n;
};

/* All queues by their number. */
fallible queue_states(struct ctx *cx, struct queue_state out[static QUEUES_N]);
fallible queue_state_get(struct ctx *cx, enum queue_name queue, struct queue_state *out);

/* For all workers; running jobs finish. Survives restarts. */
fallible queue_pause(struct ctx *cx, enum queue_name queue);
fallible queue_resume(struct ctx *cx, enum queue_name queue);
/* Removes what waits; what runs or is delayed stays. */
fallible queue_empty(struct ctx *cx, enum queue_name queue);
fallible queue_clear_failed(struct ctx *cx, enum queue_name queue);
