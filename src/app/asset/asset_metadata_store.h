/* Storing what was read out of a file: the rows of one asset that metadata extraction writes.
 *
 * Owns    the columns named in metadata/metadata.h, asset_audio, asset_video and asset_keyframe.
 *         Columns that the user has locked keep their value.
 * Threads the thread of cx.
 * Fails   as the database does; nothing is stored then.
 */
#pragma once

#include "core/ctx.h"
#include "gen/asset_metadata_sql.h"
#include "metadata/metadata.h"

/* One transaction, also within one that is open. Compat: the rows of streams are renewed each time.
 * probe is NULL for what is no video. */
fallible asset_metadata_store(struct ctx *cx, const struct metadata_asset *asset,
    const struct metadata *m, const struct box_probe_answer *probe);

/* H.264, HEVC, AV1 and AAC profiles as upstream counts them; others have none. */
struct opt_int asset_video_profile(str codec, int32_t libav_profile);
