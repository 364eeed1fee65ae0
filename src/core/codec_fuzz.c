/* What is decoded and written again says the same: base64, hexadecimal, percent signs, UUIDs,
 * times, numbers. */
#include "core/arena.h"
#include "core/codec.h"
#include "core/time.h"
#include "core/uuid.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

static bool same(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static void check_bytes(struct arena *a, str text)
{
    struct bytes once, again;
    if (base64_decode(a, text, &once)) {
        assert(once.n <= text.n);
        assert(base64_decode(a, base64_encode(a, once), &again) && same(once, again));
        assert(base64_decode(a, base64url_encode(a, once), &again) && same(once, again));
    }
    if (hex_decode(a, text, &once)) {
        assert(once.n * 2 == text.n);
        assert(str_eq_nocase(hex_encode(a, once), text));
    }
}

static void check_percent(struct arena *a, str text)
{
    str once, again;
    if (percent_decode(a, text, true, &once)) assert(once.n <= text.n);
    if (!percent_decode(a, text, false, &once)) return;
    assert(str_find_char(once, '\0') < 0);
    assert(percent_decode(a, percent_encode(a, once), false, &again) && str_eq(once, again));
}

static void check_times(str text)
{
    struct when when, when_again;
    struct date day, day_again;
    char written[WHEN_TEXT], written_day[DATE_TEXT];
    if (when_parse(text, &when)) {
        const int n = when_format_z(when, written);
        assert(when_parse((str){written, (size_t)n}, &when_again) && when.us == when_again.us);
    }
    if (date_parse(text, &day)) {
        const int n = date_format(day, written_day);
        assert(date_parse((str){written_day, (size_t)n}, &day_again) && day.days == day_again.days);
    }
}

static void check_names_and_numbers(struct arena *a, str text)
{
    uuid id, again;
    int64_t integer;
    double number;
    if (uuid_parse(text, &id)) {
        assert(str_eq_nocase(uuid_str(a, id), text));
        assert(uuid_parse(uuid_str(a, id), &again) && uuid_eq(id, again));
    }
    if (str_parse_double(text, &number)) assert(number - number == 0); /* finite */
    if (str_parse_i64(text, &integer) && integer != INT64_MIN)
        assert(str_parse_double(text, &number) || text.p[0] == '+' || text.p[0] == '0' ||
               text.p[1] == '0');
    (void)str_is_utf8(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const str text = {(const char *)data, size};
    struct arena *a = arena_new();
    check_bytes(a, text);
    check_percent(a, text);
    check_times(text);
    check_names_and_numbers(a, text);
    arena_free(a);
    return 0;
}
