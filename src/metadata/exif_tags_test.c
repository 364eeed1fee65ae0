#include "core/arena.h"
#include "core/test.h"
#include "metadata/exif_tags.h"

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

static struct exif_tags tags_of(const char *json)
{
    const struct json_value *v = NULL;
    struct exif_tags tags;
    assert_ok(json_parse(arena, str_from(json), &v));
    exif_tags_read(arena, v, &tags);
    return tags;
}

#define VIENNA                                                                                     \
    "\"GPSLatitude\":48.2,\"GPSLongitude\":16.3,\"GeolocationTimeZone\":\"Europe/Vienna\""
#define TAKEN "\"DateTimeOriginal\":\"2023:01:02 03:04:05\","

/* Each row was compared with exiftool-vendored 35.21.0. */
static const struct {
    const char *json, *zone;
} zone_cases[] = {
    {"{}", NULL},
    {"{" TAKEN "\"OffsetTimeOriginal\":\"+02:00\"}", "UTC+2"},
    {"{" TAKEN "\"OffsetTimeDigitized\":\"+02:00\"}", "UTC+2"},
    {"{" TAKEN "\"OffsetTime\":\"+02:00\"}", NULL},
    {"{" TAKEN "\"OffsetTimeOriginal\":\"Z\"}", "UTC"},
    {"{" TAKEN "\"OffsetTimeOriginal\":\"   :  \"}", NULL},
    {"{" TAKEN "\"OffsetTimeOriginal\":\"x\",\"OffsetTimeDigitized\":\"+03:00\"}", "UTC+3"},
    {"{" TAKEN "\"OffsetTimeOriginal\":[\"+02:00\",\"+03:00\"]}", "UTC+2"},
    {"{" TAKEN "\"OffsetTimeOriginal\":-3}", "UTC-3"},
    {"{" TAKEN "\"TimeZone\":\"Europe/Vienna\"}", "Europe/Vienna"},
    {"{" TAKEN "\"TimeZone\":\"UTC+2\",\"OffsetTimeOriginal\":\"+05:00\"}", "UTC+2"},
    {"{" TAKEN "\"TimeZone\":120}", NULL},
    {"{" TAKEN "\"TimeZone\":\"Nowhere/Land\"}", NULL},
    {"{" TAKEN "\"TimeZoneOffset\":5.5}", "UTC+5:30"},
    {"{" TAKEN "\"TimeZoneOffset\":[5,6]}", "UTC+5"},
    {"{" TAKEN "\"TimeZoneOffset\":0}", "UTC"},
    {"{" TAKEN "\"TimeZoneOffset\":-12}", NULL},
    {"{" TAKEN "\"TimeZoneOffset\":1e300}", NULL},
    {"{" TAKEN "\"TimeZone\":\"+01:00\",\"Make\":\"NIKON CORPORATION\","
     "\"DaylightSavings\":\"Yes\"}",
        "UTC+2"},
    {"{" TAKEN "\"TimeZone\":\"+01:00\",\"Make\":\"NIKON\",\"DaylightSavings\":\"No\"}", "UTC+1"},
    {"{" TAKEN "\"TimeZone\":\"-05:00\",\"Make\":\"Nikonian\",\"DaylightSavings\":\"Yes\"}",
        "UTC-5"},
    {"{" TAKEN "\"TimeZone\":\"-05:00\",\"Make\":\"nikon\",\"DaylightSavings\":true}", "UTC-4"},
    {"{" TAKEN "\"TimeZone\":\"Europe/Vienna\",\"Make\":\"NIKON\",\"DaylightSavings\":\"Yes\"}",
        "Europe/Vienna"},
    {"{" TAKEN VIENNA "}", "Europe/Vienna"},
    {"{" TAKEN VIENNA ",\"OffsetTimeOriginal\":\"+05:00\"}", "UTC+5"},
    {"{" TAKEN VIENNA ",\"CreateDate\":\"2023:01:02 03:04:05+07:00\"}", "Europe/Vienna"},
    {"{" TAKEN "\"GeolocationTimeZone\":\"Europe/Vienna\"}", NULL},
    {"{" TAKEN "\"GPSLatitude\":0,\"GPSLongitude\":0,\"GeolocationTimeZone\":\"Asia/Tokyo\"}",
        NULL},
    {"{" TAKEN "\"GPSLatitude\":91,\"GPSLongitude\":0,\"GeolocationTimeZone\":\"Asia/Tokyo\"}",
        NULL},
    {"{" TAKEN "\"CreateDate\":\"2023:01:02 03:04:05-05:00\"}", "UTC-5"},
    {"{" TAKEN "\"CreateDate\":\"2023:01:02 03:04:05 PST\"}", "UTC-8"},
    {"{" TAKEN "\"TimeCreated\":\"15:15:44-04:00\"}", "UTC-4"},
    {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05Z\"}", NULL},
    {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05-12:00\"}", NULL},
    {"{\"CreateDate\":\"2023:01:02 03:04:05\",\"MIMEType\":\"video/mp4\"}", "UTC"},
    {"{" TAKEN "\"MIMEType\":\"video/mp4\",\"GPSDateStamp\":\"2023:01:02\","
     "\"GPSTimeStamp\":\"01:04:05\"}",
        "UTC"},
    {"{\"CreateDate\":\"2023:01:02 03:04:05Z\",\"MIMEType\":\"video/quicktime\","
     "\"CreationDate\":\"2023:01:02 04:04:05+01:00\"}",
        "UTC+1"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 01:04:05Z\"}", "UTC+2"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 01:24:05Z\"}", "UTC+2"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 01:34:05Z\"}", "UTC+1"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 05:34:05Z\"}", "UTC-2:30"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:01 21:49:04Z\"}", "UTC+5:30"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 14:34:05Z\"}", "UTC-11"},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 14:34:06Z\"}", NULL},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:01 12:34:04Z\"}", NULL},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:02 03:04:05Z\"}", "UTC"},
    {"{" TAKEN "\"GPSDateStamp\":\"2023:01:02\",\"GPSTimeStamp\":\"01:04:05\"}", "UTC+2"},
    {"{" TAKEN "\"DateTimeUTC\":\"2023:01:02 01:04:05\"}", "UTC+2"},
    {"{" TAKEN "\"DateTimeUTC\":\"2023:01:02 01:04:05+05:00\"}", NULL},
    {"{" TAKEN "\"SonyDateTime2\":\"2023:01:02 01:04:05\"}", "UTC+2"},
    /* the first local time and the first UTC time decide, right or wrong */
    {"{\"SubSecDateTimeOriginal\":\"2023:01:05 03:04:05\","
     "\"CreateDate\":\"2023:01:02 02:04:05\",\"GPSDateTime\":\"2023:01:02 01:04:05Z\"}",
        NULL},
    {"{" TAKEN "\"GPSDateTime\":\"2023:01:12 01:04:05Z\",\"DateTimeUTC\":\"2023:01:02 "
     "01:04:05\"}",
        NULL},
    {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05Z\",\"CreateDate\":\"2023:01:02 02:04:05\","
     "\"GPSDateTime\":\"2023:01:02 01:04:05Z\"}",
        "UTC+1"},
    {"{" TAKEN "\"TimeStamp\":\"2023:01:02 01:04:05\"}", "UTC+2"},
    {"{" TAKEN "\"TimeStamp\":\"2023:01:02 01:04:05+01:00\"}", "UTC+3"},
    {"{" TAKEN "\"TimeStamp\":1672628645}", NULL},
    {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05Z\",\"TimeStamp\":\"2020:01:01 00:00:00\"}",
        "UTC"},
};

