/* File name extensions and their types (mime.def): what may be uploaded and how files are served.
 * Threads any. Unknown extensions are application/octet-stream. */
#pragma once

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum mime_kind { MIME_IMAGE, MIME_VIDEO, MIME_SIDECAR, MIME_WEB };

enum mime_flag {
    MIME_BROWSER = 1,     /* browsers show it as it is */
    MIME_RAW = 2,         /* a camera's raw format */
    MIME_PROFILE = 4,     /* allowed as profile image */
    MIME_ANIMATED = 8,    /* may hold more than one frame */
    MIME_TRANSPARENT = 16 /* may have an alpha channel */
};

struct mime {
    str extension; /* ".jpg" */
    str type;      /* Content-Type as sent, with charset for text */
    enum mime_kind kind;
    unsigned flags;
};

/* In the order of GET /server/media-types; MIME_WEB rows follow. */
extern const struct mime mime_table[];
extern const size_t mime_table_n;

/* By the extension of a file name or path, NULL when it is unknown. */
const struct mime *mime_find(str name);
/* The Content-Type for a file name. */
str mime_type(str name);
/* The same for our own web files, where ".svg" is image/svg+xml and ".ts" no video. */
str mime_web_type(str name);
/* Text, JSON, script, SVG …: worth compressing. */
bool mime_compressible(str type);
