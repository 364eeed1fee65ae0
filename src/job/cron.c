#include "core/arena.h"
#include "core/size.h"
#include "job/cron.h"

#include <assert.h>

#include "core/banned.h"

enum {
    FIELDS_MAX = 6,
    SEARCH_DAYS = 5 * 366, /* any date that exists comes within a leap cycle that skips none */
};

static const char *const month_names[] = {
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

/* The fields in their order; names count from `low`. */
static const struct cron_field {
    const char *name;
    int low, high;
    const char *const *names;
    int names_n;
} cron_fields[FIELDS_MAX] = {
    {"second", 0, 59, NULL, 0}, {"minute", 0, 59, NULL, 0}, {"hour", 0, 23, NULL, 0},
    {"dayOfMonth", 1, 31, NULL, 0}, {"month", 1, 12, month_names, LENGTH(month_names)},
    {"dayOfWeek", 0, 7, weekday_names, LENGTH(weekday_names)}, /* 7 is Sunday too */
};

static const struct {
    const char *alias, *text;
} aliases[] = {
    {"@yearly", "0 0 0 1 1 *"},
    {"@monthly", "0 0 0 1 * *"},
    {"@weekly", "0 0 0 * * 0"},
    {"@daily", "0 0 0 * * *"},
    {"@hourly", "0 0 * * * *"},
    {"@minutely", "0 * * * * *"},
    {"@secondly", "* * * * * *"},
};

static bool parse_value(const struct cron_field *f, str text, int *out)
{
    int64_t value;
    if (str_parse_i64(text, &value)) {
        *out = (int)MIN(MAX(value, -1), 1000);
        return true;
    }
    for (int i = 0; i < f->names_n; i++) {
        if (!str_eq_nocase(text, str_from(f->names[i]))) continue;
        *out = f->low + i;
        return true;
    }
    return false;
}

/* "*", "5", "mon-fri", each with "/step" behind it. */
static bool parse_range(
    struct arena *a, const struct cron_field *f, str text, uint64_t *bits, str *why)
{
    str step_text = text, range = STR(""); /* "1,,2": there is nothing to cut */
    str_cut(&step_text, '/', &range);
    const bool stepped = range.n < text.n;
    int64_t step = 1;
    if (stepped && (!str_parse_i64(step_text, &step) || step < 1 || step > 60)) {
        *why = str_fmt(a, "Field (%s) has a step of zero", f->name);
        return false;
    }
    int low = f->low, high = f->high;
    if (!str_eq(range, STR("*")) && !str_eq(range, STR("?"))) {
        str end = range, start = STR("");
        str_cut(&end, '-', &start);
        const bool is_range = start.n < range.n;
        if (!parse_value(f, start, &low) || (is_range && !parse_value(f, end, &high))) {
            *why = range.n > 0 && f->names_n > 0
                       ? str_fmt(a, "Unknown alias: %.*s", FMT(range))
                       : str_fmt(a, "Field (%s) cannot be parsed", f->name);
            return false;
        }
        if (!is_range) high = stepped ? f->high : low;
    }
    if (low < f->low || high > f->high || low > high) {
        *why = str_fmt(a, "Field value (%.*s) is out of range", FMT(range));
        return false;
    }
    assert(low >= 0 && high < 64); /* a field's bounds */
    for (int i = low; i <= high; i += (int)step)
        *bits |= UINT64_C(1) << i;
    return true;
}

static bool parse_field(
    struct arena *a, const struct cron_field *f, str text, uint64_t *bits, str *why)
{
    *bits = 0;
    for (str part; str_cut(&text, ',', &part);)
        if (!parse_range(a, f, part, bits, why)) return false;
    return true;
}

static size_t split(str text, str out[static FIELDS_MAX + 1])
{
    size_t n = 0;
    for (str part; n <= FIELDS_MAX && str_cut(&text, ' ', &part);)
        if (part.n > 0) out[n++] = part;
    return n;
}

static str expand(str text)
{
    for (size_t i = 0; i < LENGTH(aliases); i++)
        if (str_eq_nocase(text, str_from(aliases[i].alias))) return str_from(aliases[i].text);
    return text;
}

bool cron_parse(struct arena *a, str text, struct cron *out, str *why)
{
    str parts[FIELDS_MAX + 1];
    text = expand(str_trim(text));
    const size_t n = split(text, parts);
    if (text.n > 0 && text.p[0] == '@') {
        *why = str_fmt(a, "Unknown alias: %.*s", FMT(text));
        return false;
    }
    if (n < FIELDS_MAX - 1 || n > FIELDS_MAX) {
        *why = n > FIELDS_MAX ? STR("Too many fields") : STR("Too few fields");
        return false;
    }
    uint64_t bits[FIELDS_MAX] = {1}; /* without seconds: at second 0 */
    for (size_t i = 0; i < n; i++) {
        const size_t field = i + FIELDS_MAX - n;
        if (!parse_field(a, &cron_fields[field], parts[i], &bits[field], why)) return false;
    }
    const str day = parts[n - 3], weekday = parts[n - 1];
    *out = (struct cron){
        .seconds = bits[0],
        .minutes = bits[1],
        .hours = (uint32_t)bits[2],
        .days = (uint32_t)bits[3],
        .months = (uint32_t)bits[4],
        .weekdays = (uint32_t)((bits[5] | bits[5] >> 7) & 0x7f),
        .any_day = str_eq(day, STR("*")) || str_eq(day, STR("?")),
        .any_weekday = str_eq(weekday, STR("*")) || str_eq(weekday, STR("?")),
    };
    return true;
}

static bool day_matches(const struct cron *cron, struct civil c)
{
    if (!(cron->months >> c.month & 1)) return false;
    const int64_t days =
        when_from_civil((struct civil){.year = c.year, .month = c.month, .day = c.day}).us /
        (INT64_C(86400) * 1000000);
    const int weekday = (int)((days % 7 + 11) % 7); /* 1970-01-01 was a Thursday */
    const bool day = cron->days >> c.day & 1, week = cron->weekdays >> weekday & 1;
    if (cron->any_day || cron->any_weekday) return day && week;
    return day || week;
}

/* The first set bit from `from` on, or -1. */
static int next_bit(uint64_t bits, int from)
{
    if (from > 63) return -1;
    const uint64_t left = bits >> from;
    return left ? from + __builtin_ctzll(left) : -1;
}

/* The first time of the day from c's on. */
static bool time_matches(const struct cron *cron, struct civil *c)
{
    for (int hour = next_bit(cron->hours, c->hour); hour >= 0;
         hour = next_bit(cron->hours, hour + 1)) {
        if (hour > c->hour) c->minute = c->second = 0;
        c->hour = hour;
        for (int minute = next_bit(cron->minutes, c->minute); minute >= 0;
             minute = next_bit(cron->minutes, minute + 1)) {
            if (minute > c->minute) c->second = 0;
            c->minute = minute;
            const int second = next_bit(cron->seconds, c->second);
            if (second < 0) continue;
            c->second = second;
            return true;
        }
    }
    return false;
}

bool cron_next(const struct cron *cron, struct civil after, struct civil *out)
{
    after.us = 0;
    struct civil c = civil_from_when((struct when){when_from_civil(after).us + 1000000});
    for (int i = 0; i < SEARCH_DAYS; i++) {
        if (day_matches(cron, c) && time_matches(cron, &c)) {
            *out = c;
            return true;
        }
        const struct when midnight =
            when_from_civil((struct civil){.year = c.year, .month = c.month, .day = c.day});
        c = civil_from_when((struct when){midnight.us + INT64_C(86400) * 1000000});
    }
    return false;
}
