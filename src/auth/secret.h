/* Secrets that clients present: tokens and passwords.
 *
 * Threads any; password functions take about 50 ms of CPU by design and must not run on an event
 * thread. Memory  texts live in the arena.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>

struct arena;

enum {
    SECRET_TOKEN_BYTES = 32,
    SECRET_LINK_KEY_BYTES = 50,
};

/* 32 random bytes as base64 without the characters + / =. */
str secret_token(struct arena *a);
/* SHA-256 of the text: how tokens and API keys are stored. */
struct bytes secret_digest(struct arena *a, str token);

/* bcrypt, cost 10, prefix $2b$. */
fallible password_hash(struct arena *a, str password, str *out);
/* Constant work: an empty or unknown hash costs one comparison against a dummy and is never equal.
 */
bool password_matches(struct arena *a, str password, str hash);
