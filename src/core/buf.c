#define BANNED_ALLOW_MALLOC /* a buffer grows with realloc, which an arena cannot */

#include "core/arena.h"
#include "core/buf.h"
#include "core/log.h"
#include "core/size.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){.limit = b->limit};
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    b->full = false;
}

char *buf_reserve(struct buf *b, size_t n)
{
    size_t need;
    if (!size_add(b->n, n, &need) || (b->limit && need > b->limit)) {
        b->full = true;
        return NULL;
    }
    if (need > b->capacity) {
        size_t capacity = MAX(b->capacity * 2, (size_t)256);
        while (capacity < need)
            capacity *= 2;
        char *p = realloc(b->p, capacity);
        if (!p) log_die("out of memory");
        b->p = p;
        b->capacity = capacity;
    }
    return b->p + b->n;
}

void buf_added(struct buf *b, size_t n)
{
    assert(n <= b->capacity - b->n);
    b->n += n;
}

void buf_add_bytes(struct buf *b, const void *p, size_t n)
{
    if (n == 0) return;
    char *to = buf_reserve(b, n);
    if (!to) return;
    memcpy(to, p, n);
    b->n += n;
}

void buf_add(struct buf *b, str s)
{
    buf_add_bytes(b, s.p, s.n);
}

void buf_add_char(struct buf *b, char c)
{
    buf_add_bytes(b, &c, 1);
}

void buf_add_fmt(struct buf *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) log_die("a format is wrong");
    char *to = buf_reserve(b, (size_t)n + 1);
    if (to) {
        vsnprintf(to, (size_t)n + 1, format, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

str buf_take(struct buf *b, struct arena *a)
{
    const str copy = str_dup(a, buf_str(b));
    buf_done(b);
    return copy;
}
