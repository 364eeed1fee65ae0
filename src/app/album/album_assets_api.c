/* What is in albums. */
#include "app/access/access.h"
#include "app/album/album.h"
#include "app/bulk/bulk.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/album_sql.h"

#include "core/banned.h"

fallible op_addAssetsToAlbum(
    struct ctx *cx, const struct addAssetsToAlbum_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present, allowed;
    bool exists;
    size_t added;
    uuid id = in->id;
    TRY(sql_album_exists(cx, &exists, id));
    if (!exists) FAIL(BAD_REQUEST, "Album not found");
    TRY(access_require_one(cx, STR("albumAsset.create"), id));
    TRY(sql_album_assets_present(cx, &present, id, ids));
    TRY(access_check(cx, STR("asset.share"), ids, &allowed));

    const struct bulk bulk = bulk_add(cx->arena, ids, present, allowed);
    TRY(db_begin(cx));
    TRY(album_add_assets(cx, (struct list_uuid){&id, 1}, bulk.done, &added));
    TRY(db_commit(cx));
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}

fallible op_addAssetsToAlbums(
    struct ctx *cx, const struct addAssetsToAlbums_in *in, struct AlbumsAddAssetsResponseDto *out)
{
    struct list_uuid albums, allowed;
    size_t added;
    TRY(access_check(cx, STR("albumAsset.create"), in->body.albumIds, &albums));
    TRY(access_check(cx, STR("asset.share"), in->body.assetIds, &allowed));
    const struct bulk bulk = bulk_add(cx->arena, in->body.assetIds, (struct list_uuid){0}, allowed);

    TRY(db_begin(cx));
    TRY(album_add_assets(cx, albums, bulk.done, &added));
    TRY(db_commit(cx));
    *out = (struct AlbumsAddAssetsResponseDto){.success = added > 0};
    if (added) return NULL;
    out->error.is = PRESENT;
    out->error.v = albums.n && bulk.done.n ? BULK_ID_ERROR_REASON_DUPLICATE
                                           : BULK_ID_ERROR_REASON_NO_PERMISSION;
    return NULL;
}

/* The owner of an album takes out anything, editors what they could put in. */
static fallible find_removable(
    struct ctx *cx, uuid album, struct list_uuid ids, struct list_uuid *out)
{
    struct list_uuid owned;
    TRY(access_check(cx, STR("album.delete"), (struct list_uuid){&album, 1}, &owned));
    if (!owned.n) return access_check(cx, STR("asset.share"), ids, out);
    *out = ids;
    return NULL;
}

fallible op_removeAssetFromAlbum(
    struct ctx *cx, const struct removeAssetFromAlbum_in *in, struct list_BulkIdResponseDto *out)
{
    const struct list_uuid ids = in->body.ids;
    struct list_uuid present, allowed;
    uuid id = in->id;
    TRY(sql_album_assets_present(cx, &present, id, ids));
    TRY(find_removable(cx, id, ids, &allowed));

    const struct bulk bulk = bulk_remove(cx->arena, ids, present, allowed);
    if (bulk.done.n) {
        TRY(db_begin(cx));
        TRY(sql_album_remove_assets(cx, id, bulk.done));
        TRY(sql_album_repair_thumbnails(cx, (struct list_uuid){&id, 1}));
        TRY(album_send_update(cx, id));
        TRY(db_commit(cx));
    }
    *out = bulk_answer(cx->arena, &bulk);
    return NULL;
}
