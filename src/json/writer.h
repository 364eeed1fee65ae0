/* Struct -> JSON text by field tables, and JSON text by hand for the few who need it.
 *
 * Output is what JavaScript's JSON.stringify would print: compact, 5 not 5.0, NaN and infinities as
 * null, control characters escaped, UTF-8 as it is. ABSENT members are left out, IS_NULL ones
 * print null (or are left out where the contract omits them).
 *
 * Memory  appends to the caller's buffer. Threads any. Fails   never; a buffer with a limit says
 * `full`.
 */
#pragma once

#include "core/buf.h"
#include "core/opt.h"
#include "json/fields.h"

/* How points in time are written: 2024-05-03T10:11:12.345Z or PostgreSQL's
 * 2024-05-03T10:11:12.345+00:00. A subtree whose table says DATES_PG stays in that form. */
enum date_form { DATES_Z, DATES_PG };

/* A struct of `fields`. */
void json_write(
    struct buf *out, const struct fields *fields, const void *value, enum date_form form);
/* n structs of `fields` as an array. */
void json_write_list(
    struct buf *out, const struct fields *fields, const void *items, size_t n, enum date_form form);
/* What a nameless field describes: a whole answer (of any kind), whose memory `value` is. */
void json_write_value(
    struct buf *out, const struct field *field, const void *value, enum date_form form);

/* A quoted and escaped string. */
void json_write_str(struct buf *out, str text);
void json_write_double(struct buf *out, double value);
void json_write_int(struct buf *out, int64_t value);
void json_write_when(struct buf *out, struct when value, enum date_form form);
