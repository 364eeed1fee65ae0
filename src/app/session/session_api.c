#include "auth/auth.h"
#include "auth/secret.h"
#include "gen/api.h"
#include "gen/session_sql.h"

#include "core/banned.h"

fallible op_getSessions(struct ctx *cx, struct list_SessionResponseDto *out)
{
    return sql_session_list(cx, out, cx->auth->user, auth_session(cx));
}

fallible op_createSession(
    struct ctx *cx, const struct createSession_in *in, struct SessionCreateResponseDto *out)
{
    const struct SessionCreateDto *dto = &in->body;
    TRY(auth_require_session(cx));

    struct opt_when expires_at = NOTHING(when);
    if (dto->duration.is == PRESENT) {
        int64_t us;
        const int64_t now = when_now().us;
        if (__builtin_mul_overflow(dto->duration.v, (int64_t)1000000, &us) ||
            __builtin_add_overflow(us, now, &us))
            FAIL(BAD_REQUEST, "The session would outlive the calendar");
        expires_at = SOME(when, (struct when){us});
    }
    const str token = secret_token(cx->arena);
    const str type = dto->deviceType.is == PRESENT ? dto->deviceType.v : STR("");
    const str os = dto->deviceOS.is == PRESENT ? dto->deviceOS.v : STR("");
    struct SessionResponseDto session;
    TRY(sql_session_insert(cx, &session, cx->auth->user, secret_digest(cx->arena, token), type, os,
        NOTHING(str), expires_at, SOME(uuid, cx->auth->session)));
    *out = (struct SessionCreateResponseDto){
        .id = session.id,
        .createdAt = session.createdAt,
        .updatedAt = session.updatedAt,
        .expiresAt = session.expiresAt,
        .appVersion = session.appVersion,
        .deviceOS = session.deviceOS,
        .deviceType = session.deviceType,
        .isPendingSyncReset = session.isPendingSyncReset,
        .token = token,
    };
    return NULL;
}

/* All but the current one; with an API key there is none to keep. */
fallible op_deleteAllSessions(struct ctx *cx)
{
    return sql_session_delete_all(cx, cx->auth->user, auth_session(cx));
}

fallible op_updateSession(
    struct ctx *cx, const struct updateSession_in *in, struct SessionResponseDto *out)
{
    if (in->body.isPendingSyncReset.is != PRESENT) FAIL(BAD_REQUEST, "No fields to update");
    return sql_session_set_sync_reset(cx, out, in->id, in->body.isPendingSyncReset.v);
}

fallible op_deleteSession(struct ctx *cx, const struct deleteSession_in *in)
{
    return sql_session_delete(cx, in->id);
}

fallible op_lockSession(struct ctx *cx, const struct lockSession_in *in)
{
    return sql_session_lock(cx, in->id);
}
