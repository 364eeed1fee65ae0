/* Where a photo was taken. Threads any. False when the tags name no place or an impossible one. */
#pragma once

#include <stdbool.h>

struct exif_tags;

bool exif_position_find(const struct exif_tags *tags, double *latitude, double *longitude);
