/* PostgreSQL's binary formats: parameters out, rows in. Inside db/ only.
 *
 * Memory  encoded arrays and decoded lists lie in the arena; decoded texts point into the result,
 *         which must live as long (result_keep).
 * Threads any.
 * Fails   INTERNAL when a column does not fit its field (the tests of every statement find that
 *         first), BAD_REQUEST for numbers beyond the type of their parameter.
 */
#pragma once

#include "db/db.h"

#include <libpq-fe.h>

/* Parameters as libpq wants them. */
struct wire_params {
    size_t n;
    Oid types[DB_PARAMS_MAX];
    const char *values[DB_PARAMS_MAX];
    int lengths[DB_PARAMS_MAX];
    int formats[DB_PARAMS_MAX];
    uint8_t scalars[DB_PARAMS_MAX][16];
};

fallible wire_encode(
    struct arena *a, const struct db_param *params, size_t n, struct wire_params *out);

/* Where one column of a result goes. */
struct column {
    const struct field *field;
    const struct field *parent; /* of a column "parent.field", otherwise NULL */
};

/* Finds the field of each column, whose items it becomes when columnar; out has room for PQnfields.
 */
fallible wire_map(
    const PGresult *result, const struct fields *fields, bool columnar, struct column *out);
/* Row i into a struct that is zeroed. */
fallible wire_row(
    struct arena *a, const PGresult *result, const struct column *columns, int i, void *out);
/* All rows into one list per field. */
fallible wire_columns(
    struct arena *a, const PGresult *result, const struct column *columns, void *out);

Oid wire_oid(enum db_type type);
