/* Mount checks: a marker file in each folder of the media tree tells an empty disk from one that is
 * not mounted.
 *
 * A folder whose marker was written once must still have it; without it nothing may be written
 * there or concluded from what is missing (contract/storage §6). Threads any (the callers hold
 * advisory lock 300). Fails with upstream's words "Failed to read/write/create".
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>

enum {
    STORAGE_FOLDER_COUNT = 6,
};
extern const char *const storage_folder_names[STORAGE_FOLDER_COUNT];

/* Reads and renews location/folder/.immich. `first_time` makes folder and marker. */
fallible storage_mount_check(const char *location, const char *folder, bool first_time);
