/* What happens at times of the day: a thread that looks at the clock and runs tasks.
 *
 * A task belongs to whoever holds its advisory lock, so that of several processes on one database,
 * Immich's among them, one does it. When the holder dies another takes over by itself. Times are
 * wall times of the process (TZ). A time that the clock skips runs after the gap, one that it shows
 * twice runs once, and one that passed while the machine slept runs when it wakes.
 *
 * Owns    its thread. The locks stay the caller's and must outlive it.
 * Threads schedule_reload: any. The callbacks run on the schedule's thread.
 * Fails   schedule_start: INTERNAL when the thread cannot be started. A task that fails is logged
 *         and waits for its next time.
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "core/time.h"
#include "db/locks.h"
#include "job/cron.h"

#include <stdbool.h>
#include <stddef.h>

struct schedule;

struct schedule_task {
    const char *name;
    enum lock lock;
    str (*expression)(const struct ctx *cx); /* a cron expression; empty: switched off */
    fallible (*run)(struct ctx *cx);
};

struct schedule_opts {
    const struct schedule_task *tasks;
    size_t n;
    struct locks *locks;
    /* Makes and ends the context of one round; cx->arena is there already. */
    void (*open)(void *p, struct ctx *cx);
    void (*close)(void *p, struct ctx *cx);
    void *p;
};

fallible schedule_start(struct schedule **out, const struct schedule_opts *opts);
void schedule_stop(struct schedule *s);
/* Asks for the expressions again: the configuration has changed. */
void schedule_reload(struct schedule *s);

/* The next time of an expression in the zone of the process; false when there is none. */
bool schedule_next(const struct cron *cron, struct when after, struct when *out);
