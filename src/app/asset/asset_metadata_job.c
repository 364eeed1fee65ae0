/* Metadata extraction: what a file says about itself, into the database. */
#include "app/asset/asset.h"
#include "app/asset/asset_face_import.h"
#include "app/asset/asset_metadata_store.h"
#include "app/asset/asset_motion_photo.h"
#include "box/box.h"
#include "config/config.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/log.h"
#include "db/db.h"
#include "event/event.h"
#include "job/handlers.h"
#include "job/job.h"
#include "metadata/exiftool.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    PROBE_BYTES_PER_MS = 10 * 1000, /* a slow network share: 10 MB/s */
};

/* What was read of one asset. */
struct reading {
    struct file_facts file;
    struct exif_tags media;
    bool has_sidecar;
    struct exif_tags sidecar;
    bool has_probe;
    struct box_probe_answer probe;
};

static struct when when_of(const struct statx_timestamp *t)
{
    /* Milliseconds: clients compare the time with the one they sent. */
    return (struct when){t->tv_sec * 1000000 + t->tv_nsec / 1000000 * 1000};
}

static fallible open_original(
    const struct metadata_asset *asset, const char *path, int *fd, struct file_facts *out)
{
    auto_fd opened = open(path, O_RDONLY | O_CLOEXEC);
    if (opened < 0) FAIL_ERRNO("open", path);
    struct statx st;
    if (statx(opened, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &st) != 0)
        FAIL_ERRNO("statx", path);
    if (!S_ISREG(st.stx_mode)) FAIL(UNSUPPORTED, "the original is not a regular file");
    *out = (struct file_facts){
        .path = asset->originalPath,
        .video = str_eq(asset->type, STR("VIDEO")),
        .size_bytes = (int64_t)st.stx_size,
        .modified = when_of(&st.stx_mtime),
        .file_created_at = asset->fileCreatedAt,
    };
    if ((st.stx_mask & STATX_BTIME) && st.stx_btime.tv_sec > 0)
        out->born = SOME(when, when_of(&st.stx_btime));
    *fd = TAKE(opened);
    return NULL;
}

/* Another try would end the same way. */
static bool is_files_fault(err e)
{
    return err_is(e, UNSUPPORTED) || box_failure_is_files_fault(box_failure_of(e));
}

/* A failure that is the file's own leaves the asset with what the file system knows about it, as
 * upstream does; one that another try may not meet goes on. Compat: so does one of a file that was
 * read before, for what is known about it to stay. */
static fallible accept_file_failure(const struct metadata_asset *asset, const char *what, err e)
{
    if (!e || asset->wasExtracted || !is_files_fault(e)) return e;
    log_warn("metadata not readable, going on without", KV("asset", asset->id), KV("what", what),
        KV_ERROR(e));
    return NULL;
}

/* The packets of a video are read to its end, for which large ones get more time; without them
 * there are no key frames, and everything else is as well known. */
static fallible probe_streams(struct ctx *cx, int fd, int64_t size_bytes, struct reading *r)
{
    struct box_request request = {
        .task = BOX_PROBE,
        .input_fd = fd,
        .timeout_ms = BOX_TIMEOUT_MS + size_bytes / PROBE_BYTES_PER_MS,
        .probe = {.packets = true},
    };
    struct box_answer answer;
    err e = box_run(cx, &request, &answer);
    if (box_failure_of(e) == BOX_TIME_LIMIT || box_failure_of(e) == BOX_CPU_LIMIT) {
        request.probe.packets = false;
        e = box_run(cx, &request, &answer);
    }
    if (e) return e;
    r->has_probe = true;
    r->probe = answer.probe;
    return NULL;
}

static fallible read_media(
    struct ctx *cx, const struct metadata_asset *asset, int fd, struct reading *r)
{
    err e = exiftool_read(cx, fd, asset->originalPath, r->file.video, &r->media);
    TRY(accept_file_failure(asset, "tags", e));
    if (!r->file.video && !str_ends_nocase(asset->originalPath, STR(".gif"))) return NULL;
    e = probe_streams(cx, fd, r->file.size_bytes, r);
    return accept_file_failure(asset, "streams", e);
}

/* A sidecar that is recorded and cannot be read is no reason to lose the photo's own metadata. */
static fallible read_sidecar(struct ctx *cx, const struct metadata_asset *asset, struct reading *r)
{
    if (asset->sidecarPath.is != PRESENT) return NULL;
    const char *path = cstr(cx->arena, asset->sidecarPath.v);
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    err e = fd < 0 ? err_errno("open", path)
                   : exiftool_read(cx, fd, asset->sidecarPath.v, false, &r->sidecar);
    if (e && fd >= 0 && !is_files_fault(e)) return e;
    if (e) log_warn("sidecar not readable", KV("asset", asset->id), KV_ERROR(e));
    r->has_sidecar = !e;
    return NULL;
}

