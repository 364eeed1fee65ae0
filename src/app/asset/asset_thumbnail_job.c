/* Makes preview, thumbnail, thumbhash (and the full-size copy, where one is wanted) of an asset:
 * one decode in the box for images, a frame of the video otherwise. Then tells clients that an
 * upload is ready. */
#include "app/app.h"
#include "app/asset/asset.h"
#include "box/box.h"
#include "config/config.h"
#include "config/env.h"
#include "core/fd.h"
#include "db/db.h"
#include "event/event.h"
#include "gen/asset_thumbnail_sql.h"
#include "http/mime.h"
#include "job/handlers.h"
#include "media/media.h"
#include "storage/paths.h"

#include <fcntl.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    DERIVED_MAX = 3,
};

/* A rendition that is to be made: its row's type and the picture. */
struct derived {
    str type;
    bool progressive;
    bool transparent;
};

struct plan {
    uuid id;
    const struct thumbnail_source *source;
    struct derived derived[DERIVED_MAX];
    struct media_request request; /* outputs in the order of derived */
};

static enum box_format box_format_of(enum ImageFormat format)
{
    return format == IMAGE_FORMAT_WEBP ? BOX_WEBP : BOX_JPEG;
}

static bool is_moving(const struct thumbnail_source *source)
{
    return source->type == ASSET_TYPE_VIDEO || str_ends_nocase(source->originalPath, STR(".gif"));
}

static bool is_panorama(const struct thumbnail_source *source)
{
    return source->projectionType.is == PRESENT &&
           str_eq(source->projectionType.v, STR("EQUIRECTANGULAR"));
}

/* Adds one rendition; size 0 keeps all pixels. */
static void add_output(struct ctx *cx, struct plan *plan, str type, enum ImageFormat format,
    int64_t size, int64_t quality, struct opt_bool progressive)
{
    const uint32_t i = plan->request.n_outputs++;
    const enum box_format box_format = box_format_of(format);
    const str suffix =
        str_fmt(cx->arena, "_%.*s.%s", FMT(type), box_format == BOX_WEBP ? "webp" : "jpeg");
    plan->derived[i] = (struct derived){.type = type,
        .progressive = progressive.is == PRESENT && progressive.v && box_format == BOX_JPEG};
    plan->request.outputs[i] = (struct media_output){
        .path = storage_nested_path(
            cx->arena, cx->app->media, STORAGE_THUMBS, plan->source->ownerId, plan->id, suffix),
        .format = box_format,
        .size = (uint32_t)size,
        .quality = (uint32_t)quality,
        .progressive = plan->derived[i].progressive,
        .panorama = is_panorama(plan->source) && !is_moving(plan->source) &&
                    !str_eq(type, STR("thumbnail")),
    };
}

static bool wants_fullsize(const struct ctx *cx, const struct thumbnail_source *source)
{
    const struct mime *mime = mime_find(source->originalFileName);
    const bool browsers_show_it = mime && (mime->flags & MIME_BROWSER);
    return !is_moving(source) && !browsers_show_it &&
           (config_get(cx)->image.fullsize.enabled || is_panorama(source));
}

static str present_or_empty(struct opt_str text)
{
    return text.is == PRESENT ? text.v : STR("");
}

static void make_plan(struct ctx *cx, struct plan *plan)
{
    const struct SystemConfigDto *config = config_get(cx);
    const struct thumbnail_source *source = plan->source;
    const struct mime *mime = mime_find(source->originalPath);
    const enum box_colour configured =
        config->image.colorspace == COLORSPACE_P3 ? BOX_P3 : BOX_SRGB;
    plan->request = (struct media_request){
        .fd = -1,
        .colour = media_colour(present_or_empty(source->colorspace),
            present_or_empty(source->profileDescription),
            source->bitsPerSample.is == PRESENT ? (int)source->bitsPerSample.v : 0, configured),
        .raw = mime && mime->flags & MIME_RAW,
        .ignore_damage = cx->app->env->process_invalid_images,
        .thumbhash = true,
    };
    add_output(cx, plan, STR("preview"), config->image.preview.format, config->image.preview.size,
        config->image.preview.quality, config->image.preview.progressive);
    add_output(cx, plan, STR("thumbnail"), config->image.thumbnail.format,
        config->image.thumbnail.size, config->image.thumbnail.quality,
        config->image.thumbnail.progressive);
    if (wants_fullsize(cx, source)) {
        add_output(cx, plan, STR("fullsize"), config->image.fullsize.format, 0,
            config->image.fullsize.quality, config->image.fullsize.progressive);
    }
}

