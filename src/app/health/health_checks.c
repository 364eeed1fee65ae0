#include "app/health/health_checks.h"
#include "core/fd.h"
#include "core/str.h"
#include "storage/mount.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>

#include "core/banned.h"

enum {
    FREE_MIN_MIB = 1024, /* below, uploads and the database are about to fail */
    HOST_MAX = 256,
    PORT_MAX = 6,
    TIMEOUT_MS = PROBE_WAIT_MS - 200, /* of the ping, so that it can say what happened */
};

__attribute__((format(printf, 3, 4))) static void say(
    struct probe_answer *out, bool ok, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    out->ok = ok;
    vsnprintf(out->detail, sizeof out->detail, format, arguments);
    va_end(arguments);
}

void health_check_disk(const char *media, struct probe_answer *out)
{
    struct statvfs disk;
    if (statvfs(media, &disk) < 0) {
        say(out, false, "%s", strerror(errno));
        return;
    }
    const uint64_t unit = disk.f_frsize;
    const uint64_t free_mib = disk.f_bavail * unit >> 20, all_mib = disk.f_blocks * unit >> 20;
    say(out, free_mib >= FREE_MIN_MIB, "%llu of %llu MiB free", (unsigned long long)free_mib,
        (unsigned long long)all_mib);
}

void health_check_media(const char *media, struct probe_answer *out)
{
    for (int i = 0; i < STORAGE_FOLDER_COUNT; i++) {
        char marker[PATH_MAX];
        snprintf(marker, sizeof marker, "%s/%s/.immich", media, storage_folder_names[i]);
        if (access(marker, R_OK) == 0) continue;
        say(out, false, "%s has no readable marker (%s): is the disk mounted?",
            storage_folder_names[i], strerror(errno));
        return;
    }
    say(out, true, "all folders have their marker");
}

/* ---- machine learning ---- */

struct target {
    char host[HOST_MAX], port[PORT_MAX];
    bool secure; /* then a connection is enough: no secret is worth a TLS handshake here */
};

static bool parse_url(str url, struct target *out)
{
    out->secure = str_starts(url, STR("https://"));
    if (!out->secure && !str_starts(url, STR("http://"))) return false;
    str rest = str_slice(url, out->secure ? 8 : 7, url.n), authority, host, port;
    if (!str_cut(&rest, '/', &authority)) return false;
    const ptrdiff_t colon = str_rfind_char(authority, ':');
    const ptrdiff_t bracket = str_rfind_char(authority, ']');
    const bool has_port = colon > bracket;
    host = has_port ? str_slice(authority, 0, (size_t)colon) : authority;
    port = has_port ? str_slice(authority, (size_t)colon + 1, authority.n)
                    : (out->secure ? STR("443") : STR("80"));
    if (host.n > 2 && host.p[0] == '[') host = str_slice(host, 1, host.n - 1);
    if (host.n == 0 || host.n >= HOST_MAX || port.n == 0 || port.n >= PORT_MAX) return false;
    snprintf(out->host, sizeof out->host, "%.*s", FMT(host));
    snprintf(out->port, sizeof out->port, "%.*s", FMT(port));
    return true;
}

static bool wait_for(int fd, short event)
{
    struct pollfd p = {.fd = fd, .events = event};
    return poll(&p, 1, TIMEOUT_MS / 2) == 1;
}

/* The reason why there is no connection, or NULL. */
static const char *connect_to(const struct target *target, int *fd)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    const int code = getaddrinfo(target->host, target->port, &hints, &found);
    if (code) return gai_strerror(code);
    const char *reason = "no address";
    for (const struct addrinfo *a = found; a; a = a->ai_next) {
        fd_close(fd);
        *fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (*fd < 0) continue;
        int failure = connect(*fd, a->ai_addr, a->ai_addrlen) < 0 ? errno : 0;
        if (failure == EINPROGRESS) {
            socklen_t size = sizeof failure;
            if (!wait_for(*fd, POLLOUT)) {
                failure = ETIMEDOUT;
            } else {
                getsockopt(*fd, SOL_SOCKET, SO_ERROR, &failure, &size);
            }
        }
        reason = failure ? strerror(failure) : NULL;
        if (!reason) break;
    }
    freeaddrinfo(found);
    return reason;
}

/* "pong", as upstream's service and ours answer. */
static bool answers_ping(int fd, const struct target *target)
{
    char text[1024];
    const int n = snprintf(text, sizeof text,
        "GET /ping HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target->host);
    if (send(fd, text, (size_t)n, MSG_NOSIGNAL) != n) return false;
    size_t used = 0;
    while (used < sizeof text && wait_for(fd, POLLIN)) {
        const ssize_t got = recv(fd, text + used, sizeof text - used, 0);
        if (got <= 0) break;
        used += (size_t)got;
    }
    const str reply = {text, used};
    return str_starts(reply, STR("HTTP/1.1 200")) && str_find(reply, STR("pong")) >= 0;
}

void health_check_ml(const char *url, struct probe_answer *out)
{
    struct target target;
    auto_fd fd = -1;
    if (!parse_url(str_from(url), &target)) {
        say(out, false, "the address %s is not understood", url);
        return;
    }
    const char *reason = connect_to(&target, &fd);
    if (reason) {
        say(out, false, "%s: %s", url, reason);
    } else if (!target.secure && !answers_ping(fd, &target)) {
        say(out, false, "%s does not answer its ping", url);
    } else {
        say(out, true, "%s answers", url);
    }
}
