#include "app/asset/asset.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/trash_sql.h"
#include "job/job.h"

#include "core/banned.h"

fallible op_emptyTrash(struct ctx *cx, struct TrashResponseDto *out)
{
    TRY(db_begin(cx));
    TRY(sql_trash_empty(cx, &out->count, cx->auth->user));
    if (out->count) TRY(job_add(cx, JOB_AssetEmptyTrash, NULL));
    return db_commit(cx);
}

fallible op_restoreTrash(struct ctx *cx, struct TrashResponseDto *out)
{
    return sql_trash_restore(cx, &out->count, cx->auth->user);
}

/* Compat: the count is that of the ids, whether they were in the trash or not. */
fallible op_restoreAssets(
    struct ctx *cx, const struct restoreAssets_in *in, struct TrashResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    if (ids.n) {
        TRY(sql_trash_restore_assets(cx, ids));
        asset_send_ids(cx, "on_asset_restore", ids);
    }
    out->count = (int64_t)ids.n;
    return NULL;
}
