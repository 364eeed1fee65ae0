#include "app/access/access.h"
#include "app/bulk/bulk.h"
#include "app/tag/tag.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/api.h"
#include "gen/tag_sql.h"
#include "job/job.h"

#include "core/banned.h"

fallible op_getAllTags(struct ctx *cx, struct list_TagResponseDto *out)
{
    return sql_tag_list(cx, out, cx->auth->user);
}

fallible op_getTagById(struct ctx *cx, const struct getTagById_in *in, struct TagResponseDto *out)
{
    return sql_tag_get(cx, out, in->id); /* the dispatcher has checked tag.read on it */
}

/* Keywords in files and in asset_exif stay, so the next extraction makes the tag again, as with
 * upstream. */
fallible op_deleteTag(struct ctx *cx, const struct deleteTag_in *in)
{
    return sql_tag_delete(cx, in->id);
}

/* The name may hold slashes: it is one level all the same. */
fallible op_createTag(struct ctx *cx, const struct createTag_in *in, struct TagResponseDto *out)
{
    const struct TagCreateDto *dto = &in->body;
    str value = dto->name;
    uuid id;
    if (dto->parentId.is == PRESENT) { /* the dispatcher has checked tag.read on it */
        struct TagResponseDto parent;
        TRY(sql_tag_get(cx, &parent, dto->parentId.v));
        value = str_fmt(cx->arena, "%.*s/%.*s", FMT(parent.value), FMT(dto->name));
    }
    err e = sql_tag_insert(cx, &id, cx->auth->user, value, dto->parentId, dto->color);
    if (err_is(e, CONFLICT)) FAIL(BAD_REQUEST, "A tag with that name already exists");
    TRY(e);
    return sql_tag_get(cx, out, id);
}

fallible op_upsertTags(
    struct ctx *cx, const struct upsertTags_in *in, struct list_TagResponseDto *out)
{
    struct list_uuid ids;
    TRY(db_begin(cx));
    TRY(tag_upsert(cx, cx->auth->user, in->body.tags, &ids));
    TRY(db_commit(cx));
    return sql_tag_list_of(cx, out, ids);
}

fallible op_updateTag(struct ctx *cx, const struct updateTag_in *in, struct TagResponseDto *out)
{
    if (in->body.color.is != ABSENT) TRY(sql_tag_set_color(cx, in->id, in->body.color));
    return sql_tag_get(cx, out, in->id);
}

/* ---- tags of assets ---- */

/* What was tagged is written to the assets' sidecars later. */
static fallible write_down(struct ctx *cx, struct list_uuid assets)
{
    struct asset_job *jobs = ARENA_ARRAY(cx->arena, struct asset_job, assets.n);
    for (size_t i = 0; i < assets.n; i++)
        jobs[i].id = assets.v[i];
    TRY(sql_tag_write_exif(cx, assets));
    return job_add_many(cx, JOB_SidecarWrite, jobs, assets.n);
}

/* Of `assets`, those that a tag may be put on; partners' are not: it would be written into their
 * files. */
static fallible find_taggable(struct ctx *cx, struct list_uuid assets, struct list_uuid *out)
{
    struct list_uuid shareable;
    TRY(access_check(cx, STR("asset.share"), assets, &shareable));
    return access_check(cx, STR("asset.update"), shareable, out);
}

/* Assets of new pairs, which come asset by asset, each once. */
static struct list_uuid each_once(struct list_uuid sorted)
{
    size_t n = 0;
    for (size_t i = 0; i < sorted.n; i++)
        if (!n || !uuid_eq(sorted.v[n - 1], sorted.v[i])) sorted.v[n++] = sorted.v[i];
    sorted.n = n;
    return sorted;
}

static fallible add_assets(
    struct ctx *cx, struct list_uuid tags, struct list_uuid assets, int64_t *pairs)
{
    struct list_uuid added;
    *pairs = 0;
    if (!tags.n || !assets.n) return NULL;
    TRY(db_begin(cx));
    TRY(sql_tag_add_assets(cx, &added, tags, assets));
    *pairs = (int64_t)added.n;
    TRY(write_down(cx, each_once(added)));
    return db_commit(cx);
}

fallible op_bulkTagAssets(
    struct ctx *cx, const struct bulkTagAssets_in *in, struct TagBulkAssetsResponseDto *out)
{
    struct list_uuid tags, assets;
    TRY(access_check(cx, STR("tag.asset"), in->body.tagIds, &tags));
    TRY(access_check(cx, STR("asset.update"), in->body.assetIds, &assets));
    return add_assets(cx, tags, assets, &out->count);
}

fallible op_tagAssets(
    struct ctx *cx, const struct tagAssets_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present, allowed;
    uuid tag = in->id;
    int64_t pairs;
    TRY(sql_tag_assets_present(cx, &present, tag, ids));
    TRY(find_taggable(cx, ids, &allowed));
    const struct bulk bulk = bulk_add(cx->arena, ids, present, allowed);
    TRY(add_assets(cx, (struct list_uuid){&tag, 1}, bulk.done, &pairs));
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}

fallible op_untagAssets(
    struct ctx *cx, const struct untagAssets_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present;
    TRY(sql_tag_assets_present(cx, &present, in->id, ids));
    const struct bulk bulk = bulk_remove(cx->arena, ids, present, ids);
    if (bulk.done.n) {
        TRY(db_begin(cx));
        TRY(sql_tag_remove_assets(cx, in->id, bulk.done));
        TRY(write_down(cx, bulk.done));
        TRY(db_commit(cx));
    }
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}
