/* Assets as clients see them, for every domain that answers with assets or sends them in events.
 *
 * Which optional members an answer has depends on the operation: SHAPE_<operation>, from x-shapes
 * in contract/assets.yaml. So does the form of dates, which its description tells.
 *
 * Memory  results live in cx->arena.
 * Threads the thread of cx; also without a caller, in jobs.
 * Fails   as the database does. Access is the caller's business: ids are taken as allowed. Ids
 *         without a row are left out.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

/* What the request asked for, where the shape says "asked". */
enum asset_with { ASSET_WITH_EXIF = 1, ASSET_WITH_PEOPLE = 2 };

/* In the order of ids; an id that comes twice is answered twice. */
fallible assets_response(struct ctx *cx, struct list_uuid ids, enum AssetResponseDto_shape shape,
    struct list_AssetResponseDto *out);
fallible assets_response_with(struct ctx *cx, struct list_uuid ids,
    enum AssetResponseDto_shape shape, unsigned with, struct list_AssetResponseDto *out);
/* *found is false when the row is gone. */
fallible asset_response(struct ctx *cx, uuid id, enum AssetResponseDto_shape shape,
    struct AssetResponseDto *out, bool *found);

/* What is left of an asset in a link that hides metadata. */
struct AssetResponseDto asset_sanitized(const struct AssetResponseDto *asset);

/* An owner's assets by type, or those in the trash; of no visibility: timeline and archive. */
fallible asset_statistics(struct ctx *cx, uuid owner, struct opt_AssetVisibility visibility,
    struct opt_bool favorite, bool trashed, struct AssetStatsResponseDto *out);

/* SHA-1 in hex, or in base64 when it is 28 characters; false for anything else. */
bool asset_checksum_parse(struct arena *a, str text, struct bytes *out);

/* An event to the caller with these ids as its one argument. Name is a literal. */
void asset_send_ids(struct ctx *cx, const char *name, struct list_uuid ids);
