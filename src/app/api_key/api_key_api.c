#include "auth/auth.h"
#include "auth/secret.h"
#include "gen/api.h"
#include "gen/api_key_sql.h"

#include "core/banned.h"

/* A key must not make a mightier one. */
static fallible require_own(const struct ctx *cx, const struct list_Permission *wanted)
{
    for (size_t i = 0; i < wanted->n; i++) {
        if (!auth_has_permission(cx->auth, Permission_names.v[wanted->v[i]]))
            FAIL(BAD_REQUEST, "Cannot grant permissions you do not have");
    }
    return NULL;
}

fallible op_getApiKeys(struct ctx *cx, struct list_ApiKeyResponseDto *out)
{
    return sql_api_key_list(cx, out, cx->auth->user);
}

fallible op_createApiKey(
    struct ctx *cx, const struct createApiKey_in *in, struct ApiKeyCreateResponseDto *out)
{
    const struct ApiKeyCreateDto *dto = &in->body;
    TRY(require_own(cx, &dto->permissions));
    const bool named = dto->name.is == PRESENT && dto->name.v.n;
    const str secret = secret_token(cx->arena);
    TRY(sql_api_key_insert(cx, &out->apiKey, cx->auth->user, secret_digest(cx->arena, secret),
        named ? dto->name.v : STR("API Key"), dto->permissions));
    out->secret = secret;
    return NULL;
}

static fallible own_key(struct ctx *cx, uuid id, struct ApiKeyResponseDto *out)
{
    bool found;
    TRY(sql_api_key_get(cx, out, &found, id, cx->auth->user));
    if (!found) FAIL(BAD_REQUEST, "API Key not found");
    return NULL;
}

fallible op_getMyApiKey(struct ctx *cx, struct ApiKeyResponseDto *out)
{
    if (cx->auth->kind != AUTH_API_KEY) FAIL(FORBIDDEN, "Not authenticated with an API Key");
    return own_key(cx, cx->auth->api_key, out);
}

fallible op_getApiKey(struct ctx *cx, const struct getApiKey_in *in, struct ApiKeyResponseDto *out)
{
    return own_key(cx, in->id, out);
}

fallible op_updateApiKey(
    struct ctx *cx, const struct updateApiKey_in *in, struct ApiKeyResponseDto *out)
{
    const struct ApiKeyUpdateDto *dto = &in->body;
    /* Compat: upstream answers 500 when nothing is given; any 4xx is better. */
    if (dto->name.is != PRESENT && dto->permissions.is != PRESENT)
        FAIL(BAD_REQUEST, "No fields to update");

    struct ApiKeyResponseDto now;
    TRY(own_key(cx, in->id, &now));
    if (dto->permissions.is == PRESENT) TRY(require_own(cx, &dto->permissions.v));
    const str name = dto->name.is == PRESENT ? dto->name.v : now.name;
    const struct list_Permission permissions =
        dto->permissions.is == PRESENT ? dto->permissions.v : now.permissions;
    bool found;
    TRY(sql_api_key_update(cx, out, &found, in->id, cx->auth->user, name, permissions));
    if (!found) FAIL(BAD_REQUEST, "API Key not found");
    return NULL;
}

fallible op_deleteApiKey(struct ctx *cx, const struct deleteApiKey_in *in)
{
    int64_t deleted;
    TRY(sql_api_key_delete(cx, &deleted, in->id, cx->auth->user));
    if (!deleted) FAIL(BAD_REQUEST, "API Key not found");
    return NULL;
}
