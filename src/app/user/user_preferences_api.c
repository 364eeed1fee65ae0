#include "app/user/user.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/user_sql.h"
#include "json/reader.h"
#include "json/value.h"
#include "json/writer.h"

#include "core/banned.h"

fallible op_getMyPreferences(struct ctx *cx, struct UserPreferencesResponseDto *out)
{
    return user_preferences_get(cx, cx->auth->user, out);
}

fallible op_updateMyPreferences(
    struct ctx *cx, const struct updateMyPreferences_in *in, struct UserPreferencesResponseDto *out)
{
    const struct json_value *defaults, *before, *change;
    /* Compat: a colour is echoed, but not a preference. */
    struct UserPreferencesUpdateDto dto = in->body;
    dto.avatar.is = ABSENT;
    auto_buf text = {0};
    json_write(&text, &UserPreferencesUpdateDto_fields, &dto, DATES_Z);
    TRY(json_parse(cx->arena, buf_str(&text), &change));

    TRY(db_begin(cx));
    TRY(user_preferences_read(cx, cx->auth->user, &defaults, &before));
    const struct json_value *after = json_merge(cx->arena, before, change);
    const str difference = json_print(cx->arena, json_diff(cx->arena, defaults, after));
    TRY(sql_user_metadata_set(cx, cx->auth->user, USER_PREFERENCES, difference));
    TRY(db_commit(cx));

    TRY(json_decode(
        cx->arena, &UserPreferencesResponseDto_fields, json_print(cx->arena, after), out));
    out->avatar = in->body.avatar;
    return NULL;
}
