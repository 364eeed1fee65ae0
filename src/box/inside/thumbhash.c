#include "box/inside/thumbhash.h"
#include "core/size.h"

#include <math.h>
#include <stdbool.h>

#include "core/banned.h"

enum {
    PIXELS_MAX = THUMBHASH_SIDE * THUMBHASH_SIDE,
    TERMS_MAX = 7,               /* per axis */
    VARYING_MAX = 7 * 7 / 2 + 7, /* terms of the triangle without the constant one, rounded up */
};

/* One of the planes lightness, yellow-blue, red-green and alpha, and its discrete cosine transform.
 */
struct plane {
    float v[PIXELS_MAX];
    double constant, scale;
    double varying[VARYING_MAX];
    size_t n_varying;
};

struct planes {
    struct plane l, p, q, a;
};

/* As JavaScript's Math.round, halves go up. */
static uint32_t rounded(double v)
{
    return (uint32_t)(int32_t)floor(v + 0.5);
}

/* Colours are laid over the average colour, so that transparent areas do not stand out. Returns
 * whether anything is transparent. */
static bool split_planes(struct planes *out, uint32_t n, const uint8_t *rgba)
{
    double average[4] = {0};
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *pixel = rgba + 4 * (size_t)i;
        const double alpha = pixel[3] / 255.0;
        for (int c = 0; c < 3; c++)
            average[c] += alpha / 255 * pixel[c];
        average[3] += alpha;
    }
    if (average[3] > 0)
        for (int c = 0; c < 3; c++)
            average[c] /= average[3];
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t *pixel = rgba + 4 * (size_t)i;
        const double alpha = pixel[3] / 255.0;
        double c[3];
        for (int k = 0; k < 3; k++)
            c[k] = average[k] * (1 - alpha) + alpha / 255 * pixel[k];
        out->l.v[i] = (float)((c[0] + c[1] + c[2]) / 3);
        out->p.v[i] = (float)((c[0] + c[1]) / 2 - c[2]);
        out->q.v[i] = (float)(c[0] - c[1]);
        out->a.v[i] = (float)alpha;
    }
    return average[3] < n;
}

/* sum over x of v[x, y] * cos(pi / width * term * (x + 1/2)), for every y */
static void transform_rows(
    const float *v, uint32_t width, uint32_t height, uint32_t term, double *sums)
{
    double wave[THUMBHASH_SIDE] = {0};
    for (uint32_t x = 0; x < width; x++)
        wave[x] = cos(M_PI / width * term * (x + 0.5));
    for (uint32_t y = 0; y < height; y++) {
        sums[y] = 0;
        for (uint32_t x = 0; x < width; x++)
            sums[y] += v[x + y * width] * wave[x];
    }
}

/* The triangle of the lowest frequencies, row by row; varying terms are scaled to 0 … 1. */
static void transform(
    struct plane *plane, uint32_t width, uint32_t height, uint32_t nx, uint32_t ny)
{
    double rows[TERMS_MAX][THUMBHASH_SIDE];
    for (uint32_t cx = 0; cx < nx; cx++)
        transform_rows(plane->v, width, height, cx, rows[cx]);
    plane->n_varying = 0;
    plane->scale = 0;
    for (uint32_t cy = 0; cy < ny; cy++) {
        for (uint32_t cx = 0; cx * ny < nx * (ny - cy); cx++) {
            double f = 0;
            for (uint32_t y = 0; y < height; y++)
                f += rows[cx][y] * cos(M_PI / height * cy * (y + 0.5));
            f /= (double)width * height;
            if (cx == 0 && cy == 0) {
                plane->constant = f;
                continue;
            }
            plane->varying[plane->n_varying++] = f;
            plane->scale = fmax(plane->scale, fabs(f));
        }
    }
    if (plane->scale > 0)
        for (size_t i = 0; i < plane->n_varying; i++)
            plane->varying[i] = 0.5 + 0.5 / plane->scale * plane->varying[i];
}

struct nibbles {
    uint8_t *out;
    size_t start, n;
};

static void add_nibbles(struct nibbles *to, const struct plane *plane)
{
    for (size_t i = 0; i < plane->n_varying; i++, to->n++)
        to->out[to->start + to->n / 2] |=
            (uint8_t)(rounded(15 * plane->varying[i]) << (to->n % 2 * 4));
}

size_t thumbhash_encode(
    uint32_t width, uint32_t height, const uint8_t *rgba, uint8_t out[static BOX_THUMBHASH_MAX])
{
    struct planes planes = {0};
    const bool alpha = split_planes(&planes, width * height, rgba);
    const double limit = alpha ? 5 : 7;
    const uint32_t longer = MAX(width, height);
    const uint32_t lx = MAX(1U, rounded(limit * width / longer));
    const uint32_t ly = MAX(1U, rounded(limit * height / longer));
    transform(&planes.l, width, height, MAX(3U, lx), MAX(3U, ly));
    transform(&planes.p, width, height, 3, 3);
    transform(&planes.q, width, height, 3, 3);
    if (alpha) transform(&planes.a, width, height, 5, 5);

    const bool landscape = width > height;
    const uint32_t first = rounded(63 * planes.l.constant) |
                           rounded(31.5 + 31.5 * planes.p.constant) << 6 |
                           rounded(31.5 + 31.5 * planes.q.constant) << 12 |
                           rounded(31 * planes.l.scale) << 18 | (uint32_t)alpha << 23;
    const uint32_t second = (landscape ? ly : lx) | rounded(63 * planes.p.scale) << 3 |
                            rounded(63 * planes.q.scale) << 9 | (uint32_t)landscape << 15;
    const uint8_t head[] = {(uint8_t)first, (uint8_t)(first >> 8), (uint8_t)(first >> 16),
        (uint8_t)second, (uint8_t)(second >> 8)};
    memset(out, 0, BOX_THUMBHASH_MAX);
    memcpy(out, head, sizeof head);
    if (alpha)
        out[5] = (uint8_t)(rounded(15 * planes.a.constant) | rounded(15 * planes.a.scale) << 4);
    struct nibbles nibbles = {out, alpha ? 6 : 5, 0};
    add_nibbles(&nibbles, &planes.l);
    add_nibbles(&nibbles, &planes.p);
    add_nibbles(&nibbles, &planes.q);
    if (alpha) add_nibbles(&nibbles, &planes.a);
    return nibbles.start + (nibbles.n + 1) / 2;
}
