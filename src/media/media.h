/* Derived pictures: previews, thumbnails and full-size copies of images and videos, and what a
 * video is.
 *
 * What for  jobs describe the files they want; one decode in the box makes them all, with the
 *           thumbhash. Sizes are of the shorter side, nothing is enlarged (contract/media.md §3,
 * §7). Owns      the files it makes: they appear under their names complete or not at all. Folders
 * are made when they are missing. Descriptors stay the caller's. Memory    results live in
 * cx->arena; pixels never enter this process. Threads   any; a call blocks until the box is done.
 * Fails     as the box (box_failure_of), or as the file system. Nothing is left behind then.
 */
#pragma once

#include "box/box.h"
#include "core/ctx.h"

struct media_output {
    const char *path;
    enum box_format format; /* BOX_JPEG or BOX_WEBP */
    uint32_t size;          /* 0: full size */
    uint32_t quality;
    bool progressive;
    bool panorama; /* carries over what makes a viewer show a sphere (XMP-GPano) */
};

struct media_request {
    int fd;
    /* What the frame of a video is taken from; NULL: the file is an image. A GIF counts as a video.
     */
    const struct box_probe_answer *video;
    const char *tonemap; /* for HDR videos: ffmpeg's name of the curve, "hable"; NULL: none */
    enum box_colour colour;
    uint32_t orientation; /* for embedded previews; 0: the file's own */
    bool raw;             /* media_is_raw() of its name */
    bool ignore_damage;
    bool thumbhash;
    uint32_t n_edits; /* in the pixels of the upright original */
    const struct box_edit *edits;
    uint32_t n_outputs;
    struct media_output outputs[BOX_OUTPUTS_MAX];
    int64_t timeout_ms; /* 0: the box's */
};

struct media_file {
    uint32_t width, height;
    uint64_t bytes;
    bool progressive; /* as written: WebP has no such thing, and frames of videos are not */
};

struct media_result {
    uint32_t width, height; /* of the original, upright; of the frame for a video */
    bool transparent;       /* the source has an alpha channel */
    struct bytes thumbhash;
    struct media_file files[BOX_OUTPUTS_MAX]; /* in the order of the outputs */
};

fallible media_thumbnails(struct ctx *cx, const struct media_request *in, struct media_result *out);

/* Facts about a video or GIF; with a scan of all packets for key frames. */
fallible media_probe(struct ctx *cx, int fd, struct box_probe_answer *out);

/* The colour space of an image's derived files: sRGB for what says it is, and for eight-bit files
 * that say nothing; else the configured one. bits: 0 when unknown. */
enum box_colour media_colour(
    str colorspace, str profile_description, int bits, enum box_colour configured);
