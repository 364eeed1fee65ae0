#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/str.h"
#include "storage/location.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    /* Ours are five levels deep; a user's template may add some. */
    DEPTH_MAX = 32,
};

static const char *const folders[] = {
#define X(name) name,
    STORAGE_FOLDERS(X)
#undef X
};

static bool is_directory(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

const char *storage_location(struct arena *a, const char *wished)
{
    static const char *const defaults[] = {"/data", "/usr/src/app/upload"};
    if (*wished) {
        str path = str_from(wished);
        while (path.n > 1 && path.p[path.n - 1] == '/')
            path.n--;
        return cstr(a, path);
    }
    const bool first = is_directory(defaults[0]), second = is_directory(defaults[1]);
    return first && !second ? defaults[0] : defaults[1];
}

static void close_directory(DIR **dir)
{
    if (*dir) closedir(*dir);
}

/* A folder that cannot be read counts as an error, not as empty: nothing may follow from absence.
 */
static fallible directory_has_files(int parent, const char *name, int depth, bool *found)
{
    if (depth > DEPTH_MAX) FAIL(INTERNAL, "the media tree is deeper than %d folders", DEPTH_MAX);
    auto_fd fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT) return NULL;
    if (fd < 0) FAIL_ERRNO("open", name);
    DIR *dir __attribute__((cleanup(close_directory))) = fdopendir(fd);
    if (!dir) FAIL_ERRNO("open", name);
    (void)TAKE(fd); /* the DIR owns it now */
    for (const struct dirent *entry; !*found && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue; /* the marker .immich, and what desktops leave behind */
        struct stat info;
        if (fstatat(dirfd(dir), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) continue;
        if (S_ISREG(info.st_mode)) *found = true;
        if (S_ISDIR(info.st_mode))
            TRY(directory_has_files(dirfd(dir), entry->d_name, depth + 1, found));
    }
    return NULL;
}

fallible storage_has_files(const char *location, bool *found)
{
    *found = false;
    for (size_t i = 0; i < LENGTH(folders) && !*found; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", location, folders[i]);
        TRY(directory_has_files(AT_FDCWD, path, 0, found));
    }
    return NULL;
}
