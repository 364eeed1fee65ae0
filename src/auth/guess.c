#include "auth/guess.h"
#include "core/arena.h"
#include "core/thread.h"

#include <assert.h>
#include <string.h>

#include "core/banned.h"

struct guess {
    uint64_t digest; /* its first bytes */
    uuid user;
    enum auth_kind kind;
    bool known, elevated;
};

struct guesses {
    struct arena *arena;
    pthread_mutex_t lock;
    struct guess slots[GUESS_SLOTS];
};

struct guesses *guesses_new(void)
{
    struct arena *arena = arena_new();
    struct guesses *guesses = ARENA_NEW(arena, struct guesses);
    guesses->arena = arena;
    pthread_mutex_init(&guesses->lock, NULL);
    return guesses;
}

void guesses_free(struct guesses *guesses)
{
    if (!guesses) return;
    pthread_mutex_destroy(&guesses->lock);
    arena_free(guesses->arena);
}

static uint64_t first_bytes(struct bytes digest)
{
    uint64_t first;
    assert(digest.n >= sizeof first);
    memcpy(&first, digest.p, sizeof first);
    return first;
}

bool guess_find(struct guesses *guesses, struct bytes digest, struct auth *out)
{
    const uint64_t first = first_bytes(digest);
    struct guess guess = {0};
    MUTEX_SCOPE(&guesses->lock)
    {
        guess = guesses->slots[first % GUESS_SLOTS];
    }
    if (!guess.known || guess.digest != first) return false;
    *out = (struct auth){.kind = guess.kind, .user = guess.user, .elevated = guess.elevated};
    return true;
}

void guess_keep(struct guesses *guesses, struct bytes digest, const struct auth *auth)
{
    const uint64_t first = first_bytes(digest);
    MUTEX_SCOPE(&guesses->lock)
    {
        guesses->slots[first % GUESS_SLOTS] = (struct guess){.digest = first,
            .user = auth->user,
            .kind = auth->kind,
            .known = true,
            .elevated = auth->elevated};
    }
}
