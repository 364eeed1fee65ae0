/* Checked sizes, for numbers that come from files and peers. Threads any; true on overflow is a
 * failure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* *out = a + b; false if it does not fit. */
static inline bool size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

/* *out = a * b; false if it does not fit. */
static inline bool size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
/* GLib has the same two. */
#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
