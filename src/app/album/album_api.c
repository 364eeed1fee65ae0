#include "app/access/access.h"
#include "app/album/album.h"
#include "app/bulk/bulk.h"
#include "app/user/user.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/album_sql.h"

#include "core/banned.h"

fallible op_getAllAlbums(
    struct ctx *cx, const struct getAllAlbums_in *in, struct list_AlbumResponseDto *out)
{
    const uuid user = cx->auth->user;
    const bool of_asset = in->assetId.is == PRESENT;
    struct list_uuid ids;
    if (of_asset)
        TRY(sql_album_find_of_asset(cx, &ids, user, in->assetId.v));
    else
        TRY(sql_album_find(cx, &ids, user, in->id, in->name, in->isOwned, in->isShared));
    TRY(album_list(cx, ids, out));
    /* Compat: by asset, links are not looked at. */
    for (size_t i = 0; of_asset && i < out->n; i++)
        out->v[i].hasSharedLink = false;
    return NULL;
}

fallible op_getAlbumStatistics(struct ctx *cx, struct AlbumStatisticsResponseDto *out)
{
    return sql_album_statistics(cx, out, cx->auth->user);
}

fallible op_getAlbumInfo(
    struct ctx *cx, const struct getAlbumInfo_in *in, struct AlbumResponseDto *out)
{
    uuid id = in->id;
    struct list_AlbumResponseDto found;
    TRY(album_list(cx, (struct list_uuid){&id, 1}, &found));
    if (!found.n) FAIL(BAD_REQUEST, "Not found or no album.read access");
    *out = found.v[0];
    if (!out->shared) return NULL;
    out->contributorCounts.is = PRESENT;
    return sql_album_contributors(cx, &out->contributorCounts.v, id);
}

/* A link that hides metadata hides where pictures were taken. */
fallible op_getAlbumMapMarkers(
    struct ctx *cx, const struct getAlbumMapMarkers_in *in, struct list_MapMarkerResponseDto *out)
{
    *out = (struct list_MapMarkerResponseDto){0};
    if (cx->auth->kind == AUTH_SHARED_LINK && !cx->auth->link_shows_metadata) return NULL;
    return sql_album_map_markers(cx, out, in->id);
}

/* ---- making and changing ---- */

/* Who is to be a member besides the caller. */
struct members {
    struct list_uuid users;
    struct list_AlbumUserRole roles;
};

static fallible find_members(
    struct ctx *cx, const struct opt_list_AlbumUserCreateDto *asked, struct members *out)
{
    *out = (struct members){0};
    if (asked->is != PRESENT || !asked->v.n) return NULL;
    const size_t n = asked->v.n;
    out->users.v = ARENA_ARRAY(cx->arena, uuid, n);
    out->roles.v = ARENA_ARRAY(cx->arena, enum AlbumUserRole, n);
    for (size_t i = 0; i < n; i++) {
        const struct AlbumUserCreateDto *user = &asked->v.v[i];
        if (uuid_eq(user->userId, cx->auth->user)) continue;
        if (user->role == ALBUM_USER_ROLE_OWNER) FAIL(BAD_REQUEST, "Cannot add another owner");
        out->users.v[out->users.n++] = user->userId;
        out->roles.v[out->roles.n++] = user->role;
    }
    return album_require_users(cx, out->users);
}

/* The assets that the caller may share, each once, in the order asked for. */
static fallible find_assets(
    struct ctx *cx, const struct opt_list_uuid *asked, struct list_uuid *out)
{
    struct list_uuid allowed;
    *out = (struct list_uuid){0};
    if (asked->is != PRESENT) return NULL;
    TRY(access_check(cx, STR("asset.share"), asked->v, &allowed));
    *out = bulk_add(cx->arena, asked->v, (struct list_uuid){0}, allowed).done;
    return NULL;
}

fallible op_createAlbum(
    struct ctx *cx, const struct createAlbum_in *in, struct AlbumResponseDto *out)
{
    const struct CreateAlbumDto *dto = &in->body;
    const uuid owner = cx->auth->user;
    struct UserPreferencesResponseDto preferences;
    struct members members;
    struct list_uuid assets, guests;
    uuid id;
    TRY(find_members(cx, &dto->albumUsers, &members));
    TRY(find_assets(cx, &dto->assetIds, &assets));
    TRY(user_preferences_get(cx, owner, &preferences));

    TRY(db_begin(cx));
    TRY(sql_album_insert(cx, &id, owner, dto->albumName,
        dto->description.is == PRESENT ? dto->description.v : STR(""),
        preferences.albums.defaultAssetOrder, assets.n ? SOME(uuid, assets.v[0]) : NOTHING(uuid),
        members.users, members.roles, assets));
    TRY(sql_album_guests(cx, &guests, id));
    TRY(album_invite(cx, id, guests));
    TRY(db_commit(cx));
    return album_changed(cx, id, out);
}

fallible op_updateAlbumInfo(
    struct ctx *cx, const struct updateAlbumInfo_in *in, struct AlbumResponseDto *out)
{
    const struct UpdateAlbumDto *dto = &in->body;
    if (dto->albumThumbnailAssetId.is == PRESENT) {
        uuid cover = dto->albumThumbnailAssetId.v;
        struct list_uuid present;
        TRY(sql_album_assets_present(cx, &present, in->id, (struct list_uuid){&cover, 1}));
        if (!present.n) FAIL(BAD_REQUEST, "Invalid album thumbnail");
    }
    TRY(sql_album_update(cx, in->id, dto->albumName, dto->description, dto->albumThumbnailAssetId,
        dto->isActivityEnabled, dto->order));
    return album_changed(cx, in->id, out);
}

fallible op_deleteAlbum(struct ctx *cx, const struct deleteAlbum_in *in)
{
    return sql_album_delete(cx, in->id);
}
