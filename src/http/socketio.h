/* The texts of engine.io 4 and socket.io 5 (websocket.md §1), without any socket.
 *
 * Memory  results point into the input or the given arena.
 * Threads any. Malformed packets are SIO_INVALID.
 */
#pragma once

#include "http/request.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SIO_SID_TEXT = 21, /* 20 characters and a NUL */
    SIO_SPACE_MAX = 256,
};

enum sio_kind {
    SIO_INVALID, /* the peer does not speak the protocol: close */
    SIO_CLOSE,
    SIO_PONG,
    SIO_CONNECT,         /* to the default namespace */
    SIO_CONNECT_UNKNOWN, /* to another one, named in `space` */
    SIO_DISCONNECT,
    SIO_IGNORED, /* events, acknowledgements, noops: nothing is defined for clients */
};

struct sio_packet {
    enum sio_kind kind;
    str space;
};

struct sio_packet sio_parse(str text);

/* A session id: 20 random characters. */
void sio_sid(char out[static SIO_SID_TEXT]);

struct sio_refusal {
    int code;
    const char *message;
};

/* Why a request for the websocket's path is not a handshake; message == NULL when it is one. */
struct sio_refusal sio_check(const struct request *r);
/* Sec-WebSocket-Accept for a Sec-WebSocket-Key. */
str sio_accept_key(struct arena *a, str key);
