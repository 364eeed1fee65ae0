/* The configuration file of IMMICH_CONFIG_FILE: YAML, of which JSON is a part, as JSON text.
 * Memory: the arena. Threads any. Fails   BAD_REQUEST "Invalid system config: …". */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct arena;

enum {
    CONFIG_FILE_MAX = 1024 * 1024,
    CONFIG_FILE_DEPTH_MAX = 32,
};

fallible config_file_read(struct arena *a, const char *path, str *json);
/* The same of a text. */
fallible config_file_parse(struct arena *a, str yaml, str *json);
