#include "core/arena.h"
#include "core/codec.h"
#include "core/rand.h"
#include "core/uuid.h"

#include "core/banned.h"

static bool is_hyphen_place(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool uuid_parse(str text, uuid *out)
{
    if (text.n != UUID_TEXT - 1) return false;
    uuid id;
    size_t n = 0;
    for (size_t i = 0; i < text.n;) {
        if (is_hyphen_place(i)) {
            if (text.p[i++] != '-') return false;
            continue;
        }
        const int high = hex_digit(text.p[i]), low = hex_digit(text.p[i + 1]);
        if (high < 0 || low < 0) return false;
        id.b[n++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *out = id;
    return true;
}

bool uuid_parse_version(str text, int version, uuid *out)
{
    uuid id;
    if (!uuid_parse(text, &id)) return false;
    if (id.b[6] >> 4 != version || (id.b[8] & 0xc0) != 0x80) return false;
    *out = id;
    return true;
}

void uuid_format(uuid id, char out[static UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    char *p = out;
    for (size_t i = 0; i < sizeof id.b; i++) {
        if (is_hyphen_place((size_t)(p - out))) *p++ = '-';
        *p++ = digits[id.b[i] >> 4];
        *p++ = digits[id.b[i] & 15];
    }
    *p = '\0';
}

str uuid_str(struct arena *a, uuid id)
{
    char *text = arena_alloc_raw(a, UUID_TEXT);
    uuid_format(id, text);
    return (str){text, UUID_TEXT - 1};
}

uuid uuid_v4(void)
{
    uuid id;
    rand_bytes(id.b, sizeof id.b);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x40);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}
