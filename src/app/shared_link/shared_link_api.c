#include "app/access/access.h"
#include "app/album/album.h"
#include "app/asset/asset.h"
#include "app/bulk/bulk.h"
#include "auth/auth.h"
#include "auth/secret.h"
#include "core/hash.h"
#include "core/rand.h"
#include "db/db.h"
#include "gen/shared_link_sql.h"
#include "http/cookie.h"
#include "http/reply.h"
#include "http/request.h"

#include <string.h>

#include "core/banned.h"

enum {
    LINK_TOKENS_MAX = 20, /* in the cookie of one browser; the oldest are forgotten first */
};

/* ---- reading ---- */

/* A link to assets has no album. */
static void finish_album(struct SharedLinkResponseDto *link)
{
    if (link->album.is != PRESENT) link->album.is = ABSENT;
}

/* With at most one asset each: it is their picture in a list. */
fallible op_getAllSharedLinks(
    struct ctx *cx, const struct getAllSharedLinks_in *in, struct list_SharedLinkResponseDto *out)
{
    TRY(sql_shared_link_find(cx, out, cx->auth->user, in->id, in->albumId));
    struct list_uuid ids = {.v = ARENA_ARRAY(cx->arena, uuid, out->n), .n = out->n};
    for (size_t i = 0; i < out->n; i++) {
        finish_album(&out->v[i]);
        ids.v[i] = out->v[i].id;
    }
    struct list_link_cover covers;
    struct list_AssetResponseDto assets;
    TRY(sql_shared_link_covers(cx, &covers, ids));
    struct list_uuid shown = {.v = ARENA_ARRAY(cx->arena, uuid, covers.n), .n = covers.n};
    for (size_t i = 0; i < covers.n; i++)
        shown.v[i] = covers.v[i].asset;
    TRY(assets_response(cx, shown, SHAPE_getAllSharedLinks, &assets));
    for (size_t i = 0, k = 0; i < covers.n && k < assets.n; i++) {
        if (!uuid_eq(covers.v[i].asset, assets.v[k].id)) continue; /* gone since */
        out->v[covers.v[i].place - 1].assets = (struct list_AssetResponseDto){&assets.v[k++], 1};
    }
    return NULL;
}

/* The link with all its assets; whose it is not, does not know of it. */
static fallible get(
    struct ctx *cx, uuid id, enum AssetResponseDto_shape shape, struct SharedLinkResponseDto *out)
{
    struct list_SharedLinkResponseDto found;
    struct list_uuid ids;
    TRY(sql_shared_link_find(cx, &found, cx->auth->user, SOME(uuid, id), NOTHING(uuid)));
    if (!found.n) FAIL(BAD_REQUEST, "Shared link not found");
    *out = found.v[0];
    finish_album(out);
    TRY(sql_shared_link_assets(cx, &ids, id));
    return assets_response(cx, ids, shape, &out->assets);
}

static fallible get_whole(
    struct ctx *cx, uuid id, enum AssetResponseDto_shape shape, struct SharedLinkResponseDto *out)
{
    TRY(get(cx, id, shape, out));
    if (out->album.is == PRESENT) TRY(album_measure(cx, &out->album.v));
    return NULL;
}

/* The answer of operations that change a link. */
static fallible get_changed(
    struct ctx *cx, uuid id, enum AssetResponseDto_shape shape, struct SharedLinkResponseDto *out)
{
    TRY(get(cx, id, shape, out));
    out->album.is = ABSENT;
    return NULL;
}

fallible op_getSharedLinkById(
    struct ctx *cx, const struct getSharedLinkById_in *in, struct SharedLinkResponseDto *out)
{
    return get_whole(cx, in->id, SHAPE_getSharedLinkById, out);
}

/* ---- making and changing ---- */

static struct opt_str unless_empty(struct opt_str text)
{
    return text.is == PRESENT && text.v.n ? text : NOTHING(str);
}

static fallible require_shareable(struct ctx *cx, const struct SharedLinkCreateDto *dto)
{
    if (dto->type == SHARED_LINK_TYPE_ALBUM) {
        if (dto->albumId.is != PRESENT) FAIL(BAD_REQUEST, "Invalid albumId");
        return access_require_one(cx, STR("album.share"), dto->albumId.v);
    }
    if (dto->assetIds.is != PRESENT || !dto->assetIds.v.n) FAIL(BAD_REQUEST, "Invalid assetIds");
    return access_require(cx, STR("asset.share"), dto->assetIds.v);
}

