/* Threads that run work items in the order they came.
 *
 * Owns    its threads; items are part of the caller's structures and must live until they ran.
 * Threads any may push.
 * Fails   pool_push is refused once `limit` items wait; pool_push_always never is. It is for work
 *         that somebody was already promised, so that its number is bounded elsewhere.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stddef.h>

struct work {
    struct work *next;
    void (*run)(struct work *);
};

struct pool;

fallible pool_start(struct pool **out, const char *name, unsigned threads, size_t limit);
bool pool_push(struct pool *p, struct work *w);
void pool_push_always(struct pool *p, struct work *w);
/* Runs what waits, then ends the threads. Nothing may be pushed from outside any more. */
void pool_stop(struct pool *p);