static fallible make_files(struct ctx *cx, struct plan *plan, struct media_result *made)
{
    const char *path = cstr(cx->arena, plan->source->originalPath);
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) FAIL_ERRNO("open", path);
    plan->request.fd = fd;
    if (is_moving(plan->source)) {
        struct box_probe_answer *video = ARENA_NEW(cx->arena, struct box_probe_answer);
        TRY(media_probe(cx, fd, video));
        plan->request.video = video;
        const enum ToneMapping tonemap = config_get(cx)->ffmpeg.tonemap;
        if (tonemap != TONE_MAPPING_DISABLED)
            plan->request.tonemap = ToneMapping_names.v[tonemap].p;
    }
    TRY(media_thumbnails(cx, &plan->request, made));
    const struct mime *mime = mime_find(plan->source->originalPath);
    for (uint32_t i = 0; i < plan->request.n_outputs; i++) {
        plan->derived[i].progressive = made->files[i].progressive;
        plan->derived[i].transparent =
            made->transparent && mime && (mime->flags & MIME_TRANSPARENT);
    }
    return NULL;
}

static bool is_planned(const struct plan *plan, str type)
{
    for (uint32_t i = 0; i < plan->request.n_outputs; i++) {
        if (str_eq(plan->derived[i].type, type)) return true;
    }
    return false;
}

/* Rows of renditions that are no longer made go; *stale collects the paths that no new rendition
 * has taken over. */
static fallible forget_old_files(struct ctx *cx, const struct plan *plan, struct list_str *stale)
{
    struct list_derived_file old;
    TRY(sql_asset_thumbnail_files(cx, &old, plan->id));
    *stale = (struct list_str){.v = ARENA_ARRAY(cx->arena, str, old.n)};
    for (size_t i = 0; i < old.n; i++) {
        bool kept = false;
        for (uint32_t k = 0; k < plan->request.n_outputs; k++)
            kept = kept || str_eq(old.v[i].path, str_from(plan->request.outputs[k].path));
        if (!kept) stale->v[stale->n++] = old.v[i].path;
        if (!is_planned(plan, old.v[i].type))
            TRY(sql_asset_thumbnail_forget(cx, plan->id, old.v[i].type));
    }
    return NULL;
}

static fallible store_rows(
    struct ctx *cx, const struct plan *plan, const struct media_result *made, bool *gone)
{
    bool found;
    uuid id;
    struct list_str stale;
    TRY(db_begin(cx));
    TRY(sql_asset_thumbnail_lock(cx, &id, &found, plan->id));
    *gone = !found;
    if (*gone) return db_commit(cx);
    TRY(forget_old_files(cx, plan, &stale));
    for (uint32_t i = 0; i < plan->request.n_outputs; i++) {
        const struct derived *d = &plan->derived[i];
        TRY(sql_asset_thumbnail_store(cx, plan->id, d->type,
            str_from(plan->request.outputs[i].path), d->progressive, d->transparent));
    }
    TRY(sql_asset_thumbnail_set_hash(cx, plan->id, made->thumbhash));
    if (stale.n) TRY(job_add_FileDelete(cx, &(struct file_delete_job){.files = stale}));
    return db_commit(cx);
}

/* The asset was deleted while its pictures were made: they go as well. */
static void remove_files(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->request.n_outputs; i++)
        unlink(plan->request.outputs[i].path);
}

