/* The database: a pool of connections, sessions on it, and running statements.
 *
 * Statements are written in .sql files and called through the functions that tools/gen/gen_sql.py
 * makes of them (sql_<name>); those call what stands here, nobody else needs to. What a handler or
 * job uses itself are db_begin, db_commit and db_rollback.
 *
 * Owns    the pool owns connections. A session (struct db) borrows one for each statement, or from
 *         db_begin to db_commit for a transaction: no connection is held during file or network
 *         work. Session state of PostgreSQL (advisory locks, temporary tables) therefore lasts
 *         only as long as a transaction.
 * Memory  rows live in cx->arena.
 * Threads the pool: any. A session: the thread of its ctx.
 * Fails   CONFLICT and REFERENCE for broken constraints (db_violates tells which), RETRY when the
 *         same call may succeed later (deadlock, serialization, connection lost), TIMED_OUT for
 *         statement and lock time-outs, UNAVAILABLE when no connection is to be had, BAD_REQUEST
 *         for text or numbers that PostgreSQL cannot hold, INTERNAL for the rest. Outputs are
 *         untouched on failure.
 */
#pragma once

#include "core/arena.h"
#include "core/ctx.h"
#include "core/err.h"
#include "core/opt.h"
#include "json/fields.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- Pool and sessions --- */

struct db_pool;

/* Times are in milliseconds; 0 takes the default in the comment. */
struct db_pool_opts {
    const char *conninfo;     /* a libpq URL or keyword string */
    size_t size;              /* connections at most */
    int connect_timeout_ms;   /* 5 s, at least 2 s */
    int borrow_timeout_ms;    /* 5 s: how long a statement waits for a connection */
    int statement_timeout_ms; /* 60 s; half of it longer, or 5 s, the server may be silent */
    int lock_timeout_ms;      /* 15 s */
    int idle_timeout_ms;      /* 60 s: an open transaction that does nothing is ended */
};

/* Connects at the first borrow, so that a program starts while the database is away. */
fallible db_pool_new(struct db_pool **out, const struct db_pool_opts *opts);
/* Every session must be closed. */
void db_pool_free(struct db_pool *pool);
const struct db_pool_opts *db_pool_options(const struct db_pool *pool);

/* The session lives in the arena; close it before the arena is reset. */
struct db *db_open(struct db_pool *pool, struct arena *arena);
/* Rolls back what is open and returns the connection. */
void db_close(struct db *db);

/* --- Transactions --- */

/* Calls nest: inner ones are savepoints. */
fallible db_begin(struct ctx *cx);
/* For long reads in several statements: one snapshot, nothing may be written. Does not nest. */
fallible db_begin_snapshot(struct ctx *cx);
fallible db_commit(struct ctx *cx);
/* Undoes the innermost begin. Never fails: a connection that cannot roll back is dropped. */
void db_rollback(struct ctx *cx);
/* Undoes everything that is open: what the dispatcher and the job runner do after a failure. */
void db_rollback_all(struct ctx *cx);
bool db_in_transaction(const struct ctx *cx);

/* fn(p, committed) is called once when it is known whether what was done so far counts: when the
 * outermost transaction has committed, or one of those that are open now was rolled back; at once
 * when none is open. */
void db_on_end(struct ctx *cx, void (*fn)(void *p, bool committed), void *p);

/* For tests: opens a transaction that db_close rolls back. Everything above behaves within it as
 * it would without, by savepoints. */
fallible db_test_begin(struct ctx *cx);

/* Did this constraint refuse the row? e is what the last statement returned. */
bool db_violates(const struct ctx *cx, err e, const char *constraint);

/* --- Parameters --- */

enum db_type {
    DB_NONE = 0,
#define X(name, sql_name, oid, element) DB_##name,
#include "db/types.def"
#undef X
};

LIST(float, float);

struct db_param {
    enum db_type type;
    bool null;
    union {
        bool boolean;
        int64_t number;
        double real;
        str text; /* texts, enumerations, json */
        uuid id;
        struct when when;
        struct date date;
        struct bytes bytes;
        struct list_float floats;
        struct list_any { /* every struct list_T */
            const void *v;
            size_t n;
        } list;
    };
};

/* P_INT4(n), P_OPT_UUID(dto->parentId): a value, and one that is NULL unless PRESENT. */
#define DB_PARAM_(NAME, type_, name, member)                                                       \
    static inline struct db_param P_##NAME(type_ v) {                                              \
        return (struct db_param){.type = DB_##NAME, .member = v};                                  \
    } static inline struct db_param P_OPT_##NAME(struct opt_##name v) {                            \
        return (struct db_param){.type = DB_##NAME, .null = v.is != PRESENT, .member = v.v};       \
    }
DB_PARAM_(BOOL, bool, bool, boolean)
DB_PARAM_(INT2, int64_t, int, number)
DB_PARAM_(INT4, int64_t, int, number)
DB_PARAM_(INT8, int64_t, int, number)
DB_PARAM_(FLOAT4, double, double, real)
DB_PARAM_(FLOAT8, double, double, real)
DB_PARAM_(TEXT, str, str, text)
DB_PARAM_(VARCHAR, str, str, text)
DB_PARAM_(ENUM, str, str, text)
DB_PARAM_(JSON, str, str, text)
DB_PARAM_(JSONB, str, str, text)
DB_PARAM_(UUID, uuid, uuid, id)
DB_PARAM_(TIMESTAMPTZ, struct when, when, when)
DB_PARAM_(TIMESTAMP, struct when, when, when)
DB_PARAM_(DATE, struct date, date, date)
DB_PARAM_(BYTEA, struct bytes, bytes, bytes)
#undef DB_PARAM_

