/* A growing byte buffer on the heap, for output whose size is not known.
 *
 * Owns    its memory; buf_done frees it, buf_take hands it to an arena.
 * Threads one at a time.
 * Fails   never: out of memory ends the process. `limit` (0 = none) marks it `full` instead of
 * growing beyond.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *p;
    size_t n, capacity;
    size_t limit;
    bool full; /* something did not fit under the limit and was dropped */
};

void buf_done(struct buf *b);
void buf_clear(struct buf *b);
/* Room for n more bytes at the end, or NULL at the limit; buf_added says how many were written. */
char *buf_reserve(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);
void buf_add(struct buf *b, str s);
void buf_add_char(struct buf *b, char c);
void buf_add_bytes(struct buf *b, const void *p, size_t n);
__attribute__((format(printf, 2, 3))) void buf_add_fmt(struct buf *b, const char *format, ...);

static inline str buf_str(const struct buf *b)
{
    return (str){b->p ? b->p : "", b->n};
}

/* A copy of the content in an arena; the buffer is emptied and its memory freed. */
str buf_take(struct buf *b, struct arena *a);

#define auto_buf __attribute__((cleanup(buf_done))) struct buf
