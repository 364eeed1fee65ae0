#include "core/arena.h"
#include "core/codec.h"
#include "core/log.h"

#include "core/banned.h"

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char url_safe[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(char *out, const uint8_t *p, size_t n, const char *alphabet)
{
    for (; n >= 3; p += 3, n -= 3) {
        *out++ = alphabet[p[0] >> 2];
        *out++ = alphabet[(p[0] & 3) << 4 | p[1] >> 4];
        *out++ = alphabet[(p[1] & 15) << 2 | p[2] >> 6];
        *out++ = alphabet[p[2] & 63];
    }
    if (n == 0) return;
    const uint8_t second = n == 2 ? p[1] : 0;
    *out++ = alphabet[p[0] >> 2];
    *out++ = alphabet[(p[0] & 3) << 4 | second >> 4];
    *out++ = n == 2 ? alphabet[(second & 15) << 2] : '=';
    *out++ = '=';
}

void base64_encode_to(char *out, const uint8_t *p, size_t n)
{
    encode(out, p, n, standard);
}

str base64_encode(struct arena *a, struct bytes data)
{
    const size_t n = base64_size(data.n);
    char *out = arena_alloc_raw(a, n);
    encode(out, data.p, data.n, standard);
    return (str){out, n};
}

str base64url_encode(struct arena *a, struct bytes data)
{
    size_t n = base64_size(data.n);
    char *out = arena_alloc_raw(a, n);
    encode(out, data.p, data.n, url_safe);
    while (n && out[n - 1] == '=')
        n--;
    return (str){out, n};
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

bool base64_decode(struct arena *a, str text, struct bytes *out)
{
    for (int i = 0; i < 2 && text.n && text.p[text.n - 1] == '='; i++)
        text.n--;
    if (text.n % 4 == 1) return false;
    uint8_t *p = arena_alloc_raw(a, text.n / 4 * 3 + 3);
    size_t n = 0;
    uint32_t bits = 0;
    int count = 0;
    for (size_t i = 0; i < text.n; i++) {
        const int digit = base64_digit(text.p[i]);
        if (digit < 0) return false;
        bits = bits << 6 | (uint32_t)digit;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        p[n++] = (uint8_t)(bits >> count);
    }
    *out = (struct bytes){p, n};
    return true;
}

str hex_encode(struct arena *a, struct bytes data)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_alloc_raw(a, data.n * 2);
    for (size_t i = 0; i < data.n; i++) {
        out[2 * i] = digits[data.p[i] >> 4];
        out[2 * i + 1] = digits[data.p[i] & 15];
    }
    return (str){out, data.n * 2};
}

bool hex_decode(struct arena *a, str text, struct bytes *out)
{
    if (text.n % 2) return false;
    uint8_t *p = arena_alloc_raw(a, text.n / 2);
    for (size_t i = 0; i < text.n / 2; i++) {
        const int high = hex_digit(text.p[2 * i]), low = hex_digit(text.p[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        p[i] = (uint8_t)(high << 4 | low);
    }
    *out = (struct bytes){p, text.n / 2};
    return true;
}

static bool is_unreserved(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    return c && strchr("-_.!~*'()", c);
}

str percent_encode(struct arena *a, str s)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc_raw(a, s.n * 3);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        const uint8_t c = (uint8_t)s.p[i];
        if (is_unreserved(s.p[i])) {
            out[n++] = s.p[i];
            continue;
        }
        out[n++] = '%';
        out[n++] = digits[c >> 4];
        out[n++] = digits[c & 15];
    }
    return (str){out, n};
}

bool percent_decode(struct arena *a, str s, bool plus, str *out)
{
    char *p = arena_alloc_raw(a, s.n);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '+' && plus) c = ' ';
        if (c == '%') {
            if (s.n - i < 3) return false;
            const int high = hex_digit(s.p[i + 1]), low = hex_digit(s.p[i + 2]);
            if (high < 0 || low < 0) return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        if (c == '\0') return false;
        p[n++] = c;
    }
    *out = (str){p, n};
    return true;
}
