#include "app/asset/asset_live.h"
#include "event/event.h"
#include "gen/asset_upload_sql.h"

#include "core/banned.h"

fallible live_video_require(struct ctx *cx, uuid video, uuid owner)
{
    struct upload_live_video row;
    bool found;
    TRY(sql_upload_live_video_get(cx, &row, &found, video));
    if (!found) FAIL(BAD_REQUEST, "Live photo video not found");
    if (row.type != ASSET_TYPE_VIDEO) FAIL(BAD_REQUEST, "Live photo video must be a video");
    if (!uuid_eq(row.ownerId, owner))
        FAIL(BAD_REQUEST, "Live photo video does not belong to the user");
    return NULL;
}

fallible live_video_hide(struct ctx *cx, uuid video, uuid owner)
{
    int64_t hidden;
    TRY(sql_upload_hide_video(cx, &hidden, video));
    if (hidden) event_send_id(cx, ROOM_USER(owner), "on_asset_hidden", video);
    return NULL;
}
