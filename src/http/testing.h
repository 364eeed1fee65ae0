/* A raw HTTP client for tests: what goes over the wire is what the test says. Tests only.
 *
 * Functions fail the running test on timeouts and I/O errors. */
#pragma once

#include "core/arena.h"
#include "core/buf.h"
#include "core/codec.h"
#include "core/test.h"
#include "core/time.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEAR_TIMEOUT_MS = 10 * 1000,
};

struct answer {
    int status; /* 0: the connection ended before a status line */
    str head, body;
};

static inline int dial(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static inline void say_n(int fd, const char *p, size_t n)
{
    while (n) {
        const ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        assert_true(sent > 0);
        p += sent;
        n -= (size_t)sent;
    }
}

static inline void say(int fd, const char *text)
{
    say_n(fd, text, strlen(text));
}

/* Appends what arrives. False at the end of the connection. */
static inline bool hear_some(int fd, struct buf *b, int timeout_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, timeout_ms) != 1) fail_msg("nothing arrived in %d ms", timeout_ms);
    char *room = buf_reserve(b, 64 * 1024);
    const ssize_t n = recv(fd, room, 64 * 1024, 0);
    if (n > 0) buf_added(b, (size_t)n);
    return n > 0;
}

static inline str header_of(str head, const char *name)
{
    str line;
    (void)str_cut(&head, '\n', &line);
    while (str_cut(&head, '\n', &line)) {
        const ptrdiff_t colon = str_find_char(line, ':');
        if (colon > 0 && str_eq_nocase(str_slice(line, 0, (size_t)colon), str_from(name)))
            return str_trim(str_slice(line, (size_t)colon + 1, line.n));
    }
    return (str){0};
}

static inline str unchunk(struct arena *a, str text, bool *whole)
{
    auto_buf out = {0};
    *whole = false;
    while (text.n) {
        const ptrdiff_t end = str_find(text, STR("\r\n"));
        if (end < 0) break;
        char *stop;
        const size_t n = strtoul(cstr(a, str_slice(text, 0, (size_t)end)), &stop, 16);
        text = str_slice(text, (size_t)end + 2, text.n);
        if (!n) {
            *whole = text.n >= 2;
            break;
        }
        if (text.n < n + 2) break;
        buf_add(&out, str_slice(text, 0, n));
        text = str_slice(text, n + 2, text.n);
    }
    return buf_take(&out, a);
}

/* Reads one reply. What follows it (pipelining) stays in *rest. `no_body`: it answers a HEAD. */
static inline struct answer hear_next(int fd, struct arena *a, struct buf *rest, bool no_body)
{
    struct answer answer = {0};
    ptrdiff_t end;
    while ((end = str_find(buf_str(rest), STR("\r\n\r\n"))) < 0) {
        if (!hear_some(fd, rest, HEAR_TIMEOUT_MS)) return answer;
    }
    answer.head = str_dup(a, str_slice(buf_str(rest), 0, (size_t)end));
    int64_t status = 0, length = -1;
    str_parse_i64(str_slice(answer.head, 9, 12), &status);
    answer.status = (int)status;
    const str length_text = header_of(answer.head, "content-length");
    if (length_text.p) str_parse_i64(length_text, &length);
    const bool chunked = str_eq_nocase(header_of(answer.head, "transfer-encoding"), STR("chunked"));
    if (no_body || status == 204 || status == 304 || status < 200) {
        length = 0;
    } else if (chunked) {
        for (bool whole = false; !whole;) {
            const str text = str_slice(buf_str(rest), (size_t)end + 4, rest->n);
            answer.body = unchunk(a, text, &whole);
            if (!whole && !hear_some(fd, rest, HEAR_TIMEOUT_MS)) answer.status = 0, whole = true;
        }
        buf_clear(rest); /* tests do not pipeline behind chunks */
        return answer;
    } else {
        while (length < 0 || rest->n < (size_t)end + 4 + (size_t)length) {
            if (!hear_some(fd, rest, HEAR_TIMEOUT_MS)) break;
        }
        if (length < 0) length = (int64_t)(rest->n - (size_t)end - 4);
    }
    answer.body = str_dup(a, str_slice(buf_str(rest), (size_t)end + 4, (size_t)(end + 4 + length)));
    const str left = str_dup(a, str_slice(buf_str(rest), (size_t)(end + 4 + length), rest->n));
    buf_clear(rest);
    buf_add(rest, left);
    return answer;
}

static inline struct answer hear(int fd, struct arena *a)
{
    auto_buf rest = {0};
    return hear_next(fd, a, &rest, false);
}

/* The connection was ended by the server (with or without a reset), within the time. */
static inline bool hear_end(int fd, int timeout_ms)
{
    const int64_t end = monotonic_ms() + timeout_ms;
    for (int64_t left; (left = end - monotonic_ms()) > 0;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        char dropped[4096];
        if (poll(&p, 1, (int)left) == 1 && recv(fd, dropped, sizeof dropped, 0) <= 0) return true;
    }
    return false;
}

/* One request on a connection of its own. */
static inline struct answer ask(struct arena *a, uint16_t port, const char *request)
{
    const int fd = dial(port);
    say(fd, request);
    auto_buf rest = {0};
    const struct answer answer = hear_next(fd, a, &rest, strncmp(request, "HEAD ", 5) == 0);
    close(fd);
    return answer;
}
