#include "core/arena.h"
#include "core/size.h"
#include "metadata/metadata.h"
#include "metadata/tag_list.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    ID_BYTES_MAX = 255, /* they are UUIDs */
};

/* Everything that is known about one asset, best source first. */
struct sources {
    struct arena *arena;
    const struct exif_tags *media;
    const struct exif_tags *sidecar; /* NULL: none */
    const struct box_probe_answer *probe;
    const struct file_facts *file;
};

/* The sidecar wins tag by tag. */
static const struct json_value *tag(const struct sources *s, str name)
{
    const struct json_value *v = s->sidecar ? exif_tag(s->sidecar, name) : NULL;
    return v ? v : exif_tag(s->media, name);
}

static const struct json_value *first_of(const struct json_value *v)
{
    if (json_type(v) != JSON_ARRAY) return v;
    struct json_iter it = json_iter(v);
    return json_next(&it);
}

/* A finite number that a database column can hold; the first of a list. Text is no number. */
static struct opt_double number_of(const struct json_value *v)
{
    double value;
    if (!json_double(first_of(v), &value) || value < INT32_MIN || value > INT32_MAX)
        return NOTHING(double);
    return SOME(double, value);
}

static struct opt_int integer_of(const struct json_value *v)
{
    const struct opt_double value = number_of(v);
    return value.is == PRESENT ? SOME(int, llround(value.v)) : NOTHING(int);
}

/* Text as PostgreSQL can store it. */
static struct opt_str text_of(struct arena *a, const struct json_value *v)
{
    str text;
    if (!json_text(first_of(v), &text)) return NOTHING(str);
    return SOME(str, str_replace(a, text, (str){"\0", 1}, STR("")));
}

static struct opt_str first_text(const struct sources *s, const str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct opt_str text = text_of(s->arena, tag(s, names[i]));
        if (text.is == PRESENT) return text;
    }
    return NOTHING(str);
}
#define FIRST_TEXT(s, ...)                                                                         \
    first_text(s, (const str[]){__VA_ARGS__}, LENGTH(((const str[]){__VA_ARGS__})))

/* The same for ids, which are indexed: a long one is none. */
static struct opt_str first_id(const struct sources *s, const str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct opt_str text = text_of(s->arena, tag(s, names[i]));
        if (text.is == PRESENT && text.v.n && text.v.n <= ID_BYTES_MAX) return text;
    }
    return NOTHING(str);
}
#define FIRST_ID(s, ...)                                                                           \
    first_id(s, (const str[]){__VA_ARGS__}, LENGTH(((const str[]){__VA_ARGS__})))

static bool has_extension(str path, const str *extensions, size_t n)
{
    const ptrdiff_t dot = str_rfind_char(path, '.');
    if (dot < 0) return false;
    const str extension = str_slice(path, (size_t)dot + 1, path.n);
    for (size_t i = 0; i < n; i++) {
        if (str_eq_nocase(extension, extensions[i])) return true;
    }
    return false;
}

/* --- dates ------------------------------------------------------------------------------------ */

static struct when earliest(const struct file_facts *file)
{
    struct when when = file->file_created_at;
    if (file->modified.us < when.us) when = file->modified;
    if (file->born.is == PRESENT && file->born.v.us < when.us) when = file->born.v;
    return when;
}

static void map_dates(const struct sources *s, struct metadata *out)
{
    /* One date in the sidecar replaces all dates of the file, and the zone that went with them. */
    const struct exif_capture *date = s->sidecar ? exif_capture_date(s->sidecar) : NULL;
    const struct zone *zone = NULL;
    if (s->sidecar && s->sidecar->has_zone)
        zone = &s->sidecar->zone;
    else if (!date && s->media->has_zone)
        zone = &s->media->zone;
    if (!date) date = exif_capture_date(s->media);

    if (zone)
        out->time_zone = SOME(str, str_dup(s->arena, str_from(zone->name)));
    else if (date && date->utc_text)
        out->time_zone = SOME(str, STR("UTC+0"));

    out->date_time_original = date ? date->instant : earliest(s->file);
    out->local_date_time = out->date_time_original;
    if (date && zone) out->local_date_time = zone_wall_from_instant(zone, date->instant);
    out->file_created_at = out->date_time_original;
    out->file_modified_at = s->file->modified;
    out->modify_date = s->file->modified;
}

/* --- sizes ------------------------------------------------------------------------------------ */

/* "4032x3024" */
static bool parse_size(const struct json_value *v, int64_t *width, int64_t *height)
{
    str rest, first;
    return json_string(v, &rest) && str_cut(&rest, 'x', &first) && str_parse_i64(first, width) &&
           str_parse_i64(rest, height) && *width > 0 && *height > 0 && *width <= INT32_MAX &&
           *height <= INT32_MAX;
}

