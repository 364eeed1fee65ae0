/* Metadata of clients: the asset_metadata rows. */
#include "db/db.h"
#include "gen/api.h"
#include "gen/asset_data_sql.h"

#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

/* The items of a request as columns, which is how statements take them. */
struct columns {
    struct list_uuid assets;
    struct list_str keys, contents;
};

static struct columns columns_new(struct arena *a, size_t n)
{
    return (struct columns){
        .assets = {ARENA_ARRAY(a, uuid, n), n},
        .keys = {ARENA_ARRAY(a, str, n), n},
        .contents = {ARENA_ARRAY(a, str, n), n},
    };
}

struct pair {
    uuid asset;
    str key;
    size_t place;
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    const int assets = memcmp(&x->asset, &y->asset, sizeof x->asset);
    return assets ? assets : str_compare(x->key, y->key);
}

/* An item whose pair is there twice; false when there is none. */
static bool find_repeated(struct arena *a, const struct columns *c, size_t *out)
{
    struct pair *pairs = ARENA_ARRAY(a, struct pair, c->keys.n);
    for (size_t i = 0; i < c->keys.n; i++)
        pairs[i] = (struct pair){c->assets.v[i], c->keys.v[i], i};
    if (c->keys.n) qsort(pairs, c->keys.n, sizeof *pairs, compare_pairs);
    for (size_t i = 1; i < c->keys.n; i++) {
        if (compare_pairs(&pairs[i - 1], &pairs[i]) != 0) continue;
        *out = pairs[i].place;
        return true;
    }
    return false;
}

fallible op_getAssetMetadata(
    struct ctx *cx, const struct getAssetMetadata_in *in, struct list_AssetMetadataResponseDto *out)
{
    return sql_asset_data_list(cx, out, in->id);
}

fallible op_getAssetMetadataByKey(
    struct ctx *cx, const struct getAssetMetadataByKey_in *in, struct AssetMetadataResponseDto *out)
{
    bool found;
    TRY(sql_asset_data_find(cx, out, &found, in->id, in->key));
    if (found) return NULL;
    FAIL(BAD_REQUEST, "Metadata with key \"%.*s\" not found for asset with id \"%.*s\"",
        FMT(in->key), FMT(uuid_str(cx->arena, in->id)));
}

fallible op_updateAssetMetadata(struct ctx *cx, const struct updateAssetMetadata_in *in,
    struct list_AssetMetadataResponseDto *out)
{
    const struct list_AssetMetadataUpsertItemDto *items = &in->body.items;
    struct columns c = columns_new(cx->arena, items->n);
    struct list_AssetMetadataBulkResponseDto rows;
    size_t repeated;
    for (size_t i = 0; i < items->n; i++) {
        c.assets.v[i] = in->id;
        c.keys.v[i] = items->v[i].key;
        c.contents.v[i] = items->v[i].value;
    }
    if (find_repeated(cx->arena, &c, &repeated))
        FAIL(BAD_REQUEST, "Duplicate items are not allowed: \"%.*s\"", FMT(c.keys.v[repeated]));
    TRY(sql_asset_data_put(cx, &rows, c.assets, c.keys, c.contents));
    *out = (struct list_AssetMetadataResponseDto){
        .v = ARENA_ARRAY(cx->arena, struct AssetMetadataResponseDto, rows.n), .n = rows.n};
    for (size_t i = 0; i < rows.n; i++)
        out->v[i] = (struct AssetMetadataResponseDto){
            .key = rows.v[i].key, .value = rows.v[i].value, .updatedAt = rows.v[i].updatedAt};
    return NULL;
}

fallible op_deleteAssetMetadata(struct ctx *cx, const struct deleteAssetMetadata_in *in)
{
    uuid asset = in->id;
    str key = in->key;
    return sql_asset_data_delete(cx, (struct list_uuid){&asset, 1}, (struct list_str){&key, 1});
}

fallible op_updateBulkAssetMetadata(struct ctx *cx, const struct updateBulkAssetMetadata_in *in,
    struct list_AssetMetadataBulkResponseDto *out)
{
    const struct list_AssetMetadataBulkUpsertItemDto *items = &in->body.items;
    struct columns c = columns_new(cx->arena, items->n);
    size_t repeated;
    if (!items->n) FAIL(INTERNAL, "no items to write"); /* Compat: upstream's statement fails */
    for (size_t i = 0; i < items->n; i++) {
        c.assets.v[i] = items->v[i].assetId;
        c.keys.v[i] = items->v[i].key;
        c.contents.v[i] = items->v[i].value;
    }
    if (find_repeated(cx->arena, &c, &repeated))
        FAIL(BAD_REQUEST, "Duplicate items are not allowed: \"(%.*s, %.*s)\"",
            FMT(uuid_str(cx->arena, c.assets.v[repeated])), FMT(c.keys.v[repeated]));
    return sql_asset_data_put(cx, out, c.assets, c.keys, c.contents);
}

fallible op_deleteBulkAssetMetadata(struct ctx *cx, const struct deleteBulkAssetMetadata_in *in)
{
    const struct list_AssetMetadataBulkDeleteItemDto *items = &in->body.items;
    struct columns c = columns_new(cx->arena, items->n);
    for (size_t i = 0; i < items->n; i++) {
        c.assets.v[i] = items->v[i].assetId;
        c.keys.v[i] = items->v[i].key;
    }
    return sql_asset_data_delete(cx, c.assets, c.keys);
}
