/* Which peers may say for whom they forward (IMMICH_TRUSTED_PROXIES, http.md §8).
 *
 * Owns    its table. Memory: texts go into the exchange's arena.
 * Threads any, after proxies_parse.
 * Fails   an entry that is neither an address nor a CIDR is BAD_REQUEST (the start is refused).
 */
#pragma once

#include "core/err.h"
#include "http/request.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PROXIES_MAX = 64,
    PROXY_HOPS_MAX = 16,
};

struct network {
    uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
    unsigned bits;
};

struct proxies {
    struct network v[PROXIES_MAX];
    size_t n;
};

/* NULL takes link-local and unique-local ranges. Loopback is always trusted. */
fallible proxies_parse(struct proxies *out, const char *list);
/* Sets client_ip, https and host of r from the peer and, where it is trusted, its
 * X-Forwarded-For, -Proto and -Host. */
void proxies_evaluate(
    const struct proxies *p, struct arena *a, const struct sockaddr *peer, struct request *r);
