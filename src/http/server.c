#define BANNED_ALLOW_MALLOC /* the server outlives every arena */

#include "core/fd.h"
#include "core/log.h"
#include "core/rand.h"
#include "core/size.h"
#include "core/time.h"
#include "http/front.h"
#include "http/listen.h"
#include "http/metrics.h"
#include "http/server.h"
#include "http/ws.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "core/banned.h"

enum {
    BREAK_MS = 2000, /* for what was broken off to notice */
    DESCRIPTORS_OTHERS = 256,
};

static void set_default(unsigned *option, unsigned value)
{
    if (!*option) *option = value;
}

static struct http_options with_defaults(struct http_options o)
{
    set_default(&o.event_threads, 4);
    set_default(&o.handler_threads, 8);
    set_default(&o.store_threads, 4);
    set_default(&o.stream_threads, 4);
    set_default(&o.step_threads, 2);
    set_default(&o.file_threads, 4);
    set_default(&o.upload_threads, 2);
    set_default(&o.watch_threads, 2);
    set_default(&o.queue_max, 512);
    set_default(&o.connections_max, 4096);
    if (!o.header_timeout_ms) o.header_timeout_ms = HTTP_HEADER_TIMEOUT_MS;
    if (!o.idle_timeout_ms) o.idle_timeout_ms = HTTP_IDLE_TIMEOUT_MS;
    if (!o.body_timeout_ms) o.body_timeout_ms = HTTP_BODY_TIMEOUT_MS;
    return o;
}

__attribute__((format(printf, 2, 0))) static void log_line(
    void *cls, const char *format, va_list arguments)
{
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    log_debug("libmicrohttpd", KV("text", (const char *)text));
}

static fallible start_daemon(struct http_server *s)
{
    const struct http_options *o = &s->options;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)log_line, NULL},
        {MHD_OPTION_LISTEN_SOCKET, s->listener, NULL},
        {MHD_OPTION_THREAD_POOL_SIZE, o->event_threads, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, o->connections_max, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTP_POOL_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, (o->idle_timeout_ms + 999) / 1000, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)front_on_target, s},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)front_unescape, s},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)front_on_completed, s},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)front_on_connection, s},
#if MHD_VERSION >= 0x00097600
        {MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1, NULL},
#endif
        {MHD_OPTION_END, 0, NULL},
    };
    const unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                           MHD_ALLOW_UPGRADE | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    s->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, front_on_request, s, MHD_OPTION_ARRAY, options, MHD_OPTION_END);
    if (!s->daemon) FAIL(INTERNAL, "libmicrohttpd does not start");
    return NULL;
}

/* A connection may have a file or a websocket's duplicate beside it. The usual soft limit of 1,024
 * is there for programs that use select(). */
static void raise_descriptor_limit(unsigned connections)
{
    const rlim_t wanted = (rlim_t)connections * 2 + WS_SOCKETS_MAX + DESCRIPTORS_OTHERS;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted) return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : MIN(wanted, limit.rlim_max);
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) log_warn("the limit of open files stays as it is");
}

static fallible start_all(struct http_server *s)
{
    const struct http_options *o = &s->options;
    raise_descriptor_limit(o->connections_max);
    TRY(proxies_parse(&s->proxies, o->trusted_proxies));
    TRY(http_listen(o->host, o->port, &s->listener, &s->port));
    TRY(pool_start(&s->handlers, "http-handler", o->handler_threads, o->queue_max));
    TRY(pool_start(&s->stores, "http-store", o->store_threads, o->queue_max));
    TRY(pool_start(&s->streamers, "http-stream", o->stream_threads, o->queue_max));
    TRY(pool_start(&s->steppers, "http-step", o->step_threads, o->queue_max));
    TRY(pool_start(&s->files, "http-file", o->file_threads, o->queue_max));
    TRY(pool_start(&s->uploads, "http-upload", o->upload_threads, o->queue_max));
    TRY(pool_start(&s->watchers, "http-watch", o->watch_threads, o->queue_max));
    TRY(janitor_start(&s->janitor, s));
    if (s->hooks->websocket) TRY(ws_start(&s->ws, s));
    return start_daemon(s);
}

static void free_all(struct http_server *s)
{
    ws_stop(s->ws);
    pool_stop(s->handlers);
    pool_stop(s->stores);
    pool_stop(s->streamers);
    pool_stop(s->steppers);
    pool_stop(s->watchers);
    pool_stop(s->uploads);
    pool_stop(s->files);
    ws_free(s->ws);
    janitor_stop(s->janitor);
    fd_close(&s->listener);
    free(s);
}

fallible http_start(struct http_server **out, const struct http_options *options,
    const struct http_hooks *hooks, struct app *app)
{
    struct http_server *s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    *s = (struct http_server){
        .hooks = hooks, .app = app, .options = with_defaults(*options), .listener = -1};
    uint64_t first_id;
    rand_bytes(&first_id, sizeof first_id);
    s->last_id = first_id;
    if (options->metrics) {
        s->requests = metrics_counter(
            options->metrics, "http_server_requests_total", "Requests answered", "status");
        s->latency = metrics_histogram(options->metrics, "http_server_duration",
            "Milliseconds from a request's header to its last byte", NULL, NULL, 0);
        s->connections = metrics_gauge(
            options->metrics, "http_server_connections", "Connections that are open", NULL);
        s->websockets = metrics_gauge(
            options->metrics, "http_server_websockets", "Websockets that are open", NULL);
    }
    err e = start_all(s);
    if (e) {
        free_all(s);
        return e;
    }
    *out = s;
    return NULL;
}

uint16_t http_port(const struct http_server *s)
{
    return s->port;
}

/* Waits until no exchange is left. */
static bool drained(struct http_server *s, int64_t timeout_ms)
{
    const int64_t end = monotonic_ms() + timeout_ms;
    while (s->exchanges) {
        if (monotonic_ms() >= end) return false;
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
    return true;
}

bool http_stop(struct http_server *s, int64_t timeout_ms)
{
    if (!s) return true;
    s->stopping = true;
    const int listener = MHD_quiesce_daemon(s->daemon);
    if (listener >= 0) fd_close(&s->listener);
    ws_stop(s->ws);
    bool clean = drained(s, timeout_ms);
    s->breaking = true;
    if (!clean) {
        log_warn("breaking off what still runs", KV("requests", (size_t)s->exchanges));
        janitor_break_all(s->janitor);
    }
    clean = drained(s, BREAK_MS);
    if (!clean) {
        /* A handler that hangs holds its connection suspended, and libmicrohttpd cannot be stopped
         * under it. The process is about to end; only its memory is left behind. */
        log_error("requests hang, the server is left as it is", KV("n", (size_t)s->exchanges));
        return false;
    }
    MHD_stop_daemon(s->daemon);
    free_all(s);
    return true;
}
