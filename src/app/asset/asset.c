#include "app/asset/asset.h"
#include "auth/auth.h"
#include "core/buf.h"
#include "core/codec.h"
#include "core/hash.h"
#include "event/event.h"
#include "gen/asset_sql.h"
#include "http/mime.h"

#include <string.h>

#include "core/banned.h"

static bool is_wanted(enum shape_rule rule, unsigned with, enum asset_with flag)
{
    return rule == SHAPE_ASKED ? (with & flag) != 0 : rule != SHAPE_NEVER;
}

static bool is_own(const struct ctx *cx, const struct AssetResponseDto *asset)
{
    return cx->auth && uuid_eq(asset->ownerId.v, cx->auth->user);
}

/* The rows of one asset follow each other, so its list is a slice of all. */
static fallible add_tags(
    struct ctx *cx, struct list_uuid ids, const struct list_AssetResponseDto *assets)
{
    struct list_asset_tag rows;
    TRY(sql_asset_tags(cx, &rows, ids));
    struct TagResponseDto *tags = ARENA_ARRAY(cx->arena, struct TagResponseDto, rows.n);
    for (size_t i = 0; i < assets->n; i++)
        assets->v[i].tags.is = PRESENT;
    for (size_t i = 0; i < rows.n; i++) {
        struct list_TagResponseDto *list = &assets->v[rows.v[i].place - 1].tags.v;
        tags[i] = rows.v[i].tag;
        if (list->n++ == 0) list->v = &tags[i];
    }
    return NULL;
}

static fallible add_people(struct ctx *cx, struct list_uuid ids,
    const struct list_AssetResponseDto *assets, enum shape_rule rule)
{
    struct list_asset_person rows;
    TRY(sql_asset_people(cx, &rows, ids));
    struct PersonResponseDto *people = ARENA_ARRAY(cx->arena, struct PersonResponseDto, rows.n);
    for (size_t i = 0; i < rows.n; i++) {
        struct AssetResponseDto *asset = &assets->v[rows.v[i].place - 1];
        people[i] = rows.v[i].person;
        if (rule == SHAPE_OWN && !is_own(cx, asset)) continue;
        if (asset->people.v.n++ == 0) asset->people.v.v = &people[i];
    }
    return NULL;
}

static fallible add_stacks(
    struct ctx *cx, struct list_uuid ids, const struct list_AssetResponseDto *assets)
{
    struct list_asset_stack rows;
    TRY(sql_asset_stacks(cx, &rows, ids));
    for (size_t i = 0; i < assets->n; i++)
        assets->v[i].stack.is = IS_NULL;
    for (size_t i = 0; i < rows.n; i++) {
        struct AssetResponseDto *asset = &assets->v[rows.v[i].place - 1];
        asset->stack.is = PRESENT;
        asset->stack.v = rows.v[i].stack;
    }
    return NULL;
}

static fallible add_owners(
    struct ctx *cx, struct list_uuid ids, const struct list_AssetResponseDto *assets)
{
    struct list_asset_owner rows;
    TRY(sql_asset_owners(cx, &rows, ids));
    for (size_t i = 0; i < rows.n; i++) {
        struct AssetResponseDto *asset = &assets->v[rows.v[i].place - 1];
        asset->owner.is = PRESENT;
        asset->owner.v = rows.v[i].owner;
    }
    return NULL;
}

/* What the row alone decides. */
static void finish(struct ctx *cx, struct AssetResponseDto *asset,
    const struct AssetResponseDto_rules *shape, bool with_exif)
{
    asset->originalMimeType.is = PRESENT;
    asset->originalMimeType.v = mime_type(asset->originalFileName.v);
    asset->people.is = PRESENT;
    if (!with_exif || asset->exifInfo.is != PRESENT) asset->exifInfo.is = ABSENT;
    if (shape->isFavorite == SHAPE_NEVER || (shape->isFavorite == SHAPE_OWN && !is_own(cx, asset)))
        asset->isFavorite.v = false;
}

