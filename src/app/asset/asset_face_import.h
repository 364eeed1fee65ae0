/* People by the faces that were named in other programs (metadata.faces.import).
 *
 * Owns    rows of asset_face with sourceType exif, and the people that they need.
 * Threads the thread of cx, inside a transaction.
 * Fails   as the database does.
 */
#pragma once

#include "app/asset/asset_metadata_store.h"
#include "metadata/regions.h"

/* The asset has exactly these imported faces afterwards. Without any region nothing changes. */
fallible asset_face_import(
    struct ctx *cx, const struct metadata_asset *asset, const struct regions *regions);
