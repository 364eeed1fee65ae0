/* One telling frame of a video, through ffmpeg in the box. Private to media/.
 *
 * Memory  the frame is a lossless picture in a nameless file, whose descriptor becomes the
 * caller's. Threads any. Fails   as the box.
 */
#pragma once

#include "media/media.h"

/* At most `size` on the shorter side, with even sides; 0: as it is. */
fallible media_frame(struct ctx *cx, const struct media_request *in, uint32_t size, int *frame_fd);

/* The filters that choose and shape the frame, for tests. */
const char *media_frame_filters(
    struct arena *a, const struct box_video *video, const char *tonemap, uint32_t size);
