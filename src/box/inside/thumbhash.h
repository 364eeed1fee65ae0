/* ThumbHash: an image's colours and shapes in at most 25 bytes (https://evanw.github.io/thumbhash/,
 * version 0.1.1's encoder).
 *
 * Memory  pixels are RGBA, not premultiplied, at most 100×100; the hash is written to out.
 * Threads any. Never fails.
 */
#pragma once

#include "box/wire.h"

#include <stddef.h>
#include <stdint.h>

enum { THUMBHASH_SIDE = 100 };

/* Returns the number of bytes. */
size_t thumbhash_encode(
    uint32_t width, uint32_t height, const uint8_t *rgba, uint8_t out[static BOX_THUMBHASH_MAX]);
