#include "box/box.h"
#include "core/fd.h"
#include "media/panorama.h"

#include "core/banned.h"

enum { DERIVED_MAX = 256 << 20 };

fallible panorama_copy(struct ctx *cx, int original_fd, int derived_fd, enum box_format format)
{
    const char *derived = format == BOX_WEBP ? "derived.webp" : "derived.jpeg";
    const char *const arguments[] = {"-q", "-q", "-ignoreMinorErrors", "-o", "-", "-TagsFromFile",
        "original", "-XMP-GPano:all", derived, NULL};
    struct box_child_result result;
    TRY(box_exiftool_run(cx,
        &(struct box_exiftool){.arguments = arguments,
            .n_files = 2,
            .files = {{"original", original_fd}, {derived, derived_fd}},
            .output_limit = DERIVED_MAX},
        &result));
    if (result.output.n == 0) return NULL;
    if (ftruncate(derived_fd, 0) || lseek(derived_fd, 0, SEEK_SET)) FAIL_ERRNO("ftruncate", NULL);
    return fd_write_all(derived_fd, result.output.p, result.output.n);
}
