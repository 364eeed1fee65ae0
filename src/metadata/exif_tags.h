/* The tags of one file (a photo, a video or a sidecar) as ExifTool prints them, with what has to be
 * worked out of several of them: the time zone, the dates in it, and the position.
 *
 * The rules are those of exiftool-vendored, the library behind upstream's readings (metadata.md
 * §2.2 to §2.4): where they differ, the timelines of users would shift.
 *
 * Memory  values point into the JSON document; a named zone lives in the arena.
 * Threads any.
 * Fails   never: a tag that makes no sense counts as missing.
 */
#pragma once

#include "core/time.h"
#include "json/value.h"
#include "metadata/zone.h"

#include <stdbool.h>

struct arena;

enum exif_date_tag {
#define X(name) DATE_##name,
#include "metadata/exif_dates.def"
#undef X
    EXIF_DATES,
};

/* A date in its own zone, or in that of the file. */
struct exif_capture {
    bool is;
    bool utc_text;       /* written with Z or +00:00 */
    struct when instant; /* without any zone, the wall clock counts as UTC */
};

struct exif_tags {
    const struct json_value *json; /* NULL when the file could not be read */
    bool has_zone;
    struct zone zone;
    bool gps_ignored; /* its coordinates are impossible: no GPS tag counts */
    bool has_position;
    double latitude, longitude; /* degrees, six decimals */
    struct exif_capture dates[EXIF_DATES];
};

/* json is one object of ExifTool's answer, or NULL. */
void exif_tags_read(struct arena *a, const struct json_value *json, struct exif_tags *out);

/* A tag's value; NULL when there is none, when it is ignored, and when it is one of the words
 * "undef", "undefined" and "null" that writers leave behind. */
const struct json_value *exif_tag(const struct exif_tags *tags, str name);
/* The date that counts as the time of capture, NULL when there is none. */
const struct exif_capture *exif_capture_date(const struct exif_tags *tags);
