/* The parts of a request (path, query, headers, body or form) read into an operation's in struct.
 * Memory: the exchange's arena. Threads: the pool thread of the exchange.
 * Fails   BAD_REQUEST: "Validation failed" with struct issues as detail, or the words of a
 * malformed body. */
#pragma once

#include "core/err.h"

#include <stdbool.h>

struct exchange;
struct request;
struct route_match;

/* Whether the body is multipart/form-data: files may come. */
bool decode_is_form(const struct request *request);
/* Path, query and headers, and a body in memory. */
fallible decode_request(struct exchange *x, const struct route_match *match, void *in);
/* Path, query and headers only: what is known before an upload's body comes. */
fallible decode_head(struct exchange *x, const struct route_match *match, void *in);
/* The text fields of an upload, once its body is there. */
fallible decode_form(struct exchange *x, const struct route_match *match, void *in);
