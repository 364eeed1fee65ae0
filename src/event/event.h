/* Events: what clients are pushed over the websocket, and what processes tell each other.
 *
 *     event_send_id(cx, ROOM_USER(owner), "on_asset_delete", id);
 *
 * An event is collected in cx->outbox. Once the transaction it was sent in has committed (at once
 * when there is none), event_flush hands it to the bus, which publishes it in the background:
 * through Valkey when that is there, otherwise by NOTIFY. Every process that runs a bus receives
 * it, the sender's too. An event whose transaction was rolled back is never seen.
 *
 * Delivery is at most once, in the order of sending within a process.
 *
 * Owns    the bus owns two threads (three with Valkey), their connections and what waits to be
 *         published, at most EVENT_QUEUE_MAX messages.
 * Memory  collected events live in cx->arena; what a subscriber gets lives during its call.
 * Threads event_send…: that of the ctx. event_flush: any. `deliver` runs on a thread of the bus,
 *         one call at a time, and must not wait long.
 * Fails   never: an event that cannot be published is logged and dropped.
 */
#pragma once

#include "core/ctx.h"
#include "core/err.h"
#include "core/str.h"
#include "core/uuid.h"
#include "json/fields.h"
#include "json/writer.h"

struct db_pool;
struct event_bus;
struct redis_opts;

enum {
    EVENT_QUEUE_MAX = 4096,
    EVENT_NOTIFY_MAX = 7900, /* bytes; larger ones become a row of tintype.event */
};

/* To whom. X(KIND, prefix on the wire) */
#define EVENT_ROOMS                                                                                \
    X(ALL, "all")             /* every connected client */                                         \
    X(USER, "user")           /* all clients of a user */                                          \
    X(SESSION, "session")     /* the clients of one session */                                     \
    X(PRIVATE, "private")     /* maintenance mode: with its token */                               \
    X(PUBLIC, "public")       /* maintenance mode: without */                                      \
    X(PROCESSES, "processes") /* no client: every other process of the installation */

enum room_kind {
#define X(name, prefix) ROOM_KIND_##name,
    EVENT_ROOMS
#undef X
};

struct room {
    enum room_kind kind;
    uuid id; /* of USER and SESSION */
};

#define ROOM_ALL ((struct room){.kind = ROOM_KIND_ALL})
#define ROOM_USER(user) ((struct room){.kind = ROOM_KIND_USER, .id = (user)})
#define ROOM_SESSION(session) ((struct room){.kind = ROOM_KIND_SESSION, .id = (session)})
#define ROOM_PRIVATE ((struct room){.kind = ROOM_KIND_PRIVATE})
#define ROOM_PUBLIC ((struct room){.kind = ROOM_KIND_PUBLIC})
#define ROOM_PROCESSES ((struct room){.kind = ROOM_KIND_PROCESSES})

/* --- Sending --- */

/* `arguments` is JSON, separated by commas: "" for none, "\"x\"" for a text. Name is a literal. */
void event_send(struct ctx *cx, struct room room, const char *name, str arguments);
/* As late as delay_ms after the flush. */
void event_send_later(
    struct ctx *cx, struct room room, const char *name, str arguments, int delay_ms);
/* The id as the only argument. */
void event_send_id(struct ctx *cx, struct room room, const char *name, uuid id);
/* A struct as the only argument, rendered at once. */
void event_send_struct(struct ctx *cx, struct room room, const char *name,
    const struct fields *fields, const void *value, enum date_form form);

/* After the operation or job: publishes what may be seen and empties the outbox. */
void event_flush(struct event_bus *bus, struct ctx *cx);

/* --- Receiving --- */

struct event {
    struct room room;
    str name;
    str arguments;
};

struct event_bus_opts {
    struct db_pool *pool;
    const struct redis_opts *redis;                      /* NULL: without Valkey */
    void (*deliver)(void *p, const struct event *event); /* NULL: this process only sends */
    void *p;
};

fallible event_bus_start(struct event_bus **out, const struct event_bus_opts *opts);
/* Publishes what waits (within a few seconds) and ends the threads. */
void event_bus_stop(struct event_bus *bus);
/* Whether events of other processes arrive at present. */
bool event_bus_is_connected(const struct event_bus *bus);

/* ["name",arguments] as socket.io sends it. */
str event_frame(struct arena *a, const struct event *event);
