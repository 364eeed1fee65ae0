#define BANNED_ALLOW_MALLOC /* connections outlive every arena */

#include "core/codec.h"
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "json/value.h"
#include "redis/connection.h"
#include "redis/redis.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

enum {
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
};

struct redis {
    struct redis_opts opts;
    pthread_mutex_t mutex;
    redisContext *idle[REDIS_CONNECTIONS_MAX];
    size_t n_idle;
    int64_t backoff_ms, retry_at_ms;
    atomic_bool up;
};

/* --- Options --- */

static fallible check_supported(const struct json_value *v)
{
    if (json_get(v, STR("tls")) || json_get(v, STR("sentinels")))
        FAIL(BAD_REQUEST, "REDIS_URL: TLS and sentinels are not supported");
    return NULL;
}

static const char *text_of(struct arena *a, const struct json_value *v, str name)
{
    str text = STR("");
    json_string(json_get(v, name), &text);
    return cstr(a, text);
}

fallible redis_opts_from_url(struct arena *a, str url, struct redis_opts *out)
{
    const str scheme = STR("ioredis://");
    struct bytes json;
    const struct json_value *v;
    if (!str_starts(url, scheme) || !base64_decode(a, str_slice(url, scheme.n, url.n), &json) ||
        json_parse(a, (str){(const char *)json.p, json.n}, &v))
        FAIL(BAD_REQUEST, "REDIS_URL: ioredis:// and JSON in base64 is expected");
    TRY(check_supported(v));
    int64_t port = 6379, database = 0;
    json_int(json_get(v, STR("port")), &port);
    json_int(json_get(v, STR("db")), &database);
    *out = (struct redis_opts){
        .host = text_of(a, v, STR("host")),
        .port = (int)port,
        .database = (int)database,
        .username = text_of(a, v, STR("username")),
        .password = text_of(a, v, STR("password")),
        .socket = text_of(a, v, STR("path")),
    };
    if (!*out->host) out->host = "localhost";
    return NULL;
}

static const char *copy(const char *text)
{
    char *p = strdup(text ? text : "");
    if (!p) log_die("out of memory");
    return p;
}

struct redis_opts redis_opts_copy(const struct redis_opts *opts)
{
    return (struct redis_opts){
        .host = copy(opts->host),
        .port = opts->port,
        .database = opts->database,
        .username = copy(opts->username),
        .password = copy(opts->password),
        .socket = copy(opts->socket),
    };
}

void redis_opts_free(struct redis_opts *opts)
{
    const char *texts[] = {opts->host, opts->username, opts->password, opts->socket};
    for (size_t i = 0; i < LENGTH(texts); i++)
        free((char *)(uintptr_t)texts[i]);
}

/* --- Connecting --- */

static fallible expect_ok(redisContext *c, redisReply *reply)
{
    err e = NULL;
    if (!reply)
        e = err_new(UNAVAILABLE, 0, ERR_HERE, "valkey: %s", c->errstr);
    else if (reply->type == REDIS_REPLY_ERROR)
        e = err_new(UNAVAILABLE, 0, ERR_HERE, "valkey refuses us: %s", reply->str);
    if (reply) freeReplyObject(reply);
    return e;
}

static fallible introduce(redisContext *c, const struct redis_opts *opts)
{
    if (*opts->password && *opts->username)
        TRY(expect_ok(c, redisCommand(c, "AUTH %s %s", opts->username, opts->password)));
    else if (*opts->password)
        TRY(expect_ok(c, redisCommand(c, "AUTH %s", opts->password)));
    if (opts->database) TRY(expect_ok(c, redisCommand(c, "SELECT %d", opts->database)));
    return NULL;
}

fallible redis_connect(const struct redis_opts *opts, redisContext **out)
{
    const struct timeval limit = {
        .tv_sec = REDIS_TIMEOUT_MS / 1000, .tv_usec = REDIS_TIMEOUT_MS % 1000 * 1000};
    redisContext *c = *opts->socket ? redisConnectUnixWithTimeout(opts->socket, limit)
                                    : redisConnectWithTimeout(opts->host, opts->port, limit);
    if (!c) log_die("out of memory");
    err e = NULL;
    if (c->err)
        e = err_new(UNAVAILABLE, 0, ERR_HERE, "cannot connect to valkey: %s", c->errstr);
    else if (redisSetTimeout(c, limit) != REDIS_OK)
        e = err_new(UNAVAILABLE, 0, ERR_HERE, "cannot set a limit: %s", c->errstr);
    else
        e = introduce(c, opts);
    if (e) {
        redisFree(c);
        return e;
    }
    *out = c;
    return NULL;
}

