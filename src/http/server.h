/* The HTTP server: libmicrohttpd's event threads in front, pools of handler threads behind.
 *
 * The layer above gives hooks; http/ knows nothing of the API. For each request:
 *
 *   event thread   header complete → quick() may answer at once → plan() says how to take the body
 *   pool thread    BODY_UPLOAD: begin() with headers only; it answers, or fills x->upload->rules
 *   event thread   receives the body (memory, or a ring that an upload thread empties)
 *   pool thread    handle() fills x->reply, or writes a stream; step() writes on, in portions
 *   event thread   sends; files are read from the page cache, else in the file pool
 *   any            finished(), once for each exchange, after the last byte or when the client left
 *
 * Owns    its threads, sockets and exchanges. An exchange lives from the header to `finished`.
 * Threads hooks name theirs above. quick and plan run on an event thread and must never block.
 *         Starting raises the process's soft limit of open files to what its connections need.
 * Fails   http_start says why it cannot listen. Malformed requests, limits and overload are
 *         answered here, in the contract's shape, and never reach a hook.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"
#include "http/reply.h"
#include "http/request.h"
#include "http/upload.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct app;
struct http_server;
struct metrics;
struct ws_hooks;

enum body_plan {
    BODY_NONE,   /* what comes is read and dropped */
    BODY_MEMORY, /* up to HTTP_BODY_MAX in request.body; more is answered with 500, as upstream */
    BODY_UPLOAD, /* multipart to files, in two phases */
};

enum pool_plan {
    POOL_HANDLER, /* short work, one database connection each */
    POOL_STORE,   /* handlers of uploads: they write to the media tree, which may hang */
    POOL_STREAM,  /* replies written while they are sent: archives, exports */
    POOL_STEP,    /* replies written in steps: no reader can hold up the others */
    POOL_FILE,    /* only a look at the file system: web files */
    POOL_WATCH, /* for monitors: never behind other requests, so that it can tell that they hang */
};

struct plan {
    enum body_plan body;
    enum pool_plan pool;
    const void *route; /* kept in exchange.route */
};

/* One request and its reply. */
struct exchange {
    struct arena *arena;
    struct request request;
    struct reply reply;
    struct upload *upload; /* BODY_UPLOAD only */
    const void *route;     /* what plan() found */
    void *app_data;        /* from begin to handle, and to finished */
};

struct http_hooks {
    /* True when it answered. */
    bool (*quick)(struct app *app, struct exchange *x);
    void (*plan)(struct app *app, struct exchange *x, struct plan *plan);
    /* True when it answered and no body is wanted. */
    bool (*begin)(struct app *app, struct exchange *x);
    void (*handle)(struct app *app, struct exchange *x);
    /* Writes the next step of a stream that handle() left in steps; on its pool. */
    void (*step)(struct app *app, struct exchange *x);
    /* For the access log; may be NULL. Must not block. */
    void (*finished)(struct app *app, const struct exchange *x, int status, int64_t took_us);
    const struct ws_hooks *websocket; /* NULL: no websocket */
};

enum {
    HTTP_BODY_MAX = 10 * 1024 * 1024,
    HTTP_HEADER_TIMEOUT_MS = 20 * 1000, /* from connect, or a request's first byte, to its header */
    HTTP_IDLE_TIMEOUT_MS = 30 * 1000,   /* between requests */
    HTTP_BODY_TIMEOUT_MS = 300 * 1000,  /* a body in memory must be whole; uploads have no end */
    HTTP_SHUTDOWN_MS = 25 * 1000,
};

struct http_options {
    const char *host;            /* NULL = all interfaces, IPv6 and IPv4 */
    uint16_t port;               /* 0 = any free one, see http_port */
    const char *trusted_proxies; /* IMMICH_TRUSTED_PROXIES; NULL = link-local and unique-local */
    unsigned event_threads;      /* 0 = 4 */
    unsigned handler_threads;    /* 0 = 8 */
    unsigned store_threads;      /* 0 = 4 */
    unsigned stream_threads;     /* 0 = 4 */
    unsigned step_threads;       /* 0 = 2 */
    unsigned file_threads;       /* 0 = 4 */
    unsigned upload_threads;     /* 0 = 2 */
    unsigned watch_threads;      /* 0 = 2 */
    unsigned queue_max;          /* 0 = 512; waiting requests beyond it get 503 and Retry-After */
    unsigned connections_max;    /* 0 = 4096 */
    int64_t header_timeout_ms;   /* 0 = HTTP_HEADER_TIMEOUT_MS */
    int64_t idle_timeout_ms;     /* 0 = HTTP_IDLE_TIMEOUT_MS */
    int64_t body_timeout_ms;     /* 0 = HTTP_BODY_TIMEOUT_MS */
    struct metrics *metrics;     /* NULL = none */
};

/* `hooks` and `app` must outlive the server. */
fallible http_start(struct http_server **out, const struct http_options *options,
    const struct http_hooks *hooks, struct app *app);
uint16_t http_port(const struct http_server *s);
/* Stops accepting, lets running exchanges finish for up to timeout_ms, closes websockets, ends all
 * threads and frees s. An upload whose 201 was not sent leaves no temporary file. False when a
 * handler hangs: it may still use what the hooks were given, so the process must end without
 * freeing that. */
bool http_stop(struct http_server *s, int64_t timeout_ms);
