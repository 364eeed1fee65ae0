#include "app/app.h"
#include "app/asset/asset_motion_photo.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/hash.h"
#include "core/log.h"
#include "core/size.h"
#include "db/db.h"
#include "gen/asset_motion_photo_sql.h"
#include "job/job.h"
#include "metadata/exiftool.h"
#include "metadata/motion_photo.h"
#include "storage/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    CHUNK = 256 * 1024,
    VIDEO_MODE = 0644,
};

/* Where the video's bytes are. */
struct part {
    int fd;
    int64_t offset, length;
};

/* Calls fn for all bytes of the part, in order. */
static fallible each_chunk(struct ctx *cx, const struct part *part,
    fallible (*fn)(void *p, const void *bytes, size_t n), void *p)
{
    char *chunk = arena_alloc_raw(cx->arena, CHUNK);
    for (int64_t done = 0; done < part->length;) {
        const size_t wanted = (size_t)MIN(part->length - done, (int64_t)CHUNK);
        const ssize_t n = pread(part->fd, chunk, wanted, part->offset + done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) FAIL_ERRNO("pread", NULL);
        if (n == 0) FAIL(RETRY, "the photo became shorter while it was read");
        TRY(fn(p, chunk, (size_t)n));
        done += n;
    }
    return NULL;
}

static fallible add_to_hash(void *p, const void *bytes, size_t n)
{
    hash_add(p, bytes, n);
    return NULL;
}

static fallible add_to_file(void *p, const void *bytes, size_t n)
{
    return fd_write_all(*(const int *)p, bytes, n);
}

static fallible checksum_of(struct ctx *cx, const struct part *part, uint8_t out[static SHA1_SIZE])
{
    struct hash *hash = hash_begin(HASH_SHA1);
    err e = each_chunk(cx, part, add_to_hash, hash);
    if (e) {
        hash_free(hash);
        return e;
    }
    hash_end(hash, out);
    return NULL;
}

static fallible write_temporary(struct ctx *cx, const struct part *part, const char *path)
{
    auto_fd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, VIDEO_MODE);
    if (fd < 0) FAIL_ERRNO("open", path);
    TRY(each_chunk(cx, part, add_to_file, &fd));
    if (fsync(fd) != 0) FAIL_ERRNO("fsync", path);
    return NULL;
}

/* The whole video under that name, or nothing. */
static fallible write_video(struct ctx *cx, const struct part *part, const char *path)
{
    const char *temporary = cstr(cx->arena, str_fmt(cx->arena, "%s.tmp", path));
    const str folder = str_slice(str_from(path), 0, (size_t)str_rfind_char(str_from(path), '/'));
    TRY(dir_make(cstr(cx->arena, folder), 0755));
    err e = write_temporary(cx, part, temporary);
    if (!e && rename(temporary, path) != 0) e = err_errno("rename", path);
    if (e) {
        unlink(temporary);
        return e;
    }
    return dir_sync_parent(path);
}

static fallible link_video(struct ctx *cx, uuid photo, uuid video)
{
    struct opt_uuid before;
    TRY(sql_motion_photo_link(cx, &before, photo, video));
    if (before.is != PRESENT) return NULL;
    return job_add_AssetDelete(
        cx, &(struct asset_delete_job){.id = before.v, .deleteOnDisk = true});
}

/* The bytes are an asset already: from another copy of the photo, or from an earlier extraction. */
static fallible use_existing(struct ctx *cx, const struct metadata_asset *photo,
    const struct part *part, const struct motion_photo_video *video)
{
    const char *path = cstr(cx->arena, video->originalPath);
    if (access(path, F_OK) != 0) TRY(write_video(cx, part, path));
    TRY(db_begin(cx));
    TRY(sql_motion_photo_hide(cx, video->id));
    TRY(link_video(cx, photo->id, video->id));
    return db_commit(cx);
}

static fallible insert(struct ctx *cx, const struct metadata_asset *photo, const struct part *part,
    uuid video, const char *path, struct bytes checksum)
{
    const str name = photo->originalFileName;
    const str stem = str_slice(name, 0, name.n - storage_extension(name).n);
    TRY(db_begin(cx));
    TRY(sql_motion_photo_insert(
        cx, video, photo->id, str_from(path), str_fmt(cx->arena, "%.*s.mp4", FMT(stem)), checksum));
    TRY(sql_motion_photo_count_usage(cx, photo->id, part->length));
    TRY(link_video(cx, photo->id, video));
    TRY(job_add_AssetEncodeVideo(cx, &(struct asset_job){.id = video}));
    return db_commit(cx);
}

static fallible store_part(struct ctx *cx, const struct metadata_asset *photo,
    const struct part *part, struct opt_uuid *made)
{
    uint8_t digest[SHA1_SIZE];
    const struct bytes checksum = {digest, sizeof digest};
    struct motion_photo_video existing;
    bool found = false;
    TRY(checksum_of(cx, part, digest));
    TRY(sql_motion_photo_find(cx, &existing, &found, photo->ownerId, photo->libraryId, checksum));
    if (found) return use_existing(cx, photo, part, &existing);

    const uuid video = uuid_v4();
    const char *path = storage_nested_path(
        cx->arena, cx->app->media, STORAGE_ENCODED_VIDEO, photo->ownerId, video, STR("-MP.mp4"));
    TRY(write_video(cx, part, path));
    err e = insert(cx, photo, part, video, path, checksum);
    if (e) {
        /* A connection that was lost at the commit may have committed: no row without a file. */
        if (!err_is(e, RETRY)) unlink(path);
        return e;
    }
    *made = SOME(uuid, video);
    return NULL;
}

/* A tag's value, by way of a nameless file. */
static fallible store_tag(struct ctx *cx, const struct metadata_asset *photo, int fd,
    const char *tag, struct opt_uuid *made)
{
    str bytes;
    TRY(exiftool_extract(cx, fd, photo->originalPath, tag, &bytes));
    if (bytes.n == 0) FAIL(UNSUPPORTED, "the photo's video is empty");
    auto_fd video = memfd_create("motion.mp4", MFD_CLOEXEC);
    if (video < 0) FAIL_ERRNO("memfd_create", NULL);
    TRY(fd_write_all(video, bytes.p, bytes.n));
    return store_part(cx, photo, &(struct part){.fd = video, .length = (int64_t)bytes.n}, made);
}

fallible asset_motion_photo_store(struct ctx *cx, const struct metadata_asset *photo,
    const struct exif_tags *tags, int fd, struct opt_uuid *made)
{
    struct stat st;
    if (fstat(fd, &st) != 0) FAIL_ERRNO("fstat", NULL);
    const struct motion_photo motion = motion_photo_find(tags, st.st_size);
    switch (motion.source) {
    case MOTION_NONE:
        break;
    case MOTION_BYTES: {
        const struct part part = {.fd = fd, .offset = motion.offset, .length = motion.length};
        return store_part(cx, photo, &part, made);
    }
    case MOTION_TAG:
        return store_tag(cx, photo, fd, motion.tag, made);
    }
    return NULL;
}
