#define BANNED_ALLOW_MALLOC /* an exchange holds its arena, not the other way round */

#include "core/log.h"
#include "core/time.h"
#include "http/exchange.h"
#include "http/metrics.h"

#include <assert.h>
#include <stdlib.h>

#include "core/banned.h"

struct inner *inner_new(struct http_server *s, struct MHD_Connection *connection, str target)
{
    struct inner *in = calloc(1, sizeof *in);
    if (!in) log_die("out of memory");
    in->server = s;
    in->connection = connection;
    in->refs = 1;
    in->x.arena = in->x.reply.arena = arena_new();
    in->raw_target = target.p;
    in->x.request.target = str_dup(in->x.arena, target);
    in->x.request.began_us = monotonic_us();
    s->exchanges++;
    return in;
}

void inner_ref(struct inner *in)
{
    in->refs++;
}

static void count(const struct inner *in, int64_t took_us)
{
    static const str CLASSES[] = {STR_INIT("none"), STR_INIT("1xx"), STR_INIT("2xx"),
        STR_INIT("3xx"), STR_INIT("4xx"), STR_INIT("5xx")};
    const int class = in->status / 100;
    metric_add(in->server->requests, CLASSES[class >= 1 && class <= 5 ? class : 0], 1);
    metric_observe(in->server->latency, STR(""), (double)took_us / 1000);
}

void inner_unref(struct inner *in)
{
    if (--in->refs) return;
    struct http_server *s = in->server;
    const int64_t took_us = monotonic_us() - in->x.request.began_us;
    count(in, took_us);
    if (s->hooks->finished) s->hooks->finished(s->app, &in->x, in->status, took_us);
    if (in->has_stream) stream_free(in->x.reply.stream);
    if (in->file) file_body_free(in->file);
    if (in->run) upload_free(in->run);
    s->body_bytes -= in->body.n;
    buf_done(&in->body);
    buf_done(&in->x.reply.heap);
    arena_free(in->x.arena);
    free(in);
    s->exchanges--;
}

void inner_resume(struct inner *in)
{
    MHD_resume_connection(in->connection);
}

struct pool *inner_pool(const struct inner *in)
{
    switch (in->plan.pool) {
    case POOL_HANDLER:
        return in->server->handlers;
    case POOL_STORE:
        return in->server->stores;
    case POOL_STREAM:
        return in->server->streamers;
    case POOL_STEP:
        return in->server->steppers;
    case POOL_FILE:
        return in->server->files;
    case POOL_WATCH:
        return in->server->watchers;
    }
    return in->server->handlers;
}

static void open_file(struct work *w)
{
    struct inner *in = (struct inner *)((char *)w - offsetof(struct inner, work));
    if (!file_body_open(in)) content_prepare(&in->x);
    in->phase = PHASE_READY;
    inner_resume(in);
}

void inner_finish(struct inner *in)
{
    struct reply *r = &in->x.reply;
    if (!r->status) {
        log_error("a handler gave no answer", KV("path", in->x.request.path));
        reply_message(&in->x.reply, 500, STR("Internal server error"));
    }
    if (r->kind == REPLY_FILE) {
        in->work.run = open_file;
        if (in->plan.pool == POOL_FILE)
            open_file(&in->work);
        else
            pool_push_always(in->server->files, &in->work);
        return;
    }
    content_prepare(&in->x);
    in->phase = PHASE_READY;
    inner_resume(in);
}

void inner_answered(struct inner *in)
{
    if (in->x.reply.kind != REPLY_STREAM)
        inner_finish(in);
    else if (!stream_wait(in->x.reply.stream))
        stream_end(in->x.reply.stream);
}

void inner_handle(struct work *w)
{
    struct inner *in = (struct inner *)((char *)w - offsetof(struct inner, work));
    const struct http_server *s = in->server;
    log_context(cstr(in->x.arena, in->x.request.correlation_id));
    s->hooks->handle(s->app, &in->x);
    log_context(NULL);
    if (in->run) upload_discard(in->run);
    inner_answered(in);
}
