/* The PIN that opens the locked folder for a session. */
#include "auth/auth.h"
#include "auth/secret.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/authentication_sql.h"
#include "gen/session_sql.h"

#include "core/banned.h"

enum {
    PIN_OPEN_MINUTES = 15,
};

/* `kind` keeps guesses at the one from being counted with those at the other. */
static fallible check(struct ctx *cx, const char *kind, str given, str hash)
{
    const str account =
        str_fmt(cx->arena, "%s %.*s", kind, FMT(uuid_str(cx->arena, cx->auth->user)));
    TRY(auth_may_try(cx, account));
    const bool right = password_matches(cx->arena, given, hash);
    auth_tried(cx, account, right);
    if (!right) FAIL(BAD_REQUEST, "Wrong %s", kind);
    return NULL;
}

/* The PIN itself or, where `password` counts, that one first. */
static fallible require_secret(struct ctx *cx, const struct opt_str *password, struct opt_str pin)
{
    struct own_secrets own;
    TRY(sql_authentication_secrets(cx, &own, cx->auth->user));
    if (own.pinCode.is != PRESENT || !own.pinCode.v.n)
        FAIL(BAD_REQUEST, "User does not have a PIN code");
    if (password && password->is == PRESENT && password->v.n)
        return check(cx, "password", password->v, own.password);
    if (pin.is == PRESENT) return check(cx, "PIN code", pin.v, own.pinCode.v);
    FAIL(BAD_REQUEST, "Either password or pinCode is required");
}

fallible op_setupPinCode(struct ctx *cx, const struct setupPinCode_in *in)
{
    str hash;
    int64_t added;
    TRY(password_hash(cx->arena, in->body.pinCode, &hash));
    TRY(sql_authentication_add_pin(cx, &added, cx->auth->user, hash));
    if (!added) FAIL(BAD_REQUEST, "User already has a PIN code");
    return NULL;
}

fallible op_changePinCode(struct ctx *cx, const struct changePinCode_in *in)
{
    str hash;
    TRY(require_secret(cx, &in->body.password, in->body.pinCode));
    TRY(password_hash(cx->arena, in->body.newPinCode, &hash));
    return sql_authentication_set_pin(cx, cx->auth->user, SOME(str, hash));
}

fallible op_resetPinCode(struct ctx *cx, const struct resetPinCode_in *in)
{
    TRY(require_secret(cx, &in->body.password, in->body.pinCode));
    TRY(db_begin(cx));
    TRY(sql_authentication_set_pin(cx, cx->auth->user, NOTHING(str)));
    TRY(sql_authentication_lock_sessions(cx, cx->auth->user));
    return db_commit(cx);
}

/* Compat: the password is in the description, and not looked at. */
fallible op_unlockAuthSession(struct ctx *cx, const struct unlockAuthSession_in *in)
{
    TRY(auth_require_session(cx));
    TRY(require_secret(cx, NULL, in->body.pinCode));
    return sql_authentication_unlock_session(cx, cx->auth->session, PIN_OPEN_MINUTES);
}

fallible op_lockAuthSession(struct ctx *cx)
{
    TRY(auth_require_session(cx));
    return sql_session_lock(cx, cx->auth->session);
}
