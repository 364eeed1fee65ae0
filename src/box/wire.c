#include "box/wire.h"
#include "core/size.h"

#include "core/banned.h"

/* One walk over a message's members serves both directions, so that reader and writer cannot
 * disagree. Numbers are little-endian and of fixed width; a count or an enum comes with its bound.
 */
struct wire {
    struct buf *out; /* encoding; NULL when decoding */
    struct arena *arena;
    const uint8_t *p, *end;
    bool bad;
};

static const uint32_t ORDER_MAGIC = 0x31584f42, ANSWER_MAGIC = 0x31534e41;

static uint64_t wire_bits(struct wire *w, uint64_t v, size_t width)
{
    uint8_t byte[8];
    if (w->out) {
        for (size_t i = 0; i < width; i++)
            byte[i] = (uint8_t)(v >> (8 * i));
        buf_add_bytes(w->out, byte, width);
        return v;
    }
    if (w->bad || (size_t)(w->end - w->p) < width) {
        w->bad = true;
        return 0;
    }
    uint64_t read = 0;
    for (size_t i = 0; i < width; i++)
        read |= (uint64_t)w->p[i] << (8 * i);
    w->p += width;
    return read;
}

static void wire_u32(struct wire *w, uint32_t *v)
{
    *v = (uint32_t)wire_bits(w, *v, 4);
}

static void wire_i32(struct wire *w, int32_t *v)
{
    *v = (int32_t)(uint32_t)wire_bits(w, (uint32_t)*v, 4);
}

static void wire_u64(struct wire *w, uint64_t *v)
{
    *v = wire_bits(w, *v, 8);
}

static void wire_i64(struct wire *w, int64_t *v)
{
    *v = (int64_t)wire_bits(w, (uint64_t)*v, 8);
}

/* A number of at most max. */
static void wire_count(struct wire *w, uint32_t *v, uint32_t max)
{
    wire_u32(w, v);
    if (*v > max) {
        w->bad = true;
        *v = 0;
    }
}

static void wire_bool(struct wire *w, bool *v)
{
    uint32_t n = *v;
    wire_count(w, &n, 1);
    *v = n == 1;
}

#define WIRE_ENUM(w, v, count)                                                                     \
    do {                                                                                           \
        uint32_t wire_n = (uint32_t) * (v);                                                        \
        wire_count(w, &wire_n, (count)-1);                                                         \
        *(v) = (typeof(*(v)))wire_n;                                                               \
    } while (0)

static void wire_text(struct wire *w, str *v, uint32_t max)
{
    uint32_t n = (uint32_t)MIN(v->n, max);
    wire_count(w, &n, max);
    if (w->out) {
        buf_add_bytes(w->out, v->p, n);
        return;
    }
    if (w->bad || (size_t)(w->end - w->p) < n) {
        w->bad = true;
        *v = STR("");
        return;
    }
    /* With a NUL behind it, and none inside: paths and arguments go to the system as they are. */
    w->bad |= memchr(w->p, '\0', n) != NULL;
    *v = (str){cstr(w->arena, (str){(const char *)w->p, n}), n};
    w->p += n;
}

static void wire_i64_array(struct wire *w, int64_t **v, uint32_t n)
{
    if (!w->out) {
        if (w->bad || (size_t)(w->end - w->p) < (size_t)n * 8) {
            w->bad = true;
            return;
        }
        *v = ARENA_ARRAY(w->arena, int64_t, n ? n : 1);
    }
    for (uint32_t i = 0; i < n; i++)
        wire_i64(w, *v + i);
}

static void wire_edit(struct wire *w, struct box_edit *v)
{
    WIRE_ENUM(w, &v->kind, BOX_EDIT_KINDS);
    wire_count(w, &v->x, BOX_SIDE_MAX);
    wire_count(w, &v->y, BOX_SIDE_MAX);
    wire_count(w, &v->width, BOX_SIDE_MAX);
    wire_count(w, &v->height, BOX_SIDE_MAX);
    wire_count(w, &v->angle, 270);
    WIRE_ENUM(w, &v->axis, BOX_AXES);
}

