#include "core/time.h"

#include <stdlib.h>
#include <time.h>

#include "core/banned.h"

#define DAY_US ((int64_t)86400 * 1000000)

static int64_t days_from_civil(int year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct civil *c)
{
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    const int64_t day_of_era = days - era * 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t month = (5 * day_of_year + 2) / 153;
    c->day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    c->month = (int)(month < 10 ? month + 3 : month - 9);
    c->year = (int)(year_of_era + era * 400 + (c->month <= 2));
}

struct when when_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (struct when){(int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000};
}

struct when when_from_civil(struct civil c)
{
    const int64_t days = days_from_civil(c.year, c.month, c.day);
    const int64_t seconds = (int64_t)c.hour * 3600 + c.minute * 60 + c.second;
    return (struct when){days * DAY_US + seconds * 1000000 + c.us};
}

struct civil civil_from_when(struct when w)
{
    int64_t days = w.us / DAY_US, rest = w.us % DAY_US;
    if (rest < 0) {
        rest += DAY_US;
        days--;
    }
    struct civil c;
    civil_from_days(days, &c);
    const int64_t seconds = rest / 1000000;
    c.hour = (int)(seconds / 3600);
    c.minute = (int)(seconds / 60 % 60);
    c.second = (int)(seconds % 60);
    c.us = (int)(rest % 1000000);
    return c;
}

bool civil_is_valid(struct civil c)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (c.year < -9999 || c.year > 9999 || c.month < 1 || c.month > 12 || c.day < 1) return false;
    const bool leap = (c.year % 4 == 0 && c.year % 100 != 0) || c.year % 400 == 0;
    if (c.day > lengths[c.month - 1] + (leap && c.month == 2)) return false;
    return c.hour >= 0 && c.hour < 24 && c.minute >= 0 && c.minute < 60 && c.second >= 0 &&
           c.second < 60 && c.us >= 0 && c.us < 1000000;
}

/* Answers hold many times, and snprintf would be most of the cost of writing one. */
static char *put_digits(char *to, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        to[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return to + width;
}

static char *put_day(char *to, struct civil c)
{
    if (c.year < 0 || c.year > 9999) *to++ = c.year < 0 ? '-' : '+'; /* as JavaScript's years */
    to = put_digits(to, abs(c.year), c.year > 9999 ? 6 : 4);
    *to++ = '-';
    to = put_digits(to, c.month, 2);
    *to++ = '-';
    return put_digits(to, c.day, 2);
}

static char *put_seconds(char *to, struct civil c)
{
    to = put_day(to, c);
    *to++ = 'T';
    to = put_digits(to, c.hour, 2);
    *to++ = ':';
    to = put_digits(to, c.minute, 2);
    *to++ = ':';
    return put_digits(to, c.second, 2);
}

int when_format_z(struct when w, char out[static WHEN_TEXT])
{
    const struct civil c = civil_from_when(w);
    char *to = put_seconds(out, c);
    *to++ = '.';
    to = put_digits(to, c.us / 1000, 3);
    *to++ = 'Z';
    *to = '\0';
    return (int)(to - out);
}

int when_format_local(struct when w, char out[static WHEN_TEXT])
{
    const struct civil c = civil_from_when(w);
    char *to = put_seconds(out, c);
    if (c.us != 0) {
        *to++ = '.';
        to = put_digits(to, c.us, 6);
        while (to[-1] == '0')
            to--;
    }
    *to = '\0';
    return (int)(to - out);
}

int when_format_pg(struct when w, char out[static WHEN_TEXT])
{
    const int n = when_format_local(w, out);
    memcpy(out + n, "+00:00", sizeof "+00:00");
    return n + (int)sizeof "+00:00" - 1;
}

int date_format(struct date d, char out[static DATE_TEXT])
{
    struct civil c = {0};
    civil_from_days(d.days, &c);
    char *to = put_day(out, c);
    *to = '\0';
    return (int)(to - out);
}

/* Exactly n digits at *at. */
static bool digits(str s, size_t *at, size_t n, int *out)
{
    if (s.n - *at < n || *at > s.n) return false;
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        const char c = s.p[*at + i];
        if (c < '0' || c > '9') return false;
        value = value * 10 + (c - '0');
    }
    *at += n;
    *out = value;
    return true;
}

static bool literal(str s, size_t *at, char c)
{
    if (*at >= s.n || s.p[*at] != c) return false;
    ++*at;
    return true;
}

static bool parse_day(str s, size_t *at, struct civil *c)
{
    return digits(s, at, 4, &c->year) && literal(s, at, '-') && digits(s, at, 2, &c->month) &&
           literal(s, at, '-') && digits(s, at, 2, &c->day);
}

/* The fraction after a '.', cut to milliseconds as JavaScript dates are. */
static bool parse_fraction(str s, size_t *at, int *us)
{
    const size_t start = *at;
    int milliseconds = 0;
    while (*at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9') {
        if (*at - start < 3) milliseconds = milliseconds * 10 + (s.p[*at] - '0');
        ++*at;
    }
    for (size_t n = *at - start; n < 3; n++)
        milliseconds *= 10;
    *us = milliseconds * 1000;
    return *at > start;
}

static bool parse_zone(str s, size_t *at, int *offset_minutes)
{
    if (literal(s, at, 'Z')) {
        *offset_minutes = 0;
        return true;
    }
    int sign = 0, hours, minutes;
    if (literal(s, at, '+'))
        sign = 1;
    else if (literal(s, at, '-'))
        sign = -1;
    if (sign == 0 || !digits(s, at, 2, &hours) || !literal(s, at, ':') ||
        !digits(s, at, 2, &minutes))
        return false;
    if (hours > 23 || minutes > 59) return false;
    *offset_minutes = sign * (hours * 60 + minutes);
    return true;
}

bool when_parse(str s, struct when *out)
{
    struct civil c = {0};
    size_t at = 0;
    int offset_minutes;
    if (!parse_day(s, &at, &c) || !literal(s, &at, 'T')) return false;
    if (!digits(s, &at, 2, &c.hour) || !literal(s, &at, ':') || !digits(s, &at, 2, &c.minute))
        return false;
    if (literal(s, &at, ':')) {
        if (!digits(s, &at, 2, &c.second)) return false;
        if (literal(s, &at, '.') && !parse_fraction(s, &at, &c.us)) return false;
    }
    if (!parse_zone(s, &at, &offset_minutes) || at != s.n || !civil_is_valid(c)) return false;
    out->us = when_from_civil(c).us - (int64_t)offset_minutes * 60 * 1000000;
    return true;
}

bool date_parse(str s, struct date *out)
{
    struct civil c = {0};
    size_t at = 0;
    if (!parse_day(s, &at, &c) || at != s.n || !civil_is_valid(c)) return false;
    out->days = (int32_t)days_from_civil(c.year, c.month, c.day);
    return true;
}

struct when when_from_date(struct date d)
{
    return (struct when){(int64_t)d.days * DAY_US};
}

int64_t monotonic_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t monotonic_ms(void)
{
    return monotonic_us() / 1000;
}
