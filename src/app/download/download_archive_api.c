/* An archive of originals, made while it is sent. */
#include "app/download/names.h"
#include "app/download/zip.h"
#include "auth/auth.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "gen/api.h"
#include "gen/download_sql.h"
#include "http/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    BATCH = 1000, /* files that are looked up at once; no connection is held while they are sent */
    CHUNK = 256 * 1024,
};

struct archive {
    struct ctx *cx;
    struct zip zip;
    struct names names;
    char *chunk;
};

static bool send(void *p, str bytes)
{
    return stream_write(p, bytes);
}

static fallible require_client(bool is_there)
{
    if (!is_there) FAIL(CLIENT_GONE, "nobody reads the archive any more");
    return NULL;
}

/* One that is missing is left out, and the log says so: the others are worth having. */
static fallible open_file(const struct download_file *file, const char *path, int *fd)
{
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (*fd >= 0) return NULL;
    if (errno != ENOENT) FAIL_ERRNO("open", path);
    log_warn("a file is missing and left out of an archive", KV("asset", file->id));
    return NULL;
}

static fallible add_content(struct archive *a, int fd, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        const ssize_t n = read(fd, a->chunk, (size_t)MIN(size - done, (uint64_t)CHUNK));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) FAIL_ERRNO("read", NULL);
        /* Compat: the archive breaks off, so that nobody takes half a photo for a whole one. */
        if (n == 0) FAIL(RETRY, "a file became shorter while it was read");
        TRY(require_client(zip_data(&a->zip, (str){a->chunk, (size_t)n})));
        done += (uint64_t)n;
    }
    return NULL;
}

static fallible add_file(struct archive *a, const struct download_file *file)
{
    struct stat st;
    const char *path = cstr(a->cx->arena, file->path);
    auto_fd fd = -1;
    TRY(open_file(file, path, &fd));
    if (fd < 0) return NULL;
    if (fstat(fd, &st) != 0) FAIL_ERRNO("fstat", path);
    posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);

    const struct zip_entry entry = {.name = names_add(&a->names, file->name),
        .size = (uint64_t)st.st_size,
        .modified = {(int64_t)st.st_mtim.tv_sec * 1000000 + st.st_mtim.tv_nsec / 1000}};
    TRY(require_client(zip_begin(&a->zip, &entry)));
    TRY(add_content(a, fd, entry.size));
    return require_client(zip_end(&a->zip));
}

/* Compat: a link shows the picture as it was edited, never what was cut away. */
static bool wants_edited(const struct ctx *cx, const struct DownloadArchiveDto *dto)
{
    const bool asked = dto->edited.is == PRESENT && dto->edited.v;
    return asked || cx->auth->kind == AUTH_SHARED_LINK;
}

/* What is kept of a batch until the end is the names alone. */
static fallible add_batch(struct archive *a, struct list_uuid ids, bool edited)
{
    struct ctx *whole = a->cx;
    err e = NULL;
    ARENA_SCOPE (scratch) {
        struct ctx cx = *whole;
        cx.arena = scratch;
        a->cx = &cx;
        struct list_download_file files;
        e = sql_download_files(&cx, &files, ids, edited);
        for (size_t i = 0; !e && i < files.n; i++)
            e = add_file(a, &files.v[i]);
        a->cx = whole;
    }
    return e;
}

static fallible add_all(struct archive *a, const struct DownloadArchiveDto *dto)
{
    const struct list_uuid ids = dto->assetIds;
    const bool edited = wants_edited(a->cx, dto);
    for (size_t i = 0; i < ids.n; i += BATCH)
        TRY(add_batch(a, (struct list_uuid){ids.v + i, MIN(ids.n - i, (size_t)BATCH)}, edited));
    if (a->zip.entries == 0) FAIL(INTERNAL, "there is nothing to put into the archive");
    return require_client(zip_finish(&a->zip));
}

fallible op_downloadArchive(struct ctx *cx, const struct downloadArchive_in *in, struct stream *out)
{
    struct archive a = {
        .cx = cx,
        .zip = {.send = send, .p = out},
        .names = names_new(cx->arena),
        .chunk = arena_alloc_raw(cx->arena, CHUNK),
    };
    err e = add_all(&a, &in->body);
    zip_done(&a.zip);
    return e;
}
