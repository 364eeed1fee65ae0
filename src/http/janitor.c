#define BANNED_ALLOW_MALLOC /* links live as long as connections, which have no arena */

#include "core/log.h"
#include "core/thread.h"
#include "core/time.h"
#include "http/exchange.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    TICK_MS = 1000,
    TICK_STREAMS_MS = 250,
    EVENTS_MAX = 64,
    LINGER_MAX = 256,
    LINGER_MS = 5000,
    LINGER_BYTES_MAX = 64 * 1024 * 1024,
    DRAIN_BLOCK = 64 * 1024,
    STACK = 256 * 1024,
};

/* A socket that libmicrohttpd has closed and we still read: closing it with unread bytes would make
 * the kernel send a reset, which can destroy the reply before the client has read it. */
struct lingerer {
    int fd;
    int64_t deadline_ms;
    size_t drained;
};

struct janitor {
    struct http_server *server;
    pthread_t thread;
    pthread_mutex_t mutex;
    struct link *links;
    struct inner *streams;
    int epoll, wake;
    struct lingerer lingerers[LINGER_MAX];
    bool stopping;
};

struct link *janitor_link_new(struct janitor *j, int fd, int64_t deadline_ms)
{
    struct link *l = calloc(1, sizeof *l);
    if (!l) log_die("out of memory");
    *l = (struct link){.fd = fd, .deadline_ms = deadline_ms};
    MUTEX_SCOPE(&j->mutex)
    {
        l->next = j->links;
        l->back = &j->links;
        if (l->next) l->next->back = &l->next;
        j->links = l;
    }
    return l;
}

/* With the mutex held. */
static void linger(struct janitor *j, int fd)
{
    for (size_t i = 0; i < LINGER_MAX; i++) {
        if (j->lingerers[i].fd >= 0) continue;
        const int copy = dup(fd);
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = i};
        if (copy < 0 || epoll_ctl(j->epoll, EPOLL_CTL_ADD, copy, &event) != 0) {
            if (copy >= 0) close(copy);
            return;
        }
        j->lingerers[i] = (struct lingerer){.fd = copy, .deadline_ms = monotonic_ms() + LINGER_MS};
        return;
    }
}

void janitor_link_free(struct janitor *j, struct link *l)
{
    MUTEX_SCOPE(&j->mutex)
    {
        *l->back = l->next;
        if (l->next) l->next->back = l->back;
        if (l->linger && !j->stopping) linger(j, l->fd);
    }
    free(l);
}

void janitor_break_all(struct janitor *j)
{
    MUTEX_SCOPE(&j->mutex)
    {
        for (struct link *l = j->links; l; l = l->next)
            shutdown(l->fd, SHUT_RDWR);
        for (struct inner *in = j->streams; in; in = in->stream_next)
            stream_gone(in->x.reply.stream);
    }
}

void janitor_watch_stream(struct janitor *j, struct inner *in)
{
    MUTEX_SCOPE(&j->mutex)
    {
        in->stream_next = j->streams;
        in->stream_back = &j->streams;
        if (in->stream_next) in->stream_next->stream_back = &in->stream_next;
        j->streams = in;
    }
    const uint64_t one = 1;
    if (write(j->wake, &one, sizeof one) < 0) log_warn("cannot wake the janitor");
}

void janitor_forget_stream(struct janitor *j, struct inner *in)
{
    MUTEX_SCOPE(&j->mutex)
    {
        *in->stream_back = in->stream_next;
        if (in->stream_next) in->stream_next->stream_back = in->stream_back;
    }
}

static void end_lingering(struct lingerer *l)
{
    close(l->fd); /* also leaves the epoll set: it is the last descriptor of the socket */
    l->fd = -1;
}

static void drain(struct lingerer *l)
{
    static char dropped[DRAIN_BLOCK];
    const ssize_t n = recv(l->fd, dropped, sizeof dropped, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n > 0) l->drained += (size_t)n;
    if (n <= 0 || l->drained > LINGER_BYTES_MAX) end_lingering(l);
}

