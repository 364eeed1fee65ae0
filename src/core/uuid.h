/* UUIDs as 16 bytes by value. Threads any. Parsing returns false and leaves its output untouched.
 */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum {
    UUID_TEXT = 37, /* 36 characters and a NUL */
};

typedef struct uuid {
    uint8_t b[16];
} uuid;

/* Any version, either case, with hyphens. */
bool uuid_parse(str text, uuid *out);
/* Version 4 (random) or 7 (time-ordered, RFC 9562) as the API's path ids must be. */
bool uuid_parse_version(str text, int version, uuid *out);
void uuid_format(uuid id, char out[static UUID_TEXT]);
/* Lower-case text in the arena. */
str uuid_str(struct arena *a, uuid id);
uuid uuid_v4(void);

static inline bool uuid_eq(uuid a, uuid b)
{
    return memcmp(a.b, b.b, sizeof a.b) == 0;
}

static inline bool uuid_is_nil(uuid id)
{
    return uuid_eq(id, (uuid){0});
}
