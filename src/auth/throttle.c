#include "auth/throttle.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"

#include "core/banned.h"

struct entry {
    uint64_t account, address; /* hashes: a collision slows a stranger down, nothing more */
    int failures;
    int64_t last_ms, wait_until_ms;
};

static struct entry entries[THROTTLE_ENTRIES];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* The entry of the pair, or the one to reuse for it (empty, else the oldest). */
static struct entry *find(str account, str address)
{
    const uint64_t a = str_hash(account), b = str_hash(address);
    struct entry *oldest = &entries[0];
    for (size_t i = 0; i < LENGTH(entries); i++) {
        struct entry *e = &entries[i];
        if (e->failures && e->account == a && e->address == b) return e;
        if (e->last_ms < oldest->last_ms) oldest = e;
    }
    return oldest;
}

static bool is_of(const struct entry *e, str account, str address)
{
    return e->failures && e->account == str_hash(account) && e->address == str_hash(address);
}

fallible throttle_check(str account, str address, int64_t *retry_after_s)
{
    const int64_t now = monotonic_ms();
    int64_t wait_ms = 0;
    MUTEX_SCOPE(&mutex)
    {
        const struct entry *e = find(account, address);
        if (is_of(e, account, address)) wait_ms = e->wait_until_ms - now;
    }
    if (wait_ms <= 0) return NULL;
    *retry_after_s = (wait_ms + 999) / 1000;
    FAIL(RATE_LIMITED, "Too many attempts, try again later");
}

void throttle_failed(str account, str address)
{
    const int64_t now = monotonic_ms();
    MUTEX_SCOPE(&mutex)
    {
        struct entry *e = find(account, address);
        if (!is_of(e, account, address))
            *e = (struct entry){.account = str_hash(account), .address = str_hash(address)};
        e->failures++;
        e->last_ms = now;
        const int over = e->failures - THROTTLE_FREE_FAILURES;
        if (over >= 0) {
            const int64_t wait_s =
                MIN((int64_t)THROTTLE_FIRST_WAIT_S << MIN(over, 16), (int64_t)THROTTLE_MAX_WAIT_S);
            e->wait_until_ms = now + wait_s * 1000;
        }
    }
}

void throttle_succeeded(str account, str address)
{
    MUTEX_SCOPE(&mutex)
    {
        struct entry *e = find(account, address);
        if (is_of(e, account, address)) *e = (struct entry){0};
    }
}
