#define BANNED_ALLOW_MALLOC /* what is kept beside a connection lives as long as it */

#include "core/log.h"
#include "core/size.h"
#include "core/time.h"
#include "db/answer.h"

#include <libpq-events.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "core/banned.h"

/* Kept beside a PGconn as its instance data. */
struct patience {
    int limit_ms;
    bool ended;
};

static int on_event(PGEventId id, void *info, void *pass_through)
{
    if (id == PGEVT_CONNDESTROY) {
        const PGEventConnDestroy *event = info;
        free(PQinstanceData(event->conn, on_event));
    }
    return 1;
}

static struct patience *patience_of(PGconn *pg)
{
    struct patience *p = PQinstanceData(pg, on_event);
    if (p) return p;
    p = calloc(1, sizeof *p);
    if (!p || !PQregisterEventProc(pg, on_event, "answer", NULL)) log_die("out of memory");
    p->limit_ms = ANSWER_LIMIT_MS;
    PQsetInstanceData(pg, on_event, p);
    PQsetnonblocking(pg, 1); /* sending waits here too, see until_ready */
    return p;
}

void answer_set_limit(PGconn *pg, int limit_ms)
{
    patience_of(pg)->limit_ms = limit_ms;
}

bool answer_was_silent(const PGconn *pg)
{
    const struct patience *p = PQinstanceData(pg, on_event);
    return p && p->ended;
}

/* False when the time is over. True: PQgetResult will not wait, if only because the connection
 * went. */
static bool until_ready(PGconn *pg, int64_t until_ms)
{
    for (;;) {
        const int unsent = PQflush(pg);
        if (unsent < 0 || (!unsent && !PQisBusy(pg))) return true;
        struct pollfd p = {.fd = PQsocket(pg), .events = (short)(POLLIN | (unsent ? POLLOUT : 0))};
        if (p.fd < 0) return true;
        const int64_t left_ms = until_ms - monotonic_ms();
        if (left_ms <= 0) return false;
        if (poll(&p, 1, (int)left_ms) == 1 && (p.revents & ~POLLOUT) && !PQconsumeInput(pg))
            return true;
    }
}

PGresult *answer_wait(PGconn *pg)
{
    struct patience *patience = patience_of(pg);
    const int64_t until_ms = monotonic_ms() + patience->limit_ms;
    PGresult *kept = NULL;
    for (;;) {
        if (!patience->ended && !until_ready(pg, until_ms)) {
            patience->ended = true;
            shutdown(PQsocket(pg), SHUT_RDWR); /* libpq finds the end of the stream, at once */
        }
        PGresult *next = PQgetResult(pg);
        if (!next) break;
        const ExecStatusType status = PQresultStatus(kept);
        if (!kept || status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
            PQclear(kept);
            kept = next;
        } else {
            PQclear(next);
        }
    }
    return kept ? kept : PQmakeEmptyPGresult(pg, PGRES_FATAL_ERROR);
}

PGresult *answer_exec(PGconn *pg, const char *text)
{
    PQsendQuery(pg, text); /* a failure to send shows as one to receive */
    return answer_wait(pg);
}
