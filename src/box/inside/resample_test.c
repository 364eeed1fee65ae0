#include "box/inside/resample.h"
#include "core/arena.h"
#include "core/test.h"

#include "core/banned.h"

static struct arena *arena;

static struct raster raster(size_t width, size_t height, size_t bands)
{
    return (struct raster){arena_alloc(arena, width * height * bands), width, height, bands};
}

static size_t size_of(const struct raster *r)
{
    return r->width * r->height * r->bands;
}

static void an_even_colour_stays_the_same_at_every_size(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 7, 85, 86, 100, 333};
    for (size_t i = 0; i < 7; i++) {
        const struct raster in = raster(100, 60, 3), out = raster(sizes[i], sizes[6 - i], 3);
        for (size_t p = 0; p < size_of(&in); p++)
            in.pixels[p] = (uint8_t[]){200, 0, 255}[p % 3];
        assert_true(resample(&in, &out));
        for (size_t p = 0; p < size_of(&out); p++)
            assert_int_equal(out.pixels[p], ((uint8_t[]){200, 0, 255}[p % 3]));
    }
}

static void the_same_size_changes_nothing(void **state)
{
    (void)state;
    const struct raster in = raster(90, 30, 3), out = raster(90, 30, 3);
    for (size_t p = 0; p < size_of(&in); p++)
        in.pixels[p] = (uint8_t)(p * 37);
    assert_true(resample(&in, &out));
    assert_memory_equal(in.pixels, out.pixels, size_of(&in));
}

/* A ramp stays a ramp away from its ends, and left stays left. */
static void a_ramp_stays_a_ramp(void **state)
{
    (void)state;
    const struct raster in = raster(200, 10, 1), out = raster(100, 5, 1);
    for (size_t p = 0; p < size_of(&in); p++)
        in.pixels[p] = (uint8_t)(p % 200);
    assert_true(resample(&in, &out));
    for (size_t x = 4; x < 96; x++) {
        const int want = (int)(2 * x); /* the mean of 2x and 2x + 1, rounded either way */
        assert_in_range(out.pixels[2 * 100 + x], want, want + 1);
    }
}

static void black_and_white_do_not_wrap_around(void **state)
{
    (void)state;
    const struct raster in = raster(64, 64, 3), out = raster(50, 50, 3);
    for (size_t y = 0; y < 64; y++)
        for (size_t x = 0; x < 64 * 3; x++)
            in.pixels[y * 64 * 3 + x] = x / 3 < 32 ? 0 : 255;
    assert_true(resample(&in, &out));
    for (size_t y = 0; y < 50; y++) {
        assert_in_range(out.pixels[(y * 50 + 5) * 3], 0, 20);
        assert_in_range(out.pixels[(y * 50 + 45) * 3], 235, 255);
    }
}

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_colour_stays_the_same_at_every_size),
        cmocka_unit_test(the_same_size_changes_nothing),
        cmocka_unit_test(a_ramp_stays_a_ramp),
        cmocka_unit_test(black_and_white_do_not_wrap_around),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
