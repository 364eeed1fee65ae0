/* What was counted before of an owner's assets, so that a library of a million pictures opens in
 * milliseconds: months of the timeline, statistics.
 *
 * A key names what was counted and the version of each owner's timeline (contract/tintype.sql) as
 * it was before the counting. Any change, whoever made it, makes a new key, so every replica reads
 * its own writes; what is old is overwritten.
 *
 * Owns    copies of keys and values: at most TIMELINE_CACHE_SLOTS values of at most
 *         TIMELINE_CACHE_VALUE_MAX bytes.
 * Memory  a found value is copied into the caller's arena.
 * Threads any.
 * Fails   the cache never: what is not kept is counted again.
 */
#pragma once

#include "core/ctx.h"

#include <stdbool.h>

enum {
    TIMELINE_CACHE_SLOTS = 256,
    TIMELINE_CACHE_VALUE_MAX = 64 * 1024,
};

struct timeline_cache;

struct timeline_cache *timeline_cache_new(void);
void timeline_cache_free(struct timeline_cache *cache);

/* `subject` is the key without versions: one subject has one value in the cache. */
struct timeline_key {
    str subject, versions;
};

/* The value is aligned for any struct. */
bool timeline_cache_find(
    struct timeline_cache *cache, struct arena *a, const struct timeline_key *key, str *value);
void timeline_cache_put(struct timeline_cache *cache, const struct timeline_key *key, str value);

/* The version of one owner's timeline, for a key. */
fallible timeline_version(struct ctx *cx, uuid owner, str *version);
