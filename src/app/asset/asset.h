/* Assets as clients see them, for every domain that answers with assets or sends them in events.
 *
 * Which optional members an answer has depends on the operation (contract/objects.md); the table
 * below is the only place that knows. The form of dates belongs to the operation's description.
 *
 * Memory  results live in cx->arena.
 * Threads the thread of cx; also without a caller, in jobs.
 * Fails   as the database does. Access is the caller's business: ids are taken as allowed. Ids
 *         without a row are left out.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

/* X(shape, owner, exif, tags, people, stack, favorite)
 *   NO, YES, IF (asset_with says so); people OWN: only of the caller's assets, otherwise []
 *   favorite: OWN only the caller's own, STORED as it is, NO always false
 */
#define ASSET_SHAPES                                                                               \
    X(getAssetInfo, YES, YES, YES, OWN, YES, OWN)                                                  \
    X(getAssetInfoLink, NO, YES, YES, NO, YES, STORED)                                             \
    X(updateAsset, NO, YES, NO, YES, NO, OWN)                                                      \
    X(searchAssets, NO, IF, NO, IF, NO, OWN)                                                       \
    X(searchLargeAssets, NO, YES, NO, IF, NO, OWN)                                                 \
    X(getExploreData, NO, YES, YES, YES, NO, OWN)                                                  \
    X(getAssetsByOriginalPath, NO, YES, NO, NO, NO, OWN)                                           \
    X(getStack, NO, YES, YES, NO, NO, OWN)                                                         \
    X(searchStacks, NO, YES, NO, NO, NO, OWN)                                                      \
    X(memories, NO, NO, NO, NO, NO, OWN)                                                           \
    X(getSharedLinkById, NO, YES, NO, NO, NO, NO)                                                  \
    X(getAllSharedLinks, NO, NO, NO, NO, NO, NO)                                                   \
    X(getAssetDuplicates, NO, YES, YES, NO, NO, OWN)                                               \
    X(events, NO, YES, YES, YES, NO, NO)

enum asset_shape {
#define X(shape, ...) SHAPE_##shape,
    ASSET_SHAPES
#undef X
};

/* What the request asked for, where the shape says IF. */
enum asset_with { ASSET_WITH_EXIF = 1, ASSET_WITH_PEOPLE = 2 };

/* In the order of ids; an id that comes twice is answered twice. */
fallible assets_response(struct ctx *cx, struct list_uuid ids, enum asset_shape shape,
    struct list_AssetResponseDto *out);
fallible assets_response_with(struct ctx *cx, struct list_uuid ids, enum asset_shape shape,
    unsigned with, struct list_AssetResponseDto *out);
/* *found is false when the row is gone. */
fallible asset_response(
    struct ctx *cx, uuid id, enum asset_shape shape, struct AssetResponseDto *out, bool *found);

/* What is left of an asset in a link that hides metadata. */
struct AssetResponseDto asset_sanitized(const struct AssetResponseDto *asset);

/* SHA-1 in hex, or in base64 when it is 28 characters; false for anything else. */
bool asset_checksum_parse(struct arena *a, str text, struct bytes *out);

/* An event to the caller with these ids as its one argument. Name is a literal. */
void asset_send_ids(struct ctx *cx, const char *name, struct list_uuid ids);