struct redis *redis_new(const struct redis_opts *opts)
{
    struct redis *r = calloc(1, sizeof *r);
    if (!r) log_die("out of memory");
    r->opts = redis_opts_copy(opts);
    pthread_mutex_init(&r->mutex, NULL);
    return r;
}

void redis_free(struct redis *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_idle; i++)
        redisFree(r->idle[i]);
    pthread_mutex_destroy(&r->mutex);
    redis_opts_free(&r->opts);
    free(r);
}

bool redis_is_up(const struct redis *r)
{
    return r->up;
}

static void note_failure(struct redis *r)
{
    r->up = false;
    MUTEX_SCOPE(&r->mutex)
    {
        r->backoff_ms = r->backoff_ms ? MIN(2 * r->backoff_ms, BACKOFF_MAX_MS) : BACKOFF_MIN_MS;
        r->retry_at_ms = monotonic_ms() + r->backoff_ms;
    }
}

/* A connection that was idle, or NULL; *wait says that a new one must not be tried yet. */
static redisContext *take_idle(struct redis *r, bool *wait)
{
    redisContext *c = NULL;
    MUTEX_SCOPE(&r->mutex)
    {
        if (r->n_idle) c = r->idle[--r->n_idle];
        *wait = monotonic_ms() < r->retry_at_ms;
    }
    return c;
}

static void give_back(struct redis *r, redisContext *c)
{
    r->up = true;
    MUTEX_SCOPE(&r->mutex)
    {
        r->backoff_ms = 0;
        if (r->n_idle < REDIS_CONNECTIONS_MAX) {
            r->idle[r->n_idle++] = c;
            c = NULL;
        }
    }
    if (c) redisFree(c);
}

/* --- Commands --- */

static redisReply *ask(redisContext *c, const str *arguments, size_t n)
{
    const char *texts[REDIS_ARGUMENTS_MAX];
    size_t lengths[REDIS_ARGUMENTS_MAX];
    assert(n > 0 && n <= REDIS_ARGUMENTS_MAX);
    for (size_t i = 0; i < n; i++) {
        texts[i] = arguments[i].p ? arguments[i].p : "";
        lengths[i] = arguments[i].n;
    }
    return redisCommandArgv(c, (int)n, texts, lengths);
}

static fallible answer_of(struct arena *a, const redisReply *reply, struct redis_answer *out)
{
    *out = (struct redis_answer){.kind = REDIS_OTHER};
    switch (reply->type) {
    case REDIS_REPLY_ERROR:
        FAIL(INTERNAL, "valkey: %s", reply->str);
    case REDIS_REPLY_NIL:
        out->kind = REDIS_NIL;
        break;
    case REDIS_REPLY_INTEGER:
        out->kind = REDIS_NUMBER;
        out->number = reply->integer;
        break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
        out->kind = REDIS_TEXT;
        out->text = str_dup(a, (str){reply->str, reply->len});
        break;
    default:
        break;
    }
    return NULL;
}

fallible redis_command(
    struct redis *r, struct arena *a, struct redis_answer *out, const str *arguments, size_t n)
{
    bool wait;
    redisContext *c = take_idle(r, &wait);
    redisReply *reply = c ? ask(c, arguments, n) : NULL;
    if (!reply) { /* none was idle, or it was lost while it was */
        if (c) redisFree(c);
        if (wait) FAIL(UNAVAILABLE, "valkey is away");
        err e = redis_connect(&r->opts, &c);
        if (e) {
            note_failure(r);
            return e;
        }
        reply = ask(c, arguments, n);
    }
    if (!reply) {
        err e = err_new(UNAVAILABLE, 0, ERR_HERE, "valkey: %s", c->errstr);
        redisFree(c);
        note_failure(r);
        return e;
    }
    give_back(r, c);
    err e = answer_of(a, reply, out);
    freeReplyObject(reply);
    return e;
}

fallible redis_publish(struct redis *r, str channel, str message)
{
    ARENA_SCOPE (tmp) {
        struct redis_answer answer;
        return REDIS(r, tmp, &answer, STR("PUBLISH"), channel, message);
    }
    return NULL;
}
