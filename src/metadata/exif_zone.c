#include "core/arena.h"
#include "core/size.h"
#include "metadata/exif_date.h"
#include "metadata/exif_tags.h"
#include "metadata/exif_zone.h"

#include <math.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    ROUND_MAX_S = 30 * 60, /* clocks of cameras are set by hand */
};

/* Tags that hold a time of capture with, sometimes, its offset. */
static const str captures[] = {
    STR_INIT("SubSecDateTimeOriginal"),
    STR_INIT("SubSecCreateDate"),
    STR_INIT("DateTimeOriginal"),
    STR_INIT("CreateDate"),
    STR_INIT("MediaCreateDate"),
    STR_INIT("CreationDate"),
    STR_INIT("DateTimeCreated"),
    STR_INIT("TimeCreated"),
};

static const struct json_value *first_of(const struct json_value *v)
{
    if (json_type(v) != JSON_ARRAY) return v;
    struct json_iter it = json_iter(v);
    return json_next(&it);
}

/* Nikon writes the zone without daylight saving, which is a tag of its own. */
static bool has_separate_daylight(const struct exif_tags *tags)
{
    static const str nikon = STR_INIT("nikon");
    str make, daylight;
    if (!json_string(exif_tag(tags, STR("Make")), &make)) return false;
    if (!json_text(exif_tag(tags, STR("DaylightSavings")), &daylight)) return false;
    /* As a word: any other make that only begins alike keeps its own rules. */
    const bool is_nikon = make.n >= nikon.n && str_eq_nocase(str_slice(make, 0, nikon.n), nikon) &&
                          (make.n == nikon.n || make.p[nikon.n] == ' ');
    return is_nikon && (str_eq_nocase(daylight, STR("Yes")) || str_eq(daylight, STR("true")));
}

/* 1. A tag that says the zone. A number counts hours. OffsetTime is not asked: it belongs to the
 * time of modification. */
static bool from_offset_tags(struct arena *a, const struct exif_tags *tags, struct zone *out)
{
    static const str names[] = {STR_INIT("TimeZone"), STR_INIT("OffsetTimeOriginal"),
        STR_INIT("OffsetTimeDigitized"), STR_INIT("TimeZoneOffset")};
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct json_value *v = first_of(exif_tag(tags, names[i]));
        struct zone zone;
        double hours;
        str text;
        if (json_double(v, &hours)) {
            if (fabs(hours) > 14 || !zone_fixed((int)lround(hours * 60), &zone)) continue;
        } else if (!json_string(v, &text) || !zone_parse(a, text, &zone)) {
            continue;
        }
        if (!zone.rules && has_separate_daylight(tags)) {
            struct zone summer;
            if (zone_fixed(zone.minutes + 60, &summer)) zone = summer;
        }
        *out = zone;
        return true;
    }
    return false;
}

/* 2. The zone of the nearest city that ExifTool knows. It guesses a city from place names too; only
 * a position counts. */
static bool from_position(struct arena *a, const struct exif_tags *tags, struct zone *out)
{
    str name;
    return tags->has_position && json_string(exif_tag(tags, STR("GeolocationTimeZone")), &name) &&
           str_find_char(name, '/') > 0 && zone_parse(a, name, out);
}

/* 3. An offset behind a time of capture. UTC is not believed: exports of photo services write it
 * behind local times. */
static bool from_capture_times(const struct exif_tags *tags, struct zone *out)
{
    for (size_t i = 0; i < LENGTH(captures); i++) {
        struct zone zone;
        str text;
        if (!json_string(exif_tag(tags, captures[i]), &text)) continue;
        if (!zone_cut(&text, &zone) || zone_is_utc(&zone)) continue;
        *out = zone;
        return true;
    }
    return false;
}

/* The first time of capture that has no zone of its own. */
static bool local_capture(const struct exif_tags *tags, struct when *out)
{
    for (size_t i = 0; i < LENGTH(captures); i++) {
        struct exif_date date;
        str text;
        if (!json_string(exif_tag(tags, captures[i]), &text)) continue;
        if (!exif_date_parse(text, &date) || date.zoned) continue;
        *out = date.wall;
        return true;
    }
    return false;
}

/* A time in UTC; one with another zone is none. */
static bool read_utc(struct arena *a, const struct exif_tags *tags, str name, struct when *out)
{
    struct exif_date date;
    str text, time;
    if (!json_string(exif_tag(tags, name), &text)) return false;
    if (str_eq(name, STR("GPSDateStamp"))) {
        if (!json_string(exif_tag(tags, STR("GPSTimeStamp")), &time)) return false;
        text = str_fmt(a, "%.*s %.*s", FMT(text), FMT(time));
    }
    if (!exif_date_parse(text, &date) || (date.zoned && !zone_is_utc(&date.zone))) return false;
    *out = date.wall;
    return true;
}

/* The zone whose offset is nearest to a difference of two clocks. */
static bool nearest_zone(int64_t difference_us, struct zone *out)
{
    const double seconds = (double)difference_us / 1e6;
    double best = ROUND_MAX_S + 1;
    for (int minutes = -12 * 60; minutes <= 14 * 60; minutes += 15) {
        struct zone zone;
        const double distance = fabs(seconds - minutes * 60);
        if (distance > ROUND_MAX_S || distance >= best || !zone_fixed(minutes, &zone)) continue;
        best = distance;
        *out = zone;
    }
    return best <= ROUND_MAX_S;
}

/* 5. The difference between the first local time of capture and the first time in UTC. */
static bool from_utc(struct arena *a, const struct exif_tags *tags, struct zone *out)
{
    static const str names[] = {STR_INIT("GPSDateTime"), STR_INIT("DateTimeUTC"),
        STR_INIT("GPSDateStamp"), STR_INIT("SonyDateTime2")};
    struct when local, utc;
    if (!local_capture(tags, &local)) return false;
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (read_utc(a, tags, names[i], &utc)) return nearest_zone(local.us - utc.us, out);
    }
    return false;
}

/* 6. The same with a time stamp that nobody defines well; beside it, a time of capture in UTC is
 * believed after all. */
static bool from_time_stamp(const struct exif_tags *tags, struct zone *out)
{
    struct exif_date stamp;
    str time;
    if (!json_string(exif_tag(tags, STR("TimeStamp")), &time) || !exif_date_parse(time, &stamp))
        return false;
    const struct when utc =
        stamp.zoned ? zone_instant_from_wall(&stamp.zone, stamp.wall) : stamp.wall;
    for (size_t i = 0; i < LENGTH(captures); i++) {
        struct exif_date date;
        str text;
        if (!json_string(exif_tag(tags, captures[i]), &text)) continue;
        if (!exif_date_parse(text, &date)) continue;
        if (date.zoned) {
            *out = date.zone;
            return true;
        }
        if (nearest_zone(date.wall.us - utc.us, out)) return true;
    }
    return false;
}

bool exif_zone_find(struct arena *a, const struct exif_tags *tags, bool video, struct zone *out)
{
    if (from_offset_tags(a, tags, out)) return true;
    if (from_position(a, tags, out)) return true;
    if (from_capture_times(tags, out)) return true;
    if (video) return zone_fixed(0, out); /* 4. */
    return from_utc(a, tags, out) || from_time_stamp(tags, out);
}
