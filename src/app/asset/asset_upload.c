#include "app/app.h"
#include "app/asset/asset_file.h"
#include "app/asset/asset_upload.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "storage/mount.h"
#include "storage/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

#ifndef ZFS_MAGIC
#define ZFS_MAGIC 0x2fc12fc1ul
#endif

enum {
    FOLDER_MODE = 0777, /* the umask decides, as upstream */
    NESTED_FOLDERS = 3, /* owner, aa, bb */
};

static const char *owner_folder(struct arena *a, const char *media, str owner)
{
    return str_fmt(a, "%s/%s/%.*s", media, storage_folder_names[STORAGE_UPLOAD], FMT(owner)).p;
}

fallible upload_folder(struct ctx *cx, uuid owner, const char **out)
{
    const char *folder = owner_folder(cx->arena, cx->app->media, uuid_str(cx->arena, owner));
    TRY(dir_make(folder, FOLDER_MODE));
    *out = folder;
    return NULL;
}

/* The UUID that http/ gave the temporary file. */
static bool name_of(str path, uuid *out)
{
    const str name = storage_basename(path), prefix = STR(UPLOAD_PREFIX);
    return str_starts(name, prefix) && uuid_parse(str_slice(name, prefix.n, name.n), out);
}

const char *upload_path(struct ctx *cx, uuid owner, const struct upload_file *file, str extension)
{
    uuid name;
    if (!name_of(str_from(file->path), &name)) name = uuid_v4();
    return storage_nested_path(cx->arena, cx->app->media, STORAGE_UPLOAD, owner, name, extension);
}

/* Also the entries of folders that were made on the way. */
static fallible sync_folders(const char *path, bool all)
{
    char folder[PATH_MAX];
    TRY(dir_sync_parent(path));
    if (!all || snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder) return NULL;
    for (int i = 0; i < NESTED_FOLDERS; i++) {
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder) return NULL;
        *slash = '\0';
        TRY(dir_sync_parent(folder));
    }
    return NULL;
}

/* A second name for it where there are hard links, otherwise another one. */
static fallible name_file(const char *from, const char *to)
{
    if (link(from, to) == 0) return NULL;
    if (errno != EPERM && errno != ENOTSUP && errno != ENOSYS && errno != EMLINK)
        FAIL_ERRNO("link", to);
    if (rename(from, to) != 0) FAIL_ERRNO("rename", to);
    return NULL;
}

fallible upload_place(
    struct ctx *cx, const struct upload_file *file, const char *path, struct when modified)
{
    const struct timespec times[] = {{.tv_nsec = UTIME_NOW},
        {.tv_sec = modified.us / 1000000, .tv_nsec = modified.us % 1000000 * 1000}};
    const str folder = str_slice(str_from(path), 0, (size_t)str_rfind_char(str_from(path), '/'));
    const char *dir = cstr(cx->arena, folder);

    if (futimens(file->fd, times) != 0)
        log_warn("a file keeps the time of its upload", KV_ERROR(err_errno("futimens", path)));
    if (fsync(file->fd) != 0) FAIL_ERRNO("fsync", file->path);
    const bool is_new = access(dir, F_OK) != 0;
    TRY(dir_make(dir, FOLDER_MODE));
    TRY(name_file(file->path, path));
    err e = sync_folders(path, is_new);
    if (e) unlink(path);
    return e;
}

/* ---- what a crash left ---- */

/* The final names of a temporary file: those in its folder that begin with its UUID. */
static void find_final(
    struct arena *a, const char *media, uuid owner, uuid name, struct list_str *out)
{
    const char *dir = storage_nested_dir(a, media, STORAGE_UPLOAD, owner, name);
    const str prefix = uuid_str(a, name);
    DIR *entries = opendir(dir);
    if (!entries) return;
    for (const struct dirent *e; (e = readdir(entries));) {
        if (!str_starts(str_from(e->d_name), prefix)) continue;
        out->v = arena_grow(a, out->v, out->n * sizeof *out->v, (out->n + 1) * sizeof *out->v);
        out->v[out->n++] = str_fmt(a, "%s/%s", dir, e->d_name);
    }
    closedir(entries);
}

/* Filesystems of one machine: whoever works on a file there holds its lock. */
static bool is_local(int fd)
{
    static const unsigned long magic[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC,
        TMPFS_MAGIC, OVERLAYFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, ZFS_MAGIC};
    struct statfs fs;
    if (fstatfs(fd, &fs) != 0) return false;
    for (size_t i = 0; i < LENGTH(magic); i++)
        if ((unsigned long)fs.f_type == magic[i]) return true;
    return false;
}

/* Nobody works on it; fd then holds its lock, where there are locks. Its times may have been set by
 * a client, but not that of its last change. */
static bool is_left_behind(const char *path, int fd)
{
    struct stat st, named;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return false;
    const bool locked = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (!locked && errno == EWOULDBLOCK) return false;
    if (lstat(path, &named) != 0 || named.st_ino != st.st_ino) return false;
    return (locked && is_local(fd)) || time(NULL) - st.st_ctim.tv_sec > UPLOAD_SWEEP_AGE_S;
}

static fallible sweep_one(struct ctx *cx, uuid owner, const char *temporary)
{
    uuid name;
    struct list_str final = {0};
    if (!name_of(str_from(temporary), &name)) return NULL;
    auto_fd fd = open(temporary, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (!is_left_behind(temporary, fd)) return NULL;
    find_final(cx->arena, cx->app->media, owner, name, &final);
    if (final.n) TRY(files_remove_unneeded(cx, final));
    if (unlink(temporary) != 0 && errno != ENOENT) FAIL_ERRNO("unlink", temporary);
    log_info("an unfinished upload was removed", KV("file", temporary));
    return NULL;
}

static fallible sweep_owner(struct ctx *cx, str text)
{
    uuid owner;
    if (!uuid_parse(text, &owner)) return NULL;
    const char *folder = owner_folder(cx->arena, cx->app->media, text);
    DIR *entries = opendir(folder);
    if (!entries) FAIL_ERRNO("opendir", folder);
    err e = NULL;
    for (const struct dirent *d; !e && (d = readdir(entries));)
        e = sweep_one(cx, owner, str_fmt(cx->arena, "%s/%s", folder, d->d_name).p);
    closedir(entries);
    return e;
}

fallible upload_sweep(struct ctx *cx)
{
    const char *root = owner_folder(cx->arena, cx->app->media, STR(""));
    DIR *owners = opendir(root);
    if (!owners && errno == ENOENT) return NULL;
    if (!owners) FAIL_ERRNO("opendir", root);
    err e = NULL;
    for (const struct dirent *d; !e && (d = readdir(owners));)
        e = sweep_owner(cx, str_from(d->d_name));
    closedir(owners);
    return e;
}
