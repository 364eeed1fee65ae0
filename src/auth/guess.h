/* Who a credential most probably belongs to: the one it belonged to last time.
 *
 * Nothing is decided by a guess. It makes the parameters of statements that are sent together with
 * the one that finds out (db_ahead_begin); when that one says otherwise, their rows are not what is
 * asked for and nobody sees them.
 *
 * Owns    user ids beside eight bytes of the credentials' digests, at most GUESS_SLOTS.
 * Threads any.
 * Fails   never: what is not known is not guessed, and another credential with the same eight bytes
 *         makes a wrong guess.
 */
#pragma once

#include "auth/auth.h"

enum {
    GUESS_SLOTS = 1024,
};

struct guesses;

struct guesses *guesses_new(void);
void guesses_free(struct guesses *guesses);

/* Sets kind, user and elevated. */
bool guess_find(struct guesses *guesses, struct bytes digest, struct auth *out);
void guess_keep(struct guesses *guesses, struct bytes digest, const struct auth *auth);