/* libmicrohttpd takes a short read for an empty socket and, being edge-triggered, never sees an end
 * that had already arrived behind it. Ending the reading half again gives it another edge; a reply
 * can still be sent. */
static void notice_end(struct link *l)
{
    struct pollfd p = {.fd = l->fd, .events = POLLRDHUP};
    int unread = 0;
    if (poll(&p, 1, 0) != 1 || ioctl(l->fd, FIONREAD, &unread) != 0 || unread) return;
    l->receives = false;
    shutdown(l->fd, SHUT_RD);
}

/* Shuts down what is late; the event thread sees the end and closes. */
static void sweep(struct janitor *j)
{
    const int64_t now = monotonic_ms();
    MUTEX_SCOPE(&j->mutex)
    {
        for (struct link *l = j->links; l; l = l->next) {
            const int64_t deadline = l->deadline_ms;
            if (deadline && now > deadline) shutdown(l->fd, SHUT_RDWR);
            if (l->receives) notice_end(l);
        }
        for (struct inner *in = j->streams; in; in = in->stream_next)
            stream_tick(in->x.reply.stream, now);
        for (size_t i = 0; i < LINGER_MAX; i++) {
            struct lingerer *l = &j->lingerers[i];
            if (l->fd >= 0 && now > l->deadline_ms) end_lingering(l);
        }
    }
}

/* Drains what lingers. How long to wait for more, -1 when the janitor must stop. */
static int read_events(struct janitor *j, const struct epoll_event *events, int n)
{
    uint64_t count;
    int wait = TICK_MS;
    if (read(j->wake, &count, sizeof count) < 0 && errno != EAGAIN) log_warn("eventfd failed");
    MUTEX_SCOPE(&j->mutex)
    {
        for (int i = 0; i < n; i++) {
            const uint64_t slot = events[i].data.u64;
            if (slot < LINGER_MAX && j->lingerers[slot].fd >= 0) drain(&j->lingerers[slot]);
        }
        if (j->streams) wait = TICK_STREAMS_MS;
        if (j->stopping) wait = -1;
    }
    return wait;
}

static void *run(void *p)
{
    struct janitor *j = p;
    int64_t swept = monotonic_ms();
    for (int wait = TICK_MS; wait >= 0;) {
        struct epoll_event events[EVENTS_MAX];
        const int n = epoll_wait(j->epoll, events, EVENTS_MAX, wait);
        wait = read_events(j, events, n);
        if (monotonic_ms() - swept < wait) continue;
        sweep(j);
        swept = monotonic_ms();
    }
    return NULL;
}

fallible janitor_start(struct janitor **out, struct http_server *s)
{
    struct janitor *j = calloc(1, sizeof *j);
    if (!j) log_die("out of memory");
    j->server = s;
    pthread_mutex_init(&j->mutex, NULL);
    for (size_t i = 0; i < LINGER_MAX; i++)
        j->lingerers[i].fd = -1;
    j->epoll = epoll_create1(EPOLL_CLOEXEC);
    j->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = LINGER_MAX};
    err e = NULL;
    if (j->epoll < 0 || j->wake < 0 || epoll_ctl(j->epoll, EPOLL_CTL_ADD, j->wake, &event) != 0)
        e = err_errno("epoll", "janitor");
    if (!e) e = thread_start(&j->thread, "http-janitor", STACK, run, j);
    if (e) {
        if (j->epoll >= 0) close(j->epoll);
        if (j->wake >= 0) close(j->wake);
        free(j);
        return e;
    }
    *out = j;
    return NULL;
}

void janitor_stop(struct janitor *j)
{
    if (!j) return;
    MUTEX_SCOPE(&j->mutex)
    j->stopping = true;
    const uint64_t one = 1;
    if (write(j->wake, &one, sizeof one) < 0) log_warn("cannot wake the janitor");
    pthread_join(j->thread, NULL);
    for (size_t i = 0; i < LINGER_MAX; i++) {
        if (j->lingerers[i].fd >= 0) end_lingering(&j->lingerers[i]);
    }
    close(j->wake);
    close(j->epoll);
    pthread_mutex_destroy(&j->mutex);
    free(j);
}
