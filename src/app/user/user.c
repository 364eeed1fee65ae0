#include "app/user/user.h"
#include "gen/embed.h"
#include "gen/user_sql.h"
#include "json/reader.h"
#include "json/value.h"

#include "core/banned.h"

fallible user_admin_get(struct ctx *cx, uuid id, struct UserAdminResponseDto *out)
{
    bool found;
    TRY(sql_user_admin_get(cx, out, &found, id));
    if (!found) FAIL(BAD_REQUEST, "User not found");
    return NULL;
}

fallible user_require_email_free(struct ctx *cx, str email, struct opt_uuid but_not_by)
{
    bool taken;
    TRY(sql_user_email_is_taken(cx, &taken, email, but_not_by));
    if (taken) FAIL(BAD_REQUEST, "Email is not available");
    return NULL;
}

/* What differs from the defaults is stored. */
fallible user_preferences_read(
    struct ctx *cx, uuid user, const struct json_value **defaults, const struct json_value **all)
{
    bool found;
    str text;
    const struct json_value *changed = NULL;
    TRY(json_parse(cx->arena, embed_preferences_defaults, defaults));
    TRY(sql_user_metadata_get(cx, &text, &found, user, USER_PREFERENCES));
    if (found) TRY(json_parse(cx->arena, text, &changed));
    *all =
        json_type(changed) == JSON_OBJECT ? json_merge(cx->arena, *defaults, changed) : *defaults;
    return NULL;
}

fallible user_preferences_get(struct ctx *cx, uuid user, struct UserPreferencesResponseDto *out)
{
    const struct json_value *defaults, *all;
    TRY(user_preferences_read(cx, user, &defaults, &all));
    return json_decode(
        cx->arena, &UserPreferencesResponseDto_fields, json_print(cx->arena, all), out);
}