static void wire_output(struct wire *w, struct box_output *v)
{
    WIRE_ENUM(w, &v->format, BOX_FORMATS);
    wire_count(w, &v->size, BOX_SIDE_MAX);
    wire_count(w, &v->quality, 100);
    wire_bool(w, &v->progressive);
    wire_bool(w, &v->even);
}

static void wire_image(struct wire *w, struct box_image *v)
{
    WIRE_ENUM(w, &v->colour, BOX_COLOURS);
    wire_bool(w, &v->raw);
    wire_bool(w, &v->ignore_damage);
    wire_count(w, &v->orientation, 8);
    wire_count(w, &v->size, BOX_SIDE_MAX);
    wire_bool(w, &v->thumbhash);
    wire_count(w, &v->n_edits, BOX_EDITS_MAX);
    for (uint32_t i = 0; i < v->n_edits; i++)
        wire_edit(w, &v->edits[i]);
    wire_count(w, &v->n_outputs, BOX_OUTPUTS_MAX);
    for (uint32_t i = 0; i < v->n_outputs; i++)
        wire_output(w, &v->outputs[i]);
}

static void wire_image_answer(struct wire *w, struct box_image_answer *v)
{
    wire_u32(w, &v->width);
    wire_u32(w, &v->height);
    wire_bool(w, &v->transparent);
    wire_count(w, &v->thumbhash_n, BOX_THUMBHASH_MAX);
    for (uint32_t i = 0; i < v->thumbhash_n; i++)
        v->thumbhash[i] = (uint8_t)wire_bits(w, v->thumbhash[i], 1);
    wire_count(w, &v->n_files, BOX_OUTPUTS_MAX);
    for (uint32_t i = 0; i < v->n_files; i++) {
        wire_count(w, &v->files[i].width, BOX_SIDE_MAX);
        wire_count(w, &v->files[i].height, BOX_SIDE_MAX);
        wire_u64(w, &v->files[i].bytes);
    }
}

static void wire_fraction(struct wire *w, struct box_fraction *v)
{
    wire_i32(w, &v->num);
    wire_i32(w, &v->den);
}

static void wire_video(struct wire *w, struct box_video *v)
{
    wire_bool(w, &v->is);
    wire_u32(w, &v->index);
    wire_text(w, &v->codec, BOX_TEXT_MAX);
    wire_text(w, &v->pixel_format, BOX_TEXT_MAX);
    wire_i32(w, &v->profile);
    wire_i32(w, &v->level);
    wire_i64(w, &v->bit_rate);
    wire_i64(w, &v->frame_count);
    wire_fraction(w, &v->time_base);
    wire_fraction(w, &v->average_rate);
    wire_fraction(w, &v->real_rate);
    wire_fraction(w, &v->sample_aspect);
    wire_u32(w, &v->width);
    wire_u32(w, &v->height);
    wire_i32(w, &v->rotation);
    wire_u32(w, &v->primaries);
    wire_u32(w, &v->transfer);
    wire_u32(w, &v->matrix);
    wire_i32(w, &v->dolby_profile);
    wire_i32(w, &v->dolby_level);
    wire_i32(w, &v->dolby_compatibility);
}

