/* Where the media tree is, and whether it holds files of an installation.
 *
 * Memory  paths live in the arena they are asked for.
 * Threads any.
 * Fails   BAD_REQUEST when two default folders compete; INTERNAL for I/O.
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>

struct arena;

/* The folders of a media tree, in upstream's order (contract/storage §1). */
#define STORAGE_FOLDERS(X)                                                                         \
    X("upload") X("library") X("thumbs") X("encoded-video") X("profile") X("backups")

/* `wished` (IMMICH_MEDIA_LOCATION) when not empty, else the one of /data and /usr/src/app/upload
 * that exists. */
const char *storage_location(struct arena *a, const char *wished);

/* Whether any folder of the tree holds a regular file other than its mount marker. Stops at the
 * first one found. */
fallible storage_has_files(const char *location, bool *found);