/* Two halves of a live photo carry the same id; whichever comes second finds the first. */
static fallible link_live_photo(
    struct ctx *cx, const struct metadata_asset *asset, const struct metadata *m)
{
    if (m->live_photo_cid.is != PRESENT) return NULL;
    const bool is_video = str_eq(asset->type, STR("VIDEO"));
    uuid other;
    bool found = false, was_seen;
    TRY(sql_metadata_live_photo_other(cx, &other, &found, asset->id, asset->ownerId,
        m->live_photo_cid.v, is_video ? STR("IMAGE") : STR("VIDEO")));
    if (!found) return NULL;
    const uuid photo = is_video ? other : asset->id, video = is_video ? asset->id : other;
    TRY(sql_metadata_link_live_photo(cx, &was_seen, photo, video));
    if (was_seen) event_send_id(cx, ROOM_USER(asset->ownerId), "on_asset_hidden", video);
    return NULL;
}

/* The sidecar's regions are preferred, as all of its tags are. */
static fallible import_faces(struct ctx *cx, const struct metadata_asset *asset,
    const struct reading *r, struct opt_str orientation)
{
    const struct json_value *info = NULL;
    if (r->has_sidecar) info = exif_tag(&r->sidecar, STR("RegionInfo"));
    if (!info) info = exif_tag(&r->media, STR("RegionInfo"));
    const struct regions regions = regions_read(cx->arena, info, orientation);
    return asset_face_import(cx, asset, &regions);
}

static fallible store(struct ctx *cx, const struct metadata_asset *asset, const struct reading *r)
{
    struct metadata m;
    const struct box_probe_answer *probe = r->has_probe ? &r->probe : NULL;
    metadata_map(cx->arena, &r->media, r->has_sidecar ? &r->sidecar : NULL, probe, &r->file, &m);
    TRY(asset_metadata_store(cx, asset, &m, probe));
    if (config_get(cx)->metadata.faces.import) TRY(import_faces(cx, asset, r, m.orientation));
    return link_live_photo(cx, asset, &m);
}

/* What clients that show the asset must know of it. */
static fallible tell(struct ctx *cx, const struct metadata_asset *asset)
{
    struct AssetResponseDto dto;
    bool found = false;
    TRY(asset_response(cx, asset->id, SHAPE_events, &dto, &found));
    if (found)
        event_send_struct(cx, ROOM_USER(asset->ownerId), "on_asset_update",
            &AssetResponseDto_fields, &dto, DATES_Z);
    return NULL;
}

static fallible finish(struct ctx *cx, const struct metadata_asset *asset,
    const struct asset_job *in, const struct reading *r)
{
    TRY(db_begin(cx));
    TRY(store(cx, asset, r));
    if (in->source.is == PRESENT && str_eq(in->source.v, STR("sidecar-write")))
        TRY(tell(cx, asset));
    TRY(job_add_StorageTemplateMigrationSingle(cx, in));
    return db_commit(cx);
}

/* Nothing about the video may fail its photo. */
static void store_motion_photo(
    struct ctx *cx, const struct metadata_asset *asset, const struct exif_tags *tags, int fd)
{
    struct opt_uuid made = NOTHING(uuid);
    enum job_result result;
    err e = asset_motion_photo_store(cx, asset, tags, fd, &made);
    if (!e && made.is == PRESENT)
        e = job_AssetExtractMetadata(cx, &(struct asset_job){.id = made.v}, &result);
    if (e) log_warn("motion photo without its video", KV("asset", asset->id), KV_ERROR(e));
}

fallible job_AssetExtractMetadata(
    struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    struct metadata_asset asset;
    struct reading r = {0};
    bool found = false;
    TRY(sql_metadata_asset(cx, &asset, &found, in->id));
    if (!found) {
        *result = JOB_SKIPPED;
        return NULL;
    }
    auto_fd fd = -1;
    TRY(open_original(&asset, cstr(cx->arena, asset.originalPath), &fd, &r.file));
    TRY(read_media(cx, &asset, fd, &r));
    TRY(read_sidecar(cx, &asset, &r));
    TRY(finish(cx, &asset, in, &r));
    if (!r.file.video) store_motion_photo(cx, &asset, &r.media, fd);
    *result = JOB_SUCCESS;
    return NULL;
}

fallible job_AssetExtractMetadataQueueAll(
    struct ctx *cx, const struct force_job *in, enum job_result *result)
{
    int64_t n;
    TRY(sql_metadata_queue_all(cx, &n, in->force.is == PRESENT && in->force.v));
    *result = JOB_SUCCESS;
    return NULL;
}
