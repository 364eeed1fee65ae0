#include "core/fd.h"
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
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

static bool address_of(const char *host, uint16_t port, union address *out, socklen_t *n)
{
    *out = (union address){0};
    if (host && inet_pton(AF_INET, host, &out->four.sin_addr) == 1) {
        out->four.sin_family = AF_INET;
        out->four.sin_port = htons(port);
        *n = sizeof out->four;
        return true;
    }
    out->six.sin6_family = AF_INET6;
    out->six.sin6_port = htons(port);
    *n = sizeof out->six;
    if (!host) return true;
    if (strcmp(host, "localhost") == 0) return address_of("127.0.0.1", port, out, n);
    return inet_pton(AF_INET6, host, &out->six.sin6_addr) == 1;
}

fallible http_listen(const char *host, uint16_t port, int *out, uint16_t *bound)
{
    union address address;
    socklen_t n;
    if (!address_of(host, port, &address, &n)) FAIL(BAD_REQUEST, "not an IP address: %s", host);
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
