#include "box/failure.h"
#include "box/formats.h"
#include "box/inside/frames.h"
#include "box/inside/probe.h"
#include "core/size.h"

#include <libavcodec/avcodec.h>
#include <libavcodec/codec_desc.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/log.h>
#include <libavutil/pixdesc.h>
#include <stdlib.h>

#include "core/banned.h"

enum {
    READ_CHUNK = 64 * 1024,
    PACKETS_MAX = 1 << 23, /* 38 hours at 60 frames a second */
};

struct memory {
    const uint8_t *p;
    int64_t n, at;
};

static int memory_read(void *opaque, uint8_t *to, int n)
{
    struct memory *m = opaque;
    const int64_t got = MIN((int64_t)n, m->n - m->at);
    if (got <= 0) return AVERROR_EOF;
    memcpy(to, m->p + m->at, (size_t)got);
    m->at += got;
    return (int)got;
}

static int64_t memory_seek(void *opaque, int64_t offset, int whence)
{
    struct memory *m = opaque;
    if (whence & AVSEEK_SIZE) return m->n;
    const int origin = whence & ~AVSEEK_FORCE;
    const int64_t base = origin == SEEK_CUR ? m->at : origin == SEEK_END ? m->n : 0;
    if (offset < -base || offset > m->n - base) return AVERROR(EINVAL);
    m->at = base + offset;
    return m->at;
}

__attribute__((returns_nonnull, cold)) static err libav_error(const char *where, int code)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";
    av_strerror(code, text, sizeof text);
    const enum box_failure kind = code == AVERROR(ENOMEM)             ? BOX_MEMORY_LIMIT
                                  : code == AVERROR_DEMUXER_NOT_FOUND ? BOX_UNSUPPORTED
                                                                      : BOX_CORRUPT;
    return box_failure_new(where, kind, str_from(text));
}

void probe_start(void)
{
    av_log_set_level(AV_LOG_FATAL);
    /* The tables of formats and codecs are built when first asked for. */
    (void)avcodec_find_decoder(AV_CODEC_ID_H264);
}

static fallible open_format(struct memory *memory, AVFormatContext **out)
{
    AVFormatContext *format = avformat_alloc_context();
    uint8_t *chunk = av_malloc(READ_CHUNK);
    if (!format || !chunk) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    format->pb = avio_alloc_context(chunk, READ_CHUNK, 0, memory, memory_read, NULL, memory_seek);
    format->flags |= AVFMT_FLAG_CUSTOM_IO;
    format->format_whitelist = av_strdup(BOX_VIDEO_FORMATS);
    format->codec_whitelist = av_strdup(BOX_VIDEO_CODECS "," BOX_AUDIO_CODECS);
    int bad = avformat_open_input(&format, "", NULL, NULL);
    if (bad < 0) return ERR_MADE(libav_error(ERR_HERE, bad));
    bad = avformat_find_stream_info(format, NULL);
    if (bad < 0) return ERR_MADE(libav_error(ERR_HERE, bad));
    *out = format;
    return NULL;
}

/* The default stream before others, then the one with the higher bit rate; cover pictures are no
 * videos. */
static const AVStream *best_stream(const AVFormatContext *format, enum AVMediaType type)
{
    const AVStream *best = NULL;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        const AVStream *s = format->streams[i];
        if (s->codecpar->codec_type != type || s->disposition & AV_DISPOSITION_ATTACHED_PIC)
            continue;
        const int lead = best ? !!(s->disposition & AV_DISPOSITION_DEFAULT) -
                                    !!(best->disposition & AV_DISPOSITION_DEFAULT)
                              : 1;
        if (lead > 0 || (lead == 0 && s->codecpar->bit_rate > best->codecpar->bit_rate)) best = s;
    }
    return best;
}

static const void *side_data(const AVStream *s, enum AVPacketSideDataType type, size_t least)
{
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData *all = s->codecpar->coded_side_data;
    const int n = s->codecpar->nb_coded_side_data;
#else
    const AVPacketSideData *all = s->side_data;
    const int n = s->nb_side_data;
#endif
    for (int i = 0; i < n; i++)
        if (all[i].type == type && all[i].size >= least) return all[i].data;
    return NULL;
}

static int32_t rotation_of(const AVStream *s)
{
    const int32_t *matrix = side_data(s, AV_PKT_DATA_DISPLAYMATRIX, 9 * sizeof(int32_t));
    const double angle = matrix ? av_display_rotation_get(matrix) : 0;
    return angle >= -360 && angle <= 360 ? (int32_t)angle : 0; /* NaN is neither */
}

static struct box_fraction fraction(AVRational r)
{
    return (struct box_fraction){r.num, r.den};
}

static str codec_name(const AVCodecParameters *par)
{
    const AVCodecDescriptor *d = avcodec_descriptor_get(par->codec_id);
    return str_from(d ? d->name : NULL);
}