#define DB_LIST_PARAM_(NAME, name)                                                                 \
    static inline struct db_param P_##NAME##_ARRAY(struct list_##name v) {                         \
        return (struct db_param){.type = DB_##NAME##_ARRAY, .list = {v.v, v.n}};                   \
    }
DB_LIST_PARAM_(BOOL, bool)
DB_LIST_PARAM_(INT2, int)
DB_LIST_PARAM_(INT4, int)
DB_LIST_PARAM_(INT8, int)
DB_LIST_PARAM_(FLOAT4, double)
DB_LIST_PARAM_(FLOAT8, double)
DB_LIST_PARAM_(TEXT, str)
DB_LIST_PARAM_(VARCHAR, str)
DB_LIST_PARAM_(ENUM, str)
DB_LIST_PARAM_(JSONB, str)
DB_LIST_PARAM_(UUID, uuid)
DB_LIST_PARAM_(BYTEA, bytes)
DB_LIST_PARAM_(TIMESTAMPTZ, when)
#undef DB_LIST_PARAM_

/* An enumeration of the contract: its text. */
static inline struct db_param P_NAMED(const struct enum_names *names, int v) {
    return (struct db_param){.type = DB_ENUM, .text = names->v[v]};
} static inline struct db_param P_OPT_NAMED(
    const struct enum_names *names, enum presence is, int v) {
    if (is != PRESENT) return (struct db_param){.type = DB_ENUM, .null = true};
    return P_NAMED(names, v);
} struct db_param db_param_names(
    struct arena *a, const struct enum_names *names, const int *v, size_t n);

static inline struct db_param P_VECTOR(struct list_float v) {
    return (struct db_param){.type = DB_VECTOR, .floats = v};
}

/* For dynamic filters (db/sqlb.h), where no head line names the type. */
#define P_STR P_TEXT
#define P_INT P_INT8
#define P_DOUBLE P_FLOAT8
#define P_WHEN P_TIMESTAMPTZ

enum {
    DB_PARAMS_MAX = 64, /* of one statement */
};

/* --- Statements --- */

/* Constant data. Prepared once per connection, by address. */
struct sql {
    const char *name; /* NULL: not worth preparing, the text is made at run time */
    const char *text;
    const struct fields *row; /* the struct of a result row; NULL for count and void */
    const uint8_t *types;     /* enum db_type of each parameter */
    size_t n_params;
    bool columnar; /* the fields of the row are lists, one item a row */
};

/* The statements of one .sql file, and all files (the last is NULL): for tests. */
struct sql_set {
    const char *file;
    const struct sql *const *v;
    size_t n;
};
extern const struct sql_set *const sql_sets[];

/* A scalar result has a table of one field at offset 0, whose column may have any name. */
extern const struct fields db_str_fields, db_uuid_fields, db_when_fields, db_date_fields,
    db_bytes_fields, db_int_fields, db_double_fields, db_bool_fields, db_raw_fields;
extern const struct fields db_opt_str_fields, db_opt_uuid_fields, db_opt_when_fields,
    db_opt_date_fields, db_opt_bytes_fields, db_opt_int_fields, db_opt_double_fields,
    db_opt_bool_fields, db_opt_raw_fields;

/* Exactly one row; another number is a bug (INTERNAL). */
fallible db_one(struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out);
/* At most one row; without one *found is false and out untouched. */
fallible db_maybe(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out, bool *found);
/* All rows; out is a struct list_T. */
fallible db_many(struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out);
/* All rows, each column in a list of its own: the struct's fields are lists. */
fallible db_columns(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, void *out);
/* How many rows the statement inserted, changed, deleted or returned. */
fallible db_count(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, int64_t *out);
fallible db_exec(struct ctx *cx, const struct sql *sql, const struct db_param *params);
/* Several statements without parameters as one text: migrations and tests. */
fallible db_script(struct ctx *cx, const char *text);

/* --- Ahead --- */

/* What will probably be asked soon goes along with the next statement, in one trip. From begin to
 * end nothing runs: db_many and db_maybe note what they are asked and find no row. The next
 * statement outside a transaction takes the notes along, and who then asks the very same, with the
 * same parameters, gets the rows that came back. A wrong guess costs time and nothing else: other
 * parameters are asked as always, and every statement that was not noted drops what is left, as it
 * may change those rows. For statements that only read. */
void db_ahead_begin(struct ctx *cx);
void db_ahead_end(struct ctx *cx);

/* --- Long results --- */

enum {
    DB_BATCH = 1000,
};

/* A result that is read in batches of DB_BATCH rows. Lives inside a transaction and ends with it.
 */
struct db_cursor {
    struct ctx *cx;
    const struct sql *sql;
    unsigned number;
    bool done;
};

fallible db_cursor_open(
    struct ctx *cx, const struct sql *sql, const struct db_param *params, struct db_cursor *out);
/* The next rows as a struct list_T in the arena; an empty list is the end. */
fallible db_cursor_next(struct db_cursor *cursor, struct arena *arena, void *out);
