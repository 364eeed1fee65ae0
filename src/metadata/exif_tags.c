#include "core/arena.h"
#include "core/size.h"
#include "metadata/exif_date.h"
#include "metadata/exif_position.h"
#include "metadata/exif_tags.h"
#include "metadata/exif_zone.h"

#include <assert.h>

#include "core/banned.h"

static const str date_names[] = {
#define X(name) STR_INIT(#name),
#include "metadata/exif_dates.def"
#undef X
};
static_assert(LENGTH(date_names) == EXIF_DATES, "one name a date");

const struct json_value *exif_tag(const struct exif_tags *tags, str name)
{
    static const str words[] = {STR_INIT("undef"), STR_INIT("undefined"), STR_INIT("null")};
    const struct json_value *v = json_get(tags->json, name);
    str text;
    if (json_type(v) == JSON_NULL) return NULL;
    if (tags->gps_ignored && str_starts(name, STR("GPS"))) return NULL;
    for (size_t i = 0; json_string(v, &text) && i < LENGTH(words); i++) {
        if (str_eq(text, words[i])) return NULL;
    }
    return v;
}

static bool is_video(const struct exif_tags *tags)
{
    str mime;
    return json_string(exif_tag(tags, STR("MIMEType")), &mime) && str_starts(mime, STR("video/"));
}

/* Tags that are UTC by definition. */
static bool is_utc_name(str name)
{
    return str_starts(name, STR("GPS")) || str_find(name, STR("UTC")) >= 0;
}

static void read_date(struct exif_tags *tags, str name, bool video, struct exif_capture *out)
{
    struct exif_date date;
    str text;
    if (!json_string(exif_tag(tags, name), &text) || !exif_date_parse(text, &date)) return;
    out->is = true;
    out->utc_text = date.utc_text;
    out->instant = date.wall;
    if (date.zoned)
        out->instant = zone_instant_from_wall(&date.zone, date.wall);
    else if (tags->has_zone && !is_utc_name(name) && !video) /* cameras count in UTC for video */
        out->instant = zone_instant_from_wall(&tags->zone, date.wall);
}

void exif_tags_read(struct arena *a, const struct json_value *json, struct exif_tags *out)
{
    *out = (struct exif_tags){.json = json};
    const enum exif_position position = exif_position_find(out, &out->latitude, &out->longitude);
    out->has_position = position == POSITION_FOUND;
    out->gps_ignored = position == POSITION_IMPOSSIBLE;
    const bool video = is_video(out);
    out->has_zone = exif_zone_find(a, out, video, &out->zone);
    for (size_t i = 0; i < EXIF_DATES; i++)
        read_date(out, date_names[i], video, &out->dates[i]);
}

const struct exif_capture *exif_capture_date(const struct exif_tags *tags)
{
    for (size_t i = 0; i < EXIF_DATES; i++) {
        if (tags->dates[i].is) return &tags->dates[i];
    }
    return NULL;
}
