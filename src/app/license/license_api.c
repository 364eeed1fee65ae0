#include "app/license/license.h"
#include "app/system/system.h"
#include "auth/auth.h"
#include "gen/user_sql.h"
#include "json/reader.h"

#include "core/banned.h"

#define LICENSE STR("license")

static fallible answer(struct ctx *cx, bool found, str document, struct UserLicense *out)
{
    if (!found) FAIL(NOT_FOUND, "Not Found");
    return json_decode(cx->arena, &UserLicense_fields, document, out);
}

fallible op_getServerLicense(struct ctx *cx, struct UserLicense *out)
{
    bool found;
    str document;
    TRY(system_document(cx, LICENSE, &found, &document));
    return answer(cx, found, document, out);
}

fallible op_setServerLicense(
    struct ctx *cx, const struct setServerLicense_in *in, struct UserLicense *out)
{
    TRY(license_verify(cx, &in->body, LICENSE_SERVER));
    const struct UserLicense license = license_activated(&in->body);
    TRY(system_document_set(cx, LICENSE, license_document(cx->arena, &license)));
    *out = license;
    return NULL;
}

fallible op_deleteServerLicense(struct ctx *cx)
{
    return system_document_delete(cx, LICENSE);
}

fallible op_getUserLicense(struct ctx *cx, struct UserLicense *out)
{
    bool found;
    str document;
    TRY(sql_user_metadata_get(cx, &document, &found, cx->auth->user, LICENSE));
    return answer(cx, found, document, out);
}

/* A person may show either kind of key. */
fallible op_setUserLicense(
    struct ctx *cx, const struct setUserLicense_in *in, struct UserLicense *out)
{
    const bool server = str_starts(in->body.licenseKey, STR("IMSV-"));
    TRY(license_verify(cx, &in->body, server ? LICENSE_SERVER : LICENSE_CLIENT));
    const struct UserLicense license = license_activated(&in->body);
    TRY(sql_user_metadata_set(cx, cx->auth->user, LICENSE, license_document(cx->arena, &license)));
    *out = license;
    return NULL;
}

fallible op_deleteUserLicense(struct ctx *cx)
{
    return sql_user_metadata_delete(cx, cx->auth->user, LICENSE);
}
