/* multipart/form-data, parsed while it arrives (RFC 7578, and what real clients make of it).
 *
 * Feed it pieces of any size; it calls back for each part's header, its data, its end. Nothing is
 * kept but one header and what may be the beginning of a boundary.
 *
 * Owns    nothing; texts of a part live in the arena, data points into what was fed.
 * Threads one at a time.
 * Fails   BAD_REQUEST with the client's text; an error of a callback is passed on. After an error
 *         it must not be fed again. A body without its closing boundary fails in multipart_finish.
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    MULTIPART_BOUNDARY_MAX = 200,
    MULTIPART_HEADER_MAX = 16 * 1024, /* all header lines of one part */
    MULTIPART_PARTS_MAX = 256,
};

struct multipart_part {
    str name;
    str filename; /* UTF-8, last component only */
    str type;
    bool is_file; /* it has a file name, or is application/octet-stream */
};

struct multipart_callbacks {
    fallible (*begin)(void *p, const struct multipart_part *part);
    fallible (*data)(void *p, str data);
    fallible (*end)(void *p);
    void *p;
};

struct multipart;

/* The boundary of a Content-Type. False when it is multipart without a usable one. */
bool multipart_boundary(struct arena *a, str content_type, str *out);
bool multipart_is(str content_type);

struct multipart *multipart_new(
    struct arena *a, str boundary, const struct multipart_callbacks *callbacks);
fallible multipart_feed(struct multipart *m, str data);
fallible multipart_finish(struct multipart *m);
