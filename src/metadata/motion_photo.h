/* Photos with a short video in the same file, as phones with Android make them.
 *
 * Memory  constant data. Threads any. Fails   never: a video that cannot be where the tags say is
 * none.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct exif_tags;

enum motion_source {
    MOTION_NONE,
    MOTION_BYTES, /* a part of the file */
    MOTION_TAG,   /* the value of a tag, which only ExifTool knows to find */
};

struct motion_photo {
    enum motion_source source;
    int64_t offset, length; /* of MOTION_BYTES */
    const char *tag;        /* of MOTION_TAG */
};

/* tags of the file, which has size_bytes. */
struct motion_photo motion_photo_find(const struct exif_tags *tags, int64_t size_bytes);
