#include "app/app.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/log.h"
#include "core/size.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/user_delete_sql.h"
#include "job/handlers.h"
#include "job/job.h"
#include "storage/tree.h"

#include <errno.h>
#include <stdio.h>

#include "core/banned.h"

fallible job_UserDeleteCheck(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    struct list_uuid due;
    TRY(sql_user_delete_due(cx, &due, config_get(cx)->user.deleteDelay));
    for (size_t i = 0; i < due.n; i++)
        TRY(job_add_UserDelete(cx, &(struct user_delete_job){.id = due.v[i]}));
    return NULL;
}

/* One transaction: the account with everything it owns is gone, and a second job knows which
 * folders it leaves. Files follow rows, so a failure in between loses nothing that a row names. */
static fallible delete_rows(struct ctx *cx, const struct user_delete_job *in, bool *gone)
{
    struct user_delete_account account;
    bool found;
    int64_t n;
    *gone = false;
    TRY(db_begin(cx));
    TRY(sql_user_delete_account(cx, &account, &found, in->id, config_get(cx)->user.deleteDelay));
    const bool force = in->force.is == PRESENT && in->force.v;
    if (found && account.deleted && (force || account.due)) {
        TRY(sql_user_delete_take_time(cx));
        TRY(sql_user_delete_albums(cx, &n, in->id));
        TRY(sql_user_delete_row(cx, &n, in->id));
        TRY(job_add_UserDelete(cx,
            &(struct user_delete_job){
                .id = in->id, .force = SOME(bool, true), .storageLabel = account.storageLabel}));
        *gone = true;
    }
    return db_commit(cx);
}

/* A label comes from outside; nothing but a plain name may become a path. */
static bool is_plain_name(str label)
{
    return label.n > 0 && label.p[0] != '.' && str_find_char(label, '/') < 0 &&
           str_find_char(label, '\0') < 0;
}

/* library/<label>, unless somebody else has the label now. Moved away first, so that what a new
 * account of that label writes later is never seen here. */
static fallible remove_labelled(struct ctx *cx, uuid user, str label)
{
    const str id = uuid_str(cx->arena, user);
    const char *aside =
        cstr(cx->arena, str_fmt(cx->arena, "%s/library/.removed-%.*s", cx->app->media, FMT(id)));
    bool used = true;
    if (is_plain_name(label)) TRY(sql_user_delete_label_is_used(cx, &used, label));
    if (!used) {
        const char *folder =
            cstr(cx->arena, str_fmt(cx->arena, "%s/library/%.*s", cx->app->media, FMT(label)));
        if (rename(folder, aside) < 0 && errno != ENOENT) FAIL_ERRNO("rename", folder);
    }
    return storage_remove_tree(aside);
}

static fallible remove_folders(struct ctx *cx, const struct user_delete_job *in)
{
    static const char *const folders[] = {
        "library", "upload", "profile", "thumbs", "encoded-video"};
    const str id = uuid_str(cx->arena, in->id);
    for (size_t i = 0; i < LENGTH(folders); i++) {
        TRY(storage_remove_tree(cstr(
            cx->arena, str_fmt(cx->arena, "%s/%s/%.*s", cx->app->media, folders[i], FMT(id)))));
    }
    if (in->storageLabel.is == PRESENT) TRY(remove_labelled(cx, in->id, in->storageLabel.v));
    return NULL;
}

/* Runs twice for an account: the first run ends its rows and adds the second, which finds no row
 * and removes the files. An account that was restored in between is left alone by both. */
fallible job_UserDelete(struct ctx *cx, const struct user_delete_job *in, enum job_result *result)
{
    bool gone, exists;
    TRY(delete_rows(cx, in, &gone));
    if (gone) {
        log_info("account deleted", KV("user", in->id));
        return NULL;
    }
    TRY(sql_user_delete_exists(cx, &exists, in->id));
    if (exists) {
        *result = JOB_SKIPPED;
        return NULL;
    }
    TRY(remove_folders(cx, in));
    event_send_id(cx, ROOM_ALL, "on_user_delete", in->id);
    return NULL;
}
