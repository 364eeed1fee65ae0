/* The process-wide services of a server, worker or admin process, reached through cx->app.
 *
 * Owns    role/ makes it before the first request or job and ends it after the last; app/ only uses
 * it. Threads set up before threads start, then read only; each service says for itself which
 * threads may call it.
 */
#pragma once

struct config_store;
struct db_pool;
struct env;
struct event_bus;
struct guesses;
struct http_server;
struct metrics;
struct timeline_cache;

struct app {
    const struct env *env;
    const char *media; /* the media location, absolute, without a slash at the end */
    struct db_pool *pool;
    struct db_pool *watch; /* of the server role: for monitors, with short limits; otherwise NULL */
    struct config_store *config;
    struct event_bus *events;
    struct metrics *metrics;
    struct timeline_cache *timeline; /* of the server role */
    struct guesses *guesses;         /* of the server role, auth/guess.h */
    struct http_server *http; /* set by role/push.c while the server role serves, otherwise NULL */
};
