#define BANNED_ALLOW_MALLOC /* this is the allocator everybody else uses */

#include "core/arena.h"
#include "core/log.h"
#include "core/size.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

enum {
    ALIGNMENT = 16,
};

struct chunk {
    struct chunk *next;
    size_t size, used;
    _Alignas(ALIGNMENT) char data[];
};

struct deferred {
    struct deferred *next;
    void (*fn)(void *);
    void *p;
};

struct arena {
    struct chunk *first;   /* kept by reset */
    struct chunk *current; /* newest; the list runs through next to the oldest */
    struct deferred *deferred;
    size_t used;
};

static struct chunk *chunk_new(size_t size, struct chunk *next)
{
    struct chunk *chunk = malloc(sizeof *chunk + size);
    if (!chunk) log_die("out of memory");
    *chunk = (struct chunk){.next = next, .size = size};
    return chunk;
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a) log_die("out of memory");
    a->first = a->current = chunk_new(ARENA_CHUNK, NULL);
    return a;
}

static void run_deferred(struct arena *a)
{
    while (a->deferred) {
        const struct deferred *d = a->deferred;
        a->deferred = d->next;
        d->fn(d->p);
    }
}

void arena_reset(struct arena *a)
{
    run_deferred(a);
    while (a->current != a->first) {
        struct chunk *next = a->current->next;
        free(a->current);
        a->current = next;
    }
    a->first->used = 0;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    if (!a) return;
    arena_reset(a);
    free(a->first);
    free(a);
}

void *arena_alloc_raw(struct arena *a, size_t size)
{
    if (size > ARENA_ALLOCATION_MAX) log_die("an allocation is over the arena's maximum");
    const size_t rounded = (MAX(size, (size_t)1) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct chunk *chunk = a->current;
    if (chunk->size - chunk->used < rounded) {
        /* Doubling keeps the number of chunks logarithmic; a large request gets a chunk of its own
         * size. */
        const size_t wish = MIN(chunk->size * 2, (size_t)1 << 20);
        chunk = a->current = chunk_new(MAX(wish, rounded), chunk);
    }
    void *p = chunk->data + chunk->used;
    chunk->used += rounded;
    a->used += rounded;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *p = arena_alloc_raw(a, size);
    memset(p, 0, size);
    return p;
}

void *arena_alloc_array(struct arena *a, size_t n, size_t size)
{
    size_t total;
    if (!size_mul(n, size, &total)) log_die("an array is over the arena's maximum");
    return arena_alloc(a, total);
}

void *arena_grow(struct arena *a, void *old, size_t old_size, size_t new_size)
{
    if (!old) return arena_alloc(a, new_size);
    if (new_size <= old_size) return old;
    struct chunk *chunk = a->current;
    const size_t old_rounded =
        (MAX(old_size, (size_t)1) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    const size_t new_rounded = (new_size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    char *end = (char *)old + old_rounded;
    if (end == chunk->data + chunk->used &&
        new_rounded - old_rounded <= chunk->size - chunk->used) {
        chunk->used += new_rounded - old_rounded;
        a->used += new_rounded - old_rounded;
        memset((char *)old + old_size, 0, new_size - old_size);
        return old;
    }
    char *p = arena_alloc_raw(a, new_size);
    memcpy(p, old, old_size);
    memset(p + old_size, 0, new_size - old_size);
    return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *p)
{
    struct deferred *d = ARENA_NEW(a, struct deferred);
    *d = (struct deferred){.next = a->deferred, .fn = fn, .p = p};
    a->deferred = d;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
