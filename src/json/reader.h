/* JSON, query strings and forms -> struct by field tables, with the contract's validation.
 *
 *   struct issues issues = issues_new(arena);
 *   const struct json_value *query = json_of_pairs(arena, pairs, n);
 *   json_read_fields(&issues, route->query, query, in);
 *   TRY(issues_err(&issues));
 *
 * All issues are found, in the order of the table, with the contract's texts (validation.md).
 * Unknown members are ignored. Query strings, forms and path parameters are objects of texts: what
 * numbers and booleans are in them is said by the flags of their fields.
 *
 * Memory  texts point into the document; lists and JSON texts are made in the issues' arena.
 * Threads one at a time. Fails   by issues only; a struct whose input has issues is half filled and
 * must not be used.
 */
#pragma once

#include "core/err.h"
#include "json/fields.h"
#include "json/issues.h"
#include "json/value.h"

enum {
    JSON_LIST_BYTES_MAX = 64 * 1024 * 1024, /* a decoded list; a body is at most 10 MB of text */
};

/* Reads one field of `parent` from its value, NULL when it is missing. */
void json_read(
    struct issues *issues, const struct field *field, const struct json_value *value, void *parent);
/* Reads every field of a table from the members of an object, then asks its check. */
void json_read_fields(
    struct issues *issues, const struct fields *fields, const struct json_value *object, void *out);

/* Reads a document that we have written ourselves (a stored row, an event): without limits and
 * rules, times with microseconds. Fails INTERNAL when it does not fit the table. */
fallible json_decode(struct arena *a, const struct fields *fields, str text, void *out);
