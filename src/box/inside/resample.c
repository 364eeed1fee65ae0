/* malloc: scratch memory whose failure is an answer (out of memory limit), not the end. */
#define BANNED_ALLOW_MALLOC
#include "box/inside/resample.h"
#include "core/sanitized.h"
#include "core/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/banned.h"

enum {
    LOBES = 3,
    WEIGHT_BITS = 14,
    BLOCK = 32,  /* pixels */
    STRIP = 256, /* bytes of a row that are summed at once, in registers and first-level cache */
};

/* On older processors the same code runs without the wider registers. */
#if defined(__x86_64__) && !SANITIZED && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

/* For every place of the output: where its inputs begin and how much each counts. */
struct weights {
    size_t taps;
    size_t *first;
    int16_t *weight; /* taps for each place; their sum is 1 << WEIGHT_BITS */
};

static double lanczos(double x)
{
    if (fabs(x) < 1e-9) return 1;
    if (fabs(x) >= LOBES) return 0;
    const double y = M_PI * x;
    return LOBES * sin(y) * sin(y / LOBES) / (y * y);
}

static void weights_done(struct weights *w)
{
    free(w->first);
    free(w->weight);
}

/* Weights of one place as whole numbers; what rounding left over goes to the largest. */
static void set_weights(int16_t *out, const double *exact, size_t taps, double sum)
{
    int left = 1 << WEIGHT_BITS;
    size_t largest = 0;
    for (size_t t = 0; t < taps; t++) {
        out[t] = (int16_t)lrint(exact[t] / sum * (1 << WEIGHT_BITS));
        left -= out[t];
        if (out[t] > out[largest]) largest = t;
    }
    out[largest] = (int16_t)(out[largest] + left);
}

static bool weights_init(struct weights *w, size_t from, size_t to)
{
    const double scale = (double)from / (double)to, stretch = fmax(scale, 1);
    const size_t taps = MIN((size_t)ceil(2 * LOBES * stretch) + 1, from);
    *w = (struct weights){taps, calloc(to, sizeof *w->first), calloc(to * taps, sizeof *w->weight)};
    double *exact = calloc(taps, sizeof *exact);
    if (!w->first || !w->weight || !exact) {
        weights_done(w);
        free(exact);
        return false;
    }
    for (size_t i = 0; i < to; i++) {
        const double centre = ((double)i + 0.5) * scale - 0.5;
        const double begin = fmax(ceil(centre - LOBES * stretch), 0);
        w->first[i] = MIN((size_t)begin, from - taps);
        double sum = 0;
        for (size_t t = 0; t < taps; t++) {
            exact[t] = lanczos(((double)(w->first[i] + t) - centre) / stretch);
            sum += exact[t];
        }
        set_weights(w->weight + i * taps, exact, taps, sum);
    }
    free(exact);
    return true;
}

static inline uint8_t clamped(int32_t sum)
{
    const int32_t v = sum >> WEIGHT_BITS;
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* One strip of an output row from the same strip of `taps` input rows. */
WIDE static void blend_strip(uint8_t *restrict to, const uint8_t *restrict from, size_t stride,
    const int16_t *weight, size_t taps)
{
    int32_t sums[STRIP];
    for (int i = 0; i < STRIP; i++)
        sums[i] = 1 << (WEIGHT_BITS - 1);
    for (size_t t = 0; t < taps; t++) {
        const int32_t w = weight[t];
        const uint8_t *restrict row = from + t * stride;
        for (int i = 0; i < STRIP; i++)
            sums[i] += w * row[i];
    }
    for (int i = 0; i < STRIP; i++)
        to[i] = clamped(sums[i]);
}

static void blend_narrow(uint8_t *restrict to, const uint8_t *restrict from, size_t stride,
    const int16_t *weight, size_t taps)
{
    for (size_t i = 0; i < stride; i++) {
        int32_t sum = 1 << (WEIGHT_BITS - 1);
        for (size_t t = 0; t < taps; t++)
            sum += weight[t] * from[t * stride + i];
        to[i] = clamped(sum);
    }
}

static void scale_rows(const struct raster *in, const struct raster *out, const struct weights *w)
{
    const size_t stride = in->width * in->bands;
    for (size_t y = 0; y < out->height; y++) {
        const uint8_t *from = in->pixels + w->first[y] * stride;
        const int16_t *weight = w->weight + y * w->taps;
        uint8_t *to = out->pixels + y * stride;
        if (stride < STRIP) {
            blend_narrow(to, from, stride, weight, w->taps);
            continue;
        }
        for (size_t x = 0; x + STRIP <= stride; x += STRIP)
            blend_strip(to + x, from + x, stride, weight, w->taps);
        /* The last strip overlaps the one before it. */
        blend_strip(to + stride - STRIP, from + stride - STRIP, stride, weight, w->taps);
    }
}

/* Columns become rows, block by block, so that both sides stay in the cache. */
__attribute__((always_inline)) static inline void transpose_bands(
    const struct raster *in, const struct raster *out, size_t bands)
{
    for (size_t y0 = 0; y0 < in->height; y0 += BLOCK)
        for (size_t x0 = 0; x0 < in->width; x0 += BLOCK)
            for (size_t x = x0; x < MIN(x0 + BLOCK, in->width); x++) {
                const uint8_t *from = in->pixels + (y0 * in->width + x) * bands;
                uint8_t *to = out->pixels + (x * in->height + y0) * bands;
                const size_t n = MIN((size_t)BLOCK, in->height - y0);
                for (size_t y = 0; y < n; y++, from += in->width * bands, to += bands)
                    memcpy(to, from, bands);
            }
}

static void transpose(const struct raster *in, const struct raster *out)
{
    /* A constant size makes the copy a few instructions. */
    if (in->bands == 3)
        transpose_bands(in, out, 3);
    else
        transpose_bands(in, out, in->bands);
}

static bool raster_new(struct raster *out, size_t width, size_t height, size_t bands)
{
    *out = (struct raster){malloc(width * height * bands), width, height, bands};
    return out->pixels != NULL;
}

/* in, with its rows scaled and then turned: what are columns now is left to do. */
static bool scale_and_turn(
    const struct raster *in, size_t height, const struct weights *w, struct raster *out)
{
    struct raster scaled;
    if (!raster_new(&scaled, in->width, height, in->bands)) return false;
    const bool ok = raster_new(out, height, in->width, in->bands);
    if (ok) {
        scale_rows(in, &scaled, w);
        transpose(&scaled, out);
    }
    free(scaled.pixels);
    return ok;
}

static bool scale_both(const struct raster *in, const struct raster *out,
    const struct weights *rows, const struct weights *columns)
{
    struct raster turned, narrow;
    if (!scale_and_turn(in, out->height, rows, &turned)) return false;
    const bool ok = raster_new(&narrow, out->height, out->width, in->bands);
    if (ok) {
        scale_rows(&turned, &narrow, columns);
        transpose(&narrow, out);
        free(narrow.pixels);
    }
    free(turned.pixels);
    return ok;
}

bool resample(const struct raster *in, const struct raster *out)
{
    struct weights rows, columns;
    if (!weights_init(&rows, in->height, out->height)) return false;
    if (!weights_init(&columns, in->width, out->width)) {
        weights_done(&rows);
        return false;
    }
    const bool ok = scale_both(in, out, &rows, &columns);
    weights_done(&rows);
    weights_done(&columns);
    return ok;
}
