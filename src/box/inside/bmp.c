#include "box/inside/image_steps.h"
#include "core/size.h"

#include <libavcodec/avcodec.h>
#include <libavutil/imgutils.h>
#include <libavutil/pixdesc.h>

#include "core/banned.h"

/* Windows bitmaps: libvips reads them with ImageMagick only, which stays outside. libav has a small
 * decoder of its own. */

enum { KIND_AT = 14, SIZE_AT = 18, HEAD = SIZE_AT + 8, OLD_KIND = 12 };

static int32_t number_at(const uint8_t *p)
{
    return (int32_t)((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                     (uint32_t)p[3] << 24);
}

/* From the header, before anything is allocated; the height of one that runs downwards is negative.
 */
static fallible check_head(const uint8_t *bytes, size_t n)
{
    if (n < HEAD) BOX_FAIL(BOX_CORRUPT, STR("it is too short"));
    int32_t width = number_at(bytes + SIZE_AT), height = number_at(bytes + SIZE_AT + 4);
    if (number_at(bytes + KIND_AT) == OLD_KIND) { /* OS/2's has two bytes for each */
        height = (int32_t)((uint32_t)width >> 16);
        width &= 0xffff;
    }
    if (width <= 0 || height == 0 || height == INT32_MIN)
        BOX_FAIL(BOX_CORRUPT, STR("it has no pixels"));
    return image_check_size((uint32_t)width, (uint32_t)(height < 0 ? -height : height));
}

static fallible decode(const uint8_t *bytes, size_t n, AVFrame *frame)
{
    const AVCodec *codec = avcodec_find_decoder(AV_CODEC_ID_BMP);
    AVCodecContext *context = codec ? avcodec_alloc_context3(codec) : NULL;
    AVPacket *packet = av_packet_alloc();
    /* Decoders may read a little beyond the end: the packet has room for that. */
    if (!context || !packet || n > INT32_MAX || av_new_packet(packet, (int)n))
        BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    memcpy(packet->data, bytes, n);
    context->thread_count = 1;
    const bool ok = avcodec_open2(context, codec, NULL) == 0 &&
                    avcodec_send_packet(context, packet) == 0 &&
                    avcodec_receive_frame(context, frame) == 0;
    av_packet_free(&packet);
    avcodec_free_context(&context);
    if (!ok) BOX_FAIL(BOX_CORRUPT, STR("the bitmap cannot be decoded"));
    return NULL;
}

static void copy_palette_row(const AVFrame *frame, int y, uint8_t *to)
{
    uint32_t colours[256]; /* 0xAARRGGBB */
    memcpy(colours, frame->data[1], sizeof colours);
    const uint8_t *from = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
    for (int x = 0; x < frame->width; x++)
        for (int channel = 0; channel < 3; channel++)
            to[3 * x + channel] = (uint8_t)(colours[from[x]] >> (16 - 8 * channel));
}

/* One row of whatever layout the frame has, through a row of samples. */
static void copy_row(
    const AVFrame *frame, const AVPixFmtDescriptor *format, int y, uint16_t *row, uint8_t *to)
{
    for (int channel = 0; channel < 3; channel++) {
        const int component = format->nb_components < 3 ? 0 : channel;
        const int most = (1 << format->comp[component].depth) - 1;
        av_read_image_line2(row, (const uint8_t **)(uintptr_t)frame->data, frame->linesize, format,
            0, y, component, frame->width, 0, sizeof *row);
        for (int x = 0; x < frame->width; x++)
            to[3 * x + channel] = (uint8_t)(row[x] * 255 / most);
    }
}

static fallible convert(const AVFrame *frame, VipsImage **out)
{
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    if (!format) BOX_FAIL(BOX_UNSUPPORTED, STR("a bitmap of an unknown kind"));
    auto_image made = vips_image_new_memory();
    vips_image_init_fields(made, frame->width, frame->height, 3, VIPS_FORMAT_UCHAR,
        VIPS_CODING_NONE, VIPS_INTERPRETATION_sRGB, 1, 1);
    uint16_t *row = av_calloc((size_t)frame->width, sizeof *row);
    if (!row || vips_image_write_prepare(made)) IMAGE_FAIL();
    for (int y = 0; y < frame->height; y++) {
        if (format->flags & AV_PIX_FMT_FLAG_PAL)
            copy_palette_row(frame, y, VIPS_IMAGE_ADDR(made, 0, y));
        else
            copy_row(frame, format, y, row, VIPS_IMAGE_ADDR(made, 0, y));
    }
    av_free(row);
    *out = g_steal_pointer(&made);
    return NULL;
}

fallible load_bmp(
    const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out)
{
    TRY(check_head(bytes, n));
    AVFrame *frame = av_frame_alloc();
    if (!frame) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    TRY(decode(bytes, n, frame));
    VipsImage *image = NULL;
    TRY(convert(frame, &image));
    *out = (struct loaded){.image = image,
        .width = (uint32_t)frame->width,
        .height = (uint32_t)frame->height,
        .orientation = MAX(request->orientation, 1U)};
    av_frame_free(&frame);
    return NULL;
}
