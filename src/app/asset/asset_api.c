#include "app/app.h"
#include "app/asset/asset.h"
#include "app/timeline/timeline.h"
#include "auth/auth.h"
#include "core/hash.h"
#include "gen/asset_sql.h"

#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

fallible op_getAssetInfo(
    struct ctx *cx, const struct getAssetInfo_in *in, struct AssetResponseDto *out)
{
    const bool link = cx->auth->kind == AUTH_SHARED_LINK;
    struct AssetResponseDto asset;
    bool found;
    TRY(asset_response(
        cx, in->id, link ? SHAPE_getAssetInfo_link : SHAPE_getAssetInfo, &asset, &found));
    if (!found) FAIL(BAD_REQUEST, "Not found or no asset.read access");
    *out = link && !cx->auth->link_shows_metadata ? asset_sanitized(&asset) : asset;
    return NULL;
}

/* ---- statistics ---- */

/* Every member of the question has its place in the text. */
static str statistics_subject(struct arena *a, uuid owner, const struct getAssetStatistics_in *in)
{
    return str_fmt(a, "statistics %.*s %d %d %d %d", FMT(uuid_str(a, owner)),
        in->visibility.is == PRESENT ? (int)in->visibility.v : -1, in->isFavorite.is == PRESENT,
        in->isFavorite.is == PRESENT && in->isFavorite.v,
        in->isTrashed.is == PRESENT && in->isTrashed.v);
}

fallible op_getAssetStatistics(
    struct ctx *cx, const struct getAssetStatistics_in *in, struct AssetStatsResponseDto *out)
{
    struct timeline_key key;
    str kept;
    if (in->visibility.is == PRESENT && in->visibility.v == ASSET_VISIBILITY_LOCKED)
        TRY(auth_require_elevated(cx));
    key.subject = statistics_subject(cx->arena, cx->auth->user, in);
    TRY(timeline_version(cx, cx->auth->user, &key.versions));
    if (timeline_cache_find(cx->app->timeline, cx->arena, &key, &kept)) {
        memcpy(out, kept.p, sizeof *out);
        return NULL;
    }
    const bool trashed = in->isTrashed.is == PRESENT && in->isTrashed.v;
    TRY(asset_statistics(cx, cx->auth->user, in->visibility, in->isFavorite, trashed, out));
    timeline_cache_put(cx->app->timeline, &key, (str){(const char *)out, sizeof *out});
    return NULL;
}

/* ---- known files ---- */

static int compare_checksums(const void *checksum, const void *row)
{
    const struct known_checksum *known = row;
    return memcmp(checksum, known->checksum.p, SHA1_SIZE);
}

/* Text that is no checksum cannot be known. */
static struct list_bytes checksums_of(
    struct arena *a, const struct list_AssetBulkUploadCheckItem *items)
{
    struct list_bytes out = {.v = ARENA_ARRAY(a, struct bytes, items->n)};
    for (size_t i = 0; i < items->n; i++)
        if (asset_checksum_parse(a, items->v[i].checksum, &out.v[out.n])) out.n++;
    return out;
}

static struct AssetBulkUploadCheckResult check_item(struct arena *a,
    const struct AssetBulkUploadCheckItem *item, const struct list_known_checksum *known)
{
    struct AssetBulkUploadCheckResult result = {
        .id = item->id, .action = ASSET_UPLOAD_ACTION_ACCEPT};
    struct bytes checksum;
    if (!known->n || !asset_checksum_parse(a, item->checksum, &checksum)) return result;
    const struct known_checksum *row =
        bsearch(checksum.p, known->v, known->n, sizeof *known->v, compare_checksums);
    if (!row) return result;
    result.action = ASSET_UPLOAD_ACTION_REJECT;
    result.reason.is = PRESENT;
    result.reason.v = ASSET_REJECT_REASON_DUPLICATE;
    result.assetId = SOME(uuid, row->id);
    result.isTrashed = SOME(bool, row->isTrashed);
    return result;
}

fallible op_checkBulkUpload(struct ctx *cx, const struct checkBulkUpload_in *in,
    struct AssetBulkUploadCheckResponseDto *out)
{
    const struct list_AssetBulkUploadCheckItem *items = &in->body.assets;
    struct list_known_checksum known;
    if (!items->n) FAIL(INTERNAL, "no assets to check"); /* Compat: upstream's query fails */
    TRY(sql_asset_find_checksums(cx, &known, cx->auth->user, checksums_of(cx->arena, items)));
    out->results.n = items->n;
    out->results.v = ARENA_ARRAY(cx->arena, struct AssetBulkUploadCheckResult, items->n);
    for (size_t i = 0; i < items->n; i++)
        out->results.v[i] = check_item(cx->arena, &items->v[i], &known);
    return NULL;
}
