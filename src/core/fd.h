/* File descriptors that close themselves, and whole-buffer I/O.
 *
 * auto_fd fd = open(…);     closed at the end of the block, also on return
 * return TAKE(fd);          hands it over
 * Threads any. Fails through errno as err.
 */
#pragma once

#include "core/err.h"
#include "core/str.h"

#include <stddef.h>
#include <unistd.h>

static inline void fd_close(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

#define auto_fd __attribute__((cleanup(fd_close))) int

/* The value of an auto variable, which is left empty (-1). */
static inline int fd_take(int *fd)
{
    const int taken = *fd;
    *fd = -1;
    return taken;
}
#define TAKE(fd) fd_take(&(fd))

/* All n bytes, over short writes and EINTR. */
fallible fd_write_all(int fd, const void *p, size_t n);
/* Up to n bytes until the end; *got says how many. */
fallible fd_read_full(int fd, void *p, size_t n, size_t *got);
/* The whole file, at most limit bytes (more is an error). */
fallible file_read(struct arena *a, const char *path, size_t limit, str *out);
/* Writes beside the path, fsyncs, renames, fsyncs the folder: after a crash the old or the new
 * content is there. */
fallible file_replace(const char *path, str content, unsigned mode);
/* mkdir -p; an existing folder is fine. */
fallible dir_make(const char *path, unsigned mode);
/* fsync of the folder that holds path. */
fallible dir_sync_parent(const char *path);
