#include "core/size.h"
#include "gen/api.h"
#include "job/job.h"

#include "core/banned.h"

static const enum job_name job_of[] = {
    [ASSET_JOB_NAME_REFRESH_FACES] = JOB_AssetDetectFaces,
    [ASSET_JOB_NAME_REFRESH_METADATA] = JOB_AssetExtractMetadata,
    [ASSET_JOB_NAME_REGENERATE_THUMBNAIL] = JOB_AssetGenerateThumbnails,
    [ASSET_JOB_NAME_TRANSCODE_VIDEO] = JOB_AssetEncodeVideo,
};

fallible op_runAssetJobs(struct ctx *cx, const struct runAssetJobs_in *in)
{
    const struct list_uuid ids = in->body.assetIds;
    struct asset_job *jobs = ARENA_ARRAY(cx->arena, struct asset_job, ids.n);
    for (size_t i = 0; i < ids.n; i++)
        jobs[i].id = ids.v[i];
    if (!ids.n) return NULL;
    return job_add_many(cx, job_of[in->body.name], jobs, ids.n);
}
