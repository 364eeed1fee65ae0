#include "core/codec.h"
#include "core/log.h"
#include "core/time.h"
#include "http/front.h"
#include "http/metrics.h"
#include "http/refusal.h"
#include "http/ws.h"

#include <assert.h>

#include "core/banned.h"

enum {
    HEADERS_MAX = 128,
    /* "the connection may come with long pauses": iOS uploads in the background (clients.md §2.6).
     */
    UPLOAD_TIMEOUT_S = 300,
    REQUEST_TIMEOUT_S = 120,
    CORRELATION_BYTES = 6, /* eight characters of base64url */
};

size_t front_unescape(void *cls, struct MHD_Connection *connection, char *text)
{
    return strlen(text); /* we decode the raw target ourselves */
}

void *front_on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    return inner_new(cls, connection, str_from(target));
}

/* ---- the header ---- */

struct raw_header {
    str name, value;
};

struct raw_headers {
    struct raw_header v[HEADERS_MAX];
    size_t n;
    bool too_many;
};

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *name,
    size_t name_n, const char *value, size_t value_n)
{
    struct raw_headers *h = cls;
    if (h->n == HEADERS_MAX) {
        h->too_many = true;
        return MHD_NO;
    }
    h->v[h->n++] = (struct raw_header){{name, name_n}, {value ? value : "", value_n}};
    return MHD_YES;
}

/* libmicrohttpd before 0.9.76 accepts folded lines, bare line feeds, NULs and runs of spaces, which
 * a proxy in front of us may read differently (request smuggling). What it hands out still lies in
 * its buffer as it came, so the lines must follow each other at the distance of ": " and CR LF. */
