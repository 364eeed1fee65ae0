#include "core/arena.h"
#include "core/test.h"
#include "metadata/metadata.h"
#include "metadata/tag_list.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct when at(const char *text)
{
    struct when w = {0};
    assert_true(when_parse(str_from(text), &w));
    return w;
}

static const struct exif_tags *tags_of(const char *json)
{
    const struct json_value *v = NULL;
    struct exif_tags *tags = ARENA_NEW(arena, struct exif_tags);
    assert_ok(json_parse(arena, str_from(json), &v));
    exif_tags_read(arena, v, tags);
    return tags;
}

struct given {
    const char *media, *sidecar, *path;
    const struct box_probe_answer *probe;
};

static struct metadata map(struct given given)
{
    struct file_facts file = {
        .path = str_from(given.path ? given.path : "a.jpg"),
        .size_bytes = 1234,
        .modified = at("2024-05-03T10:11:12.345Z"),
        .file_created_at = at("2024-05-04T00:00:00Z"),
    };
    struct metadata out;
    metadata_map(arena, tags_of(given.media), given.sidecar ? tags_of(given.sidecar) : NULL,
        given.probe, &file, &out);
    return out;
}

static void assert_when(struct when w, const char *expected)
{
    char text[WHEN_TEXT];
    when_format_z(w, text);
    assert_string_equal(text, expected);
}

static void assert_text(struct opt_str actual, const char *expected)
{
    assert_int_equal(actual.is == PRESENT, expected != NULL);
    if (!expected) return;
    if (!str_eq(actual.v, str_from(expected)))
        fail_msg("\"%.*s\" is not \"%s\"", FMT(actual.v), expected);
}

static void assert_int(struct opt_int actual, int64_t expected)
{
    assert_int_equal(actual.is, PRESENT);
    assert_int_equal(actual.v, expected);
}

static void a_file_without_tags_has_its_own_dates(void **state)
{
    (void)state;
    const struct metadata m = map((struct given){.media = "{}"});
    assert_when(m.date_time_original, "2024-05-03T10:11:12.345Z"); /* earlier than the upload's */
    assert_when(m.local_date_time, "2024-05-03T10:11:12.345Z");
    assert_when(m.file_created_at, "2024-05-03T10:11:12.345Z");
    assert_when(m.modify_date, "2024-05-03T10:11:12.345Z");
    assert_text(m.time_zone, NULL);
    assert_int_equal(m.file_size_bytes, 1234);
    assert_str(m.description, "");
    assert_int_equal(m.tags.n, 0);
    assert_int_not_equal(m.width.is, PRESENT);

    struct file_facts born = {.path = STR("a.jpg"),
        .modified = at("2024-05-03T00:00:00Z"),
        .file_created_at = at("2024-05-03T00:00:00Z"),
        .born = SOME(when, at("2023-01-01T00:00:00Z"))};
    struct metadata out;
    metadata_map(arena, &(struct exif_tags){0}, NULL, NULL, &born, &out);
    assert_when(out.date_time_original, "2023-01-01T00:00:00.000Z");
}

#define DENVER "\"GPSLatitude\":39,\"GPSLongitude\":-108,\"GeolocationTimeZone\":\"America/Denver\""

static void the_wall_clock_is_that_of_the_zone(void **state)
{
    (void)state;
    struct metadata m =
        map((struct given){.media = "{\"DateTimeOriginal\":\"2025:12:01 11:30:00\"," DENVER "}"});
    assert_text(m.time_zone, "America/Denver");
    assert_when(m.date_time_original, "2025-12-01T18:30:00.000Z");
    assert_when(m.file_created_at, "2025-12-01T18:30:00.000Z");
    assert_when(m.local_date_time, "2025-12-01T11:30:00.000Z");

    m = map((struct given){.media = "{\"DateTimeOriginal\":\"2025:12:01 11:30:00Z\"}"});
    assert_text(m.time_zone, "UTC+0");
    assert_when(m.local_date_time, "2025-12-01T11:30:00.000Z");

    /* A zone without a date says nothing about when. */
    m = map((struct given){.media = "{\"MIMEType\":\"video/mp4\"}", .path = "a.mp4"});
    assert_text(m.time_zone, "UTC");
    assert_when(m.local_date_time, "2024-05-03T10:11:12.345Z");
}

