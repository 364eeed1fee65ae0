#include "core/arena.h"
#include "core/fd.h"
#include "core/test.h"
#include "metadata/tzfile.h"
#include "metadata/zone.h"

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

static struct zone zone_of(const char *text)
{
    struct zone zone = {0};
    if (!zone_parse(arena, str_from(text), &zone)) fail_msg("%s is no zone", text);
    return zone;
}

static struct when at(const char *text)
{
    struct when w = {0};
    assert_true(when_parse(str_from(text), &w));
    return w;
}

static void assert_when(struct when w, const char *expected)
{
    char text[WHEN_TEXT];
    when_format_z(w, text);
    assert_string_equal(text, expected);
}

static void offsets_have_short_names(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"+02:00", "UTC+2"},
        {"+0200", "UTC+2"},
        {"+2", "UTC+2"},
        {"-09:30", "UTC-9:30"},
        {"+5:45", "UTC+5:45"},
        {"+14:00", "UTC+14"},
        {"Z", "UTC"},
        {"+00:00", "UTC"},
        {"-00:00", "UTC"},
        {"UTC", "UTC"},
        {"gmt", "UTC"},
        {"Etc/UTC", "UTC"},
        {"UTC+2", "UTC+2"},
        {"GMT-09:30", "UTC-9:30"},
        {"\u221203:00", "UTC-3"},
        {" +02:00 ", "UTC+2"},
        {"Europe/Vienna", "Europe/Vienna"},
        {"US/Pacific", "US/Pacific"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct zone zone = zone_of(cases[i][0]);
        assert_string_equal(zone.name, cases[i][1]);
    }
}

static void noise_is_no_zone(void **state)
{
    (void)state;
    static const char *const cases[] = {"", " ", "2", "02:00", "+5.5", "-12:00", "+15:00", "+02:17",
        "+24:00", "+99999999999", "+2:0", "+:30", "+", "   :  ", "Nowhere/Land", "../../etc/passwd",
        "/etc/localtime", "Europe", "zone.tab", "Europe/Vienna\x01", "+02:00+02:00"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct zone zone;
        if (zone_parse(arena, str_from(cases[i]), &zone)) fail_msg("%s is a zone", cases[i]);
    }
}

static void zones_are_cut_off_times(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"12:00:00+02:00", "12:00:00", "UTC+2"},
        {"12:00:00 +02:00", "12:00:00", "UTC+2"},
        {"12:00:00Z", "12:00:00", "UTC"},
        {"12:00:00-3", "12:00:00", "UTC-3"},
        {"12:00:00 PST", "12:00:00", "UTC-8"},
        {"12:00:00 CEST", "12:00:00", "UTC+2"},
        {"12:00:00-07:00 MST", "12:00:00", "UTC-7"},
        {"12:00:00+02:00 DST", "12:00:00", "UTC+2"},
        {"12:00:00 CST", "12:00:00 CST", NULL},
        {"12:00:00 DST", "12:00:00 DST", NULL},
        {"12:00:00+02:17", "12:00:00+02:17", NULL},
        {"12:00:00", "12:00:00", NULL},
        {"2023-01-02", "2023-01-02", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        str rest = str_from(cases[i][0]);
        struct zone zone;
        assert_int_equal(zone_cut(&rest, &zone), cases[i][2] != NULL);
        assert_true(str_eq(rest, str_from(cases[i][1])));
        if (cases[i][2]) assert_string_equal(zone.name, cases[i][2]);
    }
}

