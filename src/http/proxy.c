#include "http/proxy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "core/banned.h"

static const uint8_t MAPPED_PREFIX[12] = {[10] = 0xff, [11] = 0xff};

/* An address in IPv6 form; a port and brackets around it are tolerated. */
static bool address_parse(str text, uint8_t out[static 16])
{
    char buffer[INET6_ADDRSTRLEN + 1];
    text = str_trim(text);
    if (text.n && text.p[0] == '[') {
        const ptrdiff_t end = str_find_char(text, ']');
        if (end < 0) return false;
        text = str_slice(text, 1, (size_t)end);
    } else if (str_find_char(text, '.') >= 0 && str_find_char(text, ':') > 0 &&
               str_find_char(text, ':') == str_rfind_char(text, ':')) {
        text = str_slice(text, 0, (size_t)str_find_char(text, ':'));
    }
    if (!text.n || text.n >= sizeof buffer) return false;
    memcpy(buffer, text.p, text.n);
    buffer[text.n] = '\0';

    if (inet_pton(AF_INET6, buffer, out) == 1) return true;
    if (inet_pton(AF_INET, buffer, out + 12) != 1) return false;
    memcpy(out, MAPPED_PREFIX, sizeof MAPPED_PREFIX);
    return true;
}

static bool is_mapped(const uint8_t *address)
{
    return memcmp(address, MAPPED_PREFIX, sizeof MAPPED_PREFIX) == 0;
}

static bool network_parse(str text, struct network *out)
{
    struct network network = {0};
    const ptrdiff_t slash = str_find_char(text, '/');
    const str address = slash < 0 ? text : str_slice(text, 0, (size_t)slash);
    if (!address_parse(address, network.address)) return false;
    const bool is_v4 = is_mapped(network.address) && str_find_char(address, '.') >= 0;
    int64_t bits = is_v4 ? 32 : 128;
    if (slash >= 0) {
        const int64_t most = bits;
        if (!str_parse_i64(str_slice(text, (size_t)slash + 1, text.n), &bits)) return false;
        if (bits < 0 || bits > most) return false;
    }
    network.bits = (unsigned)bits + (is_v4 ? 96 : 0);
    *out = network;
    return true;
}

static bool network_has(const struct network *n, const uint8_t *address)
{
    const unsigned whole = n->bits / 8, rest = n->bits % 8;
    if (memcmp(n->address, address, whole) != 0) return false;
    return rest == 0 || (n->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

fallible proxies_parse(struct proxies *out, const char *list)
{
    static const char LOCAL[] = "169.254.0.0/16,fe80::/10,10.0.0.0/8,172.16.0.0/12,"
                                "192.168.0.0/16,fc00::/7";
    static const char LOOPBACK[] = "127.0.0.0/8,::1/128";
    struct proxies parsed = {0};
    const char *lists[] = {LOOPBACK, list ? list : LOCAL};
    for (size_t i = 0; i < 2; i++) {
        str rest = str_from(lists[i]), entry;
        while (str_cut(&rest, ',', &entry)) {
            entry = str_trim(entry);
            if (!entry.n) continue;
            if (parsed.n == PROXIES_MAX) FAIL(BAD_REQUEST, "more than %d proxies", PROXIES_MAX);
            if (!network_parse(entry, &parsed.v[parsed.n]))
                FAIL(BAD_REQUEST, "not an address or network: %.*s", FMT(entry));
            parsed.n++;
        }
    }
    *out = parsed;
    return NULL;
}

static bool is_trusted(const struct proxies *p, const uint8_t *address)
{
    for (size_t i = 0; i < p->n; i++) {
        if (network_has(&p->v[i], address)) return true;
    }
    return false;
}

static void peer_address(const struct sockaddr *peer, uint8_t out[static 16])
{
    memcpy(out, MAPPED_PREFIX, sizeof MAPPED_PREFIX);
    memset(out + 12, 0, 4);
    if (peer->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, peer, sizeof six);
        memcpy(out, &six.sin6_addr, 16);
    } else if (peer->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, peer, sizeof four);
        memcpy(out + 12, &four.sin_addr, 4);
    }
}

static str address_text(struct arena *a, const uint8_t *address)
{
    char *text = arena_alloc(a, INET6_ADDRSTRLEN);
    if (is_mapped(address))
        inet_ntop(AF_INET, address + 12, text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, address, text, INET6_ADDRSTRLEN);
    return str_from(text);
}

/* From the right, over trusted hops, to the first address nobody we trust vouches for. */
static void follow_forwarded(const struct proxies *p, str list, uint8_t address[static 16])
{
    for (unsigned hop = 0; list.n && hop < PROXY_HOPS_MAX && is_trusted(p, address); hop++) {
        const ptrdiff_t comma = str_rfind_char(list, ',');
        uint8_t next[16];
        if (!address_parse(str_slice(list, (size_t)(comma + 1), list.n), next)) return;
        memcpy(address, next, sizeof next);
        list = str_slice(list, 0, comma < 0 ? 0 : (size_t)comma);
    }
}

/* The first of a comma-separated list. */
static str first_of(str list)
{
    str first = {0};
    (void)str_cut(&list, ',', &first);
    return str_trim(first);
}

void proxies_evaluate(
    const struct proxies *p, struct arena *a, const struct sockaddr *peer, struct request *r)
{
    uint8_t address[16];
    peer_address(peer, address);
    r->host = request_header(r, STR("host"));
    r->https = false;
    if (is_trusted(p, address)) {
        r->https =
            str_eq_nocase(first_of(request_header(r, STR("x-forwarded-proto"))), STR("https"));
        const str host = first_of(request_header(r, STR("x-forwarded-host")));
        if (host.n) r->host = host;
        follow_forwarded(p, request_header(r, STR("x-forwarded-for")), address);
    }
    r->client_ip = address_text(a, address);
}
