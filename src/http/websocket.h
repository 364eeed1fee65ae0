/* socket.io 5 over engine.io 4 over websockets, for pushing events to clients (websocket.md).
 *
 * One thread owns all upgraded sockets. A client is in no room until it was authenticated; events
 * of clients are ignored.
 *
 * Owns    the sockets and the rooms. A client that does not read loses its connection once
 *         WS_PENDING_MAX bytes wait for it.
 * Threads ws_emit: any; order is kept per caller. Hooks run on a handler thread.
 * Fails   never: who is not there does not get the event.
 */
#pragma once

#include "core/str.h"
#include "core/uuid.h"

#include <stdbool.h>
#include <stddef.h>

struct app;
struct exchange;
struct http_server;

enum {
    WS_ROOMS_MAX = 4, /* of one socket */
    WS_PENDING_MAX = 4 * 1024 * 1024,
    WS_PAYLOAD_MAX = 1000 * 1000, /* of one message from a client */
    WS_SOCKETS_MAX = 2048,
};

enum ws_room_kind {
    WS_ALL, /* every socket that is in a room; id is ignored */
    WS_USER,
    WS_SESSION,
    WS_PRIVATE, /* maintenance mode: with and without its token; id is ignored */
    WS_PUBLIC,
};

struct ws_room {
    enum ws_room_kind kind;
    uuid id;
};

struct ws_rooms {
    struct ws_room v[WS_ROOMS_MAX];
    size_t n;
};

struct ws_hooks {
    const char *path; /* "/api/socket.io/" */
    /* 0 = upstream's 25 s, 20 s and 45 s */
    int64_t ping_interval_ms, ping_timeout_ms, connect_timeout_ms;
    /* Who is it, by the headers of the upgrade request? False: unauthorized. */
    bool (*authenticate)(struct app *app, struct exchange *x, struct ws_rooms *rooms);
    /* The socket has joined its rooms; the place to emit on_server_version. May be NULL. */
    void (*connected)(struct app *app, const struct ws_rooms *rooms);
};

/* Sends an event to every socket in the room. `event` is the JSON array of name and arguments:
 * ["on_asset_delete","…"]. */
void ws_emit(struct http_server *s, struct ws_room room, str event);
/* How many sockets are connected and authenticated. */
size_t ws_socket_count(struct http_server *s);
