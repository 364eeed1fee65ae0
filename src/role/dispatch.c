#include "app/access/access.h"
#include "app/api/route.h"
#include "app/app.h"
#include "auth/auth.h"
#include "config/config.h"
#include "config/env.h"
#include "core/log.h"
#include "core/size.h"
#include "db/db.h"
#include "event/event.h"
#include "http/reply.h"
#include "http/server.h"
#include "http/static.h"
#include "json/reader.h"
#include "role/decode.h"
#include "role/dispatch.h"

#include "core/banned.h"

/* What plan() found and the later steps need. */
struct call {
    struct route_match match;
    const struct auth *auth; /* set by begin for uploads, so that handle need not ask again */
    void *in;
};

static const struct route *route_of(const struct exchange *x)
{
    return ((const struct call *)x->route)->match.route;
}

/* ---- event thread ---- */

/* Every page and file outside the API is the web app's. */
static bool is_of_web(const struct request *request)
{
    const str api = STR("/api");
    const str head = str_slice(request->path, 0, api.n);
    const bool below_api =
        str_eq_nocase(head, api) && (request->path.n == api.n || request->path.p[api.n] == '/');
    return !below_api && str_eq(request->method, STR("GET"));
}

bool dispatch_quick(struct app *app, struct exchange *x)
{
    const struct request *request = &x->request;
    if (str_eq_nocase(request->path, STR("/api/server/ping")) &&
        str_eq(request->method, STR("GET"))) {
        reply_json(&x->reply, 200, STR("{\"res\":\"pong\"}"));
        return true;
    }
    struct call *call = ARENA_NEW(x->arena, struct call);
    if (route_find(request->method, request->path, &call->match)) {
        x->route = call;
        return false;
    }
    if (is_of_web(request)) return false;
    reply_message(&x->reply, 404,
        str_fmt(x->arena, "Cannot %.*s %.*s", FMT(request->head ? STR("HEAD") : request->method),
            FMT(request->target)));
    return true;
}

void dispatch_plan(struct app *app, struct exchange *x, struct plan *plan)
{
    *plan = (struct plan){.route = x->route, .pool = x->route ? POOL_HANDLER : POOL_FILE};
    if (!x->route) return;
    const struct route *route = route_of(x);
    if (route->reply == ROUTE_REPLY_STREAM) plan->pool = POOL_STREAM;
    if (route->reply == ROUTE_REPLY_STEPS) plan->pool = POOL_STEP;
    if (route->watch) plan->pool = POOL_WATCH;
    switch (route->body_kind) {
    case ROUTE_BODY_NONE:
        plan->body = BODY_NONE;
        break;
    case ROUTE_BODY_JSON:
        plan->body = BODY_MEMORY;
        break;
    case ROUTE_BODY_STREAM:
        plan->body = decode_is_form(&x->request) ? BODY_UPLOAD : BODY_MEMORY;
        if (plan->body == BODY_UPLOAD) plan->pool = POOL_STORE;
        break;
    }
}

/* ---- errors ---- */

static void reply_issues(struct exchange *x, const struct issues *issues)
{
    struct buf body = {0};
    buf_add(&body, STR("{\"message\":\"Validation failed\",\"errors\":"));
    issues_write(&body, issues);
    buf_add_char(&body, '}');
    reply_json_buf(&x->reply, 400, &body);
}

/* The one place where the errors of requests are logged. Details of 5xx stay in the log. */
static void reply_error(struct exchange *x, const struct route *route, err e)
{
    if (e->status >= 500 && e->code != NOT_IMPLEMENTED) {
        log_error("request failed", KV("operation", route->operation), KV_ERROR(e));
    } else {
        log_debug("request refused", KV("operation", route->operation), KV_ERROR(e));
    }
    if (e->status < 500 || e->code == NOT_IMPLEMENTED) {
        reply_message(&x->reply, e->status, str_from(e->message));
        return;
    }
    /* Clients know 500 only; what a proxy or a person can act on keeps its status. */
    const int status =
        e->code == UNAVAILABLE || e->code == TIMED_OUT || e->code == NO_SPACE ? e->status : 500;
    if (status == 503) reply_header(&x->reply, STR("Retry-After"), STR("5"));
    reply_message(&x->reply, status, status == 507 ? STR(REPLY_NO_SPACE) : str_from(route->failed));
}