/* Videos whose pixels are not square are as wide as they are shown. */
static int64_t shown_width(const struct box_video *video)
{
    const struct box_fraction aspect = video->sample_aspect;
    if (aspect.num <= 0 || aspect.den <= 0) return video->width;
    return llround((double)video->width * aspect.num / aspect.den);
}

static void map_size(const struct sources *s, struct metadata *out)
{
    int64_t width, height;
    if (parse_size(tag(s, STR("ImageSize")), &width, &height)) {
        out->image_width = SOME(int, width);
        out->image_height = SOME(int, height);
    } else if (s->probe && s->probe->video.is) {
        out->image_width = SOME(int, shown_width(&s->probe->video));
        out->image_height = SOME(int, s->probe->video.height);
    } else {
        out->image_width = integer_of(tag(s, STR("ImageWidth")));
        out->image_height = integer_of(tag(s, STR("ImageHeight")));
    }
    out->width = out->image_width;
    out->height = out->image_height;
    if (out->orientation.is != PRESENT || out->orientation.v.n != 1) return;
    if (out->orientation.v.p[0] >= '5' && out->orientation.v.p[0] <= '8') { /* on its side */
        out->width = out->image_height;
        out->height = out->image_width;
    }
}

static struct opt_str orientation_of_angle(int angle, const int angles[static 4])
{
    static const str orientations[] = {STR_INIT("1"), STR_INIT("8"), STR_INIT("3"),
        STR_INIT("6")}; /* 0, 90, 180, 270 to the left */
    for (size_t i = 0; i < 4; i++) {
        if (angles[i] == angle) return SOME(str, orientations[i]);
    }
    return NOTHING(str);
}

static void map_orientation(const struct sources *s, struct metadata *out)
{
    static const str heif[] = {
        STR_INIT("avif"), STR_INIT("heic"), STR_INIT("heif"), STR_INIT("hif")};
    if (has_extension(s->file->path, heif, LENGTH(heif))) {
        /* A HEIF file's pixels are turned by its irot property alone (ISO 23008-12 §6.5.10); what
         * EXIF says as well would turn them twice. */
        const struct opt_int turns = integer_of(tag(s, STR("Rotation")));
        if (turns.is == PRESENT && turns.v >= 0 && turns.v <= 3)
            out->orientation = orientation_of_angle((int)turns.v, (const int[]){0, 1, 2, 3});
        return;
    }
    if (s->probe && s->probe->video.is) {
        out->orientation =
            orientation_of_angle(s->probe->video.rotation, (const int[]){0, 90, 180, -90});
        if (out->orientation.is == PRESENT) return;
    }
    const struct opt_int orientation = integer_of(tag(s, STR("Orientation")));
    if (orientation.is == PRESENT)
        out->orientation = SOME(str, str_fmt(s->arena, "%lld", (long long)orientation.v));
}

static struct opt_int bits_per_sample(const struct sources *s)
{
    static const str names[] = {STR_INIT("BitsPerSample"), STR_INIT("ComponentBitDepth"),
        STR_INIT("ImagePixelDepth"), STR_INIT("BitDepth"), STR_INIT("ColorBitDepth")};
    for (size_t i = 0; i < LENGTH(names); i++) {
        const struct json_value *v = first_of(tag(s, names[i]));
        struct opt_int bits = integer_of(v);
        str rest, first;
        int64_t value;
        if (json_string(v, &rest) && str_cut(&rest, ' ', &first) && str_parse_i64(first, &value) &&
            value >= 0 && value <= INT32_MAX)
            bits = SOME(int, value); /* "8 8 8" */
        if (bits.is != PRESENT) continue;
        if (bits.v >= 24 && bits.v % 3 == 0) bits.v /= 3; /* all three channels together */
        return bits;
    }
    return NOTHING(int);
}

/* --- camera ----------------------------------------------------------------------------------- */

