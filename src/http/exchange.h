/* The inside of an exchange: what http/'s own modules share and hooks do not see.
 *
 * An exchange is handed from thread to thread. While its connection is suspended exactly one pool
 * thread has it, and libmicrohttpd does not touch it; that is the usual case, and needs no lock.
 * Uploads and streams run beside the event thread: what they share has its own mutex.
 *
 * Owns    itself, by reference count: one for the connection, one for each pool thread that works
 *         on it beside the event thread, one for the websocket it became.
 */
#pragma once

#include "http/janitor.h"
#include "http/pool.h"
#include "http/proxy.h"
#include "http/server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct file_body;
struct upload_run;
struct ws;

enum phase {
    PHASE_LINE,    /* the request line is there */
    PHASE_BEGUN,   /* suspended: begin() runs or waits; then the body may come */
    PHASE_BODY,    /* the body comes */
    PHASE_HANDLER, /* suspended: a pool thread has it */
    PHASE_READY,   /* the reply can be queued */
    PHASE_SENDING,
};

struct inner {
    struct exchange x; /* what hooks see; first, so that inner_of() is a cast */
    struct http_server *server;
    struct MHD_Connection *connection;
    struct link *link;
    atomic_uint refs;
    enum phase phase;
    struct plan plan;
    struct work work;       /* begin, handle, file work: one at a time */
    const char *raw_target; /* as libmicrohttpd holds it, for the framing check */
    bool has_body;
    bool too_large;    /* an in-memory body over HTTP_BODY_MAX: read on, answer 500 */
    bool overloaded;   /* no memory left for bodies: read on, answer 503 */
    bool broken_off;   /* was answered past libmicrohttpd, which must only close */
    bool upgraded;     /* it is a websocket handshake */
    bool socket_taken; /* the websocket thread has the socket */
    uint64_t discarded;
    struct buf body;
    struct file_body *file;
    struct upload_run *run;
    bool has_stream;
    struct inner *stream_next, **stream_back; /* the janitor's list */
    int status;                               /* as sent */
    bool timeout_raised; /* the connection's time limit is not that of an idle one */
};

static inline struct inner *inner_of(struct exchange *x)
{
    return (struct inner *)x;
}

struct http_server {
    struct MHD_Daemon *daemon;
    const struct http_hooks *hooks;
    struct app *app;
    struct http_options options;
    struct proxies proxies;
    int listener;
    uint16_t port;
    struct pool *handlers, *stores, *streamers, *steppers, *files, *uploads, *watchers;
    struct janitor *janitor;
    struct ws *ws;
    atomic_size_t exchanges;      /* alive */
    atomic_size_t upload_runs;    /* alive */
    atomic_uint stepped;          /* streams in steps */
    atomic_size_t body_bytes;     /* of in-memory bodies */
    atomic_bool stopping;         /* nothing new is begun */
    atomic_bool breaking;         /* what still runs is broken off */
    atomic_uint_fast64_t last_id; /* of correlation ids */
    struct metric *requests, *latency, *connections, *websockets;
};

enum {
    HTTP_POOL_MEMORY = 32 * 1024, /* of a connection, inside libmicrohttpd */
    HTTP_DISCARD_MAX = 32 * 1024 * 1024,
    HTTP_UPLOADS_MAX = 128,
    HTTP_BODY_BYTES_MAX = 128 * 1024 * 1024,
    HTTP_RETRY_AFTER_S = 2,
    GZIP_LEVEL = 1,        /* the server's time is scarcer than the network's */
    GZIP_WINDOW = 15 + 16, /* zlib's way to ask for a gzip header */
    GZIP_MEMORY = 8,
};

struct inner *inner_new(struct http_server *s, struct MHD_Connection *connection, str target);
void inner_ref(struct inner *in);
void inner_unref(struct inner *in);
/* Lets the event thread go on with a suspended exchange; the caller must not touch it after. */
void inner_resume(struct inner *in);
/* Makes the reply ready to be sent (ETag, gzip, file) and resumes; may go through the file pool. */
void inner_finish(struct inner *in);
/* The pool of the plan. */
struct pool *inner_pool(const struct inner *in);
/* What follows when the reply was made, or a step of it; the caller must not touch it after. */
void inner_answered(struct inner *in);
/* Runs handle() and what follows; the work item of a request whose body is there. */
void inner_handle(struct work *w);

/* Bytes: entity tag, conditional request, compression. On the thread that made them. */
void content_prepare(struct exchange *x);

/* Opens the file of the reply, checks conditions and range, reads small ones. False when something
 * else is answered. File pool. */
bool file_body_open(struct inner *in);
/* A response that reads the file as it is sent; takes the file over. */
struct MHD_Response *file_body_response(struct inner *in);
void file_body_free(struct file_body *f);

struct MHD_Response *stream_response(struct inner *in);
/* The handler has returned. */
/* Before the first byte went out: the stream is gone and another answer may be made. */
bool stream_withdraw(struct stream *s);
void stream_end(struct stream *s);
/* Its bytes are compressed. */
bool stream_is_packed(const struct stream *s);
/* True when a step follows, in whatever thread. */
bool stream_wait(struct stream *s);
/* The connection is gone; wakes the writer. */
void stream_gone(struct stream *s);
void stream_free(struct stream *s);
/* Sends what has waited for a second; called by the janitor. */
void stream_tick(struct stream *s, int64_t now_ms);

/* The Cache-Control text, p == NULL for none. */
str cache_rule_text(enum cache_rule rule);

/* Uploads: see upload.c. */
void upload_begin(struct work *w);
/* Takes what fits of n bytes; suspends the connection when not all did. */
size_t upload_take(struct upload_run *run, const char *p, size_t n);
/* The answer is known, what still comes is dropped. */
bool upload_failed(struct upload_run *run);
/* The body is whole; the connection has been suspended. */
void upload_body_end(struct upload_run *run);
/* The connection is gone. */
void upload_gone(struct upload_run *run);
/* Removes the files nobody kept and closes the descriptors. Not on an event thread. */
void upload_discard(struct upload_run *run);
void upload_free(struct upload_run *run);

/* Answers that http/ gives itself. */
void answer_refused(struct exchange *x, int status, str message);
void answer_busy(struct exchange *x);
/* What a client is told whose files cannot be stored. */
void answer_not_stored(struct exchange *x, err e);
