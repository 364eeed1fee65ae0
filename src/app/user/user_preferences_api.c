#include "auth/auth.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/embed.h"
#include "gen/user_sql.h"
#include "json/reader.h"
#include "json/value.h"
#include "json/writer.h"

#include "core/banned.h"

#define PREFERENCES STR("preferences")

/* What differs from the defaults is stored; everything is answered. */
static fallible stored(
    struct ctx *cx, uuid user, const struct json_value **defaults, const struct json_value **all)
{
    bool found;
    str text;
    const struct json_value *changed = NULL;
    TRY(json_parse(cx->arena, embed_preferences_defaults, defaults));
    TRY(sql_user_metadata_get(cx, &text, &found, user, PREFERENCES));
    if (found) TRY(json_parse(cx->arena, text, &changed));
    *all =
        json_type(changed) == JSON_OBJECT ? json_merge(cx->arena, *defaults, changed) : *defaults;
    return NULL;
}

static fallible answer(
    struct ctx *cx, const struct json_value *all, struct UserPreferencesResponseDto *out)
{
    return json_decode(
        cx->arena, &UserPreferencesResponseDto_fields, json_print(cx->arena, all), out);
}

fallible op_getMyPreferences(struct ctx *cx, struct UserPreferencesResponseDto *out)
{
    const struct json_value *defaults, *all;
    TRY(stored(cx, cx->auth->user, &defaults, &all));
    return answer(cx, all, out);
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
    TRY(stored(cx, cx->auth->user, &defaults, &before));
    const struct json_value *after = json_merge(cx->arena, before, change);
    const str difference = json_print(cx->arena, json_diff(cx->arena, defaults, after));
    TRY(sql_user_metadata_set(cx, cx->auth->user, PREFERENCES, difference));
    TRY(db_commit(cx));

    TRY(answer(cx, after, out));
    out->avatar = in->body.avatar;
    return NULL;
}
