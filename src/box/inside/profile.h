/* The colour profiles of outputs: which colours the numbers mean, for viewers.
 *
 * Owns    one copy of each profile, made at start.
 * Threads profile_start before there are others; then any.
 * Fails   INTERNAL when a library cannot do what it always can.
 */
#pragma once

#include "box/wire.h"
#include "core/buf.h"
#include "core/err.h"

fallible profile_start(void);

/* Appends an encoded picture with its profile put in. RGB has no place for one and is copied. */
fallible profile_add(struct buf *out, enum box_format format, enum box_colour colour, str encoded);

/* Whether a file's profile means the same colours as ours, up to what eight bits can show. */
bool profile_is(enum box_colour colour, str profile);
