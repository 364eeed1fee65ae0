/* The thread that looks after what nobody else waits for: connections whose header is late,
 * bodies whose sender has left, streams whose bytes wait, and sockets that are closed while their
 * client still sends.
 *
 * Owns    links (one for each connection) from janitor_link_new to janitor_link_free.
 * Threads any; its lists have one lock that is never held across a call that can block.
 */
#pragma once

#include "core/err.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_server;
struct janitor;
struct inner;

/* A connection. */
struct link {
    struct link *next, **back;
    int fd;
    _Atomic int64_t deadline_ms; /* the header must be whole by then; 0 while a request runs */
    atomic_bool receives;        /* a body comes: look whether the client is still there */
    bool linger;                 /* event thread only: the client may still send when we close */
};

fallible janitor_start(struct janitor **out, struct http_server *s);
void janitor_stop(struct janitor *j);

struct link *janitor_link_new(struct janitor *j, int fd, int64_t deadline_ms);
/* Call before the socket is closed. */
void janitor_link_free(struct janitor *j, struct link *l);
/* Shuts every connection down, so that what still runs ends. */
void janitor_break_all(struct janitor *j);

/* Calls stream_tick for it until it is forgotten. */
void janitor_watch_stream(struct janitor *j, struct inner *in);
void janitor_forget_stream(struct janitor *j, struct inner *in);
