/* Sidecars: XMP files beside the originals, which hold what users say about their photos. */
#include "app/asset/asset_metadata_store.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "db/db.h"
#include "job/handlers.h"
#include "job/job.h"
#include "metadata/exiftool.h"
#include "metadata/zone.h"
#include "storage/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    ASSIGNMENTS_MAX = 512, /* six properties, the rest are tags */
    SIDECAR_MODE = 0644,
};

/* --- SidecarCheck ----------------------------------------------------------------------------- */

static bool is_readable_file(struct ctx *cx, str path)
{
    const char *name = cstr(cx->arena, path);
    struct stat st;
    return stat(name, &st) == 0 && S_ISREG(st.st_mode) && access(name, R_OK) == 0;
}

/* The recorded one, photo.jpg.xmp, photo.xmp: the first that can be read. */
static struct opt_str find_sidecar(struct ctx *cx, const struct metadata_asset *asset)
{
    const str original = asset->originalPath;
    const str stem = str_slice(original, 0, original.n - storage_extension(original).n);
    const str candidates[] = {
        asset->sidecarPath.is == PRESENT ? asset->sidecarPath.v : STR(""),
        str_fmt(cx->arena, "%.*s.xmp", FMT(original)),
        str_fmt(cx->arena, "%.*s.xmp", FMT(stem)),
    };
    for (size_t i = 0; i < LENGTH(candidates); i++) {
        if (candidates[i].n && is_readable_file(cx, candidates[i])) return SOME(str, candidates[i]);
    }
    return NOTHING(str);
}

/* --- SidecarWrite ----------------------------------------------------------------------------- */

struct edit {
    struct ctx *cx;
    const struct metadata_edit *row;
    struct exif_assignment assignments[ASSIGNMENTS_MAX];
    size_t n;
    str written[8]; /* the properties that the sidecar will hold */
    size_t written_n;
};

static bool is_locked(const struct edit *edit, str property)
{
    for (size_t i = 0; i < edit->row->lockedProperties.n; i++) {
        if (str_eq(edit->row->lockedProperties.v[i], property)) return true;
    }
    return false;
}

static void assign(struct edit *edit, const char *tag, str value)
{
    if (edit->n < ASSIGNMENTS_MAX)
        edit->assignments[edit->n++] = (struct exif_assignment){tag, value};
}

static void write_down(struct edit *edit, str property)
{
    edit->written[edit->written_n++] = property;
}

/* 2023-01-02T03:04:05.000+02:00 */
static str date_text(struct arena *a, struct when instant, int64_t offset_s)
{
    const struct civil c = civil_from_when((struct when){instant.us + offset_s * 1000000});
    const long long minutes = (offset_s < 0 ? -offset_s : offset_s) / 60;
    return str_fmt(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03d%c%02lld:%02lld", c.year, c.month, c.day,
        c.hour, c.minute, c.second, c.us / 1000, offset_s < 0 ? '-' : '+', minutes / 60,
        minutes % 60);
}

static void assign_date(struct edit *edit)
{
    if (!is_locked(edit, STR("dateTimeOriginal")) || edit->row->dateTimeOriginal.is != PRESENT)
        return;
    struct zone zone = {0}; /* UTC */
    const struct opt_str name = edit->row->timeZone;
    if (name.is == PRESENT) zone_parse(edit->cx->arena, name.v, &zone);
    const struct when instant = edit->row->dateTimeOriginal.v;
    const int64_t offset_us = zone_wall_from_instant(&zone, instant).us - instant.us;
    assign(edit, "DateTimeOriginal", date_text(edit->cx->arena, instant, offset_us / 1000000));
    write_down(edit, STR("dateTimeOriginal"));
    /* Compat: the file says an offset. A zone with a name stays locked, or it would become that
     * offset. */
    if (!zone.rules && is_locked(edit, STR("timeZone"))) write_down(edit, STR("timeZone"));
}

static str number_text(struct arena *a, struct opt_double n)
{
    return n.is == PRESENT ? str_fmt(a, "%.10g", n.v) : STR("");
}

