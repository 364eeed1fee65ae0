#include "db/sqlb.h"

#include <assert.h>
#include <string.h>

#include "core/banned.h"

#define MARK "/*filters*/"

struct sqlb sqlb_start(struct ctx *cx, const struct sql *base, const struct db_param *params)
{
    struct sqlb q = {
        .cx = cx,
        .base = base,
        .params = ARENA_ARRAY(cx->arena, struct db_param, DB_PARAMS_MAX),
        .n = base->n_params,
    };
    assert(q.n <= DB_PARAMS_MAX);
    if (q.n) memcpy(q.params, params, q.n * sizeof *params);
    return q;
}

static size_t add_param(struct sqlb *q, struct db_param value)
{
    assert(q->n < DB_PARAMS_MAX);
    q->params[q->n++] = value;
    return q->n;
}

void sqlb_where_(struct sqlb *q, const char *clause)
{
    q->conditions = str_fmt(q->cx->arena, "%.*s AND (%s)", FMT(q->conditions), clause);
}

void sqlb_and_around_(struct sqlb *q, const char *before, struct db_param value, const char *after)
{
    q->conditions = str_fmt(q->cx->arena, "%.*s AND (%s$%zu%s)", FMT(q->conditions), before,
        add_param(q, value), after);
}

void sqlb_tail_(struct sqlb *q, const char *text)
{
    q->tail = str_fmt(q->cx->arena, "%.*s %s", FMT(q->tail), text);
}

static void tail_number(struct sqlb *q, const char *word, int64_t number)
{
    q->tail =
        str_fmt(q->cx->arena, "%.*s %s $%zu", FMT(q->tail), word, add_param(q, P_INT8(number)));
}

/* The whole text. Lives in the arena, because a cursor keeps the address. */
static const struct sql *finish(struct sqlb *q)
{
    struct arena *a = q->cx->arena;
    const char *mark = strstr(q->base->text, MARK);
    assert(mark);
    struct sql *sql = ARENA_NEW(a, struct sql);
    *sql = *q->base;
    sql->name = NULL;
    sql->types = NULL;
    sql->n_params = q->n;
    sql->text = cstr(a, str_fmt(a, "%.*s%.*s%s%.*s", (int)(mark - q->base->text), q->base->text,
                            FMT(q->conditions), mark + sizeof MARK - 1, FMT(q->tail)));
    return sql;
}

fallible sqlb_many(struct sqlb *q, void *out, int64_t limit)
{
    assert(limit >= 0);
    tail_number(q, "LIMIT", limit);
    return db_many(q->cx, finish(q), q->params, out);
}

fallible sqlb_page(struct sqlb *q, void *out, int64_t limit, int64_t offset)
{
    assert(limit >= 0 && offset >= 0);
    tail_number(q, "LIMIT", limit);
    tail_number(q, "OFFSET", offset);
    return db_many(q->cx, finish(q), q->params, out);
}

fallible sqlb_one(struct sqlb *q, void *out)
{
    return db_one(q->cx, finish(q), q->params, out);
}

fallible sqlb_columns(struct sqlb *q, void *out)
{
    return db_columns(q->cx, finish(q), q->params, out);
}

fallible sqlb_cursor(struct sqlb *q, struct db_cursor *out)
{
    return db_cursor_open(q->cx, finish(q), q->params, out);
}
