#define BANNED_ALLOW_MALLOC /* a listener outlives every arena */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "db/answer.h"
#include "db/listen.h"
#include "db/pool.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
    TICK_DEFAULT_MS = 60 * 1000,
    STACK_BYTES = 256 * 1024,
};

struct listener {
    struct listener_opts opts;
    struct db_pool_opts database;
    pthread_t thread;
    int stop_fd; /* an eventfd; readable once we are to stop */
    PGconn *pg;  /* NULL while not connected */
    int64_t backoff_ms, retry_at_ms, tick_at_ms;
    atomic_bool connected;
};

static void lose(struct listener *l, const char *why)
{
    if (l->pg) log_warn("the connection that listens was lost", KV("reason", why));
    PQfinish(l->pg);
    l->pg = NULL;
    l->connected = false;
    l->backoff_ms = l->backoff_ms ? MIN(2 * l->backoff_ms, BACKOFF_MAX_MS) : BACKOFF_MIN_MS;
    l->retry_at_ms = monotonic_ms() + l->backoff_ms;
}

static bool listen_to_channels(PGconn *pg, const char *const *channels)
{
    for (; *channels; channels++) {
        char text[96];
        snprintf(text, sizeof text, "LISTEN %s", *channels);
        PGresult *result = answer_exec(pg, text);
        const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
        PQclear(result);
        if (!done) return false;
    }
    return true;
}

static void connect_again(struct listener *l)
{
    err e = conn_open(&l->database, &l->pg);
    if (e) {
        l->pg = NULL;
        lose(l, e->message);
        return;
    }
    if (!listen_to_channels(l->pg, l->opts.channels)) {
        lose(l, PQerrorMessage(l->pg));
        return;
    }
    l->backoff_ms = 0;
    l->connected = true;
    if (l->opts.connected) l->opts.connected(l->opts.p);
}

static void hand_out(struct listener *l)
{
    PGnotify *n;
    while ((n = PQnotifies(l->pg))) {
        l->opts.message(l->opts.p, str_from(n->relname), str_from(n->extra));
        PQfreemem(n);
    }
}

static void read_messages(struct listener *l)
{
    if (!PQconsumeInput(l->pg) || PQstatus(l->pg) != CONNECTION_OK) {
        lose(l, PQerrorMessage(l->pg));
        return;
    }
    hand_out(l);
}

static void *listen_loop(void *p)
{
    struct listener *l = p;
    for (;;) {
        const int64_t now_ms = monotonic_ms();
        if (now_ms >= l->tick_at_ms) {
            if (l->opts.tick) l->opts.tick(l->opts.p);
            l->tick_at_ms = now_ms + l->opts.tick_ms;
        }
        if (!l->pg && now_ms >= l->retry_at_ms) connect_again(l);
        if (l->pg) hand_out(l); /* also what came with the answer to LISTEN */

        struct pollfd polls[2] = {{.fd = l->stop_fd, .events = POLLIN},
            {.fd = l->pg ? PQsocket(l->pg) : -1, .events = POLLIN}};
        int64_t until_ms = l->tick_at_ms;
        if (!l->pg) until_ms = MIN(until_ms, l->retry_at_ms);
        const int64_t wait_ms = MAX(until_ms - monotonic_ms(), 0);
        if (poll(polls, 2, (int)wait_ms) < 0 && errno != EINTR) log_die("poll failed");
        if (polls[0].revents) break;
        if (l->pg && polls[1].revents) read_messages(l);
    }
    PQfinish(l->pg);
    l->pg = NULL;
    l->connected = false;
    return NULL;
}

fallible listener_start(struct listener **out, const struct listener_opts *opts)
{
    struct listener *l = calloc(1, sizeof *l);
    if (!l) log_die("out of memory");
    l->opts = *opts;
    if (!l->opts.tick_ms) l->opts.tick_ms = TICK_DEFAULT_MS;
    l->database = *opts->database;
    l->database.conninfo = strdup(opts->database->conninfo);
    if (!l->database.conninfo) log_die("out of memory");
    l->tick_at_ms = monotonic_ms() + l->opts.tick_ms;
    l->stop_fd = eventfd(0, EFD_CLOEXEC);
    err e = l->stop_fd < 0 ? err_errno("eventfd", NULL)
                           : thread_start(&l->thread, "listen", STACK_BYTES, listen_loop, l);
    if (e) {
        if (l->stop_fd >= 0) close(l->stop_fd);
        free((char *)(uintptr_t)l->database.conninfo);
        free(l);
        return e;
    }
    *out = l;
    return NULL;
}

void listener_stop(struct listener *l)
{
    if (!l) return;
    if (write(l->stop_fd, &(uint64_t){1}, sizeof(uint64_t)) < 0) log_die("eventfd is full");
    pthread_join(l->thread, NULL);
    close(l->stop_fd);
    free((char *)(uintptr_t)l->database.conninfo);
    free(l);
}

bool listener_is_connected(const struct listener *l)
{
    return l->connected;
}