static void the_zone_is_found_in_its_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof zone_cases / sizeof zone_cases[0]; i++) {
        const struct exif_tags tags = tags_of(zone_cases[i].json);
        const char *found = tags.has_zone ? tags.zone.name : "none";
        const char *wanted = zone_cases[i].zone ? zone_cases[i].zone : "none";
        if (strcmp(found, wanted) != 0)
            fail_msg("%s: %s instead of %s", zone_cases[i].json, found, wanted);
    }
}

static void a_date_is_in_its_own_zone_or_in_that_of_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *json, *instant;
        bool utc_text;
    } cases[] = {
        {"{" TAKEN "\"TimeZone\":\"+02:00\"}", "2023-01-02T01:04:05.000Z", false},
        {"{" TAKEN VIENNA "}", "2023-01-02T02:04:05.000Z", false},
        {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05-05:00\"," VIENNA "}",
            "2023-01-02T08:04:05.000Z", false},
        {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05Z\"," VIENNA "}", "2023-01-02T03:04:05.000Z",
            true},
        {"{\"DateTimeOriginal\":\"2023:01:02 03:04:05\"}", "2023-01-02T03:04:05.000Z", false},
        /* Satellites know UTC only; video files are written in UTC. */
        {"{\"GPSDateTime\":\"2023:01:02 03:04:05\"," VIENNA "}", "2023-01-02T03:04:05.000Z", false},
        {"{\"DateTimeUTC\":\"2023:01:02 03:04:05\",\"TimeZone\":\"+02:00\"}",
            "2023-01-02T03:04:05.000Z", false},
        {"{\"SonyDateTime2\":\"2023:01:02 03:04:05\",\"TimeZone\":\"+02:00\"}",
            "2023-01-02T01:04:05.000Z", false},
        {"{\"CreateDate\":\"2023:01:02 03:04:05\",\"MIMEType\":\"video/mp4\"," VIENNA "}",
            "2023-01-02T03:04:05.000Z", false},
        /* order of the tags */
        {"{" TAKEN "\"SubSecCreateDate\":\"2023:01:02 03:04:06.5\"}", "2023-01-02T03:04:06.500Z",
            false},
        {"{\"CreationDate\":\"2023:01:02 03:04:07\",\"CreateDate\":\"2023:01:02 03:04:06\"}",
            "2023-01-02T03:04:07.000Z", false},
        {"{\"DateTimeOriginal\":\"2023:01:02\",\"CreateDate\":\"2023:01:02 03:04:06\"}",
            "2023-01-02T03:04:06.000Z", false},
        {"{\"DateTimeOriginal\":\"undef\",\"SourceImageCreateTime\":\"2023:01:02 03:04:06\"}",
            "2023-01-02T03:04:06.000Z", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct exif_tags tags = tags_of(cases[i].json);
        const struct exif_capture *date = exif_capture_date(&tags);
        char text[WHEN_TEXT];
        assert_non_null(date);
        when_format_z(date->instant, text);
        if (strcmp(text, cases[i].instant) != 0) fail_msg("%s: %s", cases[i].json, text);
        assert_int_equal(date->utc_text, cases[i].utc_text);
    }
    assert_null(exif_capture_date(&(struct exif_tags){0}));
    const struct exif_tags nowhere = tags_of("{\"GPSLatitude\":0,\"GPSLongitude\":0,"
                                             "\"GPSDateTime\":\"2023:01:02 03:04:05Z\"}");
    assert_null(exif_capture_date(&nowhere)); /* a receiver without a fix knows no time either */
}

