/* The routes of the API as data: made by tools/gen/gen_api.py from the contract, read by the
 * dispatcher.
 *
 * A route says how a request is matched, who may send it, how its parameters and body become the
 * struct the operation takes, and how its answer is written. `call` and `begin` run the operation,
 * whose function is only weakly referenced: a program links the operations it has, the others
 * answer 501.
 *
 * Memory  constant data. Threads any.
 * Fails   route_find gives NULL for a path or method that is not served.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"
#include "json/fields.h"
#include "json/writer.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct ctx;
struct issues;
struct upload;

enum route_auth {
    ROUTE_PUBLIC,   /* no credential is looked at */
    ROUTE_OPTIONAL, /* a credential is looked at when there is one */
    ROUTE_USER,     /* session or API key */
    ROUTE_LINK,     /* as ROUTE_USER, shared links too */
    ROUTE_ADMIN,    /* as ROUTE_USER, of an administrator */
};

enum route_body {
    ROUTE_BODY_NONE,
    ROUTE_BODY_JSON,   /* JSON, or a form in its place (http.md §4) */
    ROUTE_BODY_STREAM, /* multipart in two phases: `begin`, then `call` */
};

enum route_reply {
    ROUTE_REPLY_EMPTY,  /* no body */
    ROUTE_REPLY_JSON,   /* `out` is written with the field `answer` */
    ROUTE_REPLY_RAW,    /* `out` is a str of JSON text */
    ROUTE_REPLY_TEXT,   /* `out` is a str of type `media` */
    ROUTE_REPLY_FILE,   /* `out` is a struct reply */
    ROUTE_REPLY_STREAM, /* `out` is a struct stream */
    ROUTE_REPLY_STEPS,  /* the same, and the operation only begins it (stream_in_steps) */
};

enum {
    ROUTE_SEGMENTS_MAX = 8,
    ROUTE_PARAMS_MAX = 4,
};

struct route_segment {
    str text;   /* what the path says here, or the parameter's name */
    bool param; /* any text that is not empty */
};

/* The caller needs this permission on some ids of the input; route_access_ids finds them. */
struct route_access {
    str permission;
    const struct field *id;   /* a uuid or a list of them */
    const struct field *list; /* when set, `id` is of its items */
    uint32_t parent;          /* offset in the in struct of the struct that has the list or id */
};

struct route {
    const char *operation; /* "createTag" */
    str method;
    const struct route_segment *segments;
    size_t segments_n;
    enum route_auth auth;
    str permission; /* what an API key needs; "" nothing because public, "any", "all" or a name */
    const struct route_access *access; /* in the order of checks */
    size_t access_n;
    const char *access_why; /* why the handler checks itself, or NULL */

    const struct fields *path, *query, *header; /* of the in struct (and the head); NULL: none */
    bool path_issues_first; /* when path and body are both wrong, the path is reported */
    enum route_body body_kind;
    const struct field *body;                             /* member of the in struct, or NULL */
    void (*check)(const void *in, struct issues *issues); /* x-check of the operation, or NULL */
    size_t in_size, head_size, out_size;                  /* 0: there is none */

    int status;
    enum route_reply reply;
    const struct field *answer; /* ROUTE_REPLY_JSON: what `out` is */
    const char *media;          /* ROUTE_REPLY_TEXT, _STREAM: Content-Type */
    enum date_form dates;
    bool file_errors;   /* every failure of the handler is 404 Not Found (http.md §3) */
    bool watch;         /* of monitors: POOL_WATCH, and a database connection that waits briefly */
    const char *failed; /* message of a 500 */
    bool unlisted;

    /* Whether the operation and the checks it needs are linked. */
    bool (*implemented)(void);
    /* ROUTE_BODY_STREAM: headers only; `head` is the in struct up to its parameters. */
    err (*begin)(
        struct ctx *cx, const void *head, struct upload *upload, void *out, bool *answered);
    err (*call)(struct ctx *cx, const void *in, struct upload *upload, void *out);
    /* Asks what `call` will ask of the database, between db_ahead_begin and db_ahead_end; or NULL.
     */
    void (*ahead)(struct ctx *cx, const void *in);
};

/* In the order of matching: static segments before parameters. */
extern const struct route routes[];
extern const size_t routes_n;

/* Path parameters of a match, in the order of the path. */
struct route_match {
    const struct route *route;
    struct {
        str name, value;
    } params[ROUTE_PARAMS_MAX];
    size_t params_n;
};

/* Finds the route of a method and a decoded path: ASCII case and one trailing slash do not matter.
 * The values point into `path`. */
const struct route *route_find(str method, str path, struct route_match *match);

/* The ids of a row in a decoded in struct; absent and null ones are not among them. */
void route_access_ids(
    struct arena *a, const struct route_access *row, const void *in, struct list_uuid *out);