static void a_video_counts_in_utc(void **state)
{
    (void)state;
    static const struct {
        const char *json, *zone, *instant, *local;
    } cases[] = {
        {"{\"MIMEType\":\"video/mp4\",\"CreateDate\":\"2023:07:01 10:00:00\"}", "UTC",
            "2023-07-01T10:00:00.000Z", "2023-07-01T10:00:00.000Z"},
        {"{\"MIMEType\":\"video/quicktime\",\"CreateDate\":\"2023:07:01 10:00:00\","
         "\"CreationDate\":\"2023:07:01 12:00:00+02:00\"}",
            "UTC+2", "2023-07-01T10:00:00.000Z", "2023-07-01T12:00:00.000Z"},
        {"{\"MIMEType\":\"video/quicktime\",\"CreateDate\":\"2023:07:01 10:00:00\","
         "\"GPSLatitude\":48.2,\"GPSLongitude\":16.3,\"GeolocationTimeZone\":\"Europe/Vienna\"}",
            "Europe/Vienna", "2023-07-01T10:00:00.000Z", "2023-07-01T12:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct metadata m = map((struct given){.media = cases[i].json, .path = "a.mov"});
        assert_text(m.time_zone, cases[i].zone);
        assert_when(m.date_time_original, cases[i].instant);
        assert_when(m.local_date_time, cases[i].local);
    }
}

static void a_sidecar_wins_tag_by_tag(void **state)
{
    (void)state;
    const struct metadata m = map((struct given){
        .media = "{\"ISO\":100,\"Rating\":2,\"Make\":\"Canon\",\"Keywords\":\"a\"}",
        .sidecar = "{\"ISO\":[200,400],\"Rating\":5,\"TagsList\":[\"b/c\",2023]}",
    });
    assert_int(m.iso, 200);
    assert_int(m.rating, 5);
    assert_text(m.make, "Canon");
    assert_int_equal(m.tags.n, 2);
    assert_str(m.tags.v[0], "b/c");
    assert_str(m.tags.v[1], "2023");
}

static void a_sidecars_date_replaces_all_dates_and_their_zone(void **state)
{
    (void)state;
    struct metadata m = map((struct given){
        .media = "{\"SubSecDateTimeOriginal\":\"2020:01:01 00:00:00\"," DENVER "}",
        .sidecar = "{\"CreateDate\":\"2000:09:27 14:35:33\"}",
    });
    assert_text(m.time_zone, NULL);
    assert_when(m.date_time_original, "2000-09-27T14:35:33.000Z");
    assert_when(m.local_date_time, "2000-09-27T14:35:33.000Z");
    assert_float_equal(m.latitude.v, 39, 0); /* the place is still the file's */

    /* A place alone replaces the zone, not the date. */
    m = map((struct given){
        .media = "{\"DateTimeOriginal\":\"2020:01:01 00:00:00\",\"TimeZone\":\"+05:00\"}",
        .sidecar = "{" DENVER "}",
    });
    assert_text(m.time_zone, "America/Denver");
    assert_when(m.date_time_original, "2019-12-31T19:00:00.000Z");
    assert_when(m.local_date_time, "2019-12-31T12:00:00.000Z");
    assert_float_equal(m.longitude.v, -108, 0);
}

static void sizes_follow_the_orientation(void **state)
{
    (void)state;
    struct metadata m = map(
        (struct given){.media = "{\"ImageSize\":\"400x300\",\"ImageWidth\":40,\"Orientation\":6}"});
    assert_int(m.image_width, 400);
    assert_int(m.width, 300);
    assert_int(m.height, 400);
    assert_text(m.orientation, "6");

    m = map((struct given){.media = "{\"ImageWidth\":40,\"ImageHeight\":30,\"Orientation\":3}"});
    assert_int(m.width, 40);

    /* HEIF: turned by irot, never by EXIF */
    m = map((struct given){
        .media = "{\"ImageSize\":\"400x300\",\"Rotation\":3,\"Orientation\":1}", .path = "A.HEIC"});
    assert_text(m.orientation, "6");
    assert_int(m.width, 300);
    m = map(
        (struct given){.media = "{\"ImageSize\":\"400x300\",\"Orientation\":6}", .path = "a.avif"});
    assert_text(m.orientation, NULL);
    assert_int(m.width, 400);
}

static void a_probe_knows_videos_better(void **state)
{
    (void)state;
    const struct box_probe_answer probe = {
        .duration_us = 1500600,
        .video = {.is = true,
            .width = 720,
            .height = 576,
            .sample_aspect = {16, 15},
            .rotation = -90,
            .average_rate = {30000, 1001}},
    };
    struct metadata m = map((struct given){
        .media = "{\"Duration\":9,\"Orientation\":3,\"VideoFrameRate\":25,\"MIMEType\":"
                 "\"video/mp4\"}",
        .path = "a.mp4",
        .probe = &probe});
    assert_int(m.duration_ms, 1501);
    assert_text(m.orientation, "6");
    assert_int(m.image_width, 768);
    assert_int(m.width, 576);
    assert_float_equal(m.fps.v, 29.97, 0.001);

    m = map((struct given){.media = "{\"ImageSize\":\"64x48\"}", .path = "a.mp4", .probe = &probe});
    assert_int(m.image_width, 64); /* ExifTool's word counts for the size */

    const struct box_probe_answer unknown = {.duration_us = -1};
    m = map((struct given){
        .media = "{\"Duration\":9,\"VideoFrameRate\":25}", .path = "a.gif", .probe = &unknown});
    assert_int_not_equal(m.duration_ms.is, PRESENT);
    assert_float_equal(m.fps.v, 25, 0);
}

static void only_pictures_that_move_have_a_duration(void **state)
{
    (void)state;
    struct metadata m = map((struct given){.media = "{\"Duration\":2.5}", .path = "a.webp"});
    assert_int(m.duration_ms, 2500);
    m = map((struct given){.media = "{\"Duration\":2.5}", .path = "a.jpg"});
    assert_int_not_equal(m.duration_ms.is, PRESENT);
    m = map((struct given){.media = "{}", .sidecar = "{\"Duration\":2.5}", .path = "a.webp"});
    assert_int_not_equal(m.duration_ms.is, PRESENT);
}

static void numbers_must_be_numbers(void **state)
{
    (void)state;
    struct metadata m = map((struct given){
        .media = "{\"ISO\":\"200\",\"FNumber\":[2.8,4],\"FocalLength\":1e30,\"Rating\":3.6,"
                 "\"ExposureTime\":\"1/160\"}"});
    assert_int_not_equal(m.iso.is, PRESENT);
    assert_float_equal(m.f_number.v, 2.8, 0);
    assert_int_not_equal(m.focal_length.is, PRESENT);
    assert_int(m.rating, 4);
    assert_text(m.exposure_time, "1/160");
    static const char *const ratings[] = {"0", "-1", "6", "99", "\"5\"", "null"};
    for (size_t i = 0; i < sizeof ratings / sizeof ratings[0]; i++) {
        const str json = str_fmt(arena, "{\"Rating\":%s}", ratings[i]);
        m = map((struct given){.media = cstr(arena, json)});
        assert_int_not_equal(m.rating.is, PRESENT);
    }
}

static void bits_are_counted_by_channel(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        int bits;
    } cases[] = {
        {"{\"BitsPerSample\":8}", 8},
        {"{\"BitsPerSample\":\"8 8 8\"}", 8},
        {"{\"BitsPerSample\":\"x\",\"ImagePixelDepth\":\"10 10 10\"}", 10},
        {"{\"BitDepth\":24}", 8},
        {"{\"BitDepth\":30,\"ColorBitDepth\":12}", 10},
        {"{\"ComponentBitDepth\":16,\"BitDepth\":24}", 16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int(map((struct given){.media = cases[i].json}).bits_per_sample, cases[i].bits);
}

static void a_lens_is_named_or_not_at_all(void **state)
{
    (void)state;
    static const struct {
        const char *json, *lens;
    } cases[] = {
        {"{\"LensID\":\" EF 50mm \",\"LensModel\":\"x\"}", "EF 50mm"},
        {"{\"LensType\":\"t\",\"LensSpec\":\"s\"}", "t"},
        {"{\"LensModel\":\"m\"}", "m"},
        {"{\"LensID\":\"----\",\"LensModel\":\"m\"}", NULL},
        {"{\"LensID\":\"Unknown (123)\"}", NULL},
        {"{\"LensID\":\"  \"}", NULL},
        {"{\"LensID\":61}", "61"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_text(map((struct given){.media = cases[i].json}).lens_model, cases[i].lens);
}

static void texts_come_from_their_first_source(void **state)
{
    (void)state;
    struct metadata m = map((struct given){
        .media = "{\"Device\":{\"Manufacturer\":\"Google\",\"ModelName\":\"Pixel\"},"
                 "\"AndroidModel\":\"x\",\"ImageDescription\":\"\",\"Description\":\" a\\u0000b \","
                 "\"ContentIdentifier\":\"\",\"MediaGroupUUID\":\"g\",\"BurstUUID\":\"b\","
                 "\"ProjectionType\":\"equirectangular\",\"ColorSpace\":\"sRGB\","
                 "\"ProfileDescription\":\"Display P3\"}"});
    assert_text(m.make, "Google");
    assert_text(m.model, "Pixel");
    assert_str(m.description, "ab");
    assert_text(m.live_photo_cid, "g");
    assert_text(m.auto_stack_id, "b");
    assert_text(m.projection_type, "EQUIRECTANGULAR");
    assert_text(m.colorspace, "sRGB");
    assert_text(m.profile_description, "Display P3");
    m = map((struct given){.media = "{\"ImageDescription\":\"i\",\"Description\":\"d\","
                                    "\"Make\":\"undef\",\"AndroidMake\":\"A\"}"});
    assert_str(m.description, "i");
    assert_text(m.make, "A");
}

static void tags_come_from_the_first_list(void **state)
{
    (void)state;
    static const struct {
        const char *json, *tags;
    } cases[] = {
        {"{\"TagsList\":[\"a/b\",\"c|d\"],\"Keywords\":[\"x\"]}", "a/b;c|d;"},
        {"{\"TagsList\":\"one\"}", "one;"},
        {"{\"TagsList\":\"\",\"Keywords\":[\"x\"]}", ""},
        {"{\"HierarchicalSubject\":[\"a|b/c\",\"d\"],\"Keywords\":[\"x\"]}", "a/b|c;d;"},
        {"{\"Keywords\":[\"x\",2010,true,1.10]}", "x;2010;true;1.10;"},
        {"{\"Keywords\":2010}", "2010;"},
        {"{\"Keywords\":[{\"a\":1},[],null,\"x\"]}", "x;"},
        {"{}", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct metadata m = map((struct given){.media = cases[i].json});
        str joined = STR("");
        for (size_t k = 0; k < m.tags.n; k++)
            joined = str_fmt(arena, "%.*s%.*s;", FMT(joined), FMT(m.tags.v[k]));
        if (!str_eq(joined, str_from(cases[i].tags)))
            fail_msg("%s: %.*s", cases[i].json, FMT(joined));
    }
}

static void lists_and_ids_have_a_maximum(void **state)
{
    (void)state;
    char *x = arena_alloc_raw(arena, TAG_BYTES_MAX);
    memset(x, 'x', TAG_BYTES_MAX);
    const str longest = {x, TAG_BYTES_MAX};
    str json = str_fmt(arena,
        "{\"ContentIdentifier\":\"%.*s\",\"MediaGroupUUID\":\"g\","
        "\"Keywords\":[\"%.*s\",\"%.*sx\"",
        FMT(longest), FMT(longest), FMT(longest));
    for (int i = 0; i < TAGS_MAX; i++)
        json = str_fmt(arena, "%.*s,%d", FMT(json), i);
    const struct metadata m =
        map((struct given){.media = cstr(arena, str_fmt(arena, "%.*s]}", FMT(json)))});
    assert_int_equal(m.tags.n, TAGS_MAX);
    assert_int_equal(m.tags.v[0].n, TAG_BYTES_MAX);
    assert_str(m.tags.v[1], "0");
    assert_text(m.live_photo_cid, "g");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_file_without_tags_has_its_own_dates),
        TEST(the_wall_clock_is_that_of_the_zone),
        TEST(a_video_counts_in_utc),
        TEST(a_sidecar_wins_tag_by_tag),
        TEST(a_sidecars_date_replaces_all_dates_and_their_zone),
        TEST(sizes_follow_the_orientation),
        TEST(a_probe_knows_videos_better),
        TEST(only_pictures_that_move_have_a_duration),
        TEST(numbers_must_be_numbers),
        TEST(bits_are_counted_by_channel),
        TEST(a_lens_is_named_or_not_at_all),
        TEST(texts_come_from_their_first_source),
        TEST(tags_come_from_the_first_list),
        TEST(lists_and_ids_have_a_maximum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