static void a_position_is_believed_if_it_is_one(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        bool is;
        double latitude, longitude;
    } cases[] = {
        {"{\"GPSLatitude\":10.12345678,\"GPSLongitude\":-20}", true, 10.123457, -20},
        {"{\"GPSLatitude\":1.0000015,\"GPSLongitude\":-76.2871415}", true, 1.000002, -76.287141},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GPSLatitudeRef\":\"South\"}", true, -10, 20},
        {"{\"GPSLatitude\":-10,\"GPSLongitude\":20,\"GPSLatitudeRef\":\"N\"}", true, -10, 20},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GPSLongitudeRef\":\"West\"}", true, 10, -20},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GPSLongitudeRef\":\"X\"}", true, 10, 20},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GeolocationPosition\":\"-10.5 20.5\"}", true,
            -10, 20},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GeolocationPosition\":\"-10.5, 20.5\"}", true,
            -10, 20},
        {"{\"GPSLatitude\":10,\"GPSLongitude\":20,\"GeolocationPosition\":\"-12.5 20.5\"}", true,
            10, 20},
        {"{\"GPSPosition\":\"10.5 20.5\"}", true, 10.5, 20.5},
        {"{\"GPSLatitude\":10,\"GPSPosition\":\"10.5 20.5\"}", true, 10, 20.5},
        {"{\"GPSLatitude\":\"10\",\"GPSLongitude\":\" 20.5 \"}", true, 10, 20.5},
        {"{\"GPSLatitude\":90,\"GPSLongitude\":180}", true, 90, 180},
        {"{\"GPSLatitude\":0,\"GPSLongitude\":20}", true, 0, 20},
        {"{\"GPSLatitude\":0,\"GPSLongitude\":0}", false, 0, 0},
        {"{\"GPSLatitude\":0.0000001,\"GPSLongitude\":0}", false, 0, 0},
        {"{\"GPSLatitude\":\"\",\"GPSLongitude\":\"\"}", false, 0, 0},
        {"{\"GPSLatitude\":48.2}", false, 0, 0},
        {"{\"GPSLatitude\":90.1,\"GPSLongitude\":1}", false, 0, 0},
        {"{\"GPSLatitude\":1,\"GPSLongitude\":180.1}", false, 0, 0},
        {"{\"GPSLatitude\":\"undef\",\"GPSLongitude\":1}", false, 0, 0},
        {"{\"GPSPosition\":\"10.5\"}", false, 0, 0},
        {"{\"GPSPosition\":\" \"}", false, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct exif_tags tags = tags_of(cases[i].json);
        if (tags.has_position != cases[i].is) fail_msg("%s", cases[i].json);
        if (!tags.has_position) continue;
        assert_float_equal(tags.latitude, cases[i].latitude, 0);
        assert_float_equal(tags.longitude, cases[i].longitude, 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_zone_is_found_in_its_order),
        TEST(a_date_is_in_its_own_zone_or_in_that_of_the_file),
        TEST(a_position_is_believed_if_it_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