static fallible announce(struct ctx *cx, const struct plan *plan)
{
    bool found;
    struct AssetResponseDto asset;
    struct AssetUploadReadyV2 ready;
    const enum AssetVisibility visibility = plan->source->visibility;
    if (visibility != ASSET_VISIBILITY_TIMELINE && visibility != ASSET_VISIBILITY_ARCHIVE)
        return NULL;

    const struct room owner = ROOM_USER(plan->source->ownerId);
    TRY(asset_response(cx, plan->id, SHAPE_events, &asset, &found));
    if (!found) return NULL;
    event_send_struct(cx, owner, "on_upload_success", &AssetResponseDto_fields, &asset, DATES_Z);
    TRY(sql_asset_sync_row(cx, &ready.asset, &found, plan->id));
    if (found) TRY(sql_asset_sync_exif_row(cx, &ready.exif, &found, plan->id));
    if (found)
        event_send_struct(
            cx, owner, "AssetUploadReadyV2", &AssetUploadReadyV2_fields, &ready, DATES_Z);
    return NULL;
}

/* What is found in pictures follows the pictures. */
static fallible add_followers(struct ctx *cx, const struct asset_job *in, const struct plan *plan)
{
    TRY(job_add_SmartSearch(cx, in));
    TRY(job_add_AssetDetectFaces(cx, in));
    TRY(job_add_Ocr(cx, in));
    if (plan->source->type == ASSET_TYPE_VIDEO) TRY(job_add_AssetEncodeVideo(cx, in));
    return announce(cx, plan);
}

fallible job_AssetGenerateThumbnails(
    struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    bool found, gone;
    struct thumbnail_source source;
    TRY(sql_asset_thumbnail_source(cx, &source, &found, in->id));
    *result = found && source.hasExif ? JOB_SUCCESS : JOB_FAILED;
    if (found && source.visibility == ASSET_VISIBILITY_HIDDEN) *result = JOB_SKIPPED;
    if (*result != JOB_SUCCESS) return NULL;
    if (source.type == ASSET_TYPE_VIDEO && !source.hasVideo)
        FAIL(BAD_REQUEST, "Missing video metadata");

    struct plan plan = {.id = in->id, .source = &source};
    struct media_result made;
    make_plan(cx, &plan);
    err e = make_files(cx, &plan, &made);
    /* A hostile file costs one attempt; a decoder that never ends would take minutes in each. */
    if (box_failure_is_files_fault(box_failure_of(e))) *result = JOB_FAILED;
    TRY(e);
    TRY(store_rows(cx, &plan, &made, &gone));
    if (gone) {
        remove_files(&plan);
        *result = JOB_FAILED;
        return NULL;
    }
    const bool uploaded = in->source.is == PRESENT && str_eq(in->source.v, STR("upload"));
    const bool notify = in->notify.is == PRESENT && in->notify.v;
    return uploaded || notify ? add_followers(cx, in, &plan) : NULL;
}

/* Extensions that browsers show as they are. */
static struct list_str web_supported(struct arena *a)
{
    struct list_str list = {.v = ARENA_ARRAY(a, str, mime_table_n)};
    for (size_t i = 0; i < mime_table_n; i++) {
        if (mime_table[i].kind == MIME_IMAGE && (mime_table[i].flags & MIME_BROWSER))
            list.v[list.n++] = mime_table[i].extension;
    }
    return list;
}

fallible job_AssetGenerateThumbnailsQueueAll(
    struct ctx *cx, const struct force_job *in, enum job_result *result)
{
    int64_t assets, people;
    const bool force = in->force.is == PRESENT && in->force.v;
    TRY(sql_asset_thumbnail_queue_all(
        cx, &assets, force, config_get(cx)->image.fullsize.enabled, web_supported(cx->arena)));
    TRY(sql_asset_thumbnail_queue_people(cx, &people, force));
    *result = JOB_SUCCESS;
    return NULL;
}
