#include "metadata/exif_tags.h"
#include "metadata/motion_photo.h"

#include "core/banned.h"

/* 1, "1", "Yes", true: whatever is there and does not say no. */
static bool is_set(const struct json_value *v)
{
    double number;
    bool yes;
    str text;
    if (json_double(v, &number)) return number != 0;
    if (json_bool(v, &yes)) return yes;
    return json_string(v, &text) && text.n;
}

static int64_t length_of(const struct json_value *v)
{
    int64_t n;
    str text;
    if (json_int(v, &n)) return n;
    return json_string(v, &text) && str_parse_i64(text, &n) ? n : 0;
}

/* `length` bytes that end `padding` bytes before the end of the file. */
static struct motion_photo at_end(int64_t size, int64_t length, int64_t padding)
{
    if (length <= 0 || padding < 0 || length >= size || padding >= size - length)
        return (struct motion_photo){0};
    return (struct motion_photo){
        .source = MOTION_BYTES, .offset = size - length - padding, .length = length};
}

/* Google's container: a list of what follows the picture, one item of which is the video. */
static struct motion_photo in_container(const struct exif_tags *tags, int64_t size)
{
    struct json_iter it = json_iter(exif_tag(tags, STR("ContainerDirectory")));
    for (const struct json_value *entry; (entry = json_next(&it));) {
        const struct json_value *item = json_get(entry, STR("Item"));
        str semantic;
        if (!json_string(json_get(item, STR("Semantic")), &semantic)) continue;
        if (!str_eq(semantic, STR("MotionPhoto"))) continue;
        return at_end(size, length_of(json_get(item, STR("Length"))),
            length_of(json_get(item, STR("Padding"))));
    }
    return (struct motion_photo){0};
}

struct motion_photo motion_photo_find(const struct exif_tags *tags, int64_t size_bytes)
{
    const bool motion = is_set(exif_tag(tags, STR("MotionPhoto")));
    const bool micro = is_set(exif_tag(tags, STR("MicroVideo")));
    str type;
    if (!motion && !micro) return (struct motion_photo){0};
    if (exif_tag(tags, STR("MotionPhotoVideo"))) /* Samsung, HEIC */
        return (struct motion_photo){.source = MOTION_TAG, .tag = "MotionPhotoVideo"};
    if (json_string(exif_tag(tags, STR("EmbeddedVideoType")), &type) &&
        str_eq(type, STR("MotionPhoto_Data")) && exif_tag(tags, STR("EmbeddedVideoFile")))
        return (struct motion_photo){.source = MOTION_TAG, .tag = "EmbeddedVideoFile"}; /* JPEG */
    const struct motion_photo contained =
        motion ? in_container(tags, size_bytes) : (struct motion_photo){0};
    if (contained.source != MOTION_NONE || !micro) return contained;
    return at_end(size_bytes, length_of(exif_tag(tags, STR("MicroVideoOffset"))), 0);
}
