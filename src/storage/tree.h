/* Removing whole folders of the media tree.
 *
 * Symbolic links are removed, not followed; other file systems mounted below are left alone.
 * Threads any. Fails   INTERNAL for what cannot be removed; calling again goes on.
 */
#pragma once

#include "core/err.h"

/* The folder with everything in it. A folder that is not there is fine. */
fallible storage_remove_tree(const char *path);
