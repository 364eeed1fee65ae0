/* How many frames ffmpeg makes of a video with an uneven clock when it is asked for an even one.
 * Threads any. Never fails. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* pts of the n frames in any order (they are sorted here), in ticks; the even rate is n frames in
 * total_duration. */
uint32_t frames_constant_rate(int64_t *pts, uint32_t n, int64_t total_duration);
