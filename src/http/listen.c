#include "core/fd.h"
#include "core/size.h"
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "core/banned.h"

enum {
    BACKLOG = 1024,
};

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

/* A name is resolved once, at the start. */
static fallible resolve(const char *host, union address *out, socklen_t *n)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found;
    const int failure = getaddrinfo(host, NULL, &hints, &found);
    if (failure) FAIL(BAD_REQUEST, "cannot listen on %s: %s", host, gai_strerror(failure));
    *n = MIN(found->ai_addrlen, (socklen_t)sizeof *out);
    memcpy(out, found->ai_addr, *n);
    freeaddrinfo(found);
    return NULL;
}

static fallible address_of(const char *host, uint16_t port, union address *out, socklen_t *n)
{
    *out = (union address){.six.sin6_family = AF_INET6};
    *n = sizeof out->six;
    if (host) TRY(resolve(host, out, n));
    if (out->any.sa_family == AF_INET)
        out->four.sin_port = htons(port);
    else
        out->six.sin6_port = htons(port);
    return NULL;
}

fallible http_listen(const char *host, uint16_t port, int *out, uint16_t *bound)
{
    union address address;
    socklen_t n;
    TRY(address_of(host, port, &address, &n));
    auto_fd fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 && !host && errno == EAFNOSUPPORT) return http_listen("0.0.0.0", port, out, bound);
    if (fd < 0) FAIL_ERRNO("socket", host ? host : "*");
    const int on = 1, off = 0;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address.any.sa_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, host ? &on : &off, sizeof on);
    if (bind(fd, &address.any, n) != 0) FAIL_ERRNO("bind", host ? host : "*");
    if (listen(fd, BACKLOG) != 0) FAIL_ERRNO("listen", host ? host : "*");
    if (getsockname(fd, &address.any, &n) != 0) FAIL_ERRNO("getsockname", host ? host : "*");
    *bound =
        ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port);
    *out = TAKE(fd);
    return NULL;
}
