/* What a worker asks of the box and what the box answers, and their binary form.
 *
 * What for  an order travels to the box's nursery together with its descriptors, the answer comes
 *           back from a process that may have been taken over by the file it decoded. So decoding
 *           accepts nothing that encoding would not write: every count, enum and size is checked,
 *           and a message has a maximum.
 * Memory    decoded text and arrays live in the arena that is passed; text has a NUL behind it.
 * Threads   any.
 * Fails     decoding returns false; *out is then unusable.
 */
#pragma once

#include "core/arena.h"
#include "core/buf.h"
#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    BOX_OUTPUTS_MAX = 4,
    BOX_EDITS_MAX = 16,
    BOX_THUMBHASH_MAX = 32,
    BOX_TEXT_MAX = 255, /* names and reasons */
    BOX_KEYFRAMES_MAX = 1 << 18,
    BOX_SIDE_MAX = 65535, /* pixels; what JPEG can hold */
    BOX_ARGUMENTS_MAX = 256,
    BOX_ARGUMENT_MAX = 8 * 1024,
    BOX_ORDER_MAX = 64 * 1024,
};
#define BOX_PIXELS_MAX ((uint64_t)500 * 1000 * 1000)
#define BOX_ANSWER_MAX ((size_t)8 * 1024 * 1024)

enum box_failure {
    BOX_FINE, /* not a failure of the box */
#define X(kind, code, files_fault, text) kind,
#include "box/failure.def"
#undef X
    BOX_FAILURES
};

/* ---- images ---- */

enum box_colour { BOX_SRGB, BOX_P3, BOX_COLOURS };
enum box_format { BOX_JPEG, BOX_WEBP, BOX_RGB /* raw, three bytes a pixel */, BOX_FORMATS };
enum box_edit_kind { BOX_CROP, BOX_ROTATE, BOX_MIRROR, BOX_EDIT_KINDS };
enum box_axis { BOX_HORIZONTAL /* left and right change places */, BOX_VERTICAL, BOX_AXES };

struct box_edit {
    enum box_edit_kind kind;
    uint32_t x, y, width, height; /* CROP */
    uint32_t angle;               /* ROTATE: 0, 90, 180 or 270, clockwise */
    enum box_axis axis;           /* MIRROR */
};

struct box_output {
    enum box_format format;
    uint32_t size;    /* of the shorter side, never enlarged; 0: as decoded */
    uint32_t quality; /* 1 … 100 */
    bool progressive;
    bool even; /* sides are rounded to even numbers, as video frames are */
};

struct box_image {
    enum box_colour colour; /* what pixels are converted to and outputs are tagged with */
    bool raw;               /* by its name it is a camera's raw file */
    bool ignore_damage;     /* decodes what can be decoded of a damaged file */
    uint32_t orientation;   /* 1 … 8; 0: the file's own */
    uint32_t size; /* decoding need not exceed it on the shorter side; 0: full resolution */
    bool thumbhash;
    uint32_t n_edits;
    struct box_edit edits[BOX_EDITS_MAX];
    uint32_t n_outputs;
    struct box_output outputs[BOX_OUTPUTS_MAX];
};

struct box_file {
    uint32_t width, height;
    uint64_t bytes;
};

struct box_image_answer {
    uint32_t width, height; /* of the original, the way up it is shown */
    bool transparent;       /* the source has an alpha channel */
    uint32_t thumbhash_n;
    uint8_t thumbhash[BOX_THUMBHASH_MAX];
    uint32_t n_files; /* as many as outputs were asked for, in their order */
    struct box_file files[BOX_OUTPUTS_MAX];
};

/* ---- videos ---- */

struct box_fraction {
    int32_t num, den;
};

struct box_video {
    bool is;
    uint32_t index;
    str codec, pixel_format;
    int32_t profile, level;        /* -99: unknown, as libav says */
    int64_t bit_rate, frame_count; /* 0: unknown */
    struct box_fraction time_base, average_rate, real_rate, sample_aspect;
    uint32_t width, height;
    int32_t rotation; /* degrees clockwise as ffprobe prints it: -90, 0, 90, 180 … */
    uint32_t primaries, transfer, matrix;                    /* code points of H.273 */
    int32_t dolby_profile, dolby_level, dolby_compatibility; /* -1: none */
};

struct box_audio {
    bool is;
    uint32_t index;
    str codec;
    int32_t profile;
    int64_t bit_rate;
};

/* From a scan of all packets of the video stream, in ticks of its time base. */
struct box_keyframes {
    int64_t total_duration;
    uint32_t packet_count, output_frames;
    uint32_t n;
    int64_t *pts, *accumulated, *own;
};

struct box_probe_answer {
    str format, format_long;
    int64_t duration_us; /* -1: unknown */
    struct box_video video;
    struct box_audio audio;
    struct box_keyframes keyframes;
};

struct box_probe {
    bool packets; /* scan them; the whole file is read */
};

/* ---- programs ---- */

struct box_command {
    bool may_fork;
    bool any_access; /* no Landlock on this machine, and the owner accepts it */
    str folder;      /* may write below it; empty: nowhere */
    str read_folder; /* may read below it, besides the system's programs; empty: none */
    uint32_t n_arguments;
    str *arguments;
};

/* ---- messages ---- */

enum box_task { BOX_IMAGE, BOX_PROBE, BOX_COMMAND, BOX_TASKS };

struct box_limits {
    uint64_t memory_bytes; /* of address space, beyond what the nursery has mapped; 0: none */
    uint64_t file_bytes;   /* of each file written */
    uint32_t cpu_s;
};

struct box_order {
    enum box_task task;
    struct box_limits limits;
    union {
        struct box_image image;
        struct box_probe probe;
        struct box_command command;
    };
};

/* What a decoding process says at its end; a process that dies says nothing. */
struct box_answer {
    enum box_failure failure;
    str reason; /* why it failed; text of the decoder, cut and printable */
    enum box_task task;
    union {
        struct box_image_answer image;
        struct box_probe_answer probe;
    };
};

void box_order_encode(struct buf *out, const struct box_order *order);
bool box_order_decode(struct arena *a, const void *p, size_t n, struct box_order *out);
void box_answer_encode(struct buf *out, const struct box_answer *answer);
bool box_answer_decode(struct arena *a, const void *p, size_t n, struct box_answer *out);
