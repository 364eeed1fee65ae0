#include "core/fd.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/asset_copy_sql.h"
#include "job/job.h"

#include "core/banned.h"

enum {
    SIDECAR_MAX = 16 * 1024 * 1024,
    SIDECAR_MODE = 0644,
};

/* <target>.xmp with the content of the source's sidecar; *path is NULL when there is none. */
static fallible copy_file(struct ctx *cx, const struct copied_asset *source,
    const struct copied_asset *target, const char **path)
{
    str content;
    *path = NULL;
    if (source->sidecar.is != PRESENT) return NULL;
    err e = file_read(cx->arena, cstr(cx->arena, source->sidecar.v), SIDECAR_MAX, &content);
    if (err_is(e, NOT_FOUND)) return NULL; /* files belong to everyone */
    if (e) return e;
    const str made = str_fmt(cx->arena, "%.*s.xmp", FMT(target->originalPath));
    TRY(file_replace(made.p, content, SIDECAR_MODE));
    *path = made.p;
    return NULL;
}

static fallible put_sidecar(
    struct ctx *cx, uuid asset, const struct copied_asset *target, const char *path)
{
    TRY(sql_copy_put_sidecar(cx, asset, str_from(path)));
    if (target->sidecar.is == PRESENT && !str_eq(target->sidecar.v, str_from(path))) {
        str old = target->sidecar.v;
        TRY(job_add_FileDelete(cx, &(struct file_delete_job){.files = {&old, 1}}));
    }
    return job_add_AssetExtractMetadata(
        cx, &(struct asset_job){.id = asset, .source = SOME(str, STR("copy"))});
}

fallible op_copyAsset(struct ctx *cx, const struct copyAsset_in *in)
{
    const struct AssetCopyDto *dto = &in->body;
    struct copied_asset source, target;
    const char *sidecar = NULL;
    bool found, also;
    if (uuid_eq(dto->sourceId, dto->targetId))
        FAIL(BAD_REQUEST, "Source and target id must be distinct");
    TRY(sql_copy_asset_get(cx, &source, &found, dto->sourceId));
    TRY(sql_copy_asset_get(cx, &target, &also, dto->targetId));
    if (!found || !also) FAIL(BAD_REQUEST, "Both assets must exist");
    if (dto->sidecar) TRY(copy_file(cx, &source, &target, &sidecar));

    TRY(db_begin(cx));
    if (dto->albums) TRY(sql_copy_albums(cx, dto->sourceId, dto->targetId));
    if (dto->sharedLinks) TRY(sql_copy_links(cx, dto->sourceId, dto->targetId));
    if (dto->stack) TRY(sql_copy_stack(cx, dto->sourceId, dto->targetId));
    if (dto->favorite) TRY(sql_copy_favorite(cx, dto->sourceId, dto->targetId));
    if (sidecar) TRY(put_sidecar(cx, dto->targetId, &target, sidecar));
    return db_commit(cx);
}
