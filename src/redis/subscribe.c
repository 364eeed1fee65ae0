#define BANNED_ALLOW_MALLOC /* a subscriber outlives every arena */

#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "redis/connection.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    BACKOFF_MIN_MS = 100,
    BACKOFF_MAX_MS = 5000,
    PING_MS = 15 * 1000, /* a peer that vanished without a word is noticed at the second */
    STACK_BYTES = 256 * 1024,
};

struct redis_subscriber {
    struct redis_opts opts;
    const char *channel;
    void (*message)(void *p, str message);
    void *p;
    pthread_t thread;
    int stop_fd;
    redisContext *c; /* NULL while not connected */
    bool pinged;     /* and nothing has come since */
    int64_t backoff_ms;
    atomic_bool connected;
};

static void lose(struct redis_subscriber *s)
{
    log_warn("the subscription to valkey was lost", KV("reason", (const char *)s->c->errstr));
    redisFree(s->c);
    s->c = NULL;
    s->connected = false;
}

static void connect_again(struct redis_subscriber *s)
{
    s->backoff_ms = s->backoff_ms ? MIN(2 * s->backoff_ms, BACKOFF_MAX_MS) : BACKOFF_MIN_MS;
    err e = redis_connect(&s->opts, &s->c);
    if (e) {
        log_debug("no subscription to valkey", KV_ERROR(e));
        s->c = NULL;
        return;
    }
    redisReply *reply = redisCommand(s->c, "SUBSCRIBE %s", s->channel);
    const bool done = reply && reply->type != REDIS_REPLY_ERROR;
    if (reply) freeReplyObject(reply);
    if (!done) {
        lose(s);
        return;
    }
    s->backoff_ms = 0;
    s->pinged = false;
    s->connected = true;
}

/* ["message", channel, text] */
static void handle(struct redis_subscriber *s, const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) return;
    const redisReply *kind = reply->element[0], *text = reply->element[2];
    if (kind->type != REDIS_REPLY_STRING || strcmp(kind->str, "message") != 0) return;
    if (text->type == REDIS_REPLY_STRING) s->message(s->p, (str){text->str, text->len});
}

/* What has been read so far; false when it makes no sense. */
static bool hand_out(struct redis_subscriber *s)
{
    for (;;) {
        void *reply = NULL;
        if (redisReaderGetReply(s->c->reader, &reply) != REDIS_OK) return false;
        if (!reply) return true;
        handle(s, reply);
        freeReplyObject(reply);
    }
}

static bool read_messages(struct redis_subscriber *s)
{
    if (redisBufferRead(s->c) != REDIS_OK) return false;
    s->pinged = false;
    return hand_out(s);
}

static bool ping(struct redis_subscriber *s)
{
    if (s->pinged) return false;
    s->pinged = true;
    int done = 0;
    if (redisAppendCommand(s->c, "PING") != REDIS_OK) return false;
    while (!done)
        if (redisBufferWrite(s->c, &done) != REDIS_OK) return false;
    return true;
}

static void *subscribe_loop(void *p)
{
    struct redis_subscriber *s = p;
    for (;;) {
        if (!s->c) connect_again(s);
        if (s->c && !hand_out(s)) lose(s); /* also what came with the answer to SUBSCRIBE */
        struct pollfd polls[2] = {
            {.fd = s->stop_fd, .events = POLLIN}, {.fd = s->c ? s->c->fd : -1, .events = POLLIN}};
        const int n = poll(polls, 2, s->c ? PING_MS : (int)s->backoff_ms);
        if (n < 0 && errno != EINTR) log_die("poll failed");
        if (polls[0].revents) break;
        if (s->c && polls[1].revents && !read_messages(s))
            lose(s);
        else if (s->c && n == 0 && !ping(s))
            lose(s);
    }
    if (s->c) redisFree(s->c);
    s->connected = false;
    return NULL;
}

static void subscriber_free(struct redis_subscriber *s)
{
    if (s->stop_fd >= 0) close(s->stop_fd);
    redis_opts_free(&s->opts);
    free(s);
}

fallible redis_subscribe(struct redis_subscriber **out, const struct redis_opts *opts,
    const char *channel, void (*message)(void *p, str message), void *p)
{
    struct redis_subscriber *s = calloc(1, sizeof *s);
    if (!s) log_die("out of memory");
    s->opts = redis_opts_copy(opts);
    s->channel = channel;
    s->message = message;
    s->p = p;
    s->stop_fd = eventfd(0, EFD_CLOEXEC);
    err e = s->stop_fd < 0 ? err_errno("eventfd", NULL)
                           : thread_start(&s->thread, "valkey", STACK_BYTES, subscribe_loop, s);
    if (e) {
        subscriber_free(s);
        return e;
    }
    *out = s;
    return NULL;
}

void redis_unsubscribe(struct redis_subscriber *s)
{
    if (!s) return;
    if (write(s->stop_fd, &(uint64_t){1}, sizeof(uint64_t)) < 0) log_die("eventfd is full");
    pthread_join(s->thread, NULL);
    subscriber_free(s);
}

bool redis_subscriber_is_connected(const struct redis_subscriber *s)
{
    return s->connected;
}
