/* The installation as a whole: its documents in system_metadata, and the checks of every start.
 *
 * Memory  documents live in cx->arena.
 * Threads any; system_boot runs once per process before it serves.
 * Fails   system_boot: UNAVAILABLE or BAD_REQUEST with a text for the user when the media tree is
 * not what the database knows.
 */
#pragma once

#include "core/ctx.h"

#include <stdbool.h>

/* A document as JSON text; *found is false when there is none. */
fallible system_document(struct ctx *cx, str key, bool *found, str *out);
fallible system_document_set(struct ctx *cx, str key, str json);
fallible system_document_delete(struct ctx *cx, str key);

/* Whether an administrator went through the first steps; with a configuration file that counts as
 * done. */
fallible system_is_onboarded(struct ctx *cx, bool *out);

/* Every path that the database knows below `from` lies below `to` afterwards; no file is moved. */
fallible system_move_paths(struct ctx *cx, str from, str to, int64_t *changed);

/* Mount checks (lock 300) and the media location (lock 700). */
fallible system_boot(struct ctx *cx);
