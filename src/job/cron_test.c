#include "core/arena.h"
#include "core/test.h"
#include "job/cron.h"

#include "core/banned.h"

static struct arena *arena;

static int setup(void **state)
{
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(arena);
    return 0;
}

/* "2024-05-03T10:11:12Z" of the next time, or "never". */
static str next_of(const char *expression, const char *after)
{
    struct cron cron;
    str why = STR("");
    struct when at;
    struct civil next;
    assert_true(cron_parse(arena, str_from(expression), &cron, &why));
    assert_true(when_parse(str_from(after), &at));
    if (!cron_next(&cron, civil_from_when(at), &next)) return STR("never");
    char text[WHEN_TEXT];
    when_format_local(when_from_civil(next), text);
    return str_fmt(arena, "%s", text);
}

static void the_next_time_is_found(void **state)
{
    static const char *const rows[][3] = {
        {"0 02 * * *", "2024-05-03T01:59:59Z", "2024-05-03T02:00:00"},
        {"0 02 * * *", "2024-05-03T02:00:00Z", "2024-05-04T02:00:00"},
        {"*/15 * * * *", "2024-05-03T10:15:00Z", "2024-05-03T10:30:00"},
        {"*/15 * * * *", "2024-12-31T23:50:00Z", "2025-01-01T00:00:00"},
        {"30 0 3 * * *", "2024-05-03T10:00:00Z", "2024-05-04T03:00:30"},
        {"0 0 29 2 *", "2023-03-01T00:00:00Z", "2024-02-29T00:00:00"},
        {"0 12 * * mon-fri", "2024-05-03T12:00:00Z", "2024-05-06T12:00:00"},
        {"0 12 * * 7", "2024-05-03T12:00:00Z", "2024-05-05T12:00:00"},
        {"0 0 13 * 5", "2024-05-03T00:00:00Z", "2024-05-10T00:00:00"},
        {"0 0 1,15 jan,JUL *", "2024-05-03T00:00:00Z", "2024-07-01T00:00:00"},
        {"5-10/5 8 * * *", "2024-05-03T08:05:00Z", "2024-05-03T08:10:00"},
        {"@weekly", "2024-05-03T00:00:00Z", "2024-05-05T00:00:00"},
        {"0 0 30 2 *", "2024-05-03T00:00:00Z", "never"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(cstr(arena, next_of(rows[i][0], rows[i][1])), rows[i][2]);
}

static void nonsense_is_refused_in_words(void **state)
{
    static const char *const rows[][2] = {
        {"", "Too few fields"},
        {"* * * *", "Too few fields"},
        {"* * * * * * *", "Too many fields"},
        {"60 * * * *", "Field value (60) is out of range"},
        {"* 24 * * *", "Field value (24) is out of range"},
        {"* * 0 * *", "Field value (0) is out of range"},
        {"* * * xx *", "Unknown alias: xx"},
        {"* * * * xx", "Unknown alias: xx"},
        {"@nope", "Unknown alias: @nope"},
        {"x * * * *", "Field (minute) cannot be parsed"},
        {"5-1 * * * *", "Field value (5-1) is out of range"},
        {"*/0 * * * *", "Field (minute) has a step of zero"},
        {"1, * * * x", "Unknown alias: x"},
        {"1,,2 * * * *", "Field (minute) cannot be parsed"},
        {"* * * * ,fri", "Field (dayOfWeek) cannot be parsed"},
        {"/5 * * * *", "Field (minute) cannot be parsed"},
    };
    struct cron cron;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        str why = STR("accepted");
        assert_false(cron_parse(arena, str_from(rows[i][0]), &cron, &why));
        assert_string_equal(cstr(arena, why), rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_next_time_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(nonsense_is_refused_in_words, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
