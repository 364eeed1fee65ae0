/* Rules of one time zone, read from the system's tz database (RFC 8536, TZif version 2 and later).
 *
 * The C library's own reader works on one zone for the whole process (TZ, tzset), which threads
 * cannot share; so files are read here, each call on its own, without any global state.
 *
 * Memory  rules live in the arena they were read into.
 * Threads any.
 * Fails   tzfile_read says false for an unknown name and for a file that is not well-formed.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct tz_rules;

/* The folder is /usr/share/zoneinfo, or $TZDIR. Only plain names below it are accepted. */
bool tzfile_read(struct arena *a, str name, const struct tz_rules **out);
/* The same from the bytes of a file. */
bool tzfile_parse(struct arena *a, str file, const struct tz_rules **out);

/* Seconds east of UTC at a time in seconds since 1970 UTC. */
int32_t tz_offset_at(const struct tz_rules *rules, int64_t utc);
