#include "app/asset/asset_file.h"
#include "job/handlers.h"

#include "core/banned.h"

fallible job_FileDelete(struct ctx *cx, const struct file_delete_job *in, enum job_result *result)
{
    return files_remove_unneeded(cx, in->files);
}
