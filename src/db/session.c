#include "core/log.h"
#include "db/answer.h"
#include "db/session.h"

#include <string.h>

#include "core/banned.h"

static enum err_code code_of(const char *sqlstate)
{
#define X(state, code)                                                                             \
    if (strcmp(sqlstate, state) == 0) return code;
#include "db/sqlstate.def"
#undef X
    return INTERNAL;
}

/* Takes the result; gives it on only when it is a success. */
static fallible look_at(PGconn *pg, PGresult *result, PGresult **out)
{
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        *out = result;
        return NULL;
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    err e = state ? err_new(code_of(state), 0, ERR_HERE, "%s %s", state,
                        PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY))
                  : err_new(RETRY, 0, ERR_HERE, "the connection to the database was lost: %s",
                        PQerrorMessage(pg));
    PQclear(result);
    return e;
}

fallible session_run(PGconn *pg, const char *text)
{
    auto_result result = NULL;
    return look_at(pg, answer_exec(pg, text), &result);
}

fallible session_ask(PGconn *pg, PGresult **out, const char *text, const char *p1, const char *p2)
{
    const char *const values[] = {p1, p2};
    const int n = p2 ? 2 : p1 ? 1 : 0;
    PQsendQueryParams(pg, text, n, NULL, values, NULL, NULL, 0);
    return look_at(pg, answer_wait(pg), out);
}

fallible session_check(PGconn *pg, bool *out, const char *text, const char *p1)
{
    auto_result result = NULL;
    TRY(session_ask(pg, &result, text, p1, NULL));
    *out = PQntuples(result) == 1 && strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    return NULL;
}

fallible session_lock(PGconn *pg, enum lock which)
{
    char number[16];
    snprintf(number, sizeof number, "%d", lock_number(which));
    bool got;
    TRY(session_check(pg, &got, "SELECT pg_try_advisory_lock($1::int)", number));
    if (got) return NULL;
    log_info("waiting for another process", KV("lock", lock_number(which)));
    auto_result result = NULL;
    return session_ask(pg, &result, "SELECT pg_advisory_lock($1::int)", number, NULL);
}
