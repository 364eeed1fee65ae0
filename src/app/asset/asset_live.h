/* Live photos: a still and its video, which is hidden behind it.
 *
 * Threads that of cx. Fails BAD_REQUEST with the contract's texts. Call both in one transaction
 * with the still's own row.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"

/* The video exists, is one, and belongs to the owner of the still. */
fallible live_video_require(struct ctx *cx, uuid video, uuid owner);
/* It leaves the timeline; its owner's clients are told. */
fallible live_video_hide(struct ctx *cx, uuid video, uuid owner);
