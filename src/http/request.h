/* What a client sent: method, path, query, headers, cookies and body, as handlers see it.
 *
 * Owns    nothing: every text points into the arena of the exchange and lives as long as it.
 * Threads one at a time: the event thread fills it, then the pool thread that runs the handler.
 * Fails   lookups of what was not sent give a str with p == NULL (request_has_header says so too);
 *         a malformed request never gets this far, it was answered with 400.
 */
#pragma once

#include "core/arena.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    /* Zero bytes behind the body, so that a JSON reader may look ahead. The body's memory belongs
     * to the exchange and may be written to. */
    REQUEST_BODY_PADDING = 8,
    REQUEST_QUERY_MAX = 256, /* pairs; more is a malformed request */
    REQUEST_CORRELATION_MAX = 64,
};

struct param {
    str name, value;
};

struct params {
    const struct param *v;
    size_t n;
};

struct request {
    str method;          /* as routed: "GET" for HEAD too */
    bool head;           /* the client said HEAD: headers only */
    str target;          /* as sent, path and query; for texts like "Cannot GET /api/nope" */
    str path;            /* percent-decoded, begins with '/', holds no NUL */
    str query_text;      /* as sent, without '?' */
    struct params query; /* decoded, in order, repeated names repeat */
    struct params headers;
    char *body; /* BODY_MEMORY: body_n bytes and REQUEST_BODY_PADDING zeros; NULL when none came */
    size_t body_n;
    str client_ip; /* textual; of the client, not of a trusted proxy in front of us */
    bool https;    /* to the client; decides `Secure` on cookies */
    str host;      /* Host, or X-Forwarded-Host of a trusted proxy */
    str user_agent;
    str correlation_id; /* the client's, or eight characters of ours */
    int64_t began_us;   /* monotonic_us() when its header was complete */
};

static inline str request_body(const struct request *r)
{
    return (str){r->body ? r->body : "", r->body ? r->body_n : 0};
}

/* The first header of that name (ASCII case is ignored). */
str request_header(const struct request *r, str name);
bool request_has_header(const struct request *r, str name);
/* The first query parameter of that name (case matters). */
str request_query(const struct request *r, str name);
/* A cookie's value, percent-decoded into the arena where it is encoded. */
str request_cookie(const struct request *r, struct arena *a, str name);
/* Accept-Encoding (gzip, br …) with a weight above zero; "*" counts only when it is not named. */
bool request_accepts_encoding(const struct request *r, str encoding);
/* Accept names the type ("text/html"), its range or everything; a missing header accepts all. */
bool request_accepts_type(const struct request *r, str type);

/* Splits "a=1&b=2" (also a form body) into decoded pairs; a name without '=' has an empty value.
 * False when one holds NUL or no UTF-8, or when there are more than REQUEST_QUERY_MAX. */
bool params_parse(struct arena *a, str text, struct params *out);
/* The first value of that name, p == NULL when there is none. */
str params_find(const struct params *p, str name);
/* Splits a request target into path (decoded) and query; false when it must be refused. */
bool request_parse_target(struct arena *a, str target, struct request *out);
/* Header checks that libmicrohttpd leaves to us: lengths that contradict each other, names and
 * values that are none. NULL, or why the request is refused. `version` is "HTTP/1.1" or an older
 * one. */
const char *request_header_fault(const struct request *r, const char *version);
