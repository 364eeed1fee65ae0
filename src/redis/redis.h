/* Valkey or Redis: publish, subscribe and single commands, all of which may fail at any time.
 *
 * Whoever uses this has an answer for the case that it is away: events go through the database,
 * caches are computed anew.
 *
 * Owns    a client owns up to REDIS_CONNECTIONS_MAX connections; a subscriber one and a thread.
 * Memory  answers live in the arena.
 * Threads any that ignores or blocks SIGPIPE (hiredis writes to sockets that may be closed).
 *         `message` of a subscriber runs on its thread and must not wait long.
 * Fails   UNAVAILABLE when the server is away or slow (REDIS_TIMEOUT_MS) or is not tried yet again
 *         (a back-off of up to 5 s), INTERNAL when it refuses a command.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct redis;
struct redis_subscriber;

enum {
    REDIS_CONNECTIONS_MAX = 4,
    REDIS_TIMEOUT_MS = 1000,
    REDIS_ARGUMENTS_MAX = 16,
};

struct redis_opts {
    const char *host;
    int port;
    int database;
    const char *username; /* "" or NULL: none */
    const char *password; /* "" or NULL: none */
    const char *socket;   /* "" or NULL: host and port */
};

/* Of REDIS_URL: "ioredis://" and the JSON of a connection in base64. BAD_REQUEST with a text for
 * the user for what is not understood (TLS, sentinels). */
fallible redis_opts_from_url(struct arena *a, str url, struct redis_opts *out);

/* Does not connect. The texts of opts are copied. */
struct redis *redis_new(const struct redis_opts *opts);
void redis_free(struct redis *r);

/* What came back. */
struct redis_answer {
    enum { REDIS_NIL, REDIS_NUMBER, REDIS_TEXT, REDIS_OTHER } kind;
    int64_t number;
    str text;
};

/* REDIS(r, arena, &answer, STR("SET"), key, value) */
fallible redis_command(
    struct redis *r, struct arena *a, struct redis_answer *out, const str *arguments, size_t n);
#define REDIS(r, a, out, ...)                                                                      \
    redis_command(                                                                                 \
        r, a, out, (const str[]){__VA_ARGS__}, sizeof((const str[]){__VA_ARGS__}) / sizeof(str))
fallible redis_publish(struct redis *r, str channel, str message);
/* Whether the last attempt reached the server. */
bool redis_is_up(const struct redis *r);

/* Hears one channel, reconnects for ever. */
fallible redis_subscribe(struct redis_subscriber **out, const struct redis_opts *opts,
    const char *channel, void (*message)(void *p, str message), void *p);
void redis_unsubscribe(struct redis_subscriber *s);
bool redis_subscriber_is_connected(const struct redis_subscriber *s);