fallible assets_response_with(struct ctx *cx, struct list_uuid ids,
    enum AssetResponseDto_shape shape_name, unsigned with, struct list_AssetResponseDto *out)
{
    const struct AssetResponseDto_rules *shape = &AssetResponseDto_shapes[shape_name];
    struct list_AssetResponseDto assets = {0};
    if (ids.n) TRY(sql_asset_rows(cx, &assets, ids));

    /* Rows may have gone since the ids were found. */
    struct list_uuid found = {.v = ARENA_ARRAY(cx->arena, uuid, assets.n), .n = assets.n};
    for (size_t i = 0; i < assets.n; i++) {
        found.v[i] = assets.v[i].id;
        finish(cx, &assets.v[i], shape, is_wanted(shape->exifInfo, with, ASSET_WITH_EXIF));
    }
    if (assets.n) {
        if (shape->owner == SHAPE_ALWAYS) TRY(add_owners(cx, found, &assets));
        if (shape->tags == SHAPE_ALWAYS) TRY(add_tags(cx, found, &assets));
        if (is_wanted(shape->people, with, ASSET_WITH_PEOPLE))
            TRY(add_people(cx, found, &assets, shape->people));
        if (shape->stack == SHAPE_ALWAYS) TRY(add_stacks(cx, found, &assets));
    }
    *out = assets;
    return NULL;
}

fallible assets_response(struct ctx *cx, struct list_uuid ids, enum AssetResponseDto_shape shape,
    struct list_AssetResponseDto *out)
{
    return assets_response_with(cx, ids, shape, 0, out);
}

fallible asset_response(struct ctx *cx, uuid id, enum AssetResponseDto_shape shape,
    struct AssetResponseDto *out, bool *found)
{
    struct list_AssetResponseDto one;
    TRY(assets_response(cx, (struct list_uuid){.v = &id, .n = 1}, shape, &one));
    *found = one.n > 0;
    if (*found) *out = one.v[0];
    return NULL;
}

struct AssetResponseDto asset_sanitized(const struct AssetResponseDto *asset)
{
    return (struct AssetResponseDto){
        .id = asset->id,
        .type = asset->type,
        .originalMimeType = asset->originalMimeType,
        .thumbhash = asset->thumbhash,
        .localDateTime = asset->localDateTime,
        .duration = asset->duration,
        .livePhotoVideoId = asset->livePhotoVideoId,
        .hasMetadata = false,
        .width = asset->width,
        .height = asset->height,
    };
}

bool asset_checksum_parse(struct arena *a, str text, struct bytes *out)
{
    struct bytes checksum;
    const bool good = text.n == base64_size(SHA1_SIZE) ? base64_decode(a, text, &checksum)
                                                       : hex_decode(a, text, &checksum);
    if (!good || checksum.n != SHA1_SIZE) return false;
    *out = checksum;
    return true;
}

void asset_send_ids(struct ctx *cx, const char *name, struct list_uuid ids)
{
    struct buf argument = {0};
    for (size_t i = 0; i < ids.n; i++) {
        char text[UUID_TEXT];
        uuid_format(ids.v[i], text);
        buf_add_fmt(&argument, "%c\"%s\"", i ? ',' : '[', text);
    }
    buf_add(&argument, ids.n ? STR("]") : STR("[]"));
    event_send(cx, ROOM_USER(cx->auth->user), name, buf_take(&argument, cx->arena));
}

fallible asset_statistics(struct ctx *cx, uuid owner, struct opt_AssetVisibility visibility,
    struct opt_bool favorite, bool trashed, struct AssetStatsResponseDto *out)
{
    return trashed ? sql_asset_trash_statistics(cx, out, owner, visibility, favorite)
                   : sql_asset_statistics(cx, out, owner, visibility, favorite);
}
