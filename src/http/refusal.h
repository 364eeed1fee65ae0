/* The way of replies to libmicrohttpd, and of refusals past it.
 *
 * What the library refuses by itself (a header over its memory, a malformed chunk) it answers with
 * a page of its own, for which it has no hook. But it queues that page through its public
 * MHD_queue_response, and of a function that program and library both define the program's is
 * called: refusal.c defines it, and so is told (decision 0005).
 *
 * Threads event threads. Fails by MHD_NO, which ends the connection.
 */
#pragma once

#include "core/str.h"

#include <microhttpd.h>

struct link;

/* The library's own MHD_queue_response: what every reply of ours takes. */
enum MHD_Result refusal_pass(
    struct MHD_Connection *connection, unsigned status, struct MHD_Response *response);

/* Answers on the bare socket, with JSON. The caller returns MHD_NO; the janitor then reads on for a
 * while, so that the client gets to see it. */
void refusal_send(struct MHD_Connection *connection, struct link *link, unsigned status, str body);
