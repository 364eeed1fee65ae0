/* The websocket thread, as http/'s other modules see it. websocket.h is its public face.
 *
 * Owns    the upgraded sockets, as duplicates: libmicrohttpd closes its own at once, so that its
 *         32 KB a connection and its place among the connections are free again.
 * Threads ws_wants and ws_upgrade on event threads; the rest any.
 */
#pragma once

#include "core/err.h"
#include "http/exchange.h"
#include "http/websocket.h"

#include <stdbool.h>

fallible ws_start(struct ws **out, struct http_server *s);
/* Says goodbye to every client and ends the thread; ws_emit and the front may still call. */
void ws_stop(struct ws *w);
void ws_free(struct ws *w);

/* The request is for the websocket's path. */
bool ws_wants(const struct ws *w, const struct request *r);
/* Sets the refusal, or marks the exchange as upgraded. */
void ws_check(struct ws *w, struct inner *in);
/* An exchange that ws_check let pass ended before its 101 was sent. */
void ws_cancel(struct ws *w);
/* Queues the 101 of an exchange that ws_check let pass. */
enum MHD_Result ws_switch(struct ws *w, struct inner *in);