static void map_camera(const struct sources *s, struct metadata *out)
{
    const struct json_value *device = tag(s, STR("Device"));
    out->make = text_of(s->arena, tag(s, STR("Make")));
    if (out->make.is != PRESENT)
        out->make = text_of(s->arena, json_get(device, STR("Manufacturer")));
    if (out->make.is != PRESENT)
        out->make = FIRST_TEXT(s, STR("AndroidMake"), STR("DeviceManufacturer"));
    out->model = text_of(s->arena, tag(s, STR("Model")));
    if (out->model.is != PRESENT)
        out->model = text_of(s->arena, json_get(device, STR("ModelName")));
    if (out->model.is != PRESENT)
        out->model = FIRST_TEXT(s, STR("AndroidModel"), STR("DeviceModelName"));

    const struct opt_str lens =
        FIRST_TEXT(s, STR("LensID"), STR("LensType"), STR("LensSpec"), STR("LensModel"));
    const str name = lens.is == PRESENT ? str_trim(lens.v) : STR("");
    if (name.n && !str_eq(name, STR("----")) && !str_starts(name, STR("Unknown")))
        out->lens_model = SOME(str, name);

    out->f_number = number_of(tag(s, STR("FNumber")));
    out->focal_length = number_of(tag(s, STR("FocalLength")));
    out->iso = integer_of(tag(s, STR("ISO")));
    out->exposure_time = text_of(s->arena, tag(s, STR("ExposureTime")));
    out->colorspace = text_of(s->arena, tag(s, STR("ColorSpace")));
    out->profile_description = text_of(s->arena, tag(s, STR("ProfileDescription")));
    out->bits_per_sample = bits_per_sample(s);
    out->auto_stack_id =
        FIRST_ID(s, STR("BurstID"), STR("BurstUUID"), STR("CameraBurstID"), STR("MediaUniqueID"));
    out->projection_type = text_of(s->arena, tag(s, STR("ProjectionType")));
    if (out->projection_type.is == PRESENT)
        out->projection_type.v = str_upper(s->arena, out->projection_type.v);
}

static void map_moving_picture(const struct sources *s, struct metadata *out)
{
    static const str animated[] = {STR_INIT("avif"), STR_INIT("gif"), STR_INIT("heic"),
        STR_INIT("heif"), STR_INIT("jxl"), STR_INIT("png"), STR_INIT("webp")};
    out->fps = number_of(tag(s, STR("VideoFrameRate")));
    if (s->probe) {
        if (s->probe->duration_us >= 0)
            out->duration_ms = SOME(int, (s->probe->duration_us + 500) / 1000);
        struct box_fraction rate = s->probe->video.average_rate;
        if (rate.num <= 0 || rate.den <= 0) rate = s->probe->video.real_rate;
        if (s->probe->video.is && rate.num > 0 && rate.den > 0)
            out->fps = SOME(double, (double)rate.num / rate.den);
    } else if (has_extension(s->file->path, animated, LENGTH(animated))) {
        /* A sidecar's duration would be that of another file. */
        const struct opt_double seconds = number_of(exif_tag(s->media, STR("Duration")));
        if (seconds.is == PRESENT && seconds.v >= 0 && seconds.v < INT32_MAX / 1000.0)
            out->duration_ms = SOME(int, llround(seconds.v * 1000));
    }
    if (out->duration_ms.is == PRESENT && out->duration_ms.v > INT32_MAX)
        out->duration_ms = NOTHING(int);
}

/* --- words ------------------------------------------------------------------------------------ */

static void map_words(const struct sources *s, struct metadata *out)
{
    static const str captions[] = {STR_INIT("ImageDescription"), STR_INIT("Description")};
    for (size_t i = 0; i < LENGTH(captions) && out->description.n == 0; i++) {
        const struct opt_str text = text_of(s->arena, tag(s, captions[i]));
        if (text.is == PRESENT) out->description = str_trim(text.v);
    }
    out->live_photo_cid = FIRST_ID(s, STR("ContentIdentifier"), STR("MediaGroupUUID"));
    const struct opt_double stars = number_of(tag(s, STR("Rating")));
    if (stars.is == PRESENT && llround(stars.v) >= 1 && llround(stars.v) <= 5)
        out->rating = SOME(int, llround(stars.v));
    out->tags = tag_list_read(s->arena, tag(s, STR("TagsList")), tag(s, STR("HierarchicalSubject")),
        tag(s, STR("Keywords")));
}

static void map_position(const struct sources *s, struct metadata *out)
{
    const struct exif_tags *from = s->sidecar && s->sidecar->has_position ? s->sidecar : s->media;
    if (!from->has_position) return;
    out->latitude = SOME(double, from->latitude);
    out->longitude = SOME(double, from->longitude);
}

void metadata_map(struct arena *a, const struct exif_tags *media, const struct exif_tags *sidecar,
    const struct box_probe_answer *probe, const struct file_facts *file, struct metadata *out)
{
    const struct sources s = {a, media, sidecar, probe, file};
    *out = (struct metadata){.file_size_bytes = file->size_bytes, .description = STR("")};
    map_dates(&s, out);
    map_orientation(&s, out);
    map_size(&s, out);
    map_camera(&s, out);
    map_moving_picture(&s, out);
    map_words(&s, out);
    map_position(&s, out);
}
