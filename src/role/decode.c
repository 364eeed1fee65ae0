#include "app/api/route.h"
#include "core/arena.h"
#include "http/request.h"
#include "http/server.h"
#include "json/reader.h"
#include "role/decode.h"

#include "core/banned.h"

static const struct json_value *object_of(struct arena *a, const struct param *params, size_t n)
{
    struct json_pair *pairs = ARENA_ARRAY(a, struct json_pair, n);
    for (size_t i = 0; i < n; i++)
        pairs[i] = (struct json_pair){.name = params[i].name, .value = params[i].value};
    return json_of_pairs(a, pairs, n);
}

static bool has_content_type(const struct request *request, str wanted)
{
    str type = request_header(request, STR("content-type"));
    str name;
    if (!type.p || !str_cut(&type, ';', &name)) return false;
    return str_eq_nocase(str_trim(name), wanted);
}

bool decode_is_form(const struct request *request)
{
    return has_content_type(request, STR("multipart/form-data"));
}

/* NULL is what upstream calls undefined: no body, or one of a type that is not read. */
static fallible body_value(struct exchange *x, const struct json_value **out)
{
    const struct request *request = &x->request;
    *out = NULL;
    if (request->body_n == 0) return NULL;
    if (has_content_type(request, STR("application/x-www-form-urlencoded"))) {
        struct params form;
        if (!params_parse(x->arena, request_body(request), &form))
            FAIL(BAD_REQUEST, "The form is malformed");
        *out = object_of(x->arena, form.v, form.n);
        return NULL;
    }
    if (!has_content_type(request, STR("application/json"))) return NULL;
    TRY(json_parse(x->arena, request_body(request), out));
    const enum json_type type = json_type(*out);
    if (type != JSON_OBJECT && type != JSON_ARRAY)
        FAIL(BAD_REQUEST, "A body must be a JSON object or array");
    return NULL;
}

static fallible read_path(struct exchange *x, const struct route_match *match, void *in)
{
    if (!match->route->path) return NULL;
    struct issues issues = issues_new(x->arena);
    struct param params[ROUTE_PARAMS_MAX];
    for (size_t i = 0; i < match->params_n; i++)
        params[i] = (struct param){match->params[i].name, match->params[i].value};
    json_read_fields(&issues, match->route->path, object_of(x->arena, params, match->params_n), in);
    return issues_err(&issues);
}

static fallible read_query_and_headers(struct exchange *x, const struct route *route, void *in)
{
    struct issues issues = issues_new(x->arena);
    if (route->query) {
        const struct params *query = &x->request.query;
        json_read_fields(&issues, route->query, object_of(x->arena, query->v, query->n), in);
    }
    for (size_t i = 0; route->header && i < route->header->n; i++) {
        const struct field *field = &route->header->v[i];
        const str value = request_header(&x->request, field->name);
        const struct param pair = {field->name, value};
        const struct json_value *values = object_of(x->arena, &pair, value.p ? 1 : 0);
        json_read(&issues, field, json_get(values, field->name), in);
    }
    return issues_err(&issues);
}

static fallible read_body(struct exchange *x, const struct route *route, void *in)
{
    const struct json_value *value;
    struct issues issues = issues_new(x->arena);
    TRY(body_value(x, &value));
    json_read(&issues, route->body, value, in);
    return issues_err(&issues);
}

static fallible read_whole(const struct route *route, struct exchange *x, const void *in)
{
    struct issues issues = issues_new(x->arena);
    if (route->check) route->check(in, &issues);
    return issues_err(&issues);
}

/* Only one source is reported: body or query before the path, but for three routes (contract/http
 * §4). */
fallible decode_request(struct exchange *x, const struct route_match *match, void *in)
{
    const struct route *route = match->route;
    if (route->path_issues_first) TRY(read_path(x, match, in));
    if (route->body) TRY(read_body(x, route, in));
    TRY(read_query_and_headers(x, route, in));
    if (!route->path_issues_first) TRY(read_path(x, match, in));
    return read_whole(route, x, in);
}

fallible decode_head(struct exchange *x, const struct route_match *match, void *in)
{
    TRY(read_query_and_headers(x, match->route, in));
    return read_path(x, match, in);
}

fallible decode_form(struct exchange *x, const struct route_match *match, void *in)
{
    const struct route *route = match->route;
    if (!route->body) return NULL;
    struct issues issues = issues_new(x->arena);
    const struct params *fields = &x->upload->fields;
    json_read(&issues, route->body, object_of(x->arena, fields->v, fields->n), in);
    TRY(issues_err(&issues));
    return read_whole(route, x, in);
}
