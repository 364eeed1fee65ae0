#include "core/arena.h"
#include "core/size.h"
#include "metadata/tzfile.h"
#include "metadata/zone.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

static const int16_t offsets_min[] = {-660, -600, -570, -540, -510, -480, -420, -360, -300, -240,
    -210, -180, -150, -120, -60, 0, 60, 120, 180, 210, 240, 270, 300, 330, 345, 360, 390, 420, 480,
    510, 525, 540, 570, 585, 600, 630, 660, 720, 765, 780, 825, 840};

/* What stands at the end of a date in place of an offset. Left out because they mean several zones:
 * AMT, AST, BST, CST, GST, IST, SST, WST. */
static const struct {
    char name[6];
    int16_t minutes;
} abbreviations[] = {
    {"ACDT", 630},
    {"ACST", 570},
    {"ADT", -180},
    {"AEDT", 660},
    {"AEST", 600},
    {"AFT", 270},
    {"AKDT", -480},
    {"AKST", -540},
    {"ART", -180},
    {"AWST", 480},
    {"AZOT", -60},
    {"BOT", -240},
    {"BRT", -180},
    {"CAT", 120},
    {"CDT", -300},
    {"CEST", 120},
    {"CET", 60},
    {"CLST", -180},
    {"CLT", -240},
    {"COT", -300},
    {"CVT", -60},
    {"EAT", 180},
    {"EDT", -240},
    {"EEST", 180},
    {"EET", 120},
    {"EST", -300},
    {"GMT", 0},
    {"HKT", 480},
    {"HST", -600},
    {"ICT", 420},
    {"IRDT", 270},
    {"IRST", 210},
    {"JST", 540},
    {"KST", 540},
    {"MDT", -360},
    {"MMT", 390},
    {"MSK", 180},
    {"MST", -420},
    {"MUT", 240},
    {"NDT", -150},
    {"NPT", 345},
    {"NST", -210},
    {"NZDT", 780},
    {"NZST", 720},
    {"PDT", -420},
    {"PET", -300},
    {"PHT", 480},
    {"PKT", 300},
    {"PST", -480},
    {"SAST", 120},
    {"SCT", 240},
    {"SGT", 480},
    {"TRT", 180},
    {"UTC", 0},
    {"UYT", -180},
    {"VET", -240},
    {"WAT", 60},
    {"WEST", 60},
    {"WET", 0},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool zone_fixed(int minutes, struct zone *out)
{
    for (size_t i = 0; i < LENGTH(offsets_min); i++) {
        if (offsets_min[i] != minutes) continue;
        struct zone zone = {.minutes = minutes};
        const int hours = abs(minutes) / 60, rest = abs(minutes) % 60;
        const char sign = minutes < 0 ? '-' : '+';
        if (minutes == 0)
            snprintf(zone.name, sizeof zone.name, "UTC");
        else if (rest)
            snprintf(zone.name, sizeof zone.name, "UTC%c%d:%02d", sign, hours, rest);
        else
            snprintf(zone.name, sizeof zone.name, "UTC%c%d", sign, hours);
        *out = zone;
        return true;
    }
    return false;
}

/* Where the sign of an offset that ends the text begins, -1 when there is none. The minus may be
 * U+2212. */
static ptrdiff_t find_sign(str text, int *sign, size_t *sign_size)
{
    size_t i = text.n;
    while (i > 0 && (is_digit(text.p[i - 1]) || text.p[i - 1] == ':'))
        i--;
    if (i == 0) return -1;
    *sign_size = 1;
    *sign = text.p[i - 1] == '+' ? 1 : -1;
    if (text.p[i - 1] == '+' || text.p[i - 1] == '-') return (ptrdiff_t)i - 1;
    *sign_size = 3;
    return str_ends(str_slice(text, 0, i), STR("\u2212")) ? (ptrdiff_t)i - 3 : -1;
}

/* h, hh, hhmm, h:mm or hh:mm */
static bool parse_offset_digits(str s, int *minutes)
{
    const ptrdiff_t colon = str_find_char(s, ':');
    str hours = s, rest = STR("0");
    if (colon >= 0) {
        hours = str_slice(s, 0, (size_t)colon);
        rest = str_slice(s, (size_t)colon + 1, s.n);
        if (rest.n != 2) return false;
    } else if (s.n == 4) {
        hours = str_slice(s, 0, 2);
        rest = str_slice(s, 2, 4);
    }
    int64_t h, m;
    if (hours.n < 1 || hours.n > 2 || !str_parse_i64(hours, &h) || !str_parse_i64(rest, &m))
        return false;
    if (m < 0 || m > 59) return false;
    *minutes = (int)(h * 60 + m);
    return true;
}

/* An offset with its sign at the end of *rest, cut off it. */
static bool cut_offset(str *rest, struct zone *out)
{
    int sign, minutes;
    size_t sign_size;
    const ptrdiff_t at = find_sign(*rest, &sign, &sign_size);
    if (at < 0) return false;
    if (!parse_offset_digits(str_slice(*rest, (size_t)at + sign_size, rest->n), &minutes))
        return false;
    if (!zone_fixed(sign * minutes, out)) return false;
    *rest = str_slice(*rest, 0, (size_t)at);
    return true;
}

/* Letters behind a space at the end of *rest; both cut off it. */
static bool cut_word(str *rest, str *word)
{
    size_t i = rest->n;
    while (i > 0 && is_upper(rest->p[i - 1]))
        i--;
    if (i == rest->n || i == 0 || rest->p[i - 1] != ' ') return false;
    *word = str_slice(*rest, i, rest->n);
    *rest = str_trim(str_slice(*rest, 0, i));
    return true;
}

bool zone_cut(str *rest, struct zone *out)
{
    str text = str_trim(*rest), word;
    if (text.n > 1 && str_ends(text, STR("Z")) && zone_fixed(0, out)) {
        *rest = str_trim(str_slice(text, 0, text.n - 1));
        return true;
    }
    if (cut_offset(&text, out)) {
        text = str_trim(text);
        if (str_find_char(text, ':') < 0) return false; /* 2023-01-02 ends in a day */
        *rest = text;
        return true;
    }
    if (!cut_word(&text, &word)) return false;
    if (cut_offset(&text, out)) { /* +02:00 DST: the offset has it already */
        *rest = str_trim(text);
        return true;
    }
    for (size_t i = 0; i < LENGTH(abbreviations); i++) {
        if (!str_eq(word, str_from(abbreviations[i].name))) continue;
        if (!zone_fixed(abbreviations[i].minutes, out)) return false;
        *rest = text;
        return true;
    }
    return false;
}

bool zone_parse(struct arena *a, str text, struct zone *out)
{
    static const str utc[] = {
        STR_INIT("Z"), STR_INIT("UTC"), STR_INIT("GMT"), STR_INIT("Zulu"), STR_INIT("Etc/UTC")};
    text = str_trim(text);
    for (size_t i = 0; i < LENGTH(utc); i++) {
        if (str_eq_nocase(text, utc[i])) return zone_fixed(0, out);
    }
    str rest = text;
    struct zone zone = {0};
    if (cut_offset(&rest, &zone) &&
        (rest.n == 0 || str_eq(rest, STR("UTC")) || str_eq(rest, STR("GMT")))) {
        *out = zone;
        return true;
    }
    zone = (struct zone){0};
    if (text.n == 0 || text.n >= ZONE_NAME_MAX || !tzfile_read(a, text, &zone.rules)) return false;
    memcpy(zone.name, text.p, text.n);
    *out = zone;
    return true;
}

bool zone_is_utc(const struct zone *zone)
{
    return !zone->rules && zone->minutes == 0;
}

static int64_t floor_seconds(int64_t us)
{
    return us / 1000000 - (us % 1000000 < 0);
}

static int64_t offset_us(const struct zone *zone, int64_t instant_us)
{
    if (!zone->rules) return (int64_t)zone->minutes * 60 * 1000000;
    return (int64_t)tz_offset_at(zone->rules, floor_seconds(instant_us)) * 1000000;
}

struct when zone_wall_from_instant(const struct zone *zone, struct when instant)
{
    return (struct when){instant.us + offset_us(zone, instant.us)};
}

struct when zone_instant_from_wall(const struct zone *zone, struct when wall)
{
    /* No zone changes its clock twice within a day, so the offsets a day before and after are those
     * around the only change that can matter. */
    const int64_t day_us = (int64_t)86400 * 1000000;
    const int64_t before = offset_us(zone, wall.us - day_us);
    const int64_t after = offset_us(zone, wall.us + day_us);
    if (offset_us(zone, wall.us - before) == before) return (struct when){wall.us - before};
    if (offset_us(zone, wall.us - after) == after) return (struct when){wall.us - after};
    return (struct when){wall.us - before};
}