static void wall_and_instant_follow_the_rules(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        /* zone, wall clock, instant */
        {"UTC+5:30", "2024-01-01T00:00:00Z", "2023-12-31T18:30:00.000Z"},
        {"Europe/Vienna", "2024-01-15T12:00:00.250Z", "2024-01-15T11:00:00.250Z"},
        {"Europe/Vienna", "2024-07-15T12:00:00Z", "2024-07-15T10:00:00.000Z"},
        {"America/Denver", "2025-12-01T11:30:00Z", "2025-12-01T18:30:00.000Z"},
        {"Asia/Kathmandu", "1985-06-01T00:00:00Z", "1985-05-31T18:30:00.000Z"},
        {"Asia/Kathmandu", "1990-06-01T00:00:00Z", "1990-05-31T18:15:00.000Z"},
        /* before 1970, and before anyone kept time by law */
        {"Europe/Vienna", "1942-06-01T12:00:00Z", "1942-06-01T10:00:00.000Z"},
        {"Europe/Vienna", "1880-01-01T00:00:00Z", "1879-12-31T22:54:39.000Z"},
        /* after the last transition of the file: the footer's rule, north and south */
        {"Europe/Vienna", "2095-07-01T12:00:00Z", "2095-07-01T10:00:00.000Z"},
        {"Europe/Vienna", "2095-12-01T12:00:00Z", "2095-12-01T11:00:00.000Z"},
        {"Australia/Sydney", "2095-07-01T12:00:00Z", "2095-07-01T02:00:00.000Z"},
        {"Australia/Sydney", "2095-12-01T12:00:00Z", "2095-12-01T01:00:00.000Z"},
        {"Asia/Tokyo", "2095-12-01T12:00:00Z", "2095-12-01T03:00:00.000Z"},
        {"Europe/Vienna", "9999-07-01T12:00:00Z", "9999-07-01T10:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct zone zone = zone_of(cases[i][0]);
        const struct when wall = at(cases[i][1]);
        const struct when instant = zone_instant_from_wall(&zone, wall);
        assert_when(instant, cases[i][2]);
        assert_int_equal(zone_wall_from_instant(&zone, instant).us, wall.us);
    }
}

static void a_repeated_hour_is_its_first_and_a_skipped_one_moves_on(void **state)
{
    (void)state;
    const struct zone vienna = zone_of("Europe/Vienna");
    assert_when(
        zone_instant_from_wall(&vienna, at("2023-10-29T02:30:00Z")), "2023-10-29T00:30:00.000Z");
    const struct when skipped = zone_instant_from_wall(&vienna, at("2023-03-26T02:30:00Z"));
    assert_when(skipped, "2023-03-26T01:30:00.000Z");
    assert_when(zone_wall_from_instant(&vienna, skipped), "2023-03-26T03:30:00.000Z");
}

/* At once: the time may come from a file. */
static void the_ends_of_time_have_an_offset(void **state)
{
    (void)state;
    const struct tz_rules *rules;
    assert_true(tzfile_read(arena, STR("Europe/Vienna"), &rules));
    const int32_t last = tz_offset_at(rules, INT64_MAX);
    assert_true(last == 3600 || last == 7200);
    assert_int_equal(tz_offset_at(rules, INT64_MIN), 3921);
}

static void a_damaged_file_is_refused(void **state)
{
    (void)state;
    const struct tz_rules *rules;
    str file;
    assert_ok(file_read(arena, "/usr/share/zoneinfo/Europe/Vienna", 65536, &file));
    assert_true(tzfile_parse(arena, file, &rules));
    const size_t footer = (size_t)str_rfind_char(str_slice(file, 0, file.n - 1), '\n');
    for (size_t n = 0; n < footer; n++) /* cut in a copy, so that sanitizers see every read */
        assert_false(tzfile_parse(arena, str_dup(arena, str_slice(file, 0, n)), &rules));
    char *bytes = arena_alloc_raw(arena, file.n);
    for (size_t i = 0; i < file.n; i++) {
        memcpy(bytes, file.p, file.n);
        bytes[i] = (char)~bytes[i];
        if (tzfile_parse(arena, (str){bytes, file.n}, &rules)) tz_offset_at(rules, 1700000000);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(offsets_have_short_names),
        TEST(noise_is_no_zone),
        TEST(zones_are_cut_off_times),
        TEST(wall_and_instant_follow_the_rules),
        TEST(a_repeated_hour_is_its_first_and_a_skipped_one_moves_on),
        TEST(the_ends_of_time_have_an_offset),
        TEST(a_damaged_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
