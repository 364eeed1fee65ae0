/* The video inside a motion photo becomes an asset of its own: hidden, pointed to by its photo.
 *
 * Owns    the file under encoded-video/ and the video's row; the same bytes are stored once.
 * Threads the thread of cx; outside a transaction.
 * Fails   as the file system, the database and the box do. A file without a row may be left behind
 *         by a crash, never a row without a file.
 */
#pragma once

#include "app/asset/asset_metadata_store.h"

/* Does nothing when there is no video in the file. *made is the new asset, whose own metadata must
 * be read next. */
fallible asset_motion_photo_store(struct ctx *cx, const struct metadata_asset *photo,
    const struct exif_tags *tags, int fd, struct opt_uuid *made);
