#include "auth/secret.h"
#include "core/buf.h"
#include "core/codec.h"
#include "core/rand.h"
#include "core/size.h"
#include "db/db.h"
#include "gen/admin_sql.h"
#include "role/admin.h"

#include <stdio.h>

#include "core/banned.h"

enum {
    PASSWORD_BYTES = 24, /* of a made-up password */
};

fallible admin_list_users(struct ctx *cx)
{
    struct list_UserAdminResponseDto users;
    auto_buf out = {0};
    TRY(sql_admin_users(cx, &users));
    admin_inspect_list(&out, &UserAdminResponseDto_fields, users.v, users.n);
    fwrite(out.p, 1, out.n, stdout);
    return NULL;
}

/* Random bytes as letters and digits. */
static str make_password(struct ctx *cx)
{
    uint8_t random[PASSWORD_BYTES];
    rand_bytes(random, sizeof random);
    const str text = base64_encode(cx->arena, (struct bytes){random, sizeof random});
    char *out = arena_alloc(cx->arena, text.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!strchr("+/=", text.p[i])) out[n++] = text.p[i];
    }
    return (str){out, n};
}

/* Anything that does not say no. */
static bool is_yes(str answer)
{
    return !str_starts(answer, STR("n")) && !str_starts(answer, STR("N")) &&
           !str_eq_nocase(answer, STR("false"));
}

fallible admin_reset_password(struct ctx *cx)
{
    struct admin_account admin;
    bool found;
    str hash;
    TRY(sql_admin_account(cx, &admin, &found));
    if (!found) FAIL(NOT_FOUND, "Admin account does not exist");
    printf("Found Admin:\n- ID=%.*s\n- OAuth ID=%.*s\n- Email=%.*s\n- Name=%.*s\n",
        FMT(uuid_str(cx->arena, admin.id)), FMT(admin.oauthId), FMT(admin.email), FMT(admin.name));
    const str given = admin_ask(cx, "Please choose a new password (optional)");
    const bool end_sessions = is_yes(admin_ask(cx, "Invalidate existing sessions?"));

    const str password = given.n ? given : make_password(cx);
    TRY(password_hash(cx->arena, password, &hash));
    TRY(db_begin(cx));
    TRY(sql_admin_set_password(cx, admin.id, hash));
    if (end_sessions) TRY(sql_admin_end_sessions(cx, admin.id));
    TRY(db_commit(cx));

    if (given.n) {
        puts("The admin password has been updated.");
    } else {
        printf("The admin password has been updated to:\n%.*s\n", FMT(password));
    }
    return NULL;
}

static fallible set_admin(struct ctx *cx, bool is_admin, const char *done)
{
    int64_t changed;
    const str email = str_lower(cx->arena, admin_ask(cx, "Please enter the user email:"));
    TRY(sql_admin_set_admin(cx, &changed, email, is_admin));
    if (!changed) FAIL(NOT_FOUND, "User does not exist");
    printf("%s %.*s\n", done, FMT(email));
    return NULL;
}

fallible admin_grant(struct ctx *cx)
{
    return set_admin(cx, true, "Admin access has been granted to");
}

fallible admin_revoke(struct ctx *cx)
{
    return set_admin(cx, false, "Admin access has been revoked from");
}
