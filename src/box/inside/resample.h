/* Scaling of 8-bit pixels with the Lanczos kernel of three lobes, as libvips does it.
 *
 * libvips is fast at this only with code that it compiles at run time, which a locked process may
 * not have; this needs less than half of the time of its plain C. Memory  rows are packed; in and
 * out do not overlap. Scratch memory is freed before return. Threads any. Fails   returns false
 * when there is no memory.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct raster {
    uint8_t *pixels;
    size_t width, height;
    size_t bands; /* bytes a pixel */
};

bool resample(const struct raster *in, const struct raster *out);