/* Routes that send files say 404 to whatever happens in them (contract/http §3), but not to a
 * caller who must sign in. */
static fallible as_file_error(const struct route *route, err e)
{
    if (!e || !route->file_errors) return e;
    if (e->status >= 500)
        log_error("a file cannot be sent", KV("operation", route->operation), KV_ERROR(e));
    return err_new(NOT_FOUND, 0, ERR_HERE, "Not Found");
}

/* ---- pool thread ---- */

static struct auth_rule auth_rule_of(const struct route *route)
{
    struct auth_rule rule = {
        .permission = route->permission, .any_key = str_eq(route->permission, STR("any"))};
    switch (route->auth) {
    case ROUTE_PUBLIC:
        rule.accepts = AUTH_PUBLIC;
        break;
    case ROUTE_OPTIONAL:
        rule.accepts = AUTH_OPTIONAL;
        break;
    case ROUTE_USER:
        rule.accepts = AUTH_USER;
        break;
    case ROUTE_LINK:
        rule.accepts = AUTH_USER_OR_LINK;
        break;
    case ROUTE_ADMIN:
        rule.accepts = AUTH_USER;
        rule.admin_only = true;
        break;
    }
    return rule;
}

static void open_ctx(struct app *app, struct exchange *x, struct arena *arena, struct ctx *cx)
{
    *cx = (struct ctx){
        .arena = arena,
        .app = app,
        .db = db_open(route_of(x)->watch ? app->watch : app->pool, arena),
        .config = config_acquire(app->config),
        .request = &x->request,
        .reply = &x->reply,
    };
    log_context(cstr(arena, x->request.correlation_id));
}

/* Events leave only after everything the handler wrote is committed. */
static void close_ctx(struct ctx *cx, err e)
{
    if (e) db_rollback_all(cx);
    db_close(cx->db);
    if (!e) event_flush(cx->app->events, cx);
    config_release(cx->app->config, cx->config);
    log_context(NULL);
}

static fallible check_access(struct ctx *cx, const struct route *route, const void *in)
{
    for (size_t i = 0; i < route->access_n; i++) {
        const struct route_access *access = &route->access[i];
        struct list_uuid ids;
        route_access_ids(cx->arena, access, in, &ids);
        if (ids.n == 0) continue;
        TRY(access_require(cx, access->permission, ids));
    }
    return NULL;
}

static void write_answer(struct exchange *x, const struct route *route, const void *out)
{
    const int status = x->reply.status ? x->reply.status : route->status;
    struct buf body = {0};
    switch (route->reply) {
    case ROUTE_REPLY_EMPTY:
        reply_empty(&x->reply, status);
        return;
    case ROUTE_REPLY_JSON:
        json_write_value(&body, route->answer, out, route->dates);
        reply_json_buf(&x->reply, status, &body);
        return;
    case ROUTE_REPLY_RAW:
        reply_json(&x->reply, status, *(const str *)out);
        return;
    case ROUTE_REPLY_TEXT:
        reply_bytes(&x->reply, status, str_from(route->media), *(const str *)out);
        return;
    case ROUTE_REPLY_FILE:   /* the handler has filled the reply */
    case ROUTE_REPLY_STREAM: /* and here it is already sent */
    case ROUTE_REPLY_STEPS:
        return;
    }
}

/* What check_access and the operation will ask, noted for the trip that asks for the caller. */
static void note_ahead(struct ctx *cx, const void *what)
{
    const struct call *call = what;
    const struct route *route = call->match.route;
    for (size_t i = 0; i < route->access_n; i++) {
        struct list_uuid ids;
        route_access_ids(cx->arena, &route->access[i], call->in, &ids);
        access_ahead(cx, route->access[i].permission, ids);
    }
    if (route->ahead) route->ahead(cx, call->in);
}

/* Who is it, and may the credential do this? */
static fallible identify(
    struct ctx *cx, struct exchange *x, struct call *call, const struct auth_ahead *ahead)
{
    const struct route *route = call->match.route;
    struct auth_rule rule = auth_rule_of(route);
    rule.ahead = ahead;
    TRY(auth_request(cx, &x->request, &rule, &call->auth));
    cx->auth = call->auth;
    return NULL;
}

static fallible prepare(struct exchange *x, struct call *call)
{
    const struct route *route = call->match.route;
    if (!route->implemented()) FAIL(NOT_IMPLEMENTED, "This operation is not built yet");
    call->in = arena_alloc(x->arena, route->in_size);
    return NULL;
}

