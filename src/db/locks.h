/* The advisory locks by which processes on one database agree who does what.
 *
 * A role has one `struct locks` with a connection of its own. It keeps some locks for its life
 * (who runs the nightly jobs?) and takes others for a while (who imports the places?). A lock that
 * somebody else has, or that went with the connection, is tried again, so that a survivor takes
 * over what a dead process did.
 *
 * Owns    a connection and a thread; both end with locks_stop, which gives everything back.
 * Threads any.
 * Fails   locks_take: TIMED_OUT when others kept the lock, UNAVAILABLE when the database is away.
 *         The rest never fails: without a database no lock is held.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>

enum lock {
#define X(name, number) LOCK_##name,
#include "db/locks.def"
#undef X
    LOCKS_N,
};

/* What PostgreSQL and Immich call it. */
int lock_number(enum lock which);

enum {
    LOCKS_CHECK_MS = 10 * 1000, /* how often a missing lock is tried and a held one looked after */
};

struct locks;

/* Does not wait for the database. */
fallible locks_start(struct locks **out, const char *conninfo);
void locks_stop(struct locks *l);

/* Holds the lock from now on, as soon as nobody else does. */
void locks_keep(struct locks *l, enum lock which);
/* Whether this process holds it; what was lost with a connection is noticed within LOCKS_CHECK_MS.
 */
bool locks_held(struct locks *l, enum lock which);

/* Takes a lock that is not kept, for a while. */
fallible locks_take(struct locks *l, enum lock which, int timeout_ms);
void locks_release(struct locks *l, enum lock which);
