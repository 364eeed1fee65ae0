/* An arena: everything one request or job needs is allocated here and freed at once.
 *
 * Owns    its chunks and what was tied to it with arena_defer (run in reverse order on reset and
 * free). Memory  zeroed, aligned to 16 bytes; a single allocation may be at most
 * ARENA_ALLOCATION_MAX. arena_reset keeps the first chunk, so that a pooled arena does not return
 * to the allocator. Threads one at a time. Fails   never: out of memory and requests over the
 * maximum end the process (bound what users can ask for first).
 */
#pragma once

#include <stddef.h>

struct arena;

enum {
    ARENA_CHUNK = 8 * 1024,
};
#define ARENA_ALLOCATION_MAX ((size_t)1 << 30)

struct arena *arena_new(void);
void arena_free(struct arena *a);
void arena_reset(struct arena *a);

__attribute__((malloc, alloc_size(2), returns_nonnull)) void *arena_alloc(
    struct arena *a, size_t size);
/* As arena_alloc for n items of a size; the product is checked. */
__attribute__((malloc, alloc_size(2, 3), returns_nonnull)) void *arena_alloc_array(
    struct arena *a, size_t n, size_t size);
/* Grows what arena_alloc returned; extends in place when it was the last allocation, copies
 * otherwise. */
__attribute__((returns_nonnull)) void *arena_grow(
    struct arena *a, void *old, size_t old_size, size_t new_size);
/* Not zeroed: for buffers that are filled right away. */
__attribute__((malloc, alloc_size(2), returns_nonnull)) void *arena_alloc_raw(
    struct arena *a, size_t size);

/* fn(p) is called when the arena is reset or freed. */
void arena_defer(struct arena *a, void (*fn)(void *), void *p);

/* Bytes handed out since the last reset, for budgets in tests. */
size_t arena_used(const struct arena *a);

#define ARENA_NEW(a, T) ((T *)arena_alloc(a, sizeof(T)))
#define ARENA_ARRAY(a, T, n) ((T *)arena_alloc_array(a, n, sizeof(T)))

static inline void arena_scope_end_(struct arena **a)
{
    arena_free(*a);
}

/* ARENA_SCOPE(tmp) { … } : a scratch arena that is gone after the block, also on return out of it.
 */
#define ARENA_SCOPE(name)                                                                          \
    for (struct arena * name __attribute__((cleanup(arena_scope_end_))) = arena_new(),             \
                             *name##_once = name;                                                  \
         name##_once; name##_once = NULL)
