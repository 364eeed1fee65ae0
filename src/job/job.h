/* Jobs: work that is done later by a worker process. This is the side that asks for it.
 *
 *     TRY(job_add(cx, JOB_AssetExtractMetadata, &(struct asset_job){.id = id, .source = …}));
 *
 * A job is a row of tintype.job, written in the transaction that is open in cx, if any: it becomes
 * visible, and wakes the workers, when that commits. What a job is, is a row of job/jobs.def.
 * Jobs for every row of a query are one statement: INSERT INTO tintype.job (queue, name, payload)
 * SELECT 'sidecar', 'SidecarCheck', jsonb_build_object('id', id) FROM … (max_attempts likewise).
 *
 * Memory  nothing is kept. Threads that of the ctx.
 * Fails   as statements do (db/db.h).
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "job/payload.h"

#include <stddef.h>
#include <stdint.h>

enum queue_name {
#define X(name, concurrency) QUEUE_##name,
#include "job/queues.def"
#undef X
    QUEUES_N,
};

enum job_name {
#define X(name, ...) JOB_##name,
#include "job/jobs.def"
#undef X
    JOBS_N,
};

/* Which unfinished jobs of one name exclude each other. */
enum job_key {
    KEY_NONE,      /* none: they pile up */
    KEY_NAME,      /* all: there is at most one */
    KEY_ID,        /* those of the same id */
    KEY_RECIPIENT, /* those of the same id and recipientId */
};

struct job_kind {
    const char *name;
    enum queue_name queue;
    const struct fields *payload;
    int attempts;
    enum job_key key;
    bool debounced; /* a second one starts the delay of the first anew */
    int priority;   /* higher runs later; clients do not count these as waiting */
    int64_t delay_ms;
};

extern const struct job_kind job_kinds[JOBS_N];
extern const char *const queue_names[QUEUES_N];

/* JOBS_N, QUEUES_N when there is none. */
enum job_name job_name_find(str name);
enum queue_name queue_name_find(str name);

/* The payload is a struct as jobs.def says; NULL for empty_job. */
fallible job_add(struct ctx *cx, enum job_name name, const void *payload);
/* n payloads that lie behind each other; they run in this order. */
fallible job_add_many(struct ctx *cx, enum job_name name, const void *payloads, size_t n);
/* As job_add, but not before delay_ms have passed. */
fallible job_add_later(struct ctx *cx, enum job_name name, const void *payload, int64_t delay_ms);

/* The same with the payload's type checked: job_add_AssetDelete(cx, &(struct asset_delete_job){…})
 */
#define X(name, queue, type, ...)                                                                  \
    static inline fallible job_add_##name(struct ctx *cx, const struct type *payload)              \
    {                                                                                              \
        return job_add(cx, JOB_##name, payload);                                                   \
    }
#include "job/jobs.def"
#undef X
