/* POST /assets: a photo or a video, perhaps with its sidecar. */
#include "app/app.h"
#include "app/asset/asset.h"
#include "app/asset/asset_live.h"
#include "app/asset/asset_upload.h"
#include "auth/auth.h"
#include "core/log.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/asset_sql.h"
#include "gen/asset_upload_sql.h"
#include "http/mime.h"
#include "http/server.h"
#include "job/job.h"
#include "storage/paths.h"

#include <unistd.h>

#include "core/banned.h"

static const char *const file_fields[] = {"assetData", "sidecarData", NULL};

static bool is_media(const struct mime *mime)
{
    return mime && (mime->kind == MIME_IMAGE || mime->kind == MIME_VIDEO);
}

/* ---- the head ---- */

/* A text field `filename` before the file counts more than the part's own name: iOS sends
 * temporary names. A sidecar's own name is good as well. */
static fallible accept_file(struct app *app, struct exchange *x, const struct upload_file *file)
{
    const str told = params_find(&x->upload->fields, STR("filename"));
    const str name = told.n ? told : file->filename;
    const struct mime *mime = mime_find(name), *own = mime_find(file->filename);
    const bool sidecar = str_eq(file->field, STR("sidecarData"));
    if (sidecar && ((mime && mime->kind == MIME_SIDECAR) || (own && own->kind == MIME_SIDECAR)))
        return NULL;
    if (!sidecar && is_media(mime)) return NULL;
    FAIL(BAD_REQUEST, "Unsupported file type %.*s", FMT(name));
}

/* Only what is sure before a byte has come: later uploads may free or fill the quota. */
static fallible check_quota(struct ctx *cx, uuid owner, int64_t size)
{
    struct upload_quota quota;
    bool found;
    TRY(sql_upload_quota_get(cx, &quota, &found, owner));
    if (!found) FAIL(UNAUTHORIZED, "Unauthorized");
    if (quota.quotaSizeInBytes.is != PRESENT) return NULL;
    if (size > quota.quotaSizeInBytes.v - quota.quotaUsageInBytes)
        FAIL(BAD_REQUEST, "Quota has been exceeded!");
    return NULL;
}

fallible op_uploadAsset_begin(struct ctx *cx, const struct uploadAsset_head *head,
    struct upload *upload, struct AssetMediaResponseDto *out, bool *answered)
{
    const uuid owner = cx->auth->user;
    struct bytes checksum;
    if (head->x_immich_checksum.is == PRESENT &&
        asset_checksum_parse(cx->arena, head->x_immich_checksum.v, &checksum)) {
        uuid id;
        TRY(sql_asset_find_uploaded(cx, &id, answered, owner, checksum));
        if (*answered) {
            cx->reply->status = 200;
            *out = (struct AssetMediaResponseDto){.id = id, .status = ASSET_MEDIA_STATUS_DUPLICATE};
            return NULL;
        }
    }
    if (cx->auth->kind == AUTH_SHARED_LINK && !cx->auth->link_allows_upload)
        FAIL(UNAUTHORIZED, "Unauthorized");
    TRY(check_quota(cx, owner, 1));
    upload->rules = (struct upload_rules){.file_fields = file_fields, .accept_file = accept_file};
    return upload_folder(cx, owner, &upload->rules.folder);
}

/* ---- the whole ---- */

/* One upload on its way into the library. */
struct arrival {
    const struct AssetMediaCreateDto *dto;
    const struct upload_file *media, *sidecar; /* sidecar: NULL when none came */
    const char *media_path, *sidecar_path;     /* final names */
    str name;
    uuid id, owner;
};

static fallible find_files(const struct upload *upload, struct arrival *a)
{
    a->media = upload_file_find(upload, STR("assetData"));
    a->sidecar = upload_file_find(upload, STR("sidecarData"));
    if (!a->media && !a->sidecar) FAIL(BAD_REQUEST, "File is required");
    if (!a->media) FAIL(BAD_REQUEST, "Field(s) assetData should not be empty");
    return NULL;
}

/* The extension that accept_file has found good; a `filename` that came after the file was not
 * asked about. */
static str extension_of(const struct arrival *a)
{
    if (is_media(mime_find(a->name))) return storage_extension(a->name);
    return storage_extension(a->media->filename);
}

static fallible place_files(struct ctx *cx, struct arrival *a)
{
    a->media_path = upload_path(cx, a->owner, a->media, extension_of(a));
    TRY(upload_place(cx, a->media, a->media_path, a->dto->fileModifiedAt));
    if (!a->sidecar) return NULL;
    const char *path = upload_path(cx, a->owner, a->sidecar, STR(".xmp"));
    err e = upload_place(cx, a->sidecar, path, a->dto->fileModifiedAt);
    if (e)
        unlink(a->media_path);
    else
        a->sidecar_path = path;
    return e;
}

/* The rows that decided against the files are rolled back or another's. */
static void remove_files(const struct arrival *a)
{
    unlink(a->media_path);
    if (a->sidecar_path) unlink(a->sidecar_path);
}

/* When a commit fails nobody knows whether it happened, and a row without its file would be a loss.
 * The sweep of the next start asks for the rows. */
static void leave_files(const struct arrival *a)
{
    log_warn("an upload ended unknown, its file stays", KV("file", a->media_path));
    upload_leave(a->media);
    if (a->sidecar_path) upload_leave(a->sidecar);
}

