/* Events to clients: who a websocket belongs to, and what the bus brings to its room.
 * Threads: the hooks run on handler threads, deliveries on the bus's thread. Fails   push_start:
 * when the bus cannot start. */
#pragma once

#include "core/err.h"
#include "http/websocket.h"

struct app;
struct boot;
struct http_server;

extern const struct ws_hooks push_hooks;

/* Starts the event bus of the process. */
fallible push_start(struct boot *boot);
/* From now on events go to the sockets of this server; NULL before it ends. */
void push_attach(struct app *app, struct http_server *http);
void push_stop(struct boot *boot);
