/* Landlock by its system calls: Debian 12's headers know neither all rights nor the functions.
 *
 * What for  a process gives up all access to files but what its rules name, for itself and all it
 *           starts, for good. From ABI 4 on TCP is given up too, from ABI 6 on signals and abstract
 *           sockets to the outside.
 * Owns      nothing; rule descriptors stay the caller's.
 * Threads   restricts the calling thread only: call it while there is one.
 * Fails     INTERNAL; the process may then be partly set up, so end it.
 */
#pragma once

#include "core/err.h"

#include <stddef.h>
#include <stdint.h>

/* Rights; what the running kernel does not know is left out. */
#define LANDLOCK_EXECUTE ((uint64_t)1 << 0)
#define LANDLOCK_WRITE_FILE ((uint64_t)1 << 1)
#define LANDLOCK_READ_FILE ((uint64_t)1 << 2)
#define LANDLOCK_READ_DIR ((uint64_t)1 << 3)
#define LANDLOCK_TRUNCATE ((uint64_t)1 << 14)
/* Removing and making files and folders, everything there is for one folder. */
#define LANDLOCK_MANAGE (((uint64_t)1 << 14) - 1 - LANDLOCK_EXECUTE)

struct landlock_rule {
    int fd; /* of a folder (everything below it) or a file */
    uint64_t rights;
};

/* The kernel's Landlock version; 0 when it has none. */
int landlock_abi(void);
fallible landlock_restrict(const struct landlock_rule *rules, size_t n);
