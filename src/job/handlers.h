/* The functions that do the jobs: one for each row of job/jobs.def, in the *_job.c files of app/.
 *
 *     fallible job_SidecarCheck(struct ctx *cx, const struct asset_job *in, enum job_result
 * *result)
 *
 * A function runs on a thread of the worker, outside a transaction, and may run again after it
 * ended half-way: it is idempotent, writes files beside and renames, and adds the jobs that follow
 * (job/job.h) before it returns, so that observers of the counters never see a gap. Which ones
 * follow depends on the result; an error is a failure that may pass, and is tried again.
 *
 * A program links the functions it has (they are weak): a job without one is skipped.
 *
 * Memory  cx and in are gone after the call. Threads several jobs run at once.
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "job/job.h"

#include <stdbool.h>

enum job_result {
    JOB_SUCCESS, /* what *result is when the function does not set it */
    JOB_SKIPPED, /* there was nothing to do */
    JOB_FAILED,  /* and another attempt would fail too */
};

#define X(name, queue, type, ...)                                                                  \
    fallible job_##name(struct ctx *cx, const struct type *in, enum job_result *result);
#include "job/jobs.def"
#undef X

/* Whether this program has the function of a job. */
bool job_is_implemented(enum job_name name);
/* Calls it; SKIPPED without one. */
fallible job_call(struct ctx *cx, enum job_name name, const void *payload, enum job_result *result);

/* In a job: the worker is to stop, or another worker has taken over. A job that takes long asks
 * between two steps and returns err RETRY. */
bool job_must_stop(void);
