#include "storage/tree.h"

#include <errno.h>
#include <fts.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include "core/banned.h"

/* Others may remove files at the same time. */
static fallible removed(int result, const char *path)
{
    if (result == 0 || errno == ENOENT) return NULL;
    FAIL_ERRNO("remove", path);
}

static fallible remove_entry(const FTSENT *entry)
{
    switch (entry->fts_info) {
    case FTS_D: /* its content comes first */
        return NULL;
    case FTS_DP:
        return removed(rmdir(entry->fts_accpath), entry->fts_path);
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        if (entry->fts_errno == ENOENT) return NULL;
        errno = entry->fts_errno;
        FAIL_ERRNO("remove", entry->fts_path);
    default:
        return removed(unlink(entry->fts_accpath), entry->fts_path);
    }
}

fallible storage_remove_tree(const char *path)
{
    char *const paths[] = {(char *)(uintptr_t)path, NULL};
    FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    if (!tree) FAIL_ERRNO("open", path);
    err e = NULL;
    for (const FTSENT *entry; !e && (entry = fts_read(tree));)
        e = remove_entry(entry);
    fts_close(tree);
    return e;
}
