#include "core/log.h"
#include "core/rand.h"

#include <errno.h>
#include <sys/random.h>

#include "core/banned.h"

void rand_bytes(void *p, size_t n)
{
    char *to = p;
    while (n) {
        const ssize_t got = getrandom(to, n, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) log_die("the kernel gives no random bytes");
        to += got;
        n -= (size_t)got;
    }
}

uint32_t rand_below(uint32_t bound)
{
    /* Values from the last, incomplete run of `bound` would favour small results. */
    const uint32_t usable = UINT32_MAX - UINT32_MAX % bound;
    uint32_t value;
    do
        rand_bytes(&value, sizeof value);
    while (value >= usable);
    return value % bound;
}
