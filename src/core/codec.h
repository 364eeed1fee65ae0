/* base64, base64url, hex and percent encoding. Threads any. Decoders return false on malformed
 * input. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static inline size_t base64_size(size_t n)
{
    return (n + 2) / 3 * 4;
}

/* Writes base64_size(n) characters (standard alphabet, padded), no NUL. */
void base64_encode_to(char *out, const uint8_t *p, size_t n);
str base64_encode(struct arena *a, struct bytes data);
/* RFC 4648 §5, without padding. */
str base64url_encode(struct arena *a, struct bytes data);
/* Either alphabet, padding optional, no white space. */
bool base64_decode(struct arena *a, str text, struct bytes *out);

str hex_encode(struct arena *a, struct bytes data);
bool hex_decode(struct arena *a, str text, struct bytes *out);

/* JavaScript's encodeURIComponent: everything but A-Z a-z 0-9 - _ . ! ~ * ' ( ) */
str percent_encode(struct arena *a, str s);
/* %XX sequences decoded; `plus` also turns '+' into a space. False on a malformed sequence or a
 * decoded NUL. */
bool percent_decode(struct arena *a, str s, bool plus, str *out);
