#include "app/app.h"
#include "app/asset/asset.h"
#include "app/asset/asset_live.h"
#include "auth/auth.h"
#include "db/db.h"
#include "gen/asset_update_sql.h"
#include "job/job.h"
#include "metadata/zone.h"
#include "storage/mount.h"
#include "storage/paths.h"

#include "core/banned.h"

enum {
    KEYS_MAX = 6,
};

/* What is known of the picture itself, as both operations are given it. */
struct exif_change {
    str keys[KEYS_MAX];
    size_t n;
    struct opt_when date;
    struct opt_str zone, description;
    struct opt_double latitude, longitude;
    struct opt_int rating;
};

static void add_key(struct exif_change *change, enum presence is, str key)
{
    if (is != ABSENT) change->keys[change->n++] = key;
}

/* "2023-11-19T18:11:00.000-07:00"; without a zone it counts as UTC. A fixed offset is kept as the
 * zone of the picture. */
static fallible parse_date(struct arena *a, str text, struct exif_change *change)
{
    struct zone zone;
    str rest = text;
    const bool zoned = str_find_char(text, 'T') > 0 && zone_cut(&rest, &zone);
    if (!zoned)
        text = str_fmt(a, "%.*s%s", FMT(text), str_find_char(text, 'T') > 0 ? "Z" : "T00:00Z");
    /* Compat: upstream's database refuses such a text. */
    if (!when_parse(text, &change->date.v)) FAIL(INTERNAL, "\"%.*s\" is no date", FMT(text));
    change->date.is = PRESENT;
    if (zoned && change->zone.is == ABSENT)
        change->zone = SOME(str, str_dup(a, str_from(zone.name)));
    return NULL;
}

static fallible apply_exif(struct ctx *cx, struct list_uuid ids, struct exif_change *change)
{
    add_key(change, change->description.is, STR("description"));
    add_key(change, change->date.is, STR("dateTimeOriginal"));
    add_key(change, change->zone.is, STR("timeZone"));
    add_key(change, change->latitude.is, STR("latitude"));
    add_key(change, change->longitude.is, STR("longitude"));
    add_key(change, change->rating.is, STR("rating"));
    if (!change->n || !ids.n) return NULL;
    return sql_asset_set_exif(cx, ids, (struct list_str){change->keys, change->n},
        change->description, change->date, change->zone, change->latitude, change->longitude,
        change->rating);
}

static bool is_locking(const struct opt_AssetVisibility *visibility)
{
    return visibility->is == PRESENT && visibility->v == ASSET_VISIBILITY_LOCKED;
}

static fallible add_sidecar_jobs(struct ctx *cx, struct list_uuid ids)
{
    struct asset_job *jobs = ARENA_ARRAY(cx->arena, struct asset_job, ids.n);
    for (size_t i = 0; i < ids.n; i++)
        jobs[i].id = ids.v[i];
    return ids.n ? job_add_many(cx, JOB_SidecarWrite, jobs, ids.n) : NULL;
}

/* ---- one asset ---- */

/* The video of a photo becomes an asset of its own again. Those that were cut out of a photo's file
 * cannot. */
static fallible unlink_live_video(struct ctx *cx, uuid still)
{
    struct linked_video video;
    bool found;
    TRY(sql_asset_linked_video(cx, &video, &found, still));
    if (!found) return NULL;
    const str made =
        str_fmt(cx->arena, "%s/%s/", cx->app->media, storage_folder_names[STORAGE_ENCODED_VIDEO]);
    if (str_starts(video.originalPath, made))
        FAIL(BAD_REQUEST, "Cannot unlink Android motion photos");
    const struct list_uuid one = {.v = &video.id, .n = 1};
    const struct opt_AssetVisibility visibility = {.is = PRESENT, .v = video.visibility};
    TRY(sql_asset_set_row(
        cx, one, NOTHING(bool), visibility, false, NOTHING(uuid), false, NOTHING(uuid)));
    return job_add_AssetGenerateThumbnails(
        cx, &(struct asset_job){.id = video.id, .notify = SOME(bool, true)});
}

static fallible change_live_video(struct ctx *cx, uuid still, const struct opt_uuid *video)
{
    if (video->is == IS_NULL) return unlink_live_video(cx, still);
    if (video->is == ABSENT) return NULL;
    TRY(live_video_require(cx, video->v, cx->auth->user));
    return live_video_hide(cx, video->v, cx->auth->user);
}

static fallible update_one(struct ctx *cx, uuid id, const struct UpdateAssetDto *dto)
{
    const struct list_uuid ids = {.v = &id, .n = 1};
    struct exif_change change = {.description = dto->description,
        .latitude = dto->latitude,
        .longitude = dto->longitude,
        .rating = dto->rating};
    if (dto->dateTimeOriginal.is == PRESENT)
        TRY(parse_date(cx->arena, dto->dateTimeOriginal.v, &change));
    TRY(change_live_video(cx, id, &dto->livePhotoVideoId));
    TRY(apply_exif(cx, ids, &change));
    if (change.n) TRY(add_sidecar_jobs(cx, ids));
    TRY(sql_asset_set_row(cx, ids, dto->isFavorite, dto->visibility,
        dto->livePhotoVideoId.is != ABSENT, dto->livePhotoVideoId, false, NOTHING(uuid)));
    /* Stricter than upstream (DESIGN §7): whichever call locks an asset. */
    return is_locking(&dto->visibility) ? sql_asset_withdraw(cx, ids) : NULL;
}

fallible op_updateAsset(
    struct ctx *cx, const struct updateAsset_in *in, struct AssetResponseDto *out)
{
    bool found;
    TRY(db_begin(cx));
    TRY(update_one(cx, in->id, &in->body));
    TRY(db_commit(cx));
    TRY(asset_response(cx, in->id, SHAPE_updateAsset, out, &found));
    if (!found) FAIL(BAD_REQUEST, "Not found or no asset.update access");
    return NULL;
}

/* ---- many ---- */

static fallible parse_duplicate(const struct opt_str *text, struct opt_uuid *out)
{
    out->is = text->is;
    if (text->is != PRESENT || uuid_parse(text->v, &out->v)) return NULL;
    FAIL(INTERNAL, "\"%.*s\" is no id of duplicates", FMT(text->v)); /* Compat */
}

static fallible update_many(struct ctx *cx, const struct AssetBulkUpdateDto *dto)
{
    const struct list_uuid ids = dto->ids;
    struct opt_uuid duplicate = {.is = ABSENT};
    struct exif_change change = {.description = dto->description,
        .latitude = dto->latitude,
        .longitude = dto->longitude,
        .rating = dto->rating,
        .zone = dto->timeZone};
    TRY(parse_duplicate(&dto->duplicateId, &duplicate));
    if (dto->dateTimeOriginal.is == PRESENT)
        TRY(parse_date(cx->arena, dto->dateTimeOriginal.v, &change));
    TRY(apply_exif(cx, ids, &change));
    if (dto->dateTimeRelative.is == PRESENT)
        TRY(sql_asset_shift_dates(cx, ids, dto->dateTimeRelative.v));
    TRY(sql_asset_set_row(cx, ids, dto->isFavorite, dto->visibility, false, NOTHING(uuid),
        duplicate.is != ABSENT, duplicate));
    if (is_locking(&dto->visibility)) TRY(sql_asset_withdraw(cx, ids));
    return add_sidecar_jobs(cx, ids);
}

fallible op_updateAssets(struct ctx *cx, const struct updateAssets_in *in)
{
    TRY(db_begin(cx));
    TRY(update_many(cx, &in->body));
    return db_commit(cx);
}
