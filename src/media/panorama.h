/* What tells a viewer that a picture is a sphere: XMP-GPano, carried from the original into a
 * derived file. Private to media/.
 *
 * Owns    nothing; the derived file is rewritten in place through its descriptor.
 * Threads any.
 * Fails   as the box; the derived file may then be cut, so drop it.
 */
#pragma once

#include "box/wire.h"
#include "core/ctx.h"

/* An original without these tags leaves the file as it is. */
fallible panorama_copy(struct ctx *cx, int original_fd, int derived_fd, enum box_format format);
