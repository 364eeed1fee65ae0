/* What commands and subscriptions share. Inside redis/ only.
 *
 * Owns    the caller what is returned. Threads any.
 * Fails   redis_connect: UNAVAILABLE.
 */
#pragma once

#include "core/arena.h"
#include "redis/redis.h"

#include <hiredis.h>

/* Connects, signs in and chooses the database; reads and writes are limited to REDIS_TIMEOUT_MS. */
fallible redis_connect(const struct redis_opts *opts, redisContext **out);

struct redis_opts redis_opts_copy(const struct redis_opts *opts);
void redis_opts_free(struct redis_opts *opts);
