/* The time zone that a file was made in. Threads any. False when nothing tells it. */
#pragma once

#include <stdbool.h>

struct arena;
struct exif_tags;
struct zone;

/* tags->has_position must be set; video: the file is one. */
bool exif_zone_find(struct arena *a, const struct exif_tags *tags, bool video, struct zone *out);
