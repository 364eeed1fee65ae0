#include "core/arena.h"
#include "core/log.h"
#include "core/size.h"
#include "core/str.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/banned.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_eq_nocase(str a, str b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++) {
        if (lower(a.p[i]) != lower(b.p[i])) return false;
    }
    return true;
}

int str_compare(str a, str b)
{
    const size_t n = MIN(a.n, b.n);
    const int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order) return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq(str_slice(s, 0, prefix.n), prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

bool str_ends_nocase(str s, str suffix)
{
    return s.n >= suffix.n && str_eq_nocase(str_slice(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find_char(str s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_rfind_char(str s, char c)
{
    const char *at = s.n ? memrchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

ptrdiff_t str_find(str s, str needle)
{
    if (needle.n == 0) return 0;
    const char *at = s.n ? memmem(s.p, s.n, needle.p, needle.n) : NULL;
    return at ? at - s.p : -1;
}

str str_slice(str s, size_t from, size_t to)
{
    to = MIN(to, s.n);
    from = MIN(from, to);
    return (str){s.p ? s.p + from : "", to - from};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

str str_trim(str s)
{
    while (s.n && is_space(s.p[0]))
        s = str_slice(s, 1, s.n);
    while (s.n && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

bool str_cut(str *rest, char separator, str *part)
{
    if (rest->n == 0) return false;
    const ptrdiff_t at = str_find_char(*rest, separator);
    const size_t end = at < 0 ? rest->n : (size_t)at;
    *part = str_slice(*rest, 0, end);
    *rest = str_slice(*rest, end + 1, rest->n);
    return true;
}

str str_dup(struct arena *a, str s)
{
    if (s.n == 0) return STR("");
    char *p = arena_alloc_raw(a, s.n);
    memcpy(p, s.p, s.n);
    return (str){p, s.n};
}

str str_lower(struct arena *a, str s)
{
    char *p = arena_alloc_raw(a, s.n);
    for (size_t i = 0; i < s.n; i++)
        p[i] = lower(s.p[i]);
    return (str){p, s.n};
}

str str_upper(struct arena *a, str s)
{
    char *p = arena_alloc_raw(a, s.n);
    for (size_t i = 0; i < s.n; i++)
        p[i] = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - ('a' - 'A')) : s.p[i];
    return (str){p, s.n};
}

const char *cstr(struct arena *a, str s)
{
    char *p = arena_alloc_raw(a, s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

str str_fmt(struct arena *a, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) log_die("a format is wrong");
    char *p = arena_alloc_raw(a, (size_t)n + 1);
    vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return (str){p, (size_t)n};
}

str str_replace(struct arena *a, str s, str from, str to)
{
    size_t count = 0;
    for (str rest = s; from.n && rest.n;) {
        const ptrdiff_t at = str_find(rest, from);
        if (at < 0) break;
        count++;
        rest = str_slice(rest, (size_t)at + from.n, rest.n);
    }
    if (count == 0) return s;
    const size_t size = s.n + count * to.n - count * from.n;
    char *p = arena_alloc_raw(a, size);
    char *end = p;
    for (;;) {
        const ptrdiff_t at = str_find(s, from);
        const size_t keep = at < 0 ? s.n : (size_t)at;
        if (keep) end = (char *)mempcpy(end, s.p, keep);
        if (at < 0) break;
        if (to.n) end = (char *)mempcpy(end, to.p, to.n);
        s = str_slice(s, keep + from.n, s.n);
    }
    return (str){p, size};
}

bool str_parse_i64(str s, int64_t *out)
{
    const bool negative = s.n && s.p[0] == '-';
    if (s.n && (s.p[0] == '-' || s.p[0] == '+')) s = str_slice(s, 1, s.n);
    if (s.n == 0) return false;
    int64_t value = 0; /* collected below zero: its range is the larger one */
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') return false;
        if (__builtin_mul_overflow(value, (int64_t)10, &value)) return false;
        if (__builtin_sub_overflow(value, (int64_t)(s.p[i] - '0'), &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

bool str_parse_double(str s, double *out)
{
    char text[64];
    if (s.n == 0 || s.n >= sizeof text) return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!strchr("0123456789+-.eE", s.p[i]) || s.p[i] == '\0') return false;
    }
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    char *end;
    /* The program never leaves the C locale (setlocale is not called), so '.' is the decimal point.
     */
    const double value = strtod(text, &end);
    if (*end || !isfinite(value)) return false;
    *out = value;
    return true;
}

/* Table-free check after the Unicode standard, table 3-7 (well-formed UTF-8 byte sequences). */
bool str_is_utf8(str s)
{
    const uint8_t *p = (const uint8_t *)s.p;
    for (size_t i = 0; i < s.n;) {
        const uint8_t c = p[i];
        size_t extra = 0;
        uint8_t low = 0x80, high = 0xbf;
        if (c < 0x80) {
            i++;
            continue;
        }
        if (c >= 0xc2 && c <= 0xdf) extra = 1;
        if (c >= 0xe0 && c <= 0xef) extra = 2;
        if (c >= 0xf0 && c <= 0xf4) extra = 3;
        if (extra == 0 || s.n - i <= extra) return false;
        if (c == 0xe0) low = 0xa0;
        if (c == 0xed) high = 0x9f;
        if (c == 0xf0) low = 0x90;
        if (c == 0xf4) high = 0x8f;
        if (p[i + 1] < low || p[i + 1] > high) return false;
        for (size_t k = 2; k <= extra; k++) {
            if ((p[i + k] & 0xc0) != 0x80) return false;
        }
        i += extra + 1;
    }
    return true;
}

uint64_t str_hash(str s)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < s.n; i++)
        hash = (hash ^ (uint8_t)s.p[i]) * 0x100000001b3u;
    return hash;
}
