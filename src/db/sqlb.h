/* Queries whose conditions depend on the request: a query of a .sql file (-> query T), completed by
 * conditions with values.
 *
 *     struct sqlb q = sql_asset_search(cx, owners);
 *     sql_asset_search_filter(&q, &filter);             the filters of the file
 *     if (dto->rating.is == PRESENT) sqlb_and(&q, "e.rating = ", P_INT(dto->rating.v));
 *     sqlb_tail(&q, "ORDER BY a.\"fileCreatedAt\" DESC");
 *     TRY(sqlb_many(&q, out, limit));
 *
 * Text is literal, values travel as parameters: nothing a client sends becomes SQL.
 *
 * Memory  the query lives in cx->arena.
 * Threads that of its ctx.
 * Fails   as statements do (db/db.h). More than DB_PARAMS_MAX values are a bug (assert).
 */
#pragma once

#include "db/db.h"

struct sqlb {
    struct ctx *cx;
    const struct sql *base;
    str conditions; /* " AND (…) AND (…)", put at the mark of the base */
    str tail;       /* ORDER BY, LIMIT, OFFSET */
    struct db_param *params;
    size_t n;
};

struct sqlb sqlb_start(struct ctx *cx, const struct sql *base, const struct db_param *params);

/* A condition; the macros make sure that its text is a literal. */
#define sqlb_where(q, clause) sqlb_where_(q, "" clause)
/* before $value */
#define sqlb_and(q, before, value) sqlb_and_around_(q, "" before, value, "")
/* before $value after */
#define sqlb_and_around(q, before, value, after) sqlb_and_around_(q, "" before, value, "" after)
/* What follows the text of the base. */
#define sqlb_tail(q, text) sqlb_tail_(q, "" text)

void sqlb_where_(struct sqlb *q, const char *clause);
void sqlb_and_around_(struct sqlb *q, const char *before, struct db_param value, const char *after);
void sqlb_tail_(struct sqlb *q, const char *text);

/* At most `limit` rows as a struct list_T. */
fallible sqlb_many(struct sqlb *q, void *out, int64_t limit);
/* `limit` rows after the first `offset`. */
fallible sqlb_page(struct sqlb *q, void *out, int64_t limit, int64_t offset);
fallible sqlb_one(struct sqlb *q, void *out);
fallible sqlb_columns(struct sqlb *q, void *out);
fallible sqlb_cursor(struct sqlb *q, struct db_cursor *out);
