/* Facts about a video, by libav from memory.
 *
 * Formats and codecs are allow-listed: Debian 12's libav carries decoders with known holes, and a
 * probe may decode a few frames to learn a pixel format.
 * Memory  text and arrays in the answer live until the process ends.
 * Threads runs in a job of the box.
 * Fails   as box failures, see failure.def.
 */
#pragma once

#include "box/wire.h"
#include "core/err.h"

/* Before the lock. */
void probe_start(void);

fallible probe_file(
    const struct box_probe *request, const uint8_t *bytes, size_t n, struct box_probe_answer *out);
