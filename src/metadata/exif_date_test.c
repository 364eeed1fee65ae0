#include "core/test.h"
#include "metadata/exif_date.h"

static void dates_are_read_in_their_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wall, *zone;
    } cases[] = {
        {"2023:01:02 03:04:05", "2023-01-02T03:04:05.000Z", NULL},
        {"2023-01-02 03:04:05", "2023-01-02T03:04:05.000Z", NULL},
        {"2023-01-02T03:04:05", "2023-01-02T03:04:05.000Z", NULL},
        {"2023:01:02 03:04", "2023-01-02T03:04:00.000Z", NULL},
        {"2023:1:2 03:04:05", "2023-01-02T03:04:05.000Z", NULL},
        {"  2023:01:02 03:04:05  ", "2023-01-02T03:04:05.000Z", NULL},
        {"2023:01:02 03:04:05+02:00", "2023-01-02T03:04:05.000Z", "UTC+2"},
        {"2023-01-02T03:04:05.123-0330", "2023-01-02T03:04:05.123Z", "UTC-3:30"},
        {"2023:01:02 03:04:05Z", "2023-01-02T03:04:05.000Z", "UTC"},
        {"2023:01:02 03:04:05 PST", "2023-01-02T03:04:05.000Z", "UTC-8"},
        {"2023:01:02 03:04:05.023460", "2023-01-02T03:04:05.023Z", NULL},
        {"2023:01:02 03:04:05.9999", "2023-01-02T03:04:05.999Z", NULL},
        {"2023:01:02 03:04:05.5", "2023-01-02T03:04:05.500Z", NULL},
        {"2023:01:02 03:04:05.0000000000001", "2023-01-02T03:04:05.000Z", NULL},
        {"2023:12:31 24:00:00", "2024-01-01T00:00:00.000Z", NULL},
        {"2024:02:29 00:00:00", "2024-02-29T00:00:00.000Z", NULL},
        {"0002:01:01 00:00:00", "0002-01-01T00:00:00.000Z", NULL},
        {"Jan 2 2023 03:04:05", "2023-01-02T03:04:05.000Z", NULL},
        {"Mon Jan 2 03:04:05 2023", "2023-01-02T03:04:05.000Z", NULL},
        {"Thu Oct 13 00:12:27 2016 CEST", "2016-10-13T00:12:27.000Z", "UTC+2"},
        {"Mon 2 Jan 2023 3:04:05 pm", "2023-01-02T15:04:05.000Z", NULL},
        {"Mon 2 Jan 2023 12:04:05 AM", "2023-01-02T00:04:05.000Z", NULL},
        {"2 Jan 2023 12:04:05 PM", "2023-01-02T12:04:05.000Z", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exif_date date;
        char text[WHEN_TEXT];
        if (!exif_date_parse(str_from(cases[i].text), &date)) fail_msg("%s", cases[i].text);
        when_format_z(date.wall, text);
        assert_string_equal(text, cases[i].wall);
        assert_int_equal(date.zoned, cases[i].zone != NULL);
        if (cases[i].zone) assert_string_equal(date.zone.name, cases[i].zone);
    }
}

static void what_is_no_date_and_time_is_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"", " ", "0000:00:00 00:00:00", "0001:01:01 00:00:00",
        "    :  :     :  :  ", "2023:13:01 00:00:00", "2023:02:30 00:00:00", "2023:02:29 00:00:00",
        "2023:01:00 00:00:00", "2023:01:02 25:00:00", "2023:01:02 24:00:01", "2023:01:02 23:60:00",
        "2023:01:02 23:59:60", "2023:01:02", "2023-01-02", "2023", "20230102", "03:04:05",
        "15:15:44-04:00", "20230102 030405", "2023:01:02 03:04:05:06", "2023:01:02 03:04:05.",
        "2023:01:02 3:04:05", "2023:001:02 03:04:05", "2023:01-02 03:04:05", "12023:01:02 03:04:05",
        "-2023:01:02 03:04:05", "2023/01/02 03:04:05", "2023:01:02 03:04:05+02:17",
        "2023:01:02 03:04:05-12:00", "2023:01:02 03:04:05 CST", "2023:01:02  03:04:05",
        "Jan 2023 03:04:05", "Jan Feb 2 2023 03:04:05", "Jan 2 2023 13:04:05 pm",
        "Jan 2 2023 03:04:05 pm am", "Jan 2 2023", "2 2 2023 03:04:05",
        "2023:01:02 03:04:05 2023:01:02 03:04:05 2023:01:02 03:04:05 2023:01:02 03:04:05",
        "99999999999999999999:01:02 03:04:05"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exif_date date;
        if (exif_date_parse(str_from(cases[i]), &date)) fail_msg("%s is a date", cases[i]);
    }
}

static void text_that_says_utc_is_remembered(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool utc;
    } cases[] = {
        {"2023:01:02 03:04:05Z", true},
        {"2023:01:02 03:04:05+00:00", true},
        {"2023:01:02 03:04:05-00:00", false},
        {"2023:01:02 03:04:05 GMT", false},
        {"2023:01:02 03:04:05", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct exif_date date;
        assert_true(exif_date_parse(str_from(cases[i].text), &date));
        assert_int_equal(date.utc_text, cases[i].utc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_in_their_forms),
        cmocka_unit_test(what_is_no_date_and_time_is_refused),
        cmocka_unit_test(text_that_says_utc_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
