/* Statements that were noted to be sent in the trip of another (db_ahead_begin in db/db.h). Inside
 * db/ only.
 *
 * Owns    nothing: notes, parameters and rows lie in the arena of the session.
 * Threads that of the session.
 * Fails   ahead_note says what wire_encode says; a note that cannot be sent or fails is dropped,
 * and who asks its statement runs it.
 */
#pragma once

#include "db/db.h"
#include "db/wire.h"

enum {
    AHEAD_MAX = 4,
};

struct note {
    const struct sql *sql;
    struct wire_params params;
    bool answered;
    struct list_any rows;
};

struct ahead {
    bool noting, sent;
    size_t n;
    struct note *v[AHEAD_MAX];
};

/* More than AHEAD_MAX are not kept. */
fallible ahead_note(
    struct ahead *ahead, struct arena *arena, const struct sql *sql, const struct db_param *params);
/* The rows that the same statement with the same parameters brought, once. */
bool ahead_take(struct ahead *ahead, struct arena *arena, const struct sql *sql,
    const struct db_param *params, struct list_any *rows);
/* Notes wait to be sent. */
bool ahead_waits(const struct ahead *ahead);
void ahead_drop(struct ahead *ahead);
