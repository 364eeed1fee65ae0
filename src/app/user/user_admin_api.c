#include "app/user/user.h"
#include "auth/auth.h"
#include "auth/secret.h"
#include "config/config.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/user_sql.h"
#include "job/job.h"

#include "core/banned.h"

/* As a folder's name: no dots, no separators (contract/endpoints/users-admin). Empty counts as
 * none. */
static struct opt_str clean_label(struct arena *a, struct opt_str label)
{
    if (label.is != PRESENT) return label;
    char *text = arena_alloc_raw(a, label.v.n);
    size_t n = 0;
    for (size_t i = 0; i < label.v.n; i++) {
        const char c = label.v.p[i];
        if ((unsigned char)c >= 0x20 && !strchr("./\\?<>:*|\"", c)) text[n++] = c;
    }
    return n ? SOME(str, ((str){text, n})) : NOTHING(str);
}

fallible op_createUserAdmin(
    struct ctx *cx, const struct createUserAdmin_in *in, struct UserAdminResponseDto *out)
{
    const struct UserAdminCreateDto *dto = &in->body;
    uuid id;
    str password = STR("");
    struct opt_str pin = NOTHING(str);
    if (dto->password.n == 0 && !config_get(cx)->oauth.enabled)
        FAIL(BAD_REQUEST, "password is required");
    TRY(user_require_email_free(cx, dto->email, NOTHING(uuid)));
    if (dto->password.n) TRY(password_hash(cx->arena, dto->password, &password));
    if (dto->pinCode.is ==
        PRESENT) { /* Compat: upstream stores it as it is, so it could never be used */
        pin.is = PRESENT;
        TRY(password_hash(cx->arena, dto->pinCode.v, &pin.v));
    }
    const bool change =
        dto->shouldChangePassword.is == PRESENT ? dto->shouldChangePassword.v : true;
    const bool admin = dto->isAdmin.is == PRESENT && dto->isAdmin.v;

    TRY(db_begin(cx));
    TRY(sql_user_insert(cx, &id, dto->email, dto->name, password, admin, change,
        clean_label(cx->arena, dto->storageLabel), dto->quotaSizeInBytes, pin, dto->avatarColor));
    if (dto->notify.is == PRESENT && dto->notify.v) {
        const struct user_signup_job mail = {.id = id, .password = SOME(str, dto->password)};
        TRY(job_add_NotifyUserSignup(cx, &mail));
    }
    TRY(db_commit(cx));
    return user_admin_get(cx, id, out);
}

fallible op_deleteUserAdmin(
    struct ctx *cx, const struct deleteUserAdmin_in *in, struct UserAdminResponseDto *out)
{
    const bool force = in->body.force.is == PRESENT && in->body.force.v;
    int64_t deleted;
    if (uuid_eq(in->id, cx->auth->user)) FAIL(FORBIDDEN, "Cannot delete your own account");

    TRY(db_begin(cx));
    TRY(sql_user_soft_delete(cx, &deleted, in->id, force ? STR("removing") : STR("deleted")));
    if (!deleted) FAIL(BAD_REQUEST, "User not found");
    if (force)
        TRY(job_add(cx, JOB_UserDelete,
            &(struct user_delete_job){.id = in->id, .force = SOME(bool, true)}));
    TRY(db_commit(cx));
    return user_admin_get(cx, in->id, out);
}
