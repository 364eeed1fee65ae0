/* Where a photo was taken. Threads any. */
#pragma once

struct exif_tags;

enum exif_position {
    POSITION_NONE,       /* no pair of coordinates */
    POSITION_IMPOSSIBLE, /* out of range, or 0, 0: then no GPS tag of the file is to be believed */
    POSITION_FOUND,
};

enum exif_position exif_position_find(
    const struct exif_tags *tags, double *latitude, double *longitude);
