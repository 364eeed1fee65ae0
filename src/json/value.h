/* JSON read as a tree of values: for documents without a fixed shape, such as what ExifTool prints.
 * Documents with a shape have a field table (json/fields.h).
 *
 * Owns    a document lives in the arena it was parsed into; values point into it.
 * Memory  about 24 bytes a value beside the text; reading never recurses.
 * Threads any number may read one document. Fails   json_parse says BAD_REQUEST for text
 * that is not JSON. Every reader accepts NULL (a value that is missing) and a value of another
 * type: it then finds nothing.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct json_value;

enum json_type {
    JSON_MISSING,
    JSON_NULL,
    JSON_BOOL,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT,
};

enum {
    JSON_NESTING_MAX = 500,
};

/* Copies the text, so that it may go. Deeper nesting than JSON_NESTING_MAX is refused. */
fallible json_parse(struct arena *a, str text, const struct json_value **out);

enum json_type json_type(const struct json_value *v);
/* The member of that name, the first if it is there twice; NULL when there is none. */
const struct json_value *json_get(const struct json_value *object, str name);
/* Items of an array, members of an object; 0 for everything else. */
size_t json_size(const struct json_value *v);

bool json_bool(const struct json_value *v, bool *out);
bool json_string(const struct json_value *v, str *out);
/* Finite numbers only. */
bool json_double(const struct json_value *v, double *out);
/* Numbers without fraction and exponent that fit. */
bool json_int(const struct json_value *v, int64_t *out);
/* A string's text, a number as it was written (1.10 stays "1.10"), "true" or "false". */
bool json_text(const struct json_value *v, str *out);

/* Items of an array or members of an object, in their order:
 *
 *   struct json_iter it = json_iter(v);
 *   for (const struct json_value *item; (item = json_next(&it));)
 */
struct json_iter {
    const struct json_value *next;
    size_t left;
    bool members;
    str name; /* of the member that json_next returned last */
};

struct json_iter json_iter(const struct json_value *v);
const struct json_value *json_next(struct json_iter *it);

/* JavaScript's Number(text): the empty text is 0, what is no number NaN. */
double json_number_of(str text);

/* ---- making values ---- */

struct json_pair {
    str name, value;
};

/* An object of texts, for query strings and forms. A name that comes again makes a list of its
 * texts; bytes that are no UTF-8 become U+FFFD. */
const struct json_value *json_of_pairs(struct arena *a, const struct json_pair *v, size_t n);

/* `over` laid over `base`: objects member by member, everything else (arrays too) is replaced. */
const struct json_value *json_merge(
    struct arena *a, const struct json_value *base, const struct json_value *over);
/* What of `value` json_merge would need to make it of `base`: an object, empty when nothing
 * differs. Both are objects. */
const struct json_value *json_diff(
    struct arena *a, const struct json_value *base, const struct json_value *value);

/* Compact JSON text; numbers as they were written. */
str json_print(struct arena *a, const struct json_value *v);
