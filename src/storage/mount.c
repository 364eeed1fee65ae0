#include "core/fd.h"
#include "core/size.h"
#include "core/time.h"
#include "storage/location.h"
#include "storage/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "core/banned.h"

const char *const storage_folder_names[STORAGE_FOLDER_COUNT] = {
#define X(name) name,
    STORAGE_FOLDERS(X)
#undef X
};

__attribute__((returns_nonnull)) static err failed(
    const char *what, const char *folder, const char *path)
{
    return err_new(UNAVAILABLE, 0, ERR_HERE,
        "Failed to %s: \"<UPLOAD_LOCATION>/%s/.immich (%s)\": %s", what, folder, path,
        strerror(errno));
}

static fallible create(const char *location, const char *folder, const char *marker)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", location, folder);
    err e = dir_make(path, 0777); /* the umask decides, as upstream */
    if (e) return failed("create", folder, marker);
    auto_fd fd = open(marker, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0 && errno != EEXIST) return failed("create", folder, marker);
    return NULL;
}

fallible storage_mount_check(const char *location, const char *folder, bool first_time)
{
    char marker[PATH_MAX], text[32];
    const int n = snprintf(marker, sizeof marker, "%s/%s/.immich", location, folder);
    if (n < 0 || (size_t)n >= sizeof marker)
        FAIL(BAD_REQUEST, "The media location's path is too long");
    if (first_time) TRY(create(location, folder, marker));

    auto_fd reader = open(marker, O_RDONLY | O_CLOEXEC);
    if (reader < 0) return failed("read", folder, marker);
    /* Overwritten in place, not replaced: a new file could land below the mount point. */
    auto_fd writer = open(marker, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (writer < 0) return failed("write", folder, marker);
    const int length = snprintf(text, sizeof text, "%lld", (long long)(when_now().us / 1000));
    if (fd_write_all(writer, text, (size_t)length)) return failed("write", folder, marker);
    return NULL;
}