static fallible insert(struct ctx *cx, const struct SharedLinkCreateDto *dto, uuid *id)
{
    uint8_t key[SECRET_LINK_KEY_BYTES];
    rand_bytes(key, sizeof key);
    const bool album = dto->type == SHARED_LINK_TYPE_ALBUM;
    err e = sql_shared_link_insert(cx, id, cx->auth->user, (struct bytes){key, sizeof key},
        dto->type, album ? dto->albumId : NOTHING(uuid), unless_empty(dto->description),
        dto->password, unless_empty(dto->slug), dto->expiresAt,
        dto->allowUpload.is == PRESENT ? dto->allowUpload.v : true,
        dto->allowDownload && dto->showMetadata, dto->showMetadata);
    if (err_is(e, CONFLICT)) FAIL(BAD_REQUEST, "Failed to save shared link");
    TRY(e);
    if (album) return NULL;
    return sql_shared_link_add_assets(cx, *id, dto->assetIds.v);
}

fallible op_createSharedLink(
    struct ctx *cx, const struct createSharedLink_in *in, struct SharedLinkResponseDto *out)
{
    uuid id;
    TRY(require_shareable(cx, &in->body));
    TRY(db_begin(cx));
    TRY(insert(cx, &in->body, &id));
    TRY(db_commit(cx));
    return get_changed(cx, id, SHAPE_createSharedLink, out);
}

static fallible require_own(struct ctx *cx, uuid id, struct own_link *link)
{
    bool found;
    TRY(sql_shared_link_get_own(cx, link, &found, id, cx->auth->user));
    if (!found) FAIL(BAD_REQUEST, "Shared link not found");
    return NULL;
}

fallible op_updateSharedLink(
    struct ctx *cx, const struct updateSharedLink_in *in, struct SharedLinkResponseDto *out)
{
    const struct SharedLinkEditDto *dto = &in->body;
    struct own_link link;
    TRY(require_own(cx, in->id, &link));
    err e = sql_shared_link_update(cx, in->id, unless_empty(dto->slug),
        dto->description.is != ABSENT, dto->description, dto->password.is != ABSENT, dto->password,
        dto->expiresAt.is != ABSENT, dto->expiresAt, dto->allowUpload, dto->allowDownload,
        dto->showMetadata);
    if (err_is(e, CONFLICT)) FAIL(BAD_REQUEST, "Failed to save shared link");
    TRY(e);
    return get_changed(cx, in->id, SHAPE_updateSharedLink, out);
}

fallible op_removeSharedLink(struct ctx *cx, const struct removeSharedLink_in *in)
{
    struct own_link link;
    TRY(require_own(cx, in->id, &link));
    return sql_shared_link_delete(cx, in->id);
}

/* ---- assets of a link ---- */

static fallible require_individual(struct ctx *cx, uuid id)
{
    struct own_link link;
    TRY(require_own(cx, id, &link));
    if (link.type != SHARED_LINK_TYPE_INDIVIDUAL) FAIL(BAD_REQUEST, "Invalid shared link type");
    return NULL;
}

static struct list_AssetIdsResponseDto answer(struct arena *a, const struct bulk *bulk)
{
    static const enum AssetIdErrorReason reasons[] = {
        [BULK_DUPLICATE] = ASSET_ID_ERROR_REASON_DUPLICATE,
        [BULK_NO_PERMISSION] = ASSET_ID_ERROR_REASON_NO_PERMISSION,
        [BULK_NOT_FOUND] = ASSET_ID_ERROR_REASON_NOT_FOUND,
    };
    const size_t n = bulk->ids.n;
    struct list_AssetIdsResponseDto out = {
        .v = ARENA_ARRAY(a, struct AssetIdsResponseDto, n), .n = n};
    for (size_t i = 0; i < n; i++) {
        const enum bulk_outcome outcome = bulk->outcomes[i];
        out.v[i] = (struct AssetIdsResponseDto){.assetId = bulk->ids.v[i], .success = !outcome};
        if (outcome) out.v[i].error = (struct opt_AssetIdErrorReason){PRESENT, reasons[outcome]};
    }
    return out;
}

