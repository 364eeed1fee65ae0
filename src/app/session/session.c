#include "app/session/session.h"
#include "auth/device.h"
#include "auth/secret.h"
#include "gen/session_sql.h"

#include "core/banned.h"

fallible session_create(struct ctx *cx, uuid user, struct SessionResponseDto *out, str *token)
{
    const struct device device = device_of_request(cx->request);
    const str secret = secret_token(cx->arena);
    TRY(sql_session_insert(cx, out, user, secret_digest(cx->arena, secret), device.type, device.os,
        device.app_version, NOTHING(when), NOTHING(uuid)));
    *token = secret;
    return NULL;
}
