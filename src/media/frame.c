#include "box/failure.h"
#include "box/formats.h"
#include "core/buf.h"
#include "core/fd.h"
#include "core/size.h"
#include "media/frame.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "core/banned.h"

/* Code points of H.273. */
enum {
    RESERVED = 0,
    MATRIX_RESERVED = 3,
    TRANSFER_PQ = 16,
    TRANSFER_HLG = 18,
};

enum { FRAME_BYTES_MAX = 256 << 20 };

struct size {
    uint32_t width, height;
};

static uint32_t even(double v)
{
    return MAX(2U, 2 * (uint32_t)(v / 2 + 0.5));
}

/* As shown: turned by 90 degrees, sides change places. */
static struct size shown_size(const struct box_video *video)
{
    if (abs(video->rotation) % 180 == 90) return (struct size){video->height, video->width};
    return (struct size){video->width, video->height};
}

static struct size scaled_size(struct size from, uint32_t size)
{
    const uint32_t shorter = MIN(from.width, from.height);
    const double factor = size && shorter > size ? (double)size / shorter : 1;
    return (struct size){even(from.width * factor), even(from.height * factor)};
}

/* ffmpeg refuses or guesses colours that a file marks as reserved; those files mean bt709. */
static void add_colours(struct buf *out, const struct box_video *video)
{
    if (video->primaries == RESERVED) buf_add(out, STR("setparams=color_primaries=bt709,"));
    if (video->transfer == RESERVED) buf_add(out, STR("setparams=color_trc=bt709,"));
    if (video->matrix == MATRIX_RESERVED) buf_add(out, STR("setparams=colorspace=bt709,"));
}

/* Twelve frames a second, of each twelve the one that is most like the others. Of those the first
 * is kept, then the first after a change of scene (or the twentieth); the last of the two is taken.
 */
static void add_choice(struct buf *out)
{
    buf_add(out, STR("fps=12:start_time=0:eof_action=pass:round=down,thumbnail=12,"
                     "select='eq(n,0)+gt(scene,0.1)+gt(n,20)',"
                     "trim=end_frame=2,reverse"));
}

static bool is_high_range(const struct box_video *video)
{
    return video->transfer == TRANSFER_PQ || video->transfer == TRANSFER_HLG;
}

const char *media_frame_filters(
    struct arena *a, const struct box_video *video, const char *tonemap, uint32_t size)
{
    auto_buf out = {0};
    const struct size from = shown_size(video), to = scaled_size(from, size);
    add_colours(&out, video);
    add_choice(&out);
    if (from.width && (from.width != to.width || from.height != to.height))
        buf_add_fmt(&out, ",scale=%u:%u:flags=lanczos+accurate_rnd+full_chroma_int:out_range=pc",
            to.width, to.height);
    if (tonemap && is_high_range(video))
        buf_add_fmt(&out,
            ",zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709,"
            "tonemap=%s:desat=0:peak=100,"
            "zscale=transfer=bt709:matrix=bt709:range=pc,format=yuv420p",
            tonemap);
    else if (!str_ends(video->pixel_format, STR("420p")))
        buf_add(&out, STR(",format=yuv420p"));
    return cstr(a, buf_str(&out));
}

fallible media_frame(struct ctx *cx, const struct media_request *in, uint32_t size, int *frame_fd)
{
    const struct box_video *video = &in->video->video;
    if (!video->is) BOX_FAIL(BOX_UNSUPPORTED, STR("it has no video stream"));
    auto_fd frame = memfd_create("frame", MFD_CLOEXEC);
    if (frame < 0) FAIL_ERRNO("memfd_create", NULL);

    const bool skip = !str_eq(in->video->format, STR("mpegts"));
    const char *argv[40];
    size_t n = 0;
    const char *const head[] = {BOX_FFMPEG, "-nostdin", "-hide_banner", "-v", "error", "-threads",
        "1", "-filter_threads", "1", "-protocol_whitelist", "file", "-format_whitelist",
        (BOX_VIDEO_FORMATS), "-codec_whitelist", (BOX_VIDEO_CODECS)}; /* one text each */
    for (size_t i = 0; i < LENGTH(head); i++)
        argv[n++] = head[i];
    if (skip) {
        argv[n++] = "-skip_frame";
        argv[n++] = "nointra";
    }
    const char *const tail[] = {"-i", BOX_CHILD_INPUT, "-map",
        cstr(cx->arena, str_fmt(cx->arena, "0:%u", video->index)), "-vf",
        media_frame_filters(cx->arena, video, in->tonemap, size), "-sws_flags",
        "accurate_rnd+full_chroma_int", "-frames:v", "1", "-pix_fmt", "rgb24", "-c:v", "tiff",
        "-compression_algo", "raw", "-f", "image2pipe", "pipe:1", NULL};
    for (size_t i = 0; i < LENGTH(tail); i++)
        argv[n++] = tail[i];

    struct box_child_result result;
    TRY(box_child_run(cx,
        &(struct box_child){.argv = argv,
            .input_fd = in->fd,
            .output_fd = frame,
            .output_limit = FRAME_BYTES_MAX,
            .timeout_ms = in->timeout_ms},
        &result));
    *frame_fd = TAKE(frame);
    return NULL;
}
