#include "box/inside/thumbhash.h"
#include "core/test.h"

#include <stdlib.h>

#include "core/banned.h"

static uint8_t pixels[THUMBHASH_SIDE * THUMBHASH_SIDE * 4];
static uint8_t hash[BOX_THUMBHASH_MAX];

static void fill(uint32_t n, const uint8_t colour[4])
{
    for (uint32_t i = 0; i < n; i++)
        memcpy(pixels + 4 * (size_t)i, colour, 4);
}

/* Header by hand: l = 1, p = 0 and q = 0 are 63, 31.5 → 32 and 32; scales are 0. */
static void white_is_all_constant(void **state)
{
    (void)state;
    fill(100 * 100, (uint8_t[]){255, 255, 255, 255});
    assert_int_equal(thumbhash_encode(100, 100, pixels, hash), 24);
    const uint32_t head = 63 | 32 << 6 | 32 << 12;
    assert_int_equal(hash[0], head & 255);
    assert_int_equal(hash[1], head >> 8 & 255);
    assert_int_equal(hash[2], head >> 16);
    assert_int_equal(hash[3], 7);
    assert_int_equal(hash[4], 0);
}

static void shapes_have_their_own_lengths(void **state)
{
    (void)state;
    fill(100 * 100, (uint8_t[]){10, 200, 30, 255});
    thumbhash_encode(100, 50, pixels, hash);
    assert_int_equal(hash[4] >> 7, 1); /* landscape */
    assert_int_equal(hash[3] & 7, 4);  /* 7 × 50 / 100, halves up */
    thumbhash_encode(50, 100, pixels, hash);
    assert_int_equal(hash[4] >> 7, 0);
    assert_int_equal(hash[3] & 7, 4);
    thumbhash_encode(100, 1, pixels, hash);
    assert_int_equal(hash[3] & 7, 1);
    assert_int_equal(thumbhash_encode(1, 1, pixels, hash), 24);
}

static void transparency_is_marked_and_averaged(void **state)
{
    (void)state;
    fill(64, (uint8_t[]){255, 0, 0, 255});
    fill(32, (uint8_t[]){0, 255, 0, 0});
    assert_int_equal(thumbhash_encode(8, 8, pixels, hash), 25);
    assert_int_equal(hash[2] >> 7, 1);
    assert_int_equal(hash[5] & 15, 8);  /* half of it is opaque: 7.5, halves up */
    assert_int_equal(hash[0] & 63, 21); /* what cannot be seen does not count: l = 1/3 of red */
}

static void nothing_visible_is_black(void **state)
{
    (void)state;
    fill(16, (uint8_t[]){200, 200, 200, 0});
    thumbhash_encode(4, 4, pixels, hash);
    assert_int_equal(hash[0] & 63, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_is_all_constant),
        cmocka_unit_test(shapes_have_their_own_lengths),
        cmocka_unit_test(transparency_is_marked_and_averaged),
        cmocka_unit_test(nothing_visible_is_black),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
