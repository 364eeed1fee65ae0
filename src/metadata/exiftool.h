/* Tags of a file, read and written by ExifTool in the box.
 *
 * Upstream's tag names and their order of preference are ExifTool's: MWG's rules where EXIF, IPTC
 * and XMP say the same thing differently, its lens database, its list of cities.
 *
 * Memory  results live in cx->arena.
 * Threads any; every call blocks until ExifTool has answered.
 * Fails   as box_exiftool_run does (box_failure_of tells how); UNSUPPORTED for an answer that is
 *         no JSON.
 */
#pragma once

#include "core/ctx.h"
#include "core/opt.h"
#include "metadata/exif_tags.h"

#include <stdbool.h>

/* fd is the open file; path only tells its kind by the extension. */
fallible exiftool_read(struct ctx *cx, int fd, str path, bool video, struct exif_tags *out);

/* The bytes of a tag's value. */
fallible exiftool_extract(struct ctx *cx, int fd, str path, const char *tag, str *out);

/* A tag and its new value; empty text is written as such. A tag that is named several times becomes
 * a list. */
struct exif_assignment {
    const char *tag;
    str value;
};

/* An XMP document with these tags changed and everything else as it was. fd is the old one, -1:
 * there is none yet. */
fallible exiftool_write_xmp(
    struct ctx *cx, int fd, const struct exif_assignment *assignments, size_t n, str *out);
