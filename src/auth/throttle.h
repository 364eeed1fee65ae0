/* Slows down guessing of passwords (DESIGN §7): after some failures for an account, or a shared
 * link, from an address, attempts wait.
 *
 * Counted in this process only: with three replicas a guesser has three times as many tries, which
 * changes nothing. Owns    a fixed table; the least recently used entry is forgotten first. Threads
 * any. Fails   RATE_LIMITED (429) "Too many attempts, try again later"; *retry_after_s is for the
 * header.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdint.h>

enum {
    THROTTLE_FREE_FAILURES = 10, /* a forgotten password is tried a few times */
    THROTTLE_FIRST_WAIT_S = 5,   /* doubles with each further failure */
    THROTTLE_MAX_WAIT_S = 15 * 60,
    THROTTLE_ENTRIES = 1024,
};

fallible throttle_check(str account, str address, int64_t *retry_after_s);
void throttle_failed(str account, str address);
/* A success forgets the failures. */
void throttle_succeeded(str account, str address);
