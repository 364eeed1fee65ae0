/* Many originals at once: what makes an archive of which size, and the archive itself. */
#include "app/access/access.h"
#include "app/app.h"
#include "app/user/user.h"
#include "auth/auth.h"
#include "db/sqlb.h"
#include "gen/api.h"
#include "gen/download_sql.h"
#include "storage/mount.h"
#include "storage/paths.h"

#include "core/banned.h"

#define ARCHIVE_SIZE ((int64_t)4 * 1024 * 1024 * 1024) /* for clients that name none */

/* ---- what there is ---- */

/* The first that is given decides. Each way adds a condition: without one the query is everybody's
 * assets. */
static fallible choose(struct ctx *cx, const struct DownloadInfoDto *dto, struct sqlb *q)
{
    if (dto->assetIds.is == PRESENT) {
        TRY(access_require(cx, STR("asset.download"), dto->assetIds.v));
        sqlb_and_around(q, "a.id = ANY(", P_UUID_ARRAY(dto->assetIds.v), ")");
    } else if (dto->albumId.is == PRESENT) {
        TRY(access_require_one(cx, STR("album.download"), dto->albumId.v));
        sqlb_and_around(q, "a.id IN (SELECT \"assetId\" FROM album_asset WHERE \"albumId\" = ",
            P_UUID(dto->albumId.v), ")");
    } else if (dto->userId.is == PRESENT) {
        TRY(access_require_one(cx, STR("timeline.download"), dto->userId.v));
        sqlb_and(q, "a.visibility <> 'hidden' AND a.\"ownerId\" = ", P_UUID(dto->userId.v));
    } else {
        FAIL(BAD_REQUEST, "assetIds, albumId, or userId is required");
    }
    return NULL;
}

static fallible find_items(
    struct ctx *cx, const struct DownloadInfoDto *dto, struct list_download_item *out)
{
    const struct auth *auth = cx->auth;
    struct UserPreferencesResponseDto preferences;
    TRY(user_preferences_get(cx, auth->user, &preferences));
    const str encoded =
        str_fmt(cx->arena, "%s/%s/", cx->app->media, storage_folder_names[STORAGE_ENCODED_VIDEO]);
    struct sqlb q = sql_download_items(
        cx, auth->user, auth->elevated, preferences.download.includeEmbeddedVideos, encoded);
    TRY(choose(cx, dto, &q));
    return sqlb_many(&q, out, INT64_MAX); /* as many as a library has */
}

/* Fills archives one after the other; the file that makes one too large is its last. */
fallible op_getDownloadInfo(
    struct ctx *cx, const struct getDownloadInfo_in *in, struct DownloadResponseDto *out)
{
    const struct DownloadInfoDto *dto = &in->body;
    const int64_t most = dto->archiveSize.is == PRESENT ? dto->archiveSize.v : ARCHIVE_SIZE;
    struct list_download_item items;
    TRY(find_items(cx, dto, &items));

    uuid *ids = ARENA_ARRAY(cx->arena, uuid, items.n);
    struct list_DownloadArchiveInfo archives = {
        .v = ARENA_ARRAY(cx->arena, struct DownloadArchiveInfo, items.n)};
    bool full = true;
    *out = (struct DownloadResponseDto){0};
    for (size_t i = 0; i < items.n; i++) {
        if (full) archives.v[archives.n++].assetIds.v = &ids[i];
        struct DownloadArchiveInfo *archive = &archives.v[archives.n - 1];
        ids[i] = items.v[i].id;
        archive->assetIds.n++;
        archive->size += items.v[i].size;
        out->totalSize += items.v[i].size;
        full = archive->size > most;
    }
    out->archives = archives;
    return NULL;
}