static void wire_probe_answer(struct wire *w, struct box_probe_answer *v)
{
    wire_text(w, &v->format, BOX_TEXT_MAX);
    wire_text(w, &v->format_long, BOX_TEXT_MAX);
    wire_i64(w, &v->duration_us);
    wire_video(w, &v->video);
    wire_bool(w, &v->audio.is);
    wire_u32(w, &v->audio.index);
    wire_text(w, &v->audio.codec, BOX_TEXT_MAX);
    wire_i32(w, &v->audio.profile);
    wire_i64(w, &v->audio.bit_rate);
    wire_i64(w, &v->keyframes.total_duration);
    wire_u32(w, &v->keyframes.packet_count);
    wire_u32(w, &v->keyframes.output_frames);
    wire_count(w, &v->keyframes.n, BOX_KEYFRAMES_MAX);
    wire_i64_array(w, &v->keyframes.pts, v->keyframes.n);
    wire_i64_array(w, &v->keyframes.accumulated, v->keyframes.n);
    wire_i64_array(w, &v->keyframes.own, v->keyframes.n);
}

static void wire_command(struct wire *w, struct box_command *v)
{
    wire_bool(w, &v->may_fork);
    wire_bool(w, &v->any_access);
    wire_text(w, &v->folder, BOX_ARGUMENT_MAX);
    wire_text(w, &v->read_folder, BOX_ARGUMENT_MAX);
    wire_count(w, &v->n_arguments, BOX_ARGUMENTS_MAX);
    if (!w->out) v->arguments = ARENA_ARRAY(w->arena, str, v->n_arguments + 1);
    for (uint32_t i = 0; i < v->n_arguments; i++)
        wire_text(w, &v->arguments[i], BOX_ARGUMENT_MAX);
}

static void wire_magic(struct wire *w, uint32_t magic)
{
    uint32_t found = magic;
    wire_u32(w, &found);
    w->bad |= found != magic;
}

static void wire_order(struct wire *w, struct box_order *v)
{
    wire_magic(w, ORDER_MAGIC);
    WIRE_ENUM(w, &v->task, BOX_TASKS);
    wire_u64(w, &v->limits.memory_bytes);
    wire_u64(w, &v->limits.file_bytes);
    wire_u32(w, &v->limits.cpu_s);
    switch (v->task) {
    case BOX_IMAGE:
        wire_image(w, &v->image);
        break;
    case BOX_PROBE:
        wire_bool(w, &v->probe.packets);
        break;
    case BOX_COMMAND:
        wire_command(w, &v->command);
        break;
    case BOX_TASKS:
        w->bad = true;
        break;
    }
}

static void wire_answer(struct wire *w, struct box_answer *v)
{
    wire_magic(w, ANSWER_MAGIC);
    WIRE_ENUM(w, &v->failure, BOX_FAILURES);
    wire_text(w, &v->reason, BOX_TEXT_MAX);
    WIRE_ENUM(w, &v->task, BOX_TASKS);
    if (v->failure != BOX_FINE) return;
    switch (v->task) {
    case BOX_IMAGE:
        wire_image_answer(w, &v->image);
        break;
    case BOX_PROBE:
        wire_probe_answer(w, &v->probe);
        break;
    case BOX_COMMAND:
        break;
    case BOX_TASKS:
        w->bad = true;
        break;
    }
}

/* The walk takes non-const members because it also reads; encoding does not change them. */
void box_order_encode(struct buf *out, const struct box_order *order)
{
    struct box_order copy = *order;
    wire_order(&(struct wire){.out = out}, &copy);
}

bool box_order_decode(struct arena *a, const void *p, size_t n, struct box_order *out)
{
    struct wire w = {.arena = a, .p = p, .end = (const uint8_t *)p + n};
    *out = (struct box_order){0};
    wire_order(&w, out);
    return !w.bad && w.p == w.end;
}

void box_answer_encode(struct buf *out, const struct box_answer *answer)
{
    struct box_answer copy = *answer;
    wire_answer(&(struct wire){.out = out}, &copy);
}

bool box_answer_decode(struct arena *a, const void *p, size_t n, struct box_answer *out)
{
    struct wire w = {.arena = a, .p = p, .end = (const uint8_t *)p + n};
    *out = (struct box_answer){0};
    wire_answer(&w, out);
    return !w.bad && w.p == w.end;
}
