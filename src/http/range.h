/* Ranges and conditional requests (RFC 9110 §13, §14), as pure functions over header texts.
 *
 * Threads any. Malformed headers are treated as absent.
 */
#pragma once

#include "core/arena.h"
#include "core/str.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    HTTP_DATE_TEXT = 30, /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */
};

/* IMF-fixdate of seconds since 1970. */
void http_date_format(int64_t seconds, char out[static HTTP_DATE_TEXT]);
/* IMF-fixdate only: the other two forms of RFC 9110 are not sent by anybody we serve. */
bool http_date_parse(str text, int64_t *seconds);

enum range_result {
    RANGE_WHOLE, /* no range, a malformed one, or several: the whole file */
    RANGE_PART,
    RANGE_UNSATISFIABLE,
};

struct range {
    uint64_t first, last; /* both included */
};

enum range_result range_parse(str header, uint64_t size, struct range *out);

/* What a file or body is compared by. */
struct validators {
    str etag;         /* with quotes and W/ */
    int64_t modified; /* seconds, or -1 */
};

struct conditions {
    str if_match, if_none_match, if_modified_since, if_unmodified_since, if_range;
};

enum condition_result { CONDITION_SEND, CONDITION_NOT_MODIFIED, CONDITION_FAILED };

enum condition_result conditions_check(const struct conditions *c, const struct validators *v);
/* If-Range holds (or is absent): the range may be served. */
bool conditions_range_applies(const struct conditions *c, const struct validators *v);
