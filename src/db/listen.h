/* LISTEN: a thread that hears what the database notifies.
 *
 * It reconnects by itself, for ever. What was notified while it was not connected is lost;
 * `connected` is called each time it listens again, so that its owner can look for what it missed.
 *
 * Owns    a connection and a thread; both end with listener_stop.
 * Memory  channel and payload live during the call of `message`.
 * Threads start and stop: any; the callbacks run on the listener's thread and must not wait long.
 * Fails   listener_start: INTERNAL when the thread cannot be started. Losing the database never
 *         fails.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>

struct db_pool_opts;
struct listener;

struct listener_opts {
    const struct db_pool_opts *database; /* copied; db_pool_options() of the pool */
    const char *const *channels;         /* names that need no quotes; NULL at the end */
    void (*message)(void *p, str channel, str payload);
    void (*connected)(void *p); /* or NULL */
    void (*tick)(void *p);      /* about every tick_ms, also while not connected; or NULL */
    int tick_ms;
    void *p;
};

fallible listener_start(struct listener **out, const struct listener_opts *opts);
void listener_stop(struct listener *l);
bool listener_is_connected(const struct listener *l);
