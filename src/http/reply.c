#include "core/codec.h"
#include "core/log.h"
#include "http/exchange.h"
#include "http/reply.h"

#include <assert.h>

#include "core/banned.h"

/* False when the first byte of a stream went out, and the status with it: all that can still be
 * said is that something went wrong. */
static bool restart(struct reply *r, int status, enum reply_kind kind)
{
    if (r->kind == REPLY_STREAM && !stream_withdraw(r->stream)) {
        stream_abort(r->stream);
        return false;
    }
    buf_done(&r->heap);
    r->status = status;
    r->kind = kind;
    r->type = r->body = STR("");
    r->file = (struct reply_file){0};
    return true;
}

void reply_empty(struct reply *r, int status)
{
    (void)restart(r, status, REPLY_EMPTY);
}

void reply_bytes(struct reply *r, int status, str type, str body)
{
    if (!restart(r, status, REPLY_BYTES)) return;
    r->type = type;
    r->body = body;
}

void reply_json(struct reply *r, int status, str body)
{
    reply_bytes(r, status, STR("application/json; charset=utf-8"), body);
}

void reply_json_buf(struct reply *r, int status, struct buf *body)
{
    reply_json(r, status, STR(""));
    if (r->kind == REPLY_STREAM) {
        buf_done(body);
        return;
    }
    r->heap = *body;
    *body = (struct buf){0};
    r->body = buf_str(&r->heap);
}

/* Messages are our own texts and echoes of the request, so quotes and control characters occur. */
static void add_json_string(struct buf *b, str s)
{
    buf_add_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        const unsigned char c = (unsigned char)s.p[i];
        if (c == '"' || c == '\\')
            buf_add_fmt(b, "\\%c", c);
        else if (c < ' ')
            buf_add_fmt(b, "\\u%04x", c);
        else
            buf_add_char(b, s.p[i]);
    }
    buf_add_char(b, '"');
}

void reply_message(struct reply *r, int status, str message)
{
    auto_buf b = {0};
    buf_add(&b, STR("{\"message\":"));
    add_json_string(&b, str_is_utf8(message) ? message : STR("Bad Request"));
    buf_add_char(&b, '}');
    reply_json(r, status, buf_take(&b, r->arena));
}

void reply_redirect(struct reply *r, int status, str location)
{
    reply_header(r, STR("Location"), location);
    reply_bytes(r, status, STR("text/plain; charset=utf-8"),
        str_fmt(r->arena, "%s. Redirecting to %.*s",
            status == 301   ? "Moved Permanently"
            : status == 307 ? "Temporary Redirect"
                            : "Found",
            FMT(location)));
}

void reply_file(struct reply *r, const struct reply_file *file)
{
    if (restart(r, 200, REPLY_FILE)) r->file = *file;
}

static bool is_token(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        const char c = name.p[i];
        const bool alnum =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && !strchr("!#$%&'*+-.^_`|~", c)) return false;
    }
    return name.n > 0;
}

static bool is_field_value(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        const unsigned char c = (unsigned char)value.p[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

void reply_header(struct reply *r, str name, str value)
{
    if (!is_token(name) || !is_field_value(value)) {
        log_warn("reply header dropped: not allowed in HTTP", KV("name", name));
        return;
    }
    assert(r->headers_n < REPLY_HEADERS_MAX);
    r->headers[r->headers_n].name = name;
    r->headers[r->headers_n].value = value;
    r->headers_n++;
}

void answer_refused(struct exchange *x, int status, str message)
{
    reply_message(&x->reply, status, message);
    x->reply.close = true;
}

void answer_busy(struct exchange *x)
{
    reply_header(&x->reply, STR("Retry-After"), str_fmt(x->arena, "%d", HTTP_RETRY_AFTER_S));
    reply_message(&x->reply, 503, STR("Server is busy, try again later"));
}

void answer_not_stored(struct exchange *x, err e)
{
    str message = STR("Internal server error");
    if (e->code == NO_SPACE) message = STR(REPLY_NO_SPACE);
    if (e->code == UNAVAILABLE) {
        reply_header(&x->reply, STR("Retry-After"), STR("5"));
        message = STR("The disk of the server is not available, try again later");
    }
    reply_message(&x->reply, e->status, message);
}
