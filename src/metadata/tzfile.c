#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/time.h"
#include "metadata/tzfile.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    TZ_FILE_MAX = 256 * 1024, /* the largest of tzdata has 4 KB */
    TZ_NAME_MAX = 64,
    TZ_HEADER = 44,
    TZ_OFFSET_MAX_S = 26 * 3600, /* RFC 8536 §3.2 allows 25:59:59 */
    DAY_S = 86400,
    /* From here on the daylight rule is looked up in a year of the same calendar: the Gregorian
     * calendar repeats every 400 years, and years of five digits are not ours. */
    YEAR_MAX = 9000,
};

/* A day of the year in the three forms of POSIX TZ: Jn, n and Mm.w.d. */
struct tz_day {
    enum { DAY_JULIAN, DAY_OF_YEAR, DAY_OF_WEEK } kind;
    int day, month, week;
    int32_t at_s; /* local time of the change */
};

/* What the footer says about the time after the last transition. */
struct tz_footer {
    int32_t standard_s, daylight_s;
    bool has_daylight;
    struct tz_day starts, ends; /* of daylight time */
};

struct tz_rules {
    const uint8_t *times; /* big-endian, 8 bytes each, rising */
    const uint8_t *types; /* index into infos, one a time */
    const uint8_t *infos; /* 6 bytes each: offset, isdst, name */
    size_t times_n, infos_n;
    bool has_footer;
    struct tz_footer footer;
};

static uint32_t big32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t big64(const uint8_t *p)
{
    return (int64_t)((uint64_t)big32(p) << 32 | big32(p + 4));
}

static int32_t info_offset(const struct tz_rules *rules, size_t type)
{
    return (int32_t)big32(rules->infos + 6 * type);
}

/* --- the footer: a POSIX TZ string ------------------------------------------------------------ */