static void describe_video(AVFormatContext *format, AVStream *s, struct box_video *out)
{
    const AVCodecParameters *par = s->codecpar;
    const AVDOVIDecoderConfigurationRecord *dolby =
        side_data(s, AV_PKT_DATA_DOVI_CONF, sizeof *dolby);
    *out = (struct box_video){.is = true,
        .index = (uint32_t)s->index,
        .codec = codec_name(par),
        .pixel_format = str_from(av_get_pix_fmt_name(par->format)),
        .profile = par->profile,
        .level = par->level,
        .bit_rate = par->bit_rate,
        .frame_count = s->nb_frames,
        .time_base = fraction(s->time_base),
        .average_rate = fraction(s->avg_frame_rate),
        .real_rate = fraction(s->r_frame_rate),
        .sample_aspect = fraction(av_guess_sample_aspect_ratio(format, s, NULL)),
        .width = (uint32_t)par->width,
        .height = (uint32_t)par->height,
        .rotation = rotation_of(s),
        .primaries = par->color_primaries,
        .transfer = par->color_trc,
        .matrix = par->color_space,
        .dolby_profile = dolby ? dolby->dv_profile : -1,
        .dolby_level = dolby ? dolby->dv_level : -1,
        .dolby_compatibility = dolby ? dolby->dv_bl_signal_compatibility_id : -1};
}

static void describe_audio(const AVStream *s, struct box_audio *out)
{
    *out = (struct box_audio){.is = true,
        .index = (uint32_t)s->index,
        .codec = codec_name(s->codecpar),
        .profile = s->codecpar->profile,
        .bit_rate = s->codecpar->bit_rate};
}

struct scan {
    struct box_keyframes *out;
    int64_t *pts; /* of every packet that is shown */
    size_t pts_space;
    size_t keyframes_space;
};

static void *grow(void *p, size_t *space, size_t needed)
{
    if (needed <= *space) return p;
    *space = MAX(needed, 2 * *space + 1024);
    return av_realloc_array(p, *space, sizeof(int64_t));
}

static fallible scan_packet(struct scan *scan, const AVPacket *packet)
{
    struct box_keyframes *k = scan->out;
    if (packet->duration > 0 && k->total_duration < INT64_MAX / 4 &&
        packet->duration < INT64_MAX / 4)
        k->total_duration += packet->duration;
    if (packet->flags & AV_PKT_FLAG_DISCARD) return NULL;
    if (k->packet_count == PACKETS_MAX) BOX_FAIL(BOX_TOO_LARGE, STR("too many packets"));
    scan->pts = grow(scan->pts, &scan->pts_space, k->packet_count + 1);
    if (!scan->pts) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    scan->pts[k->packet_count++] = packet->pts;
    if (!(packet->flags & AV_PKT_FLAG_KEY) || k->n == BOX_KEYFRAMES_MAX) return NULL;

    size_t space[3] = {scan->keyframes_space, scan->keyframes_space, scan->keyframes_space};
    k->pts = grow(k->pts, &space[0], k->n + 1);
    k->accumulated = grow(k->accumulated, &space[1], k->n + 1);
    k->own = grow(k->own, &space[2], k->n + 1);
    scan->keyframes_space = space[0];
    if (!k->pts || !k->accumulated || !k->own) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    k->pts[k->n] = packet->pts;
    k->accumulated[k->n] = k->total_duration;
    k->own[k->n++] = packet->duration;
    return NULL;
}

static fallible scan_packets(AVFormatContext *format, int index, struct box_keyframes *out)
{
    struct scan scan = {.out = out};
    AVPacket *packet = av_packet_alloc();
    if (!packet) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    for (unsigned i = 0; i < format->nb_streams; i++)
        if ((int)i != index) format->streams[i]->discard = AVDISCARD_ALL;
    while (av_read_frame(format, packet) >= 0) {
        if (packet->stream_index == index) TRY(scan_packet(&scan, packet));
        av_packet_unref(packet);
    }
    out->output_frames = frames_constant_rate(scan.pts, out->packet_count, out->total_duration);
    av_free(scan.pts);
    av_packet_free(&packet);
    return NULL;
}

fallible probe_file(
    const struct box_probe *request, const uint8_t *bytes, size_t n, struct box_probe_answer *out)
{
    static struct memory memory; /* libav keeps a pointer to it until the process ends */
    memory = (struct memory){.p = bytes, .n = (int64_t)n};
    AVFormatContext *format;
    TRY(open_format(&memory, &format));
    const AVStream *video = best_stream(format, AVMEDIA_TYPE_VIDEO);
    const AVStream *audio = best_stream(format, AVMEDIA_TYPE_AUDIO);
    *out = (struct box_probe_answer){.format = str_from(format->iformat->name),
        .format_long = str_from(format->iformat->long_name),
        .duration_us = format->duration == AV_NOPTS_VALUE ? -1 : format->duration};
    if (video) describe_video(format, format->streams[video->index], &out->video);
    if (audio) describe_audio(audio, &out->audio);
    if (video && request->packets) TRY(scan_packets(format, video->index, &out->keyframes));
    return NULL;
}
