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

fallible user_preferences_update(struct ctx *cx, uuid user,
    const struct UserPreferencesUpdateDto *asked, struct UserPreferencesResponseDto *out)
{
    const struct json_value *defaults, *before, *change;
    /* Compat: a colour is echoed, but not a preference. */
    struct UserPreferencesUpdateDto dto = *asked;
    dto.avatar.is = ABSENT;
    auto_buf text = {0};
    json_write(&text, &UserPreferencesUpdateDto_fields, &dto, DATES_Z);
    TRY(json_parse(cx->arena, buf_str(&text), &change));

    TRY(db_begin(cx));
    TRY(user_preferences_read(cx, user, &defaults, &before));
    const struct json_value *after = json_merge(cx->arena, before, change);
    const str difference = json_print(cx->arena, json_diff(cx->arena, defaults, after));
    TRY(sql_user_metadata_set(cx, user, USER_PREFERENCES, difference));
    TRY(db_commit(cx));

    TRY(json_decode(
        cx->arena, &UserPreferencesResponseDto_fields, json_print(cx->arena, after), out));
    out->avatar = asked->avatar;
    return NULL;
}

fallible op_updateMyPreferences(
    struct ctx *cx, const struct updateMyPreferences_in *in, struct UserPreferencesResponseDto *out)
{
    return user_preferences_update(cx, cx->auth->user, &in->body, out);
}

fallible op_getUserPreferencesAdmin(struct ctx *cx, const struct getUserPreferencesAdmin_in *in,
    struct UserPreferencesResponseDto *out)
{
    struct UserAdminResponseDto user;
    TRY(user_admin_get(cx, in->id, &user));
    return user_preferences_get(cx, in->id, out);
}

fallible op_updateUserPreferencesAdmin(struct ctx *cx,
    const struct updateUserPreferencesAdmin_in *in, struct UserPreferencesResponseDto *out)
{
    struct UserAdminResponseDto user;
    TRY(user_admin_get(cx, in->id, &user));
    if (user.deletedAt.is == PRESENT) FAIL(BAD_REQUEST, "User not found");
    return user_preferences_update(cx, in->id, &in->body, out);
}