static bool take(str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool take_number(str *s, int max, int *out)
{
    int value = 0;
    size_t n = 0;
    while (n < s->n && n < 4 && s->p[n] >= '0' && s->p[n] <= '9')
        value = value * 10 + (s->p[n++] - '0');
    if (n == 0 || value > max) return false;
    *s = str_slice(*s, n, s->n);
    *out = value;
    return true;
}

/* CET or <+0330>; its text does not matter. */
static bool take_name(str *s)
{
    if (take(s, '<')) {
        const ptrdiff_t end = str_find_char(*s, '>');
        if (end < 0) return false;
        *s = str_slice(*s, (size_t)end + 1, s->n);
        return true;
    }
    size_t n = 0;
    while (n < s->n && ((s->p[n] | 32) >= 'a' && (s->p[n] | 32) <= 'z'))
        n++;
    *s = str_slice(*s, n, s->n);
    return n >= 3;
}

/* [+-]h[:mm[:ss]] */
static bool take_seconds(str *s, int32_t *out)
{
    const bool negative = take(s, '-');
    if (!negative) take(s, '+');
    int hours, minutes = 0, seconds = 0;
    if (!take_number(s, 167, &hours)) return false;
    if (take(s, ':') && !take_number(s, 59, &minutes)) return false;
    if (take(s, ':') && !take_number(s, 59, &seconds)) return false;
    const int32_t value = hours * 3600 + minutes * 60 + seconds;
    *out = negative ? -value : value;
    return true;
}

static bool take_day(str *s, struct tz_day *day)
{
    if (!take(s, ',')) return false;
    day->at_s = 2 * 3600;
    if (take(s, 'M')) {
        day->kind = DAY_OF_WEEK;
        if (!take_number(s, 12, &day->month) || day->month < 1 || !take(s, '.')) return false;
        if (!take_number(s, 5, &day->week) || day->week < 1 || !take(s, '.')) return false;
        if (!take_number(s, 6, &day->day)) return false;
    } else {
        day->kind = take(s, 'J') ? DAY_JULIAN : DAY_OF_YEAR;
        if (!take_number(s, 365, &day->day)) return false;
    }
    return !take(s, '/') || take_seconds(s, &day->at_s);
}

static bool parse_footer(str s, struct tz_footer *out)
{
    struct tz_footer footer = {0};
    if (!take_name(&s) || !take_seconds(&s, &footer.standard_s)) return false;
    footer.standard_s = -footer.standard_s; /* POSIX counts west */
    if (s.n) {
        footer.has_daylight = true;
        if (!take_name(&s)) return false;
        footer.daylight_s = footer.standard_s + 3600;
        if (s.n && s.p[0] != ',') {
            if (!take_seconds(&s, &footer.daylight_s)) return false;
            footer.daylight_s = -footer.daylight_s;
        }
        if (!take_day(&s, &footer.starts) || !take_day(&s, &footer.ends)) return false;
    }
    if (abs(footer.standard_s) > TZ_OFFSET_MAX_S || abs(footer.daylight_s) > TZ_OFFSET_MAX_S)
        return false;
    *out = footer;
    return s.n == 0;
}

static int64_t days_from(int year, int month, int day)
{
    const struct when w = when_from_civil((struct civil){.year = year, .month = month, .day = day});
    return w.us / 1000000 / DAY_S; /* whole days: exact on both sides of 1970 */
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The local time of a change in a year, in seconds since 1970 as if it were UTC. */
static int64_t change_in_year(const struct tz_day *day, int year)
{
    int64_t days = 0;
    switch (day->kind) {
    case DAY_JULIAN: /* February 29 is never counted */
        days = days_from(year, 1, 1) + day->day - 1 + (is_leap(year) && day->day >= 60);
        break;
    case DAY_OF_YEAR:
        days = days_from(year, 1, 1) + day->day;
        break;
    case DAY_OF_WEEK: {
        const int64_t first = days_from(year, day->month, 1);
        const int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        days = first + (day->day - weekday + 7) % 7 + (int64_t)(day->week - 1) * 7;
        const int next = day->month == 12 ? 1 : day->month + 1;
        const int64_t end = days_from(year + (day->month == 12), next, 1);
        while (days >= end) /* week 5 is the last one */
            days -= 7;
        break;
    }
    }
    return days * DAY_S + day->at_s;
}

static int32_t footer_offset_at(const struct tz_footer *footer, int64_t utc)
{
    if (!footer->has_daylight) return footer->standard_s;
    const int64_t limit = days_from(YEAR_MAX, 1, 1) * DAY_S;
    /* The calendar repeats after 400 years. */
    if (utc >= limit || utc < -limit) utc %= (int64_t)146097 * DAY_S;
    const struct civil c = civil_from_when((struct when){(utc + footer->standard_s) * 1000000});
    const int64_t start = change_in_year(&footer->starts, c.year) - footer->standard_s;
    const int64_t end = change_in_year(&footer->ends, c.year) - footer->daylight_s;
    const bool daylight =
        start < end ? utc >= start && utc < end : utc >= start || utc < end; /* the south */
    return daylight ? footer->daylight_s : footer->standard_s;
}

/* --- the file --------------------------------------------------------------------------------- */

struct tz_counts {
    size_t isutc, isstd, leap, times, infos, chars;
};

static bool read_header(str s, struct tz_counts *out, char *version)
{
    if (s.n < TZ_HEADER || !str_starts(s, STR("TZif"))) return false;
    const uint8_t *p = (const uint8_t *)s.p;
    *version = s.p[4];
    *out = (struct tz_counts){
        big32(p + 20), big32(p + 24), big32(p + 28), big32(p + 32), big32(p + 36), big32(p + 40)};
    /* The file is small, so counts that fit in it cannot overflow what is added up of them. */
    return out->isutc <= s.n && out->isstd <= s.n && out->leap <= s.n && out->times <= s.n &&
           out->infos <= s.n && out->chars <= s.n;
}

static size_t block_size(const struct tz_counts *n, size_t time_size)
{
    return n->times * (time_size + 1) + n->infos * 6 + n->chars + n->leap * (time_size + 4) +
           n->isstd + n->isutc;
}

static bool rules_are_sound(const struct tz_rules *rules)
{
    for (size_t i = 0; i < rules->infos_n; i++) {
        const int32_t offset = info_offset(rules, i);
        if (offset < -TZ_OFFSET_MAX_S || offset > TZ_OFFSET_MAX_S) return false;
    }
    for (size_t i = 0; i < rules->times_n; i++) {
        if (rules->types[i] >= rules->infos_n) return false;
    }
    return rules->infos_n > 0;
}

bool tzfile_parse(struct arena *a, str file, const struct tz_rules **out)
{
    struct tz_counts n;
    char version;
    if (file.n > TZ_FILE_MAX || !read_header(file, &n, &version) || version < '2') return false;
    /* The first block has times of 32 bits, for readers of 1970s' systems; the second has 64. */
    str rest = str_slice(file, TZ_HEADER + block_size(&n, 4), file.n);
    if (!read_header(rest, &n, &version)) return false;
    const size_t size = block_size(&n, 8);
    if (rest.n < TZ_HEADER + size) return false;

    struct tz_rules *rules = ARENA_NEW(a, struct tz_rules);
    rules->times = (const uint8_t *)rest.p + TZ_HEADER;
    rules->types = rules->times + n.times * 8;
    rules->infos = rules->types + n.times;
    rules->times_n = n.times;
    rules->infos_n = n.infos;
    if (!rules_are_sound(rules)) return false;

    str footer = str_trim(str_slice(rest, TZ_HEADER + size, rest.n));
    if (footer.n) {
        if (!parse_footer(footer, &rules->footer)) return false;
        rules->has_footer = true;
    }
    *out = rules;
    return true;
}

static bool name_is_plain(str name)
{
    if (name.n == 0 || name.n >= TZ_NAME_MAX || name.p[0] == '/' || name.p[0] == '.') return false;
    for (size_t i = 0; i < name.n; i++) {
        const char c = name.p[i];
        const bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!letter && !(c >= '0' && c <= '9') && (c == '\0' || !strchr("_+-/", c))) return false;
    }
    return true;
}

bool tzfile_read(struct arena *a, str name, const struct tz_rules **out)
{
    if (!name_is_plain(name)) return false;
    const char *folder = getenv("TZDIR");
    char path[512];
    const int n =
        snprintf(path, sizeof path, "%s/%.*s", folder ? folder : "/usr/share/zoneinfo", FMT(name));
    if (n < 0 || (size_t)n >= sizeof path) return false;
    str file;
    return !file_read(a, path, TZ_FILE_MAX, &file) && tzfile_parse(a, file, out);
}

int32_t tz_offset_at(const struct tz_rules *rules, int64_t utc)
{
    const size_t n = rules->times_n;
    if (n == 0 || utc < big64(rules->times)) {
        /* Before the first transition type 0 counts (RFC 8536 §3.2). */
        if (n == 0 && rules->has_footer) return footer_offset_at(&rules->footer, utc);
        return info_offset(rules, 0);
    }
    if (rules->has_footer && utc >= big64(rules->times + 8 * (n - 1)))
        return footer_offset_at(&rules->footer, utc);
    size_t low = 0, high = n; /* times[low] <= utc < times[high] */
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (big64(rules->times + 8 * middle) <= utc)
            low = middle;
        else
            high = middle;
    }
    return info_offset(rules, rules->types[low]);
}
