/* What a handler answers: nothing, bytes, a file, or a stream.
 *
 *   reply_json(cx->reply, 200, text);
 *   reply_file(out, &(struct reply_file){ .path = path, .type = STR("image/webp"), .cache =
 * CACHE_MEDIA });
 *
 * http/ does the rest after the handler returned: ETag, conditional requests, ranges, compression,
 * HEAD, Date, Connection, X-Correlation-ID.
 *
 * Owns    texts must live in the exchange's arena (or be literals); a buf is taken over.
 * Threads the one that runs the handler.
 * Fails   a file that cannot be opened is answered with the reply's `missing` text and 404. */
#pragma once

#include "core/buf.h"
#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct exchange;

enum {
    REPLY_HEADERS_MAX = 24,
};

enum reply_kind {
    REPLY_EMPTY, /* no body, no Content-Type */
    REPLY_BYTES,
    REPLY_FILE,
    REPLY_STREAM, /* made by stream_begin */
};

/* Cache-Control values of http.md §5; texts in reply.c. */
enum cache_rule {
    CACHE_NONE,      /* no header */
    CACHE_MEDIA,     /* a day, private, revalidated in the background: thumbnails, originals */
    CACHE_PRIVATE,   /* private, no-cache, no-transform */
    CACHE_STATIC,    /* public, max-age=0 */
    CACHE_IMMUTABLE, /* public, a year: files with a hash in their name */
    CACHE_NO_STORE,
};

struct reply_file {
    const char *path;
    str type; /* "" = by the extension of the path */
    enum cache_rule cache;
    str inline_name;     /* Content-Disposition: inline; filename*=UTF-8''<escaped name> */
    str attachment_name; /* Content-Disposition: attachment; filename="<name>" */
    str missing;         /* message of the 404 when it cannot be sent; "" = "Not Found" */
    str encoding;        /* Content-Encoding of a precompressed file */
    bool vary_encoding;  /* another encoding of it exists */
};

struct reply {
    struct arena *arena; /* of the exchange */
    int status;
    enum reply_kind kind;
    str type;        /* Content-Type of bytes and streams */
    str body;        /* REPLY_BYTES */
    struct buf heap; /* owner of the body when it is not in the arena */
    struct reply_file file;
    struct stream *stream;
    struct {
        str name, value;
    } headers[REPLY_HEADERS_MAX];
    size_t headers_n;
    enum cache_rule cache; /* of bytes and streams */
    bool outside_api;      /* web files and pages carry no X-Correlation-ID */
    bool close;            /* end the connection after this reply */
};

/* Drops what was answered before (not headers) and sets status and kind. Behind stream_begin all of
 * these abort the stream instead. */
void reply_empty(struct reply *r, int status);
void reply_bytes(struct reply *r, int status, str type, str body);
/* application/json; charset=utf-8 */
void reply_json(struct reply *r, int status, str body);
/* As reply_json; the buffer's memory is taken over and freed once sent. */
void reply_json_buf(struct reply *r, int status, struct buf *body);
/* {"message": …}: the shape of every error of the contract. */
void reply_message(struct reply *r, int status, str message);
/* A person can do something about this failure of ours. */
#define REPLY_NO_SPACE "The disk of the server is full"
/* Location and the short text upstream sends along. */
void reply_redirect(struct reply *r, int status, str location);
void reply_file(struct reply *r, const struct reply_file *file);
/* Adds a header; names may repeat (Set-Cookie). Control characters make it invalid: it is dropped
 * and logged, never sent. More than REPLY_HEADERS_MAX is a bug. */
void reply_header(struct reply *r, str name, str value);

/* ---- streams ---- */

/* The body is written while it is sent. Only on the stream pool (plan.pool = POOL_STREAM). */
struct stream;
struct ctx;

enum {
    STREAM_BUFFER = 256 * 1024, /* what a slow reader may leave unsent before the writer waits */
    STREAM_STEPPED_MAX = 64,    /* streams in steps at once */
};

/* The first byte that goes out (16 KiB later, a second later, or by stream_flush) commits status,
 * headers and type; until then another reply may take the stream's place, a refusal for example. */
struct stream *stream_begin(struct exchange *x, int status, str type);
/* Waits while the buffer is full. False when the client is gone (or too slow, or the server stops):
 * the writer should end. What was written is sent at the latest one second later. */
bool stream_write(struct stream *s, str data);
/* Sends what is buffered now. */
void stream_flush(struct stream *s);
/* Breaks the connection off, so that the client notices that the body is not whole. Without it the
 * stream ends properly when the handler returns. */
void stream_abort(struct stream *s);
bool stream_alive(struct stream *s);

/* For bodies that a slow reader would take hours for: what comes after the handler returned is
 * written in steps, each when the reader has taken most of the last. In between no thread waits,
 * and writes in a step never do: a step is a portion, some hundred KiB at most. *done with the last
 * one. Compressed where the client takes it. An error breaks the stream off; before its first byte
 * it is answered. */
typedef err stream_step(struct ctx *cx, struct stream *s, void *data, bool *done);
/* False when too many streams are under way; then nothing has changed. */
bool stream_in_steps(struct stream *s, stream_step *step, void *data);
/* For the hook `step`. */
fallible stream_next_step(struct stream *s, struct ctx *cx);
