/* A database connection of one's own, for what must outlive a statement: migrations, advisory
 * locks. Inside db/ only.
 *
 * Owns    the caller owns the PGconn and ends it with PQfinish; results free themselves at the end
 *         of their block.
 * Memory  results live until PQclear.
 * Threads one at a time.
 * Fails   as db/db.h says: RETRY when the connection went, the code of the SQLSTATE otherwise.
 */
#pragma once

#include "core/err.h"
#include "db/locks.h"

#include <libpq-fe.h>
#include <stdbool.h>

static inline void session_clear_result_(PGresult **result)
{
    PQclear(*result);
}
#define auto_result __attribute__((cleanup(session_clear_result_))) PGresult *

/* Runs one or several statements; their results are dropped. */
fallible session_run(PGconn *pg, const char *text);
/* One statement with up to two text parameters (NULL: none); *out has text values. */
fallible session_ask(PGconn *pg, PGresult **out, const char *text, const char *p1, const char *p2);
/* As session_ask, for one row of one column that is a boolean. */
fallible session_check(PGconn *pg, bool *out, const char *text, const char *p1);
/* Holds an advisory lock until the connection ends; waits for it as long as lock_timeout allows. */
fallible session_lock(PGconn *pg, enum lock which);
