/* Strings by value: pointer and length, not NUL-terminated, not owned.
 *
 * Memory  functions that make text take the arena it lives in; slices point into their source.
 * Threads any.
 * Fails   parsing returns false and leaves its output untouched.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

typedef struct str {
    const char *p;
    size_t n;
} str;

/* Binary data: in JSON it is base64, in PostgreSQL bytea. */
struct bytes {
    const uint8_t *p;
    size_t n;
};

#define STR(literal) ((str){"" literal, sizeof(literal) - 1})
/* For static initialisers, where a compound literal is not constant. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
/* printf("%.*s", FMT(s)) */
#define FMT(s) (int)(s).n, (s).p

static inline str str_from(const char *c)
{
    return c ? (str){c, strlen(c)} : (str){"", 0};
}

static inline bool str_eq(str a, str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_nocase(str a, str b); /* ASCII */
int str_compare(str a, str b);    /* bytes, as memcmp */
bool str_starts(str s, str prefix);
bool str_ends(str s, str suffix);
bool str_ends_nocase(str s, str suffix);
/* Index of the first (last) c, or -1. */
ptrdiff_t str_find_char(str s, char c);
ptrdiff_t str_rfind_char(str s, char c);
/* Index of the first needle, or -1. */
ptrdiff_t str_find(str s, str needle);
/* From `from` to before `to`, both clamped to the length. */
str str_slice(str s, size_t from, size_t to);
str str_trim(str s); /* ASCII white space at both ends */
/* Cuts the text before the first `separator` off *rest; the separator is dropped. False when *rest
 * was empty. */
bool str_cut(str *rest, char separator, str *part);

str str_dup(struct arena *a, str s);
str str_lower(struct arena *a, str s); /* ASCII */
str str_upper(struct arena *a, str s); /* ASCII */
const char *cstr(struct arena *a, str s);
/* The text is followed by a NUL, which does not count. */
__attribute__((format(printf, 2, 3))) str str_fmt(struct arena *a, const char *format, ...);
/* Every `from` replaced by `to`. */
str str_replace(struct arena *a, str s, str from, str to);

/* Decimal, the whole string, no spaces, optional sign; false on anything else or overflow. */
bool str_parse_i64(str s, int64_t *out);
/* A finite decimal number as JSON or JavaScript writes it, the whole string; independent of the
 * locale. */
bool str_parse_double(str s, double *out);
/* Well-formed UTF-8 without surrogates and over-long forms. */
bool str_is_utf8(str s);
uint64_t str_hash(str s); /* FNV-1a; not for untrusted keys in large tables */
