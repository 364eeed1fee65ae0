#include "app/app.h"
#include "app/session/session.h"
#include "app/user/user.h"
#include "auth/auth.h"
#include "auth/secret.h"
#include "config/config.h"
#include "config/env.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/api.h"
#include "gen/authentication_sql.h"
#include "gen/session_sql.h"
#include "gen/user_sql.h"
#include "http/cookie.h"
#include "http/reply.h"
#include "http/request.h"

#include "core/banned.h"

enum {
    SESSION_DELETE_DELAY_MS = 500, /* the answer of the log-out comes first */
};

fallible op_signUpAdmin(
    struct ctx *cx, const struct signUpAdmin_in *in, struct UserAdminResponseDto *out)
{
    const struct SignUpDto *dto = &in->body;
    bool taken;
    str hash;
    uuid id;
    if (!cx->app->env->allow_setup) FAIL(BAD_REQUEST, "Admin setup is disabled");
    TRY(password_hash(cx->arena, dto->password, &hash));

    TRY(db_begin(cx));
    TRY(sql_user_lock_sign_up(cx));
    TRY(sql_user_has_admin(cx, &taken));
    if (taken) FAIL(BAD_REQUEST, "The server already has an admin");
    TRY(sql_user_insert(cx, &id, dto->email, dto->name, hash, true, true, SOME(str, STR("admin")),
        NOTHING(int), NOTHING(str), (struct opt_UserAvatarColor){.is = IS_NULL}));
    TRY(db_commit(cx));
    return user_admin_get(cx, id, out);
}

/* Wrong address, wrong password and no password look alike and take the same time. */
static fallible check_credentials(
    struct ctx *cx, const struct LoginCredentialDto *dto, struct sign_in_user *user)
{
    bool found;
    TRY(auth_may_try(cx, dto->email));
    TRY(sql_authentication_user_by_email(cx, user, &found, dto->email));
    const bool right = password_matches(cx->arena, dto->password, found ? user->password : STR(""));
    auth_tried(cx, dto->email, right);
    if (!right) FAIL(UNAUTHORIZED, "Incorrect email or password");
    return NULL;
}

fallible op_login(struct ctx *cx, const struct login_in *in, struct LoginResponseDto *out)
{
    struct sign_in_user user;
    struct SessionResponseDto session;
    str token;
    if (!config_get(cx)->passwordLogin.enabled)
        FAIL(UNAUTHORIZED, "Password login has been disabled");
    TRY(check_credentials(cx, &in->body, &user));
    TRY(session_create(cx, user.id, &session, &token));
    cookie_set(cx, STR("immich_access_token"), token, COOKIE_YEAR_LONG);
    cookie_set(cx, STR("immich_auth_type"), STR("password"), COOKIE_YEAR_LONG);
    cookie_set(cx, STR("immich_is_authenticated"), STR("true"), COOKIE_FOR_SCRIPTS);
    *out = (struct LoginResponseDto){
        .accessToken = token,
        .userId = user.id,
        .userEmail = user.email,
        .name = user.name,
        .isAdmin = user.isAdmin,
        .profileImagePath = user.profileImagePath,
        .shouldChangePassword = user.shouldChangePassword,
        .isOnboarded = user.isOnboarded,
    };
    return NULL;
}

fallible op_logout(struct ctx *cx, struct LogoutResponseDto *out)
{
    if (cx->auth->kind == AUTH_SESSION) {
        TRY(sql_session_delete(cx, cx->auth->session));
        event_send_later(cx, ROOM_SESSION(cx->auth->session), "on_session_delete",
            str_fmt(cx->arena, "\"%.*s\"", FMT(uuid_str(cx->arena, cx->auth->session))),
            SESSION_DELETE_DELAY_MS);
    }
    cookie_clear(cx, STR("immich_access_token"));
    cookie_clear(cx, STR("immich_auth_type"));
    cookie_clear(cx, STR("immich_is_authenticated"));
    *out = (struct LogoutResponseDto){
        .successful = true, .redirectUri = STR("/auth/login?autoLaunch=0")};
    return NULL;
}

fallible op_validateAccessToken(struct ctx *cx, struct ValidateAccessTokenResponseDto *out)
{
    out->authStatus = true; /* the dispatcher has found the credential good */
    return NULL;
}

fallible op_getAuthStatus(struct ctx *cx, struct AuthStatusResponseDto *out)
{
    struct own_secrets secrets;
    TRY(sql_authentication_secrets(cx, &secrets, cx->auth->user));
    *out = (struct AuthStatusResponseDto){
        .pinCode = secrets.pinCode.is == PRESENT && secrets.pinCode.v.n,
        .password = secrets.password.n,
        .isElevated = cx->auth->elevated,
    };
    if (cx->auth->kind != AUTH_SESSION) return NULL;
    bool found;
    struct session_times times;
    TRY(sql_session_times_get(cx, &times, &found, cx->auth->session));
    if (!found) return NULL;
    if (times.expiresAt.is == PRESENT) out->expiresAt = times.expiresAt;
    if (times.pinExpiresAt.is == PRESENT) out->pinExpiresAt = times.pinExpiresAt;
    return NULL;
}

fallible op_changePassword(
    struct ctx *cx, const struct changePassword_in *in, struct UserAdminResponseDto *out)
{
    struct own_secrets secrets;
    str hash;
    TRY(sql_authentication_secrets(cx, &secrets, cx->auth->user));
    if (!password_matches(cx->arena, in->body.password, secrets.password))
        FAIL(BAD_REQUEST, "Wrong password");
    TRY(password_hash(cx->arena, in->body.newPassword, &hash));

    TRY(db_begin(cx));
    TRY(sql_authentication_set_password(cx, cx->auth->user, hash));
    /* Compat: upstream ends the other sessions whatever invalidateSessions says. */
    TRY(sql_session_delete_all(cx, cx->auth->user, auth_session(cx)));
    TRY(db_commit(cx));
    return user_admin_get(cx, cx->auth->user, out);
}