/* What the operation fills: a file or a stream through the exchange, all else a struct of the
 * contract. A stream that fails before its first byte went out is replaced by the error. */
static void *answer_of(struct exchange *x, const struct route *route)
{
    if (route->reply == ROUTE_REPLY_FILE) return &x->reply;
    if (route->reply == ROUTE_REPLY_STREAM || route->reply == ROUTE_REPLY_STEPS)
        return stream_begin(x, route->status, str_from(route->media));
    return arena_alloc(x->arena, route->out_size);
}

static fallible operate(struct ctx *cx, struct exchange *x, struct call *call)
{
    const struct route *route = call->match.route;
    void *out = answer_of(x, route);
    err e = check_access(cx, route, call->in);
    if (!e) e = route->call(cx, call->in, x->upload, out);
    if (!e && db_in_transaction(cx))
        FAIL(INTERNAL, "%s left its transaction open", route->operation);
    if (!e) write_answer(x, route, out);
    return as_file_error(route, e);
}

static fallible whole_request(struct ctx *cx, struct exchange *x, struct call *call)
{
    TRY(prepare(x, call));
    /* A GET is read before the caller is known, so that what it may see can be asked for in the
     * same trip; who may not call learns nothing of mistakes in it. */
    const bool is_get = str_eq(call->match.route->method, STR("GET"));
    err mistakes = is_get ? decode_request(x, &call->match, call->in) : NULL;
    const struct auth_ahead ahead = {cx->app->guesses, note_ahead, call};
    TRY(identify(cx, x, call, is_get && !mistakes ? &ahead : NULL));
    TRY(mistakes);
    if (!is_get) TRY(decode_request(x, &call->match, call->in));
    if (call->match.route->body_kind == ROUTE_BODY_STREAM) FAIL(BAD_REQUEST, "File is required");
    return operate(cx, x, call);
}

static fallible upload_body(struct ctx *cx, struct exchange *x, struct call *call)
{
    cx->auth = call->auth; /* begin has asked */
    TRY(decode_form(x, &call->match, call->in));
    return operate(cx, x, call);
}

/* The head alone: an error or an answer ends the request before its body is read. */
static fallible upload_head(struct ctx *cx, struct exchange *x, struct call *call, bool *answered)
{
    const struct route *route = call->match.route;
    TRY(prepare(x, call));
    TRY(identify(cx, x, call, NULL));
    TRY(decode_head(x, &call->match, call->in));
    void *out = arena_alloc(x->arena, route->out_size);
    TRY(route->begin(cx, call->in, x->upload, out, answered));
    if (*answered) write_answer(x, route, out);
    return NULL;
}

/* True when the request is answered. */
static bool finish(
    struct ctx *cx, struct exchange *x, const struct route *route, err e, bool answered)
{
    if (e && e->detail) {
        reply_issues(x, e->detail);
    } else if (e) {
        reply_error(x, route, e);
    }
    close_ctx(cx, e);
    return e || answered;
}

bool dispatch_begin(struct app *app, struct exchange *x)
{
    struct call *call = (struct call *)(uintptr_t)x->route;
    struct ctx cx;
    bool answered = false;
    open_ctx(app, x, x->arena, &cx);
    err e = upload_head(&cx, x, call, &answered);
    return finish(&cx, x, call->match.route, e, answered);
}

void dispatch_handle(struct app *app, struct exchange *x)
{
    struct call *call = (struct call *)(uintptr_t)x->route;
    struct ctx cx;
    if (!call) {
        static_answer(x, str_fmt(x->arena, "%s/www", app->env->build_data).p);
        return;
    }
    open_ctx(app, x, x->arena, &cx);
    err e = x->upload ? upload_body(&cx, x, call) : whole_request(&cx, x, call);
    finish(&cx, x, call->match.route, e, true);
}

/* With an arena of its own: a stream has thousands of steps. */
void dispatch_step(struct app *app, struct exchange *x)
{
    const struct call *call = x->route;
    ARENA_SCOPE (arena) {
        struct ctx cx;
        open_ctx(app, x, arena, &cx);
        cx.auth = call->auth;
        err e = stream_next_step(x->reply.stream, &cx);
        finish(&cx, x, call->match.route, e, true);
    }
}