/* Everything that is locked, as assignments; what a sidecar cannot say stays out. */
static void assign_all(struct edit *edit)
{
    const struct metadata_edit *row = edit->row;
    struct arena *a = edit->cx->arena;
    if (is_locked(edit, STR("description"))) {
        assign(edit, "Description", row->description);
        assign(edit, "ImageDescription", row->description);
        write_down(edit, STR("description"));
    }
    assign_date(edit);
    if (is_locked(edit, STR("latitude"))) {
        assign(edit, "GPSLatitude", number_text(a, row->latitude));
        write_down(edit, STR("latitude"));
    }
    if (is_locked(edit, STR("longitude"))) {
        assign(edit, "GPSLongitude", number_text(a, row->longitude));
        write_down(edit, STR("longitude"));
    }
    if (is_locked(edit, STR("rating"))) {
        const int64_t stars = row->rating.is == PRESENT ? row->rating.v : 0;
        assign(edit, "Rating", str_fmt(a, "%lld", (long long)stars));
        write_down(edit, STR("rating"));
    }
    if (is_locked(edit, STR("tags"))) {
        const bool fits = edit->n + row->tags.v.n < ASSIGNMENTS_MAX;
        for (size_t i = 0; fits && i < row->tags.v.n; i++)
            assign(edit, "TagsList", row->tags.v.v[i]);
        if (row->tags.v.n == 0) assign(edit, "TagsList", STR(""));
        if (fits) write_down(edit, STR("tags"));
    }
}

/* The old file with the changes in its place; nothing happens to it when anything fails. */
static fallible write_file(struct edit *edit, const char *path)
{
    struct stat st = {.st_mode = SIDECAR_MODE};
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno != ENOENT) FAIL_ERRNO("open", path);
    if (fd >= 0 && fstat(fd, &st) != 0) FAIL_ERRNO("fstat", path);
    str document;
    TRY(exiftool_write_xmp(edit->cx, fd, edit->assignments, edit->n, &document));
    return file_replace(path, document, st.st_mode & 0777);
}

/* The file holds the edits: now, and not earlier, may the next extraction take them from there. */
static fallible unlock(struct edit *edit, const struct metadata_asset *asset, str path)
{
    struct ctx *cx = edit->cx;
    int64_t unlocked;
    TRY(db_begin(cx));
    if (asset->sidecarPath.is != PRESENT) TRY(sql_metadata_put_sidecar(cx, asset->id, path));
    TRY(sql_metadata_unlock(cx, &unlocked, asset->id, edit->row->updateId,
        (struct list_str){edit->written, edit->written_n}));
    return db_commit(cx);
}

fallible job_SidecarCheck(struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    struct metadata_asset asset;
    bool found = false;
    TRY(sql_metadata_asset(cx, &asset, &found, in->id));
    *result = JOB_SKIPPED;
    if (!found) return NULL;

    const struct opt_str path = find_sidecar(cx, &asset);
    const bool same = path.is == asset.sidecarPath.is &&
                      (path.is != PRESENT || str_eq(path.v, asset.sidecarPath.v));
    TRY(db_begin(cx));
    if (!same && path.is == PRESENT) TRY(sql_metadata_put_sidecar(cx, asset.id, path.v));
    if (!same && path.is != PRESENT) TRY(sql_metadata_drop_sidecar(cx, asset.id));
    /* Unchanged or not: a library's scan comes here because the original may have changed. */
    TRY(job_add_AssetExtractMetadata(cx, in));
    TRY(db_commit(cx));
    if (!same) *result = JOB_SUCCESS;
    return NULL;
}

fallible job_SidecarWrite(struct ctx *cx, const struct asset_job *in, enum job_result *result)
{
    struct metadata_asset asset;
    struct metadata_edit row;
    bool found = false;
    *result = JOB_SKIPPED;
    TRY(sql_metadata_asset(cx, &asset, &found, in->id));
    if (!found) return NULL;
    found = false;
    TRY(sql_metadata_edits(cx, &row, &found, in->id));
    if (!found) return NULL;

    struct edit *edit = ARENA_NEW(cx->arena, struct edit);
    *edit = (struct edit){.cx = cx, .row = &row};
    assign_all(edit);
    const str path = asset.sidecarPath.is == PRESENT
                         ? asset.sidecarPath.v
                         : str_fmt(cx->arena, "%.*s.xmp", FMT(asset.originalPath));
    err e = edit->n ? write_file(edit, cstr(cx->arena, path)) : NULL;
    /* Compat: a library that may not be written keeps its edits in the database: the properties
     * stay locked, where upstream would unlock them and read the old values back. */
    if (e)
        log_warn("sidecar not writable, its edits stay in the database", KV("asset", asset.id),
            KV_ERROR(e));
    if (!e && edit->n) TRY(unlock(edit, &asset, path));
    TRY(job_add_AssetExtractMetadata(
        cx, &(struct asset_job){.id = asset.id, .source = SOME(str, STR("sidecar-write"))}));
    *result = JOB_SUCCESS;
    return NULL;
}

fallible job_SidecarQueueAll(struct ctx *cx, const struct force_job *in, enum job_result *result)
{
    int64_t n;
    TRY(sql_sidecar_queue_all(cx, &n, in->force.is == PRESENT && in->force.v));
    *result = JOB_SUCCESS;
    return NULL;
}
