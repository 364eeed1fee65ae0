#include "app/asset/asset.h"
#include "app/user/user.h"
#include "auth/auth.h"
#include "auth/secret.h"
#include "config/config.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/session_sql.h"
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

fallible op_searchUsersAdmin(
    struct ctx *cx, const struct searchUsersAdmin_in *in, struct list_UserAdminResponseDto *out)
{
    const bool with_deleted = in->withDeleted.is == PRESENT && in->withDeleted.v;
    return sql_user_admin_list(cx, out, in->id, with_deleted);
}

fallible op_getUserAdmin(
    struct ctx *cx, const struct getUserAdmin_in *in, struct UserAdminResponseDto *out)
{
    return user_admin_get(cx, in->id, out);
}

static fallible hash_if_given(struct ctx *cx, struct opt_str secret, struct opt_str *hash)
{
    *hash = secret;
    return secret.is == PRESENT ? password_hash(cx->arena, secret.v, &hash->v) : NULL;
}

/* Sessions and API keys stay good: an administrator who helps with a password ends nobody's. */
static fallible update(struct ctx *cx, uuid id, const struct UserAdminUpdateDto *dto)
{
    struct opt_str password, pin;
    int64_t updated, synced;
    TRY(hash_if_given(cx, dto->password, &password));
    TRY(hash_if_given(cx, dto->pinCode, &pin));
    err e = sql_user_update(cx, &updated, id, dto->email, dto->name, password,
        dto->shouldChangePassword, dto->isAdmin, dto->avatarColor.is != ABSENT, dto->avatarColor,
        dto->storageLabel.is != ABSENT, clean_label(cx->arena, dto->storageLabel),
        dto->quotaSizeInBytes.is != ABSENT, dto->quotaSizeInBytes, pin.is != ABSENT, pin);
    if (e && db_violates(cx, e, "user_storageLabel_uq"))
        FAIL(BAD_REQUEST, "Storage label already in use by another account");
    TRY(e);
    if (!updated) FAIL(BAD_REQUEST, "User not found");
    if (dto->quotaSizeInBytes.is == PRESENT && dto->quotaSizeInBytes.v)
        return sql_user_sync_usage(cx, &synced, SOME(uuid, id));
    return NULL;
}

fallible op_updateUserAdmin(
    struct ctx *cx, const struct updateUserAdmin_in *in, struct UserAdminResponseDto *out)
{
    const struct UserAdminUpdateDto *dto = &in->body;
    const bool self = uuid_eq(in->id, cx->auth->user);
    if (self && dto->isAdmin.is == PRESENT && dto->isAdmin.v != cx->auth->is_admin)
        FAIL(BAD_REQUEST, "Admin status can only be changed by another admin");
    if (dto->email.is == PRESENT)
        TRY(user_require_email_free(cx, dto->email.v, SOME(uuid, in->id)));
    TRY(db_begin(cx));
    TRY(update(cx, in->id, dto));
    TRY(db_commit(cx));
    return user_admin_get(cx, in->id, out);
}

fallible op_restoreUserAdmin(
    struct ctx *cx, const struct restoreUserAdmin_in *in, struct UserAdminResponseDto *out)
{
    int64_t restored;
    TRY(sql_user_restore(cx, &restored, in->id));
    if (!restored) FAIL(BAD_REQUEST, "User not found");
    return user_admin_get(cx, in->id, out);
}

fallible op_getUserSessionsAdmin(
    struct ctx *cx, const struct getUserSessionsAdmin_in *in, struct list_SessionResponseDto *out)
{
    return sql_session_list(cx, out, in->id, NOTHING(uuid));
}

fallible op_getUserStatisticsAdmin(
    struct ctx *cx, const struct getUserStatisticsAdmin_in *in, struct AssetStatsResponseDto *out)
{
    const bool trashed = in->isTrashed.is == PRESENT && in->isTrashed.v;
    return asset_statistics(cx, in->id, in->visibility, in->isFavorite, trashed, out);
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
