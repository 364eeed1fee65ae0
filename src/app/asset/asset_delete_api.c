#include "app/asset/asset.h"
#include "db/db.h"
#include "gen/asset_delete_sql.h"
#include "job/job.h"

#include "core/banned.h"

fallible op_deleteAssets(struct ctx *cx, const struct deleteAssets_in *in)
{
    const bool force = in->body.force.is == PRESENT && in->body.force.v;
    int64_t n;
    TRY(db_begin(cx));
    TRY(sql_asset_trash(cx, &n, in->body.ids, force ? STR("deleted") : STR("trashed")));
    if (force && n)
        TRY(job_add(cx, JOB_AssetEmptyTrash, NULL));
    else if (n)
        asset_send_ids(cx, "on_asset_trash", in->body.ids);
    return db_commit(cx);
}
