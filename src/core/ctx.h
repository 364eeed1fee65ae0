/* The context of one request or one job: what its straight-line code needs, passed as the first
 * argument `cx`.
 *
 * Owns    nothing itself. The arena holds everything that was allocated for the request or job and
 * is reset after it. Threads one: the handler or job thread that runs it.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"
#include "core/uuid.h"

struct app;     /* process-wide services, see app/app.h */
struct auth;    /* who calls, see auth/auth.h; NULL on public routes and in jobs */
struct config;  /* snapshot of the system configuration, see config/config.h */
struct db;      /* a database session, see db/db.h; borrows a connection when first used */
struct outbox;  /* events that are sent after commit, see event/event.h */
struct reply;   /* what is answered, see http/reply.h; NULL in jobs */
struct request; /* what the client sent, see http/request.h; NULL in jobs */

struct ctx {
    struct arena *arena;
    struct app *app;
    struct db *db;
    struct outbox *outbox;
    const struct auth *auth;
    const struct config *config;
    const struct request *request;
    struct reply
        *reply; /* for headers, cookies and another success status than the contract's first */
};
