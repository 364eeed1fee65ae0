/* Names of files in the media tree (contract/storage §2): nested folders after the first four
 * characters of the name.
 *
 * Memory  the arena. Threads any. Fails never: names are UUIDs and extensions of ours.
 */
#pragma once

#include "core/str.h"
#include "core/uuid.h"

struct arena;

enum storage_folder {
    STORAGE_UPLOAD,
    STORAGE_LIBRARY,
    STORAGE_THUMBS,
    STORAGE_ENCODED_VIDEO,
    STORAGE_PROFILE,
    STORAGE_BACKUPS,
};

/* <media>/<folder>/<user>/aa/bb */
const char *storage_nested_dir(
    struct arena *a, const char *media, enum storage_folder folder, uuid user, uuid name);
/* <media>/<folder>/<user>/aa/bb/<name><suffix>; the suffix holds what follows the UUID:
 * "_preview.jpeg", ".jpg". */
const char *storage_nested_path(struct arena *a, const char *media, enum storage_folder folder,
    uuid user, uuid name, str suffix);
/* The extension with its dot, "" when there is none; of the last part of a path or file name. */
str storage_extension(str name);
/* The last part of a path. */
str storage_basename(str path);

enum { STORAGE_NAME_MAX = 255 };
/* A name that every file system takes (contract/storage §4): without the characters that some
 * refuse, at most STORAGE_NAME_MAX bytes; "" for names that are dots only or that Windows keeps for
 * devices. */
str storage_file_name(struct arena *a, str name);
/* The longest beginning of at most n bytes that does not end within a character. */
str storage_cut(str name, size_t n);
