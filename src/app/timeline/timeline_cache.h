/* Months of timelines that were counted before, so that a library of a million pictures opens in
 * milliseconds.
 *
 * A key names whose assets are counted, under which filters, and the version of each owner's
 * timeline (contract/tintype.sql) as it was before the counting. Any change, whoever made it,
 * makes a new key, so every replica reads its own writes; what is old is overwritten.
 *
 * Owns    copies of keys and months: at most TIMELINE_CACHE_SLOTS answers of at most
 *         TIMELINE_CACHE_MONTHS months, about 40 bytes a month.
 * Memory  a found answer is copied into the caller's arena.
 * Threads any.
 * Fails   never: what is not kept is counted again.
 */
#pragma once

#include "core/arena.h"
#include "gen/api.h"

#include <stdbool.h>

enum {
    TIMELINE_CACHE_SLOTS = 256,
    TIMELINE_CACHE_MONTHS = 2400,
};

struct timeline_cache;

struct timeline_cache *timeline_cache_new(void);
void timeline_cache_free(struct timeline_cache *cache);

/* `subject` is the key without versions: one subject has one answer in the cache. */
struct timeline_key {
    str subject, versions;
};

bool timeline_cache_find(struct timeline_cache *cache, struct arena *a,
    const struct timeline_key *key, struct list_TimeBucketsResponseDto *out);
void timeline_cache_put(struct timeline_cache *cache, const struct timeline_key *key,
    const struct list_TimeBucketsResponseDto *months);
