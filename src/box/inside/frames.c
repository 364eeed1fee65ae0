#include "box/inside/frames.h"
#include "core/size.h"

#include <math.h>
#include <stdlib.h>

#include "core/banned.h"

static int by_time(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t median(const int64_t v[static 3])
{
    return MAX(MIN(v[0], v[1]), MIN(MAX(v[0], v[1]), v[2]));
}

/* The rule of ffmpeg's `-vsync cfr`: a frame that is more than 1.1 slots late is preceded by copies
 * of the one before it, one that is more than 1.1 early is dropped, and the last frame is repeated
 * as often as the median of the last three was. */
uint32_t frames_constant_rate(int64_t *pts, uint32_t n, int64_t total_duration)
{
    if (n == 0 || total_duration <= 0) return n;
    qsort(pts, n, sizeof *pts, by_time);
    const double slots_per_tick = n / (double)total_duration;
    const double most = UINT32_MAX / 2;
    double out = 0;
    int64_t before[3] = {0, 0, 0};
    for (uint32_t i = 0; i < n; i++) {
        const double late = (double)(pts[i] - pts[0]) * slots_per_tick - out;
        const double behind =
            (late < 0 && late > -1 ? 0 : late) + (late < 0 && late > -1 ? 1 + late : 1);
        double frames = 1, copies = 0;
        if (behind < -1.1) frames = 0;
        if (behind > 1.1) {
            frames = rint(behind);
            if (late > 1.1) copies = rint(late - 0.6);
        }
        before[2] = before[1];
        before[1] = before[0];
        before[0] = (int64_t)fmin(copies, frames);
        out = fmin(out + frames, most);
    }
    return (uint32_t)(out + (double)median(before));
}
