/* Makes the database ready; every server and worker calls it first at start.
 *
 * An empty database gets Immich 3.1.0's schema (contract/schema.sql); one of Immich 3.1.0 is taken
 * over as it is. Both get schema `tintype` (contract/tintype.sql), which is made again at every
 * start. When somebody else has had the database since the last start (it was restored, or Immich
 * wrote assets) the jobs that find missing work are enqueued, so that a swap loses none. Nothing
 * else of Immich's is changed, and never a row of kysely_migrations: Immich can start on the
 * database again.
 *
 * All of it happens under Immich's migration lock, so processes that start together, theirs or
 * ours, wait for each other; and in one transaction, so a start that dies leaves nothing half made.
 *
 * Owns    nothing; uses a connection of its own and closes it.
 * Threads any, before the pool is used.
 * Fails   BAD_REQUEST with a text for the user when this database must not be used as it is;
 *         UNAVAILABLE or RETRY when another attempt may succeed; TIMED_OUT when another process
 *         kept the lock for half an hour.
 */
#pragma once

#include "core/err.h"
#include "core/version.h"

#include <stdbool.h>

struct migrate_opts {
    const char *conninfo;         /* a libpq URL or keyword string */
    const char *vector_extension; /* "vector" or "vchord"; NULL: what the database has or offers */
    bool skip;                    /* DB_SKIP_MIGRATIONS: neither make nor check Immich's schema */
};

fallible migrate(const struct migrate_opts *opts);
