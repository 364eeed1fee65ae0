/* Times of day and year as cron expressions say them: "0 2 * * *", five fields (minute, hour, day,
 * month, weekday) or six with seconds in front; names, ranges, steps, lists, and aliases as @daily.
 *
 * Memory  a value, nothing owned. Threads any.
 * Fails   cron_parse says why in words; cron_next gives false when no time is left within five
 *         years (30 February).
 */
#pragma once

#include "core/str.h"
#include "core/time.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;

/* A bit for each value. When both days are restricted, either one is enough, as in cron. */
struct cron {
    uint64_t seconds, minutes;
    uint32_t hours, days, months, weekdays; /* days and months from 1, Sunday is 0 */
    bool any_day, any_weekday;
};

bool cron_parse(struct arena *a, str text, struct cron *out, str *why);
/* The first matching second after `after`, both wall-clock times of the same zone. */
bool cron_next(const struct cron *cron, struct civil after, struct civil *out);
