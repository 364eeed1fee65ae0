/* Time zones as photos carry them: fixed offsets and names of the tz database.
 *
 * A zone's name is what asset_exif.timeZone stores: "UTC", "UTC+2", "UTC+5:30" (never padded), or
 * "Europe/Vienna".
 *
 * Memory  a struct zone is a value; the rules of a named zone live in the arena of zone_parse.
 * Threads any.
 * Fails   parsing returns false and leaves its output untouched.
 */
#pragma once

#include "core/str.h"
#include "core/time.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct tz_rules;

enum {
    ZONE_NAME_MAX = 64,
};

struct zone {
    char name[ZONE_NAME_MAX];
    int minutes;                  /* east of UTC, of a fixed zone */
    const struct tz_rules *rules; /* of a named zone, otherwise NULL */
};

/* A fixed zone. Only offsets that are or were in use somewhere since 1950 are zones (-12:00, kept
 * by ships alone, is not): everything else in a file is noise. */
bool zone_fixed(int minutes, struct zone *out);
/* "Z", "+02:00", "+0200", "+2", "UTC+2", "GMT-9:30", "Europe/Vienna". */
bool zone_parse(struct arena *a, str text, struct zone *out);
/* The zone at the end of a date or time, cut off it: "12:00:00+02:00", "… PST", "…Z". An offset
 * wins over an abbreviation behind it; abbreviations that mean several zones are none. False when
 * there is no zone; *rest is then untouched. */
bool zone_cut(str *rest, struct zone *out);

bool zone_is_utc(const struct zone *zone);

struct when zone_wall_from_instant(const struct zone *zone, struct when instant);
/* Compat: a wall time that the zone had twice is its first occurrence; one that it skipped counts
 * as if the clock had not been changed yet, as calendars do. */
struct when zone_instant_from_wall(const struct zone *zone, struct when wall);
