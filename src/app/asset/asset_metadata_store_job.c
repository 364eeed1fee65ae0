#include "app/asset/asset_metadata_store.h"
#include "app/tag/tag.h"
#include "core/arena.h"
#include "core/size.h"
#include "db/db.h"

#include "core/banned.h"

enum {
    LIBAV_UNKNOWN = -99, /* FF_PROFILE_UNKNOWN, FF_LEVEL_UNKNOWN */
    H264_CONSTRAINED = 1 << 9,
};

/* The local time of a date in the zone of that name; without a zone it counts as UTC. */
static struct when local_time(struct ctx *cx, struct when instant, struct opt_str name)
{
    struct zone zone;
    if (name.is != PRESENT || !zone_parse(cx->arena, name.v, &zone)) return instant;
    return zone_wall_from_instant(&zone, instant);
}

static fallible put_exif(
    struct ctx *cx, uuid asset, const struct metadata *m, struct metadata_kept *kept)
{
    return sql_metadata_put_exif(cx, kept, asset, m->make, m->model, m->image_width,
        m->image_height, m->file_size_bytes, m->orientation, m->date_time_original, m->modify_date,
        m->lens_model, m->f_number, m->focal_length, m->iso, m->latitude, m->longitude,
        m->description, m->fps, m->exposure_time, m->live_photo_cid, m->time_zone,
        m->projection_type, m->profile_description, m->colorspace, m->bits_per_sample,
        m->auto_stack_id, m->rating, m->tags);
}

/* Compat: where the user has locked date or zone, the asset stands where they say. */
static fallible put_asset(
    struct ctx *cx, uuid asset, const struct metadata *m, const struct metadata_kept *kept)
{
    const bool same_zone = kept->timeZone.is == m->time_zone.is &&
                           (m->time_zone.is != PRESENT || str_eq(kept->timeZone.v, m->time_zone.v));
    struct when created = m->file_created_at, local = m->local_date_time;
    if (!same_zone || kept->dateTimeOriginal.us != m->date_time_original.us) {
        created = kept->dateTimeOriginal;
        local = local_time(cx, created, kept->timeZone);
    }
    return sql_metadata_put_asset(
        cx, asset, m->duration_ms, created, m->file_modified_at, local, m->width, m->height);
}

struct opt_int asset_video_profile(str codec, int32_t profile)
{
    static const struct {
        str codec;
        int16_t profiles[8];
        int16_t add;
    } known[] = {
        {STR_INIT("h264"), {66, 77, 88, 100, 110, 122, 244, -1}, 0},
        {STR_INIT("hevc"), {1, 2, 3, 4, -1}, 0}, {STR_INIT("av1"), {0, 1, 2, -1}, 0},
        {STR_INIT("aac"), {0, 1, 2, 3, 4, 22, 28, -1}, 1}, /* audio object types count from 1 */
    };
    if (str_eq(codec, STR("h264")) && profile > 0) profile &= ~H264_CONSTRAINED;
    for (size_t i = 0; i < LENGTH(known); i++) {
        if (!str_eq(known[i].codec, codec)) continue;
        for (const int16_t *p = known[i].profiles; *p >= 0; p++) {
            if (*p == profile) return SOME(int, profile + known[i].add);
        }
    }
    if (str_eq(codec, STR("aac")) && (profile == 38 || profile == 41))
        return SOME(int, profile + 1);
    return NOTHING(int);
}

static int64_t clamp(int64_t n, int64_t max)
{
    return MAX(MIN(n, max), 0);
}

static struct opt_int unless(int64_t n, int64_t unknown)
{
    return n == unknown || n < INT16_MIN || n > INT16_MAX ? NOTHING(int) : SOME(int, n);
}

static fallible put_video(struct ctx *cx, uuid asset, const struct box_probe_answer *probe)
{
    const struct box_video *v = &probe->video;
    return sql_metadata_put_video(cx, asset, clamp(v->bit_rate, INT32_MAX),
        clamp(v->frame_count, INT32_MAX), v->time_base.den, clamp(v->index, INT16_MAX),
        asset_video_profile(v->codec, v->profile), unless(v->level, LIBAV_UNKNOWN),
        clamp(v->primaries, INT16_MAX), clamp(v->transfer, INT16_MAX), clamp(v->matrix, INT16_MAX),
        unless(v->dolby_profile, -1), unless(v->dolby_level, -1),
        unless(v->dolby_compatibility, -1), v->codec, probe->format, probe->format_long,
        v->pixel_format.n ? v->pixel_format : STR("yuv420p"));
}

/* The column's integers hold six hours at the finest usual time base; a longer list is left out. */
static bool keyframes_fit(const struct box_keyframes *k)
{
    if (k->n == 0 || k->total_duration < 0 || k->total_duration > INT32_MAX) return false;
    for (uint32_t i = 0; i < k->n; i++) {
        if (k->pts[i] < INT32_MIN || k->pts[i] > INT32_MAX) return false;
        if (k->accumulated[i] < 0 || k->accumulated[i] > INT32_MAX) return false;
        if (k->own[i] < 0 || k->own[i] > INT32_MAX) return false;
    }
    return k->packet_count <= INT32_MAX && k->output_frames <= INT32_MAX;
}

static fallible put_streams(struct ctx *cx, uuid asset, const struct box_probe_answer *probe)
{
    static const struct box_probe_answer none;
    const struct box_probe_answer *p = probe ? probe : &none;
    const bool video = p->video.is && p->video.codec.n && p->format.n && p->format_long.n &&
                       p->video.time_base.den > 0;
    const bool keyframes = video && keyframes_fit(&p->keyframes);

    if (p->audio.is)
        TRY(sql_metadata_put_audio(cx, asset, clamp(p->audio.bit_rate, INT32_MAX),
            clamp(p->audio.index, INT16_MAX),
            str_eq(p->audio.codec, STR("aac"))
                ? asset_video_profile(p->audio.codec, p->audio.profile)
                : NOTHING(int),
            p->audio.codec));
    if (video) TRY(put_video(cx, asset, p));
    if (keyframes) {
        const struct box_keyframes *k = &p->keyframes;
        TRY(sql_metadata_put_keyframes(cx, asset, (struct list_int){k->pts, k->n},
            (struct list_int){k->accumulated, k->n}, (struct list_int){k->own, k->n},
            k->total_duration, k->packet_count, k->output_frames));
    }
    return sql_metadata_drop_streams(cx, asset, !p->audio.is, !video, !keyframes);
}

static fallible store(struct ctx *cx, const struct metadata_asset *asset, const struct metadata *m,
    const struct box_probe_answer *probe)
{
    struct metadata_kept kept;
    TRY(put_exif(cx, asset->id, m, &kept));
    TRY(put_asset(cx, asset->id, m, &kept));
    TRY(put_streams(cx, asset->id, probe));
    TRY(tag_replace_of_asset(cx, asset->ownerId, asset->id, kept.tags.v));
    return sql_metadata_put_done(cx, asset->id);
}

fallible asset_metadata_store(struct ctx *cx, const struct metadata_asset *asset,
    const struct metadata *m, const struct box_probe_answer *probe)
{
    TRY(db_begin(cx));
    err e = store(cx, asset, m, probe);
    if (e) {
        db_rollback(cx);
        return e;
    }
    return db_commit(cx);
}
