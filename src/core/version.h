/* Who we are, and as which Immich we appear to clients, to the database and to other programs
 * (DESIGN §3). */
#pragma once

#define TINTYPE_VERSION "0.1.0"

enum {
    COMPATIBLE_MAJOR = 3,
    COMPATIBLE_MINOR = 1,
    COMPATIBLE_PATCH = 0,
};
#define COMPATIBLE_VERSION "3.1.0"
