/* Whatever ExifTool prints, of a file and of its sidecar (after a NUL byte), maps to values that
 * the columns can hold; every text among the tags is tried as a date and as a zone as well. */
#include "core/arena.h"
#include "metadata/exif_date.h"
#include "metadata/metadata.h"
#include "metadata/motion_photo.h"
#include "metadata/regions.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

enum { SIZE = 1000 };

static const struct exif_tags *tags_of(struct arena *a, str json)
{
    const struct json_value *v;
    struct exif_tags *tags = ARENA_NEW(a, struct exif_tags);
    err e = json_parse(a, json, &v);
    if (e) return NULL;
    exif_tags_read(a, v, tags);

    struct json_iter it = json_iter(v);
    for (const struct json_value *item; (item = json_next(&it));) {
        struct exif_date date;
        struct zone zone;
        str text;
        if (!json_string(item, &text)) continue;
        if (exif_date_parse(text, &date)) assert(civil_from_when(date.wall).year >= 2);
        if (!zone_parse(a, text, &zone)) continue;
        assert(zone.name[0] && memchr(zone.name, 0, sizeof zone.name));
        const struct when now = {1700000000 * INT64_C(1000000)};
        const int64_t offset_us = zone_wall_from_instant(&zone, now).us - now.us;
        assert(
            offset_us > -INT64_C(27) * 3600 * 1000000 && offset_us < INT64_C(27) * 3600 * 1000000);
    }
    return tags;
}

static void assert_int32(struct opt_int n)
{
    assert(n.is != PRESENT || (n.v >= INT32_MIN && n.v <= INT32_MAX));
}

static void assert_storable(str text)
{
    assert(text.n == 0 || !memchr(text.p, 0, text.n));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new();
    str media = {(const char *)data, size}, sidecar = {"", 0};
    const ptrdiff_t cut = str_find_char(media, '\0');
    if (cut >= 0) {
        sidecar = str_slice(media, (size_t)cut + 1, size);
        media = str_slice(media, 0, (size_t)cut);
    }
    const struct exif_tags *tags = tags_of(arena, media);
    if (tags) {
        const struct file_facts file = {.path = STR("a.webp")};
        struct metadata m;
        metadata_map(arena, tags, tags_of(arena, sidecar), NULL, &file, &m);
        const struct opt_int integers[] = {m.duration_ms, m.width, m.height, m.image_width,
            m.image_height, m.iso, m.bits_per_sample, m.rating};
        for (size_t i = 0; i < sizeof integers / sizeof integers[0]; i++)
            assert_int32(integers[i]);
        assert_storable(m.description);
        for (size_t i = 0; i < m.tags.n; i++)
            assert_storable(m.tags.v[i]);
        assert(m.latitude.is == m.longitude.is);
        const struct motion_photo motion = motion_photo_find(tags, SIZE);
        assert(motion.offset >= 0 && motion.length >= 0 && motion.offset + motion.length <= SIZE);
        const struct regions regions =
            regions_read(arena, exif_tag(tags, STR("RegionInfo")), m.orientation);
        for (size_t i = 0; i < regions.n; i++)
            assert_storable(regions.v[i].name);
        const int year = civil_from_when(m.local_date_time).year;
        assert(year >= 1 && year <= 10000);
    }
    arena_free(arena);
    return 0;
}
