#include "app/sync/mark.h"

#include <string.h>

#include "core/banned.h"

const uuid ID_MIN = {{0}};
const uuid ID_MAX = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff}};

enum {
    TIME_BYTES = 6,
    HEX_DIGITS = 8,
};

int id_compare(uuid a, uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b);
}

int64_t id_ms(uuid id)
{
    int64_t ms = 0;
    for (int i = 0; i < TIME_BYTES; i++)
        ms = ms << 8 | id.b[i];
    return ms;
}

uuid id_at(int64_t ms)
{
    uuid id = ID_MIN;
    for (int i = TIME_BYTES - 1; i >= 0; i--, ms >>= 8)
        id.b[i] = (uint8_t)ms;
    return id;
}

uuid id_next(uuid id)
{
    for (int i = sizeof id.b - 1; i >= 0 && ++id.b[i] == 0; i--)
        ;
    return id;
}

/* The text up to the next bar; the rest stays. */
static str cut(str *rest)
{
    str part;
    if (str_cut(rest, '|', &part)) return part;
    part = *rest;
    *rest = STR("");
    return part;
}

bool mark_type(str ack, enum SyncEntityType *out)
{
    const str name = cut(&ack);
    for (size_t i = 0; i < SyncEntityType_names.n; i++) {
        if (!str_eq(SyncEntityType_names.v[i], name)) continue;
        *out = (enum SyncEntityType)i;
        return true;
    }
    return false;
}

static bool parse_hex(str text, uint32_t *out)
{
    uint32_t value = 0;
    if (text.n == 0 || text.n > HEX_DIGITS) return false;
    for (size_t i = 0; i < text.n; i++) {
        const char *digits = "0123456789abcdef";
        const char *digit = text.p[i] ? strchr(digits, text.p[i]) : NULL;
        if (!digit) return false;
        value = value << 4 | (uint32_t)(digit - digits);
    }
    *out = value;
    return true;
}

struct mark mark_parse(str ack)
{
    struct mark mark = {0};
    cut(&ack);
    if (!uuid_parse(cut(&ack), &mark.id)) return (struct mark){0};
    const str extra = cut(&ack);
    mark.is = true;
    mark.complete = str_eq(extra, STR("complete"));
    if (!uuid_parse(extra, &mark.sent)) parse_hex(extra, &mark.requests);
    return mark;
}
