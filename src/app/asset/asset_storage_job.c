/* Where originals lie: the storage template. */
#include "job/handlers.h"
#include "job/job.h"

#include "core/banned.h"

/* Comes between the metadata of an asset and its thumbnails, because the template may move the
 * original by what the metadata says. Moving is not built yet: originals stay where they were
 * uploaded, which is what their rows say. */
fallible job_StorageTemplateMigrationSingle(
    struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    const bool is_new = in->source.is == PRESENT &&
                        (str_eq(in->source.v, STR("upload")) || str_eq(in->source.v, STR("copy")));
    if (is_new) TRY(job_add_AssetGenerateThumbnails(cx, in));
    *result = JOB_SKIPPED;
    return NULL;
}