static fallible insert_asset(struct ctx *cx, struct arrival *a, bool *made)
{
    const struct AssetMediaCreateDto *dto = a->dto;
    const struct mime *mime = mime_find(str_from(a->media_path));
    const bool seconds = dto->duration.is == PRESENT && dto->duration.v > 0;
    uuid id;
    return sql_upload_insert(cx, &id, made, a->id, a->owner,
        mime && mime->kind == MIME_VIDEO ? ASSET_TYPE_VIDEO : ASSET_TYPE_IMAGE,
        str_from(a->media_path), a->name, (int64_t)a->media->size,
        (struct bytes){a->media->sha1, SHA1_SIZE}, dto->fileCreatedAt, dto->fileModifiedAt,
        dto->isFavorite.is == PRESENT && dto->isFavorite.v, seconds ? dto->duration : NOTHING(int),
        dto->livePhotoVideoId,
        dto->visibility.is == PRESENT ? dto->visibility.v : ASSET_VISIBILITY_TIMELINE);
}

static fallible insert_metadata(struct ctx *cx, const struct arrival *a)
{
    if (a->dto->metadata.is != PRESENT || !a->dto->metadata.v.n) return NULL;
    const struct list_AssetMetadataUpsertItemDto *items = &a->dto->metadata.v;
    struct list_str keys = {.v = ARENA_ARRAY(cx->arena, str, items->n), .n = items->n};
    struct list_str values = {.v = ARENA_ARRAY(cx->arena, str, items->n), .n = items->n};
    for (size_t i = 0; i < items->n; i++) {
        keys.v[i] = items->v[i].key;
        values.v[i] = items->v[i].value;
    }
    return sql_upload_insert_metadata(cx, a->id, keys, values);
}

/* An upload through a link belongs to what the link shows, a known file too. */
static fallible add_to_link(struct ctx *cx, uuid asset)
{
    const struct auth *auth = cx->auth;
    int64_t added;
    if (auth->kind != AUTH_SHARED_LINK) return NULL;
    if (auth->link_album.is != PRESENT) return sql_upload_add_to_link(cx, auth->link, asset);
    TRY(sql_upload_add_to_album(cx, &added, auth->link_album.v, asset));
    if (!added) return NULL;
    struct list_uuid members;
    TRY(sql_upload_album_members(cx, &members, auth->link_album.v));
    for (size_t i = 0; i < members.n; i++) {
        event_send_id(cx, ROOM_USER(members.v[i]), "on_album_update", auth->link_album.v);
        TRY(job_add_NotifyAlbumUpdate(
            cx, &(struct album_update_job){.id = auth->link_album.v, .recipientId = members.v[i]}));
    }
    return NULL;
}

static fallible insert_all(struct ctx *cx, struct arrival *a, bool *made)
{
    int64_t counted;
    TRY(insert_asset(cx, a, made));
    if (!*made) {
        bool found;
        TRY(sql_asset_find_uploaded(
            cx, &a->id, &found, a->owner, (struct bytes){a->media->sha1, SHA1_SIZE}));
        if (!found) FAIL(RETRY, "the asset that was in the way has gone");
        return add_to_link(cx, a->id);
    }
    TRY(insert_metadata(cx, a));
    if (a->sidecar_path) TRY(sql_upload_insert_sidecar(cx, a->id, str_from(a->sidecar_path)));
    if (a->dto->livePhotoVideoId.is == PRESENT)
        TRY(live_video_hide(cx, a->dto->livePhotoVideoId.v, a->owner));
    TRY(add_to_link(cx, a->id));
    TRY(job_add_AssetExtractMetadata(
        cx, &(struct asset_job){.id = a->id, .source = SOME(str, STR("upload"))}));
    TRY(sql_upload_add_usage(cx, &counted, a->owner, (int64_t)a->media->size));
    if (!counted) FAIL(BAD_REQUEST, "Quota has been exceeded!");
    return NULL;
}

static fallible store(struct ctx *cx, struct arrival *a, bool *made)
{
    err e = db_begin(cx);
    if (!e) e = insert_all(cx, a, made);
    if (e) {
        db_rollback_all(cx);
        remove_files(a);
        return e;
    }
    e = db_commit(cx);
    if (e) leave_files(a);
    if (!e && !*made) remove_files(a);
    return e;
}

fallible op_uploadAsset(struct ctx *cx, const struct uploadAsset_in *in,
    const struct upload *upload, struct AssetMediaResponseDto *out)
{
    struct arrival a = {.dto = &in->body, .id = uuid_v4(), .owner = cx->auth->user};
    bool made;
    TRY(find_files(upload, &a));
    const bool told = in->body.filename.is == PRESENT && in->body.filename.v.n;
    a.name = told ? in->body.filename.v : a.media->filename;
    TRY(check_quota(cx, a.owner, (int64_t)a.media->size));
    if (in->body.livePhotoVideoId.is == PRESENT)
        TRY(live_video_require(cx, in->body.livePhotoVideoId.v, a.owner));
    TRY(place_files(cx, &a));
    TRY(store(cx, &a, &made));
    if (!made) cx->reply->status = 200;
    *out = (struct AssetMediaResponseDto){
        .id = a.id, .status = made ? ASSET_MEDIA_STATUS_CREATED : ASSET_MEDIA_STATUS_DUPLICATE};
    return NULL;
}
