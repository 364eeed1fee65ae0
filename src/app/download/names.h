/* Names of an archive's entries: such as every file system takes, no two alike.
 *
 * Owns    nothing: all lives in the arena. Threads one at a time. Fails never.
 */
#pragma once

#include "core/str.h"

#include <stddef.h>
#include <stdint.h>

struct arena;

struct names_place {
    str text; /* p is NULL: a free place */
    uint64_t hash;
    unsigned repeats; /* numbers that were tried for it */
};

struct names {
    struct arena *arena;
    uint64_t seed; /* file names are what users like; which of them collide is not theirs to know */
    struct names_place *places;
    size_t n, capacity;
};

struct names names_new(struct arena *a);
/* What the file is called in the archive; the second of a name gets "+1" before its extension, the
 * third "+2". */
str names_add(struct names *names, str file_name);
