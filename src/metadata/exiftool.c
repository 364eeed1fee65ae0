#include "box/box.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/size.h"
#include "metadata/exiftool.h"

#include <assert.h>
#include <sys/mman.h>

#include "core/banned.h"

enum {
    OUTPUT_MAX = 16 * 1024 * 1024, /* a dash camera's track is a few megabytes of tags */
    VALUE_MAX = 64 * 1024 * 1024,  /* the largest values are short videos */
    ARGUMENTS_MAX = 40,
};

/* What every file is asked. Of a tag that is named twice the first counts, so numbers come before
 * everything. */
static const char *const common[] = {
    "-json",
    "-ignoreMinorErrors",
    "-api",
    "struct=1", /* XMP structures as objects */
    "-use",
    "MWG", /* one value where EXIF, IPTC and XMP differ */
    "-api",
    "geolocation", /* the nearest city and its time zone */
    "-api",
    "keepUTCTime=1", /* times of this machine are not made local */
    "-*Duration*#",
    "-GPSAltitude#",
    "-GPSLatitude#",
    "-GPSLongitude#",
    "-GPSPosition#",
    "-GeolocationPosition#",
    "-Orientation#",
    "-FocalLength#",
    "-FileSize#",
    "-Rotation#",
    "-all",
};
/* The maker of a colour profile is not the maker of the camera. */
static const char *const of_images[] = {"-api", "largefilesupport=1",
    "--ICC_Profile:DeviceManufacturer", "--ICC_Profile:DeviceModelName"};
/* Where a video was taken is often told by a track in it. */
static const char *const of_videos[] = {"-ee"};

static_assert(LENGTH(common) + LENGTH(of_images) + 2 <= ARGUMENTS_MAX, "room for all arguments");

/* input.heic: ExifTool tells a few formats apart by their extension only. */
static const char *safe_name(struct arena *a, str path)
{
    const ptrdiff_t dot = str_rfind_char(path, '.');
    const str extension = dot < 0 ? STR("") : str_slice(path, (size_t)dot + 1, path.n);
    if (extension.n == 0 || extension.n > 8) return "input";
    for (size_t i = 0; i < extension.n; i++) {
        const char c = extension.p[i];
        const bool plain = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (!plain) return "input";
    }
    return cstr(a, str_fmt(a, "input.%.*s", FMT(extension)));
}

static size_t append(const char **arguments, size_t n, const char *const *more, size_t more_n)
{
    for (size_t i = 0; i < more_n; i++)
        arguments[n++] = more[i];
    return n;
}

static fallible run(struct ctx *cx, const char *const *arguments, const char *name, int fd,
    size_t limit, str *output)
{
    const struct box_exiftool in = {
        .arguments = arguments,
        .n_files = 1,
        .files = {{.name = name, .fd = fd}},
        .output_limit = limit,
    };
    struct box_child_result result;
    TRY(box_exiftool_run(cx, &in, &result));
    *output = result.output;
    return NULL;
}

fallible exiftool_read(struct ctx *cx, int fd, str path, bool video, struct exif_tags *out)
{
    const char *name = safe_name(cx->arena, path);
    const char *arguments[ARGUMENTS_MAX];
    size_t n = video ? append(arguments, 0, of_videos, LENGTH(of_videos))
                     : append(arguments, 0, of_images, LENGTH(of_images));
    n = append(arguments, n, common, LENGTH(common));
    n = append(arguments, n, &name, 1);
    arguments[n] = NULL;

    str output;
    TRY(run(cx, arguments, name, fd, OUTPUT_MAX, &output));
    const struct json_value *answer;
    err e = json_parse(cx->arena, output, &answer);
    if (e) FAIL(UNSUPPORTED, "ExifTool's answer is %s", e->message);
    struct json_iter it = json_iter(answer);
    exif_tags_read(cx->arena, json_next(&it), out);
    return NULL;
}

fallible exiftool_extract(struct ctx *cx, int fd, str path, const char *tag, str *out)
{
    const char *name = safe_name(cx->arena, path);
    const char *asked = cstr(cx->arena, str_fmt(cx->arena, "-%s", tag));
    const char *const arguments[] = {"-ignoreMinorErrors", "-binary", asked, name, NULL};
    return run(cx, arguments, name, fd, VALUE_MAX, out);
}

/* A document without any property, for ExifTool to fill. */
static fallible open_empty_xmp(int *out)
{
    static const str empty = STR_INIT(
        "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>\n<x:xmpmeta xmlns:x='adobe:ns:meta/'>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'></rdf:RDF></x:xmpmeta>\n"
        "<?xpacket end='w'?>\n");
    auto_fd fd = memfd_create("sidecar.xmp", MFD_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("memfd_create", "sidecar.xmp");
    TRY(fd_write_all(fd, empty.p, empty.n));
    if (lseek(fd, 0, SEEK_SET) < 0) FAIL_ERRNO("lseek", "sidecar.xmp");
    *out = TAKE(fd);
    return NULL;
}

fallible exiftool_write_xmp(
    struct ctx *cx, int fd, const struct exif_assignment *assignments, size_t n, str *out)
{
    static const char *const before[] = {"-ignoreMinorErrors", "-use", "MWG", "-o", "-"};
    const char *name = "sidecar.xmp";
    auto_fd made = -1;
    if (fd < 0) TRY(open_empty_xmp(&made));

    const char **arguments = ARENA_ARRAY(cx->arena, const char *, LENGTH(before) + n + 2);
    size_t used = append(arguments, 0, before, LENGTH(before));
    for (size_t i = 0; i < n; i++) {
        /* ^= writes an empty value where = would remove the tag */
        const str argument =
            str_fmt(cx->arena, "-%s^=%.*s", assignments[i].tag, FMT(assignments[i].value));
        arguments[used++] = cstr(cx->arena, argument);
    }
    used = append(arguments, used, &name, 1);
    arguments[used] = NULL;
    return run(cx, arguments, name, fd < 0 ? made : fd, OUTPUT_MAX, out);
}