static bool lines_are_plain(
    const struct inner *in, const char *method, const char *version, const struct raw_headers *h)
{
#if MHD_VERSION < 0x00097600
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(in->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    uintptr_t at = (uintptr_t)method + strlen(method) + 1;
    if ((uintptr_t)in->raw_target != at) return false;
    at += in->x.request.target.n + 1;
    if ((uintptr_t)version != at) return false;
    at += strlen(version) + 2;
    for (size_t i = 0; i < h->n; i++) {
        const struct raw_header *line = &h->v[i];
        if ((uintptr_t)line->name.p != at) return false;
        if ((uintptr_t)line->value.p <= at + line->name.n) return false;
        at = (uintptr_t)line->value.p + line->value.n + 2;
    }
    return size && size->header_size == at + 2 - (uintptr_t)method;
#else
    return true;
#endif
}

/* Blanks and tabs only: what else counts as white space elsewhere is no part of HTTP, and a value
 * behind it must not be understood here and missed by the library. */
static str trim_blanks(str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_slice(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static void copy_headers(struct inner *in, const struct raw_headers *h)
{
    struct param *v = ARENA_ARRAY(in->x.arena, struct param, h->n);
    for (size_t i = 0; i < h->n; i++) {
        v[i].name = str_dup(in->x.arena, h->v[i].name);
        v[i].value = str_dup(in->x.arena, trim_blanks(h->v[i].value));
    }
    in->x.request.headers = (struct params){v, h->n};
}

static str correlation_of(struct inner *in)
{
    const str theirs = request_header(&in->x.request, STR("x-correlation-id"));
    bool printable = theirs.n > 0 && theirs.n <= REQUEST_CORRELATION_MAX;
    for (size_t i = 0; printable && i < theirs.n; i++)
        printable = theirs.p[i] >= ' ' && theirs.p[i] < 0x7f;
    if (printable) return theirs;
    /* Ids must differ, not be secret: a counter from a random start, scattered by splitmix64's
     * finaliser, spares the system call. */
    uint64_t id = in->server->last_id++;
    id = (id ^ id >> 30) * 0xbf58476d1ce4e5b9;
    id = (id ^ id >> 27) * 0x94d049bb133111eb;
    id ^= id >> 31;
    uint8_t bytes[sizeof id];
    memcpy(bytes, &id, sizeof id);
    return base64url_encode(in->x.arena, (struct bytes){bytes, CORRELATION_BYTES});
}

static const char *read_header(struct inner *in, const char *method, const char *version)
{
    struct request *r = &in->x.request;
    struct raw_headers raw;
    raw.n = 0;
    raw.too_many = false;
    MHD_get_connection_values_n(in->connection, MHD_HEADER_KIND, add_header, &raw);
    const bool plain = lines_are_plain(in, method, version, &raw);
    copy_headers(in, &raw);

    r->head = strcmp(method, "HEAD") == 0;
    r->method = r->head ? STR("GET") : str_dup(in->x.arena, str_from(method));
    r->user_agent = request_header(r, STR("user-agent"));
    r->correlation_id = correlation_of(in);
    const union MHD_ConnectionInfo *peer =
        MHD_get_connection_info(in->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    proxies_evaluate(&in->server->proxies, in->x.arena, peer->client_addr, r);

    if (raw.too_many) return "Too many headers";
    if (!plain) return "Malformed request";
    if (!request_parse_target(in->x.arena, r->target, r)) return "Malformed request target";
    const str length = request_header(r, STR("content-length"));
    in->has_body =
        request_has_header(r, STR("transfer-encoding")) || (length.p && !str_eq(length, STR("0")));
    return request_header_fault(r, version);
}

/* ---- replies ---- */

/* libmicrohttpd wants C strings and copies them. The arena cannot lend them: a stream's writer uses
 * it at the same time. */
static void put_header(struct MHD_Response *response, struct buf *texts, str name, str value)
{
    buf_clear(texts);
    buf_add(texts, name);
    buf_add_char(texts, '\0');
    buf_add(texts, value);
    buf_add_char(texts, '\0');
    MHD_add_response_header(response, texts->p, texts->p + name.n + 1);
}

static struct MHD_Response *make_response(struct inner *in)
{
    const struct reply *r = &in->x.reply;
    if (in->file) return file_body_response(in);
    if (r->kind == REPLY_STREAM) return stream_response(in);
    /* The exchange outlives the response: it is released when the request is completed. */
    return MHD_create_response_from_buffer(
        r->body.n, (void *)(uintptr_t)r->body.p, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_reply(struct inner *in)
{
    struct exchange *x = &in->x;
    struct reply *r = &x->reply;
    const struct http_server *s = in->server;
    struct MHD_Response *response = make_response(in);
    auto_buf texts = {0};
    if (!response) return MHD_NO;
    for (size_t i = 0; i < r->headers_n; i++)
        put_header(response, &texts, r->headers[i].name, r->headers[i].value);
    if (r->type.n) put_header(response, &texts, STR("Content-Type"), r->type);
    if (r->kind != REPLY_FILE && cache_rule_text(r->cache).p)
        put_header(response, &texts, STR("Cache-Control"), cache_rule_text(r->cache));
    if (r->kind == REPLY_STREAM && stream_is_packed(r->stream))
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (!r->outside_api)
        put_header(response, &texts, STR("X-Correlation-ID"), x->request.correlation_id);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (r->close || s->stopping) MHD_add_response_header(response, "Connection", "close");

    in->phase = PHASE_SENDING;
    in->status = r->status;
    const enum MHD_Result queued = refusal_pass(in->connection, (unsigned)r->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* Answers before the body was read: libmicrohttpd closes after it, and the janitor reads what the
 * client still sends, so that it gets to see the reply. */
static enum MHD_Result send_early(struct inner *in)
{
    in->link->linger = in->has_body;
    content_prepare(&in->x);
    return send_reply(in);
}

/* libmicrohttpd can answer before a body or after it, not amid it. A client that will not stop
 * sending what we refused is answered on the bare socket. */
static enum MHD_Result break_off(struct inner *in)
{
    const struct reply *r = &in->x.reply;
    in->status = r->status;
    in->broken_off = true;
    refusal_send(in->connection, in->link, (unsigned)r->status, r->body);
    return MHD_NO;
}

/* ---- steps ---- */

/* The pool thread may resume at once, so everything is set before. */
static enum MHD_Result hand_over(
    struct inner *in, struct pool *pool, enum phase phase, void (*run)(struct work *))
{
    in->phase = phase;
    in->work.run = run;
    MHD_suspend_connection(in->connection);
    if (!pool_push(pool, &in->work)) {
        answer_busy(&in->x);
        in->phase = PHASE_READY;
        inner_resume(in);
    }
    return MHD_YES;
}

static void raise_timeout(struct inner *in)
{
    const unsigned seconds = in->plan.body == BODY_UPLOAD ? UPLOAD_TIMEOUT_S : REQUEST_TIMEOUT_S;
    MHD_set_connection_option(in->connection, MHD_CONNECTION_OPTION_TIMEOUT, seconds);
    in->timeout_raised = true;
}

static enum MHD_Result begin_upload(struct inner *in)
{
    struct http_server *s = in->server;
    in->x.upload = ARENA_NEW(in->x.arena, struct upload);
    if (s->upload_runs >= HTTP_UPLOADS_MAX) {
        answer_busy(&in->x);
        return send_early(in);
    }
    return hand_over(in, inner_pool(in), PHASE_BEGUN, upload_begin);
}

static enum MHD_Result on_header(struct inner *in, const char *method, const char *version)
{
    const struct http_server *s = in->server;
    in->link =
        MHD_get_connection_info(in->connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    in->link->deadline_ms = 0;
    if (s->breaking) return MHD_NO;
    const char *fault = read_header(in, method, version);
    if (fault) {
        answer_refused(&in->x, 400, str_from(fault));
        return send_early(in);
    }
    if (s->ws && ws_wants(s->ws, &in->x.request)) {
        ws_check(s->ws, in);
        in->phase = PHASE_READY;
        return MHD_YES;
    }
    if (s->hooks->quick && s->hooks->quick(s->app, &in->x)) {
        content_prepare(&in->x);
        in->phase = PHASE_READY;
        return MHD_YES;
    }
    s->hooks->plan(s->app, &in->x, &in->plan);
    in->x.route = in->plan.route;
    raise_timeout(in);
    in->link->receives = in->has_body;
    if (in->has_body && in->plan.body != BODY_UPLOAD)
        in->link->deadline_ms = monotonic_ms() + s->options.body_timeout_ms;
    if (in->plan.body == BODY_UPLOAD) return begin_upload(in);
    in->phase = PHASE_BODY;
    return MHD_YES;
}

static enum MHD_Result on_body_end(struct inner *in)
{
    struct request *r = &in->x.request;
    in->link->receives = false;
    in->link->deadline_ms = 0;
    if (in->run) {
        in->phase = PHASE_HANDLER;
        MHD_suspend_connection(in->connection);
        upload_body_end(in->run);
        return MHD_YES;
    }
    if (in->too_large || in->overloaded) {
        content_prepare(&in->x);
        return send_reply(in);
    }
    if (in->body.n) {
        static const char ZEROS[REQUEST_BODY_PADDING];
        in->server->body_bytes += sizeof ZEROS;
        r->body_n = in->body.n;
        buf_add_bytes(&in->body, ZEROS, sizeof ZEROS);
        r->body = in->body.p;
    }
    return hand_over(in, inner_pool(in), PHASE_HANDLER, inner_handle);
}

static enum MHD_Result discard(struct inner *in, size_t n)
{
    in->discarded += n;
    return in->discarded > HTTP_DISCARD_MAX ? break_off(in) : MHD_YES;
}

static void keep_body(struct inner *in, const char *data, size_t n)
{
    struct http_server *s = in->server;
    if (in->body.n + n > HTTP_BODY_MAX) {
        /* Compat: upstream's body parser fails with 500, not with 413. */
        in->too_large = true;
        reply_message(&in->x.reply, 500, STR("Internal server error"));
    } else if (s->body_bytes + n > HTTP_BODY_BYTES_MAX) {
        in->overloaded = true;
        answer_busy(&in->x);
    } else {
        s->body_bytes += n;
        buf_add_bytes(&in->body, data, n);
    }
}

static enum MHD_Result on_body(struct inner *in, const char *data, size_t *data_n)
{
    const size_t n = *data_n;
    if (in->run) {
        *data_n = n - upload_take(in->run, data, n);
        return upload_failed(in->run) ? discard(in, n - *data_n) : MHD_YES;
    }
    *data_n = 0;
    if (in->plan.body == BODY_MEMORY && in->phase == PHASE_BODY && !in->too_large &&
        !in->overloaded) {
        keep_body(in, data, n);
        return MHD_YES;
    }
    if (in->phase == PHASE_BODY && !in->x.reply.status && in->plan.body == BODY_NONE &&
        in->discarded + n > HTTP_DISCARD_MAX)
        reply_message(&in->x.reply, 500, STR("Internal server error"));
    return discard(in, n);
}

enum MHD_Result front_on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *data_n, void **context)
{
    struct inner *in = *context;
    if (!in) return MHD_NO;
    if (*data_n) return on_body(in, data, data_n);
    switch (in->phase) {
    case PHASE_LINE:
        return on_header(in, method, version);
    case PHASE_BEGUN:
        in->phase = PHASE_BODY;
        return MHD_YES;
    case PHASE_BODY:
        return on_body_end(in);
    case PHASE_READY:
        if (in->upgraded) return ws_switch(in->server->ws, in);
        return in->x.upload && !in->run ? send_early(in) : send_reply(in);
    case PHASE_HANDLER:
    case PHASE_SENDING:
        break;
    }
    assert(!"a suspended or answered request is not asked again");
    return MHD_NO;
}

void front_on_completed(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_RequestTerminationCode why)
{
    struct http_server *s = cls;
    struct inner *in = *context;
    *context = NULL;
    if (!in) return;
    if (in->link && why == MHD_REQUEST_TERMINATED_COMPLETED_OK && !in->upgraded) {
        if (in->timeout_raised)
            MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT,
                (unsigned)((s->options.idle_timeout_ms + 999) / 1000));
        in->link->deadline_ms =
            monotonic_ms() + s->options.idle_timeout_ms + s->options.header_timeout_ms;
    }
    if (in->has_stream) stream_gone(in->x.reply.stream);
    if (in->run) upload_gone(in->run);
    if (in->upgraded && !in->socket_taken) ws_cancel(s->ws);
    inner_unref(in);
}

void front_on_connection(void *cls, struct MHD_Connection *connection, void **context,
    enum MHD_ConnectionNotificationCode code)
{
    struct http_server *s = cls;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *context = janitor_link_new(
            s->janitor, info->connect_fd, monotonic_ms() + s->options.header_timeout_ms);
        metric_add(s->connections, STR(""), 1);
    } else if (*context) {
        janitor_link_free(s->janitor, *context);
        metric_add(s->connections, STR(""), -1);
        *context = NULL;
    }
}
