#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/banned.h"

fallible fd_write_all(int fd, const void *p, size_t n)
{
    const char *from = p;
    while (n) {
        const ssize_t written = write(fd, from, n);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) FAIL_ERRNO("write", NULL);
        from += written;
        n -= (size_t)written;
    }
    return NULL;
}

fallible fd_read_full(int fd, void *p, size_t n, size_t *got)
{
    size_t total = 0;
    while (total < n) {
        const ssize_t count = read(fd, (char *)p + total, n - total);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) FAIL_ERRNO("read", NULL);
        if (count == 0) break;
        total += (size_t)count;
    }
    *got = total;
    return NULL;
}

fallible file_read(struct arena *a, const char *path, size_t limit, str *out)
{
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("open", path);
    struct stat info;
    if (fstat(fd, &info) < 0) FAIL_ERRNO("stat", path);
    if (info.st_size < 0 || (size_t)info.st_size > limit)
        FAIL(INTERNAL, "%s is larger than %zu bytes", path, limit);
    /* Files of /proc and /sys say size 0; they are read up to a page. */
    const size_t room = info.st_size ? (size_t)info.st_size : MIN(limit, (size_t)4096);
    char *p = arena_alloc_raw(a, room);
    size_t n;
    TRY(fd_read_full(fd, p, room, &n));
    *out = (str){p, n};
    return NULL;
}

static fallible parent_of(const char *path, char out[static PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    const size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= PATH_MAX) FAIL(INTERNAL, "a path is too long");
    if (!slash || n == 0) {
        snprintf(out, PATH_MAX, "%s", slash ? "/" : ".");
        return NULL;
    }
    memcpy(out, path, n);
    out[n] = '\0';
    return NULL;
}

fallible dir_sync_parent(const char *path)
{
    char parent[PATH_MAX];
    TRY(parent_of(path, parent));
    auto_fd fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("open", parent);
    /* Some network and FUSE file systems refuse fsync on a folder; there is nothing more to be had
     * from them. */
    if (fsync(fd) < 0 && errno != EINVAL && errno != ENOTSUP) FAIL_ERRNO("fsync", parent);
    return NULL;
}

static fallible write_synced(const char *path, str content, unsigned mode)
{
    auto_fd fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, (mode_t)mode);
    if (fd < 0) FAIL_ERRNO("create", path);
    TRY(fd_write_all(fd, content.p, content.n));
    if (fsync(fd) < 0) FAIL_ERRNO("fsync", path);
    return NULL;
}

fallible file_replace(const char *path, str content, unsigned mode)
{
    char temporary[PATH_MAX];
    const int n = snprintf(temporary, sizeof temporary, "%s.%d.tmp", path, (int)getpid());
    if (n < 0 || (size_t)n >= sizeof temporary) FAIL(INTERNAL, "a path is too long");
    err e = write_synced(temporary, content, mode);
    if (!e && rename(temporary, path) < 0) e = err_errno("rename", path);
    if (e) {
        unlink(temporary);
        return e;
    }
    return dir_sync_parent(path);
}

fallible dir_make(const char *path, unsigned mode)
{
    if (mkdir(path, (mode_t)mode) == 0 || errno == EEXIST) return NULL;
    if (errno != ENOENT) FAIL_ERRNO("mkdir", path);
    char parent[PATH_MAX];
    TRY(parent_of(path, parent));
    TRY(dir_make(parent, mode));
    if (mkdir(path, (mode_t)mode) < 0 && errno != EEXIST) FAIL_ERRNO("mkdir", path);
    return NULL;
}
