#include "auth/auth.h"
#include "db/db.h"
#include "gen/activity_sql.h"
#include "gen/api.h"
#include "http/reply.h"

#include "core/banned.h"

fallible op_getActivities(
    struct ctx *cx, const struct getActivities_in *in, struct list_ActivityResponseDto *out)
{
    struct opt_bool liked = NOTHING(bool);
    if (in->type.is == PRESENT) liked = SOME(bool, in->type.v == REACTION_TYPE_LIKE);
    const bool album_level = in->level.is == PRESENT && in->level.v == REACTION_LEVEL_ALBUM;
    return sql_activity_list(cx, out, in->albumId, in->assetId, in->userId, liked, album_level);
}

fallible op_getActivityStatistics(struct ctx *cx, const struct getActivityStatistics_in *in,
    struct ActivityStatisticsResponseDto *out)
{
    return sql_activity_statistics(cx, out, in->albumId, in->assetId);
}

static fallible insert(struct ctx *cx, const struct ActivityCreateDto *dto, uuid *id)
{
    const struct opt_str comment = dto->type == REACTION_TYPE_COMMENT ? dto->comment : NOTHING(str);
    err e = sql_activity_insert(cx, id, dto->albumId, dto->assetId, cx->auth->user, comment);
    if (err_is(e, REFERENCE)) FAIL(BAD_REQUEST, "Asset is not in the album");
    return e;
}

/* A second like is answered with the first. */
static fallible like(struct ctx *cx, const struct ActivityCreateDto *dto, uuid *id)
{
    bool found;
    TRY(db_begin(cx));
    TRY(sql_activity_lock_member(cx, dto->albumId, cx->auth->user));
    TRY(sql_activity_find_like(cx, id, &found, dto->albumId, dto->assetId, cx->auth->user));
    if (found)
        cx->reply->status = 200;
    else
        TRY(insert(cx, dto, id));
    return db_commit(cx);
}

fallible op_createActivity(
    struct ctx *cx, const struct createActivity_in *in, struct ActivityResponseDto *out)
{
    const struct ActivityCreateDto *dto = &in->body;
    uuid id;
    if (dto->type == REACTION_TYPE_LIKE)
        TRY(like(cx, dto, &id));
    else
        TRY(insert(cx, dto, &id));
    return sql_activity_get(cx, out, id);
}

fallible op_deleteActivity(struct ctx *cx, const struct deleteActivity_in *in)
{
    return sql_activity_delete(cx, in->id);
}
