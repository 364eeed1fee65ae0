/* Tags of assets, for other domains.
 *
 * Owns    the rows of tag, tag_closure and tag_asset.
 * Threads the thread of cx.
 * Fails   as the database does. Call it inside a transaction: a tag and its links belong together.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"

enum {
    TAG_LEVELS_MAX = 32, /* deeper levels of a path are dropped */
};

/* Gives the asset exactly the tags of these paths ("People/Marie Curie"); tags that its owner does
 * not have yet are made, with every level above them. Empty levels do not count. */
fallible tag_replace_of_asset(struct ctx *cx, uuid owner, uuid asset, struct list_str paths);

/* Makes or finds the tags of these paths, with every level above them; their ids in the order of
 * the paths. A path without a level gives none. */
fallible tag_upsert(struct ctx *cx, uuid owner, struct list_str paths, struct list_uuid *out);
