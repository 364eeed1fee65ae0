/* Points in time as microseconds since 1970 UTC (what PostgreSQL keeps), calendar dates, and a
 * monotonic clock.
 *
 * Calendar arithmetic is proleptic Gregorian, days from civil after Howard Hinnant's
 * "chrono-compatible low-level date algorithms". Years -9999 to 9999 format; PostgreSQL's
 * infinities are WHEN_MIN and WHEN_MAX. Threads any. Parsing returns false and leaves its output
 * untouched.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct when {
    int64_t us;
};

/* A day without a time: days since 1970-01-01. */
struct date {
    int32_t days;
};

struct civil {
    int year;       /* astronomical */
    int month, day; /* from 1 */
    int hour, minute, second, us;
};

enum {
    WHEN_TEXT = 40,
    DATE_TEXT = 16,
};

struct when when_now(void);
struct when when_from_civil(struct civil c); /* c counts as UTC */
struct civil civil_from_when(struct when w);
bool civil_is_valid(struct civil c);

/* Z form, three decimals: 2024-05-03T10:11:12.345Z. Returns the length. */
int when_format_z(struct when w, char out[static WHEN_TEXT]);
/* PostgreSQL's JSON form: 2024-05-03T10:11:12.345+00:00, up to six decimals, trailing zeros
 * trimmed. */
int when_format_pg(struct when w, char out[static WHEN_TEXT]);
/* As when_format_pg without a zone: 2024-05-03T10:11:12.345 (timeline buckets). */
int when_format_local(struct when w, char out[static WHEN_TEXT]);
int date_format(struct date d, char out[static DATE_TEXT]);

/* ISO 8601 with Z or an offset; seconds optional, fraction of any length cut to milliseconds
 * (http.md §4). */
bool when_parse(str text, struct when *out);
/* YYYY-MM-DD */
bool date_parse(str text, struct date *out);

struct when when_from_date(struct date d);

/* Milliseconds of a clock that only runs forward; for limits and durations. */
int64_t monotonic_ms(void);
int64_t monotonic_us(void);