fallible op_addSharedLinkAssets(
    struct ctx *cx, const struct addSharedLinkAssets_in *in, struct list_AssetIdsResponseDto *out)
{
    const struct list_uuid ids = in->body.assetIds;
    struct list_uuid present, allowed;
    TRY(require_individual(cx, in->id));
    TRY(sql_shared_link_present(cx, &present, in->id, ids));
    TRY(access_check(cx, STR("asset.share"), ids, &allowed));
    const struct bulk bulk = bulk_add(cx->arena, ids, present, allowed);
    TRY(sql_shared_link_add_assets(cx, in->id, bulk.done));
    *out = answer(cx->arena, &bulk);
    return NULL;
}

fallible op_removeSharedLinkAssets(struct ctx *cx, const struct removeSharedLinkAssets_in *in,
    struct list_AssetIdsResponseDto *out)
{
    const struct list_uuid ids = in->body.assetIds;
    struct list_uuid present;
    TRY(require_individual(cx, in->id));
    TRY(sql_shared_link_present(cx, &present, in->id, ids));
    const struct bulk bulk = bulk_remove(cx->arena, ids, present, ids);
    TRY(sql_shared_link_remove_assets(cx, in->id, bulk.done));
    *out = answer(cx->arena, &bulk);
    return NULL;
}

/* ---- for those who have the link ---- */

static fallible require_link(struct ctx *cx)
{
    if (cx->auth->kind == AUTH_SHARED_LINK) return NULL;
    FAIL(FORBIDDEN, "Forbidden");
}

static fallible get_mine(
    struct ctx *cx, enum AssetResponseDto_shape shape, struct SharedLinkResponseDto *out)
{
    TRY(get_whole(cx, cx->auth->link, shape, out));
    if (cx->auth->link_shows_metadata) return NULL;
    for (size_t i = 0; i < out->assets.n; i++)
        out->assets.v[i] = asset_sanitized(&out->assets.v[i]);
    return NULL;
}

/* The password was asked for when the caller was identified. */
fallible op_getMySharedLink(
    struct ctx *cx, const struct getMySharedLink_in *in, struct SharedLinkResponseDto *out)
{
    TRY(require_link(cx));
    return get_mine(cx, SHAPE_getMySharedLink, out);
}

/* Guesses are counted for each link and address. */
static fallible check_password(struct ctx *cx, str given, str wanted)
{
    const str link = uuid_str(cx->arena, cx->auth->link);
    TRY(auth_may_try(cx, link));
    const bool right = secret_eq(given.p, given.n, wanted.p, wanted.n);
    auth_tried(cx, link, right);
    if (!right) FAIL(UNAUTHORIZED, "Invalid password");
    return NULL;
}

/* One browser may have opened several links. */
static void add_token(struct ctx *cx, str token)
{
    const str before = request_cookie(cx->request, cx->arena, AUTH_LINK_COOKIE);
    str kept[LINK_TOKENS_MAX], rest = before, one;
    size_t n = 0;
    while (str_cut(&rest, ',', &one)) {
        if (!one.n || str_eq(one, token)) continue;
        if (n == LINK_TOKENS_MAX - 1) memmove(kept, kept + 1, --n * sizeof *kept);
        kept[n++] = one;
    }
    str value = STR("");
    for (size_t i = 0; i < n; i++)
        value = str_fmt(cx->arena, "%.*s%.*s,", FMT(value), FMT(kept[i]));
    cookie_set(
        cx, AUTH_LINK_COOKIE, str_fmt(cx->arena, "%.*s%.*s", FMT(value), FMT(token)), COOKIE_DAY);
}

fallible op_sharedLinkLogin(
    struct ctx *cx, const struct sharedLinkLogin_in *in, struct SharedLinkResponseDto *out)
{
    struct own_link link;
    TRY(require_link(cx));
    TRY(require_own(cx, cx->auth->link, &link));
    if (link.password.is != PRESENT || !link.password.v.n)
        FAIL(BAD_REQUEST, "Shared link is not password protected");
    TRY(check_password(cx, in->body.password, link.password.v));
    add_token(cx, auth_link_token(cx->arena, cx->auth->link, link.password.v));
    return get_mine(cx, SHAPE_sharedLinkLogin, out);
}
