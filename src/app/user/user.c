#include "app/user/user.h"
#include "gen/user_sql.h"

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
