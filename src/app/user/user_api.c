#include "app/user/user.h"
#include "auth/auth.h"
#include "auth/secret.h"
#include "config/config.h"
#include "gen/api.h"
#include "gen/user_sql.h"
#include "json/value.h"

#include "core/banned.h"

fallible op_searchUsers(struct ctx *cx, struct list_UserResponseDto *out)
{
    const bool all = cx->auth->is_admin || config_get(cx)->server.publicUsers;
    return sql_user_list(cx, out, all ? NOTHING(uuid) : SOME(uuid, cx->auth->user));
}

fallible op_getUser(struct ctx *cx, const struct getUser_in *in, struct UserResponseDto *out)
{
    bool found;
    TRY(sql_user_get(cx, out, &found, in->id));
    if (!found) FAIL(BAD_REQUEST, "User not found");
    return NULL;
}

void op_getMyUser_ahead(struct ctx *cx)
{
    struct UserAdminResponseDto out;
    bool found;
    err ignored = sql_user_admin_get(cx, &out, &found, cx->auth->user);
    (void)ignored;
}

fallible op_getMyUser(struct ctx *cx, struct UserAdminResponseDto *out)
{
    return user_admin_get(cx, cx->auth->user, out);
}

fallible op_updateMyUser(
    struct ctx *cx, const struct updateMyUser_in *in, struct UserAdminResponseDto *out)
{
    const struct UserUpdateMeDto *dto = &in->body;
    const uuid me = cx->auth->user;
    struct opt_str password = NOTHING(str);
    if (dto->email.is == PRESENT) TRY(user_require_email_free(cx, dto->email.v, SOME(uuid, me)));
    if (dto->password.is == PRESENT) {
        password.is = PRESENT;
        TRY(password_hash(cx->arena, dto->password.v, &password.v));
    }
    TRY(sql_user_update_me(
        cx, me, dto->email, dto->name, password, dto->avatarColor, dto->avatarColor.is == IS_NULL));
    return user_admin_get(cx, me, out);
}

/* {"isOnboarded": true}; anything else counts as not onboarded. */
fallible op_getUserOnboarding(struct ctx *cx, struct OnboardingResponseDto *out)
{
    bool found;
    str text;
    const struct json_value *document = NULL;
    TRY(sql_user_metadata_get(cx, &text, &found, cx->auth->user, STR("onboarding")));
    if (found) TRY(json_parse(cx->arena, text, &document));
    out->isOnboarded = false;
    json_bool(json_get(document, STR("isOnboarded")), &out->isOnboarded);
    return NULL;
}

fallible op_setUserOnboarding(
    struct ctx *cx, const struct setUserOnboarding_in *in, struct OnboardingResponseDto *out)
{
    const bool done = in->body.isOnboarded;
    const str document = done ? STR("{\"isOnboarded\":true}") : STR("{\"isOnboarded\":false}");
    TRY(sql_user_metadata_set(cx, cx->auth->user, STR("onboarding"), document));
    out->isOnboarded = done;
    return NULL;
}
