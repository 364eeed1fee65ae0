/* Faces that were named by hand: the regions of the Metadata Working Group (mwg-rs), as Lightroom,
 * digiKam and Picasa write them.
 *
 * Memory  the arena. Threads any. Fails   never: a region that makes no sense is left out.
 */
#pragma once

#include "core/opt.h"
#include "json/value.h"

struct arena;

enum {
    REGIONS_MAX = 1000, /* of one photo; further ones are dropped */
};

/* A face in pixels of the picture the way up it is shown. */
struct region {
    str name;
    int32_t x1, y1, x2, y2;
};

struct regions {
    int32_t image_width, image_height; /* what the pixels count in */
    struct region *v;
    size_t n;
};

/* region_info is the tag RegionInfo; orientation as in EXIF, "1" to "8". */
struct regions regions_read(
    struct arena *a, const struct json_value *region_info, struct opt_str orientation);
