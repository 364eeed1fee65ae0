/* What server, worker and admin do alike when they start and end: environment, logs, database,
 * configuration.
 *
 * Owns    struct boot owns every service it put into its struct app; boot_stop ends them in the
 * reverse order. Threads the main thread, before and after all others. Fails   boot_start:
 * BAD_REQUEST with a text for the user when this installation cannot start (the role then exits
 * with EXIT_REFUSED), another error when a later attempt may succeed.
 */
#pragma once

#include "app/app.h"
#include "config/env.h"
#include "redis/redis.h"

#include <stdbool.h>

struct boot {
    struct app app;
    struct env env;
    const char *conninfo; /* of the database */
    struct arena *arena;  /* of what lives as long as the process */
    struct redis_opts redis_opts;
    const struct redis_opts *redis; /* NULL: no Valkey is used */
};

struct boot_opts {
    const char *role; /* for logs */
    size_t pool_size; /* connections when DB_POOL_SIZE is not set */
    bool serves;      /* takes part in the installation: migrates, checks the media tree, listens to
                         events */
};

fallible boot_start(struct boot *boot, const struct boot_opts *opts);
void boot_stop(struct boot *boot);

/* A context for work outside of requests and jobs, and its end. */
struct ctx boot_ctx(struct boot *boot, struct arena *arena);
void boot_ctx_end(struct ctx *cx);

/* Blocks the signals that end a role, so that threads started later do not take them. */
void boot_block_signals(void);
/* Waits for SIGTERM or SIGINT. */
void boot_wait_for_end(void);
/* Logs a failed start and says with which status to exit. */
int boot_failed(err e);
