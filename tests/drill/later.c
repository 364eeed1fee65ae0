/* Preloaded into a program, it makes two hours pass: what is swept by age can be seen swept. */
#include <stddef.h>
#include <time.h>

enum {
    AHEAD_S = 2 * 60 * 60,
};

time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const time_t later = now.tv_sec + AHEAD_S;
    if (out) *out = later;
    return later;
}
