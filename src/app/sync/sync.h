/* The sync stream: the lines by which an app's copy of its user's library is brought up to date.
 *
 * A stream is made in portions. Between two of them nothing is held, no transaction, no snapshot,
 * no connection, so a phone may take its time. What holds it together is the ids: every row carries
 * the time of its last change, and a stream sends those from the session's checkpoints up to an end
 * that was fixed when it began. The app acknowledges what it has stored, in calls of its own; a
 * stream that breaks off is thus continued by the next.
 *
 * Owns    nothing; a struct sync lives in the arena it was begun in.
 * Threads one at a time.
 * Fails   as the database does. A failure amid the stream costs what was not acknowledged.
 */
#pragma once

#include "core/buf.h"
#include "core/ctx.h"
#include "core/err.h"
#include "gen/api.h"

struct sync;

/* What the caller asked for, from its session's checkpoints on. BAD_REQUEST for kinds that are
 * gone. */
fallible sync_begin(struct ctx *cx, const struct SyncStreamDto *dto, struct sync **out);
/* Appends the next lines, some ten thousand bytes to a few hundred thousand. *done with the last of
 * them. cx need not be the one of before; what its arena holds may go when this has returned. */
fallible sync_more(struct ctx *cx, struct sync *s, struct buf *out, bool *done);
/* The session starts anew. */
fallible sync_reset(struct ctx *cx, uuid session);
