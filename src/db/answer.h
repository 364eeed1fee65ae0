/* Waiting for what the database answers, for a limited time. Inside db/ only.
 *
 * libpq's own PQexec and PQgetResult wait for ever. The statement timeout is the server's and is of
 * no help against a server that stands still, or a network that swallows what is sent.
 *
 * Owns    the caller owns the PGconn and the results.
 * Threads one at a time for each connection.
 * Fails   a silent server costs the connection: PQstatus is CONNECTION_BAD and the result a failure
 *         without SQLSTATE, as when the server had gone; answer_was_silent tells the difference.
 */
#pragma once

#include <libpq-fe.h>
#include <stdbool.h>

enum {
    ANSWER_LIMIT_MS = 60 * 1000, /* of a connection that nothing was said about */
};

/* How long the connection waits for each answer from now on. */
void answer_set_limit(PGconn *pg, int limit_ms);
bool answer_was_silent(const PGconn *pg);

/* The outcome of what was sent: the first failure, because the last one of a session that the
 * server ended says no more than that it is gone, or the last success. Never NULL. */
PGresult *answer_wait(PGconn *pg);
/* Sends one or several statements and waits. */
PGresult *answer_exec(PGconn *pg, const char *text);
