/* The end of assets: rows first, then files (storage.md §10). A crash in between leaves the job of
 * the files in the queue. */
#include "config/config.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/asset_delete_sql.h"
#include "job/handlers.h"

#include <string.h>

#include "core/banned.h"

#define DAY_US (INT64_C(24) * 60 * 60 * 1000000)

fallible job_AssetDeleteCheck(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    const struct SystemConfigDto *config = config_get(cx);
    const int64_t days = config->trash.enabled ? config->trash.days : 0;
    int64_t n;
    return sql_asset_delete_overdue(cx, &n, (struct when){when_now().us - days * DAY_US});
}

fallible job_AssetEmptyTrash(struct ctx *cx, const struct empty_job *in, enum job_result *result)
{
    int64_t n;
    return sql_asset_delete_emptied(cx, &n);
}

/* The generated files always; original and sidecar only where the caller wants it, and never of a
 * file that is away. */
static fallible add_file_job(struct ctx *cx, const struct asset_delete_job *in,
    const struct doomed_asset *asset, const struct list_str *derived)
{
    struct list_str files = {.v = ARENA_ARRAY(cx->arena, str, derived->n + 1), .n = derived->n};
    if (derived->n) memcpy(files.v, derived->v, derived->n * sizeof *files.v);
    if (in->deleteOnDisk && !asset->isOffline) files.v[files.n++] = asset->originalPath;
    if (!files.n) return NULL;
    return job_add_FileDelete(cx, &(struct file_delete_job){.files = files});
}

static fallible delete_video(struct ctx *cx, const struct asset_delete_job *in, uuid video)
{
    bool still_needed;
    TRY(sql_asset_is_live_video(cx, &still_needed, video));
    if (still_needed) return NULL;
    return job_add_AssetDelete(
        cx, &(struct asset_delete_job){.id = video, .deleteOnDisk = in->deleteOnDisk});
}

static fallible delete_asset(
    struct ctx *cx, const struct asset_delete_job *in, const struct doomed_asset *asset)
{
    struct list_str derived;
    int64_t n;
    TRY(sql_asset_doomed_files(cx, &derived, in->id, in->deleteOnDisk && !asset->isOffline));
    if (asset->stackId.is == PRESENT) TRY(sql_stack_leave(cx, asset->stackId.v, in->id));
    TRY(sql_asset_delete(cx, &n, in->id));
    if (asset->libraryId.is != PRESENT) TRY(sql_asset_take_usage(cx, asset->ownerId, asset->size));
    if (asset->livePhotoVideoId.is == PRESENT) TRY(delete_video(cx, in, asset->livePhotoVideoId.v));
    TRY(add_file_job(cx, in, asset, &derived));
    event_send_id(cx, ROOM_USER(asset->ownerId), "on_asset_delete", in->id);
    return NULL;
}

/* Skipped when the asset is gone already, or came back out of the trash while this job waited. */
fallible job_AssetDelete(struct ctx *cx, const struct asset_delete_job *in, enum job_result *result)
{
    struct doomed_asset asset;
    bool found;
    TRY(db_begin(cx));
    TRY(sql_asset_doomed(cx, &asset, &found, in->id));
    if (found)
        TRY(delete_asset(cx, in, &asset));
    else
        *result = JOB_SKIPPED;
    return db_commit(cx);
}
