/* Connections and the pool that lends them. Inside db/ only; everybody else sees db/db.h.
 *
 * Owns    a conn owns its PGconn and the memory of what was prepared on it; the pool owns idle
 *         conns, a borrower the one it holds.
 * Threads pool functions: any; a conn: its borrower.
 * Fails   pool_borrow says UNAVAILABLE when the database is away or all connections stay busy.
 */
#pragma once

#include "db/db.h"
#include "db/wire.h"

#include <libpq-fe.h>

/* A statement that this connection has prepared, and how its columns map to fields (made when its
 * first rows arrive). */
struct prepared {
    const struct sql *sql;
    struct column *columns;
    int n_columns;
};

struct conn {
    PGconn *pg;
    struct conn *next;
    int64_t idle_since_ms;
    bool stale;                /* closed when it is returned */
    struct prepared *prepared; /* open addressing by address, capacity a power of two */
    size_t n_prepared, capacity;
};

fallible pool_borrow(struct db_pool *pool, struct conn **out);
/* Takes a borrowed connection back; a broken one is closed and its place freed. */
void pool_return(struct db_pool *pool, struct conn *c);

/* Closes what is idle: after one session was ended by the server, the others are about to be. */
void pool_drop_idle(struct db_pool *pool);

/* The entry of a statement; NULL when it was not prepared on this connection. */
struct prepared *conn_find_prepared(struct conn *c, const struct sql *sql);
struct prepared *conn_add_prepared(struct conn *c, const struct sql *sql);
/* After DISCARD or a change of a table: everything will be prepared anew. */
void conn_forget_prepared(struct conn *c);

/* Opens a connection outside any pool, with the session settings of the options. */
fallible conn_open(const struct db_pool_opts *opts, PGconn **out);
