#include "app/access/access.h"
#include "app/asset/asset.h"
#include "app/bulk/bulk.h"
#include "auth/auth.h"
#include "core/buf.h"
#include "gen/memory_sql.h"
#include "json/writer.h"

#include "core/banned.h"

/* ---- reading ---- */

/* Members come memory by memory, so the list of each is a slice of all. */
static fallible add_assets(struct ctx *cx, const struct list_MemoryResponseDto *memories,
    enum AssetResponseDto_shape shape, bool discreet)
{
    struct list_uuid ids = {.v = ARENA_ARRAY(cx->arena, uuid, memories->n), .n = memories->n};
    for (size_t i = 0; i < memories->n; i++)
        ids.v[i] = memories->v[i].id;
    struct list_memory_member members;
    struct list_AssetResponseDto assets;
    TRY(sql_memory_assets(cx, &members, ids, discreet));
    struct list_uuid found = {.v = ARENA_ARRAY(cx->arena, uuid, members.n), .n = members.n};
    for (size_t i = 0; i < members.n; i++)
        found.v[i] = members.v[i].asset;
    TRY(assets_response(cx, found, shape, &assets));
    for (size_t i = 0, k = 0; i < members.n && k < assets.n; i++) {
        if (!uuid_eq(members.v[i].asset, assets.v[k].id)) continue; /* gone since */
        struct list_AssetResponseDto *list = &memories->v[members.v[i].place - 1].assets;
        if (list->n++ == 0) list->v = &assets.v[k];
        k++;
    }
    return NULL;
}

static struct opt_when midnight(struct opt_date day)
{
    return day.is == PRESENT ? SOME(when, when_from_date(day.v)) : NOTHING(when);
}

static bool is_true(struct opt_bool b)
{
    return b.is == PRESENT && b.v;
}

/* Memories of which nothing is to be seen are left out. */
fallible op_searchMemories(
    struct ctx *cx, const struct searchMemories_in *in, struct list_MemoryResponseDto *out)
{
    struct list_MemoryResponseDto found;
    const enum MemorySearchOrder order =
        in->order.is == PRESENT ? in->order.v : MEMORY_SEARCH_ORDER_DESC;
    TRY(sql_memory_search(cx, &found, cx->auth->user, in->type, in->isSaved, is_true(in->isTrashed),
        midnight(in->for_), order, in->size));
    TRY(add_assets(cx, &found, SHAPE_searchMemories, true));
    *out = (struct list_MemoryResponseDto){.v = found.v};
    for (size_t i = 0; i < found.n; i++)
        if (found.v[i].assets.n) out->v[out->n++] = found.v[i];
    return NULL;
}

/* Compat: empty ones count, and so do those beyond `size`. */
fallible op_memoriesStatistics(
    struct ctx *cx, const struct memoriesStatistics_in *in, struct MemoryStatisticsResponseDto *out)
{
    return sql_memory_count(cx, &out->total, cx->auth->user, in->type, in->isSaved,
        is_true(in->isTrashed), midnight(in->for_));
}

static fallible get(struct ctx *cx, uuid id, struct MemoryResponseDto *out)
{
    struct MemoryResponseDto memory;
    bool found;
    TRY(sql_memory_get(cx, &memory, &found, id));
    if (!found) FAIL(BAD_REQUEST, "Not found or no memory.read access");
    TRY(add_assets(cx, &(struct list_MemoryResponseDto){&memory, 1}, SHAPE_getMemory, false));
    *out = memory;
    return NULL;
}

fallible op_getMemory(struct ctx *cx, const struct getMemory_in *in, struct MemoryResponseDto *out)
{
    return get(cx, in->id, out);
}

/* ---- changing ---- */

/* Assets that the caller may not share are dropped. */
fallible op_createMemory(
    struct ctx *cx, const struct createMemory_in *in, struct MemoryResponseDto *out)
{
    const struct MemoryCreateDto *dto = &in->body;
    struct list_uuid allowed = {0};
    struct buf data = {0};
    uuid id;
    if (dto->assetIds.is == PRESENT)
        TRY(access_check(cx, STR("asset.share"), dto->assetIds.v, &allowed));
    json_write(&data, &OnThisDayDto_fields, &dto->data, DATES_Z);
    TRY(sql_memory_insert(cx, &id, cx->auth->user, dto->type, buf_take(&data, cx->arena),
        dto->memoryAt, is_true(dto->isSaved), dto->seenAt, dto->showAt, dto->hideAt, allowed));
    return get(cx, id, out);
}

fallible op_updateMemory(
    struct ctx *cx, const struct updateMemory_in *in, struct MemoryResponseDto *out)
{
    TRY(sql_memory_update(cx, in->id, in->body.isSaved, in->body.seenAt, in->body.memoryAt));
    return get(cx, in->id, out);
}

fallible op_deleteMemory(struct ctx *cx, const struct deleteMemory_in *in)
{
    return sql_memory_delete(cx, in->id);
}

fallible op_addMemoryAssets(
    struct ctx *cx, const struct addMemoryAssets_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present, allowed;
    TRY(sql_memory_assets_present(cx, &present, in->id, ids));
    TRY(access_check(cx, STR("asset.share"), ids, &allowed));
    const struct bulk bulk = bulk_add(cx->arena, ids, present, allowed);
    TRY(sql_memory_add_assets(cx, in->id, bulk.done));
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}

fallible op_removeMemoryAssets(
    struct ctx *cx, const struct removeMemoryAssets_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present;
    TRY(sql_memory_assets_present(cx, &present, in->id, ids));
    const struct bulk bulk = bulk_remove(cx->arena, ids, present, ids);
    TRY(sql_memory_remove_assets(cx, in->id, bulk.done));
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}
