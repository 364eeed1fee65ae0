/* Images: one decode, and from its pixels every file that was asked for.
 *
 * The steps are load, orient, colour, edit, scale, encode; their file is named after them.
 * Memory  input bytes stay the caller's and must live until return. Pixels are freed by the end of
 *         the process.
 * Threads runs in a job of the box; libvips keeps to one core.
 * Fails   as box failures, see failure.def.
 */
#pragma once

#include "box/wire.h"
#include "core/err.h"

/* Before the lock: libraries and the modules of the formats we accept. */
fallible image_start(const char *program);

/* Writes what asked->outputs describes to descriptors first_fd, first_fd + 1, … */
fallible image_decode(const struct box_image *asked, const uint8_t *bytes, size_t n, int first_fd,
    struct box_image_answer *out);
