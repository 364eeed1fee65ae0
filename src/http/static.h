/* The web app: files of one folder, and its index page for every other path (http.md §7).
 *
 * Precompressed siblings (.br, .gz) are served where the client takes them. Names beginning with a
 * dot are not served.
 *
 * Memory  texts live in the exchange's arena.
 * Threads any; they look at the file system, so only in hooks planned with POOL_FILE or a handler.
 * Fails   by answering: 404, or 406 where a page was asked for as something else.
 */
#pragma once

#include "core/err.h"
#include "http/server.h"

enum {
    STATIC_INDEX_MAX = 1024 * 1024,
};

/* Answers a request that is not for the API. `folder` has no trailing slash. */
void static_answer(struct exchange *x, const char *folder);
/* Answers with the index page; `tags` (markup, may be empty) takes the place of the marker that the
 * page has for them. */
void static_answer_index(struct exchange *x, const char *folder, int status, str tags);
