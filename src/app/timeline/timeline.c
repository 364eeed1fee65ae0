#include "app/timeline/timeline.h"
#include "core/thread.h"
#include "gen/timeline_sql.h"

#include <assert.h>

#include "core/banned.h"

/* An answer owns its arena; an empty slot has none. */
struct answer {
    struct arena *arena;
    str subject, versions, value;
};

struct timeline_cache {
    struct arena *arena;
    pthread_mutex_t lock;
    struct answer slots[TIMELINE_CACHE_SLOTS];
};

struct timeline_cache *timeline_cache_new(void)
{
    struct arena *arena = arena_new();
    struct timeline_cache *cache = ARENA_NEW(arena, struct timeline_cache);
    cache->arena = arena;
    pthread_mutex_init(&cache->lock, NULL);
    return cache;
}

void timeline_cache_free(struct timeline_cache *cache)
{
    if (!cache) return;
    for (size_t i = 0; i < TIMELINE_CACHE_SLOTS; i++)
        if (cache->slots[i].arena) arena_free(cache->slots[i].arena);
    pthread_mutex_destroy(&cache->lock);
    arena_free(cache->arena);
}

static struct answer *slot_of(struct timeline_cache *cache, const struct timeline_key *key)
{
    return &cache->slots[str_hash(key->subject) % TIMELINE_CACHE_SLOTS];
}

bool timeline_cache_find(
    struct timeline_cache *cache, struct arena *a, const struct timeline_key *key, str *value)
{
    bool found = false;
    MUTEX_SCOPE(&cache->lock)
    {
        const struct answer *answer = slot_of(cache, key);
        found = answer->arena && str_eq(answer->subject, key->subject) &&
                str_eq(answer->versions, key->versions);
        if (found) *value = str_dup(a, answer->value);
    }
    return found;
}

void timeline_cache_put(struct timeline_cache *cache, const struct timeline_key *key, str value)
{
    if (value.n > TIMELINE_CACHE_VALUE_MAX) return;
    struct arena *arena = arena_new();
    const struct answer made = {
        .arena = arena,
        .subject = str_dup(arena, key->subject),
        .versions = str_dup(arena, key->versions),
        .value = str_dup(arena, value),
    };
    struct arena *old = NULL;
    MUTEX_SCOPE(&cache->lock)
    {
        struct answer *answer = slot_of(cache, key);
        old = answer->arena;
        *answer = made;
    }
    if (old) arena_free(old);
}

fallible timeline_version(struct ctx *cx, uuid owner, str *version)
{
    struct list_timeline_owner rows;
    TRY(sql_timeline_owners(cx, &rows, owner, NOTHING(uuid)));
    assert(rows.n == 1);
    *version = str_fmt(cx->arena, "%lld", (long long)rows.v[0].version);
    return NULL;
}
