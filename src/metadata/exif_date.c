#include "core/size.h"
#include "metadata/exif_date.h"

#include "core/banned.h"

enum {
    DATE_TEXT_MAX = 64, /* the longest form has 40 characters */
    WORDS_MAX = 6,
};

static bool take(str *s, char c)
{
    if (s->n == 0 || s->p[0] != c) return false;
    *s = str_slice(*s, 1, s->n);
    return true;
}

static bool take_digits(str *s, size_t min, size_t max, int *out)
{
    int value = 0;
    size_t n = 0;
    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9') {
        if (n == max) return false;
        value = value * 10 + (s->p[n++] - '0');
    }
    if (n < min) return false;
    *s = str_slice(*s, n, s->n);
    *out = value;
    return true;
}

/* .123456 cut to milliseconds, as clients keep them. */
static bool take_fraction(str *s, int *us)
{
    size_t n = 0;
    int value = 0, unit = 100000;
    for (; n < s->n && s->p[n] >= '0' && s->p[n] <= '9'; n++) {
        if (n < 3) value += (s->p[n] - '0') * unit;
        unit /= 10;
    }
    *s = str_slice(*s, n, s->n);
    *us = value;
    return n > 0;
}

/* HH:mm[:ss[.fraction]], the whole text; h:mm:ss where a 12-hour clock allows it. */
static bool parse_time(str s, size_t hour_digits, struct civil *c)
{
    if (!take_digits(&s, hour_digits, 2, &c->hour) || !take(&s, ':')) return false;
    if (!take_digits(&s, 2, 2, &c->minute)) return false;
    if (take(&s, ':')) {
        if (!take_digits(&s, 2, 2, &c->second)) return false;
        if (take(&s, '.') && !take_fraction(&s, &c->us)) return false;
    }
    return s.n == 0;
}

static bool parse_day(str s, struct civil *c)
{
    if (!take_digits(&s, 1, 4, &c->year) || s.n == 0) return false;
    const char separator = s.p[0];
    if (separator != ':' && separator != '-') return false;
    return take(&s, separator) && take_digits(&s, 1, 2, &c->month) && take(&s, separator) &&
           take_digits(&s, 1, 2, &c->day) && s.n == 0;
}

/* 2023:01:02 03:04:05 */
static bool parse_exif(str s, struct civil *c)
{
    ptrdiff_t at = str_find_char(s, ' ');
    if (at < 0) at = str_find_char(s, 'T');
    return at > 0 && parse_day(str_slice(s, 0, (size_t)at), c) &&
           parse_time(str_slice(s, (size_t)at + 1, s.n), 2, c);
}

static bool parse_month(str word, int *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (word.n != 3) return false;
    for (int i = 0; i < 12; i++) {
        if (!str_eq_nocase(word, (str){names + (ptrdiff_t)3 * i, 3})) continue;
        *month = i + 1;
        return true;
    }
    return false;
}

static bool is_weekday(str word)
{
    static const char names[] = "MonTueWedThuFriSatSun";
    for (int i = 0; i < 7; i++) {
        if (str_eq_nocase(word, (str){names + (ptrdiff_t)3 * i, 3})) return true;
    }
    return false;
}

/* 12 am is 0 and 12 pm is 12. */
static bool apply_half(str word, struct civil *c)
{
    const bool pm = str_eq_nocase(word, STR("pm"));
    if ((!pm && !str_eq_nocase(word, STR("am"))) || c->hour < 1 || c->hour > 12) return false;
    c->hour = c->hour % 12 + (pm ? 12 : 0);
    return true;
}

/* Words in any of the usual orders: the month has a name, the time has colons, the year has four
 * digits and the day has fewer. */
static bool parse_words(str s, struct civil *c)
{
    bool month = false, day = false, year = false, time = false, half = false;
    size_t n = 0;
    for (str word; str_cut(&s, ' ', &word); n++) {
        if (word.n == 0 || n == WORDS_MAX) return false;
        if (n == 0 && is_weekday(word)) continue;
        if (!month && parse_month(word, &c->month)) {
            month = true;
        } else if (!time && str_find_char(word, ':') > 0) {
            if (!parse_time(word, 1, c)) return false;
            time = true;
        } else if (!half && time && apply_half(word, c)) {
            half = true;
        } else if (!day && word.n <= 2) {
            if (!take_digits(&word, 1, 2, &c->day) || word.n) return false;
            day = true;
        } else {
            if (year || !take_digits(&word, 4, 4, &c->year) || word.n) return false;
            year = true;
        }
    }
    return month && day && year && time;
}

bool exif_date_parse(str text, struct exif_date *out)
{
    str rest = str_trim(text);
    if (rest.n > DATE_TEXT_MAX) return false;
    struct exif_date date = {0};
    const str whole = rest;
    date.zoned = zone_cut(&rest, &date.zone);
    date.utc_text = date.zoned && (str_ends(whole, STR("Z")) || str_ends(whole, STR("+00:00")));

    struct civil c = {0};
    if (!parse_exif(rest, &c)) {
        c = (struct civil){0};
        if (!parse_words(rest, &c)) return false;
    }
    /* Cameras whose clock was never set write year 0 or 1. */
    const bool midnight = c.hour == 24 && c.minute == 0 && c.second == 0 && c.us == 0;
    if (midnight) c.hour = 0;
    if (c.year < 2 || !civil_is_valid(c)) return false;
    date.wall = when_from_civil(c);
    if (midnight) date.wall.us += (int64_t)86400 * 1000000; /* 24:00 is the end of that day */
    *out = date;
    return true;
}
