#include "core/arena.h"
#include "core/test.h"
#include "metadata/regions.h"

static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct regions regions_of(const char *json, const char *orientation)
{
    const struct json_value *v = NULL;
    assert_ok(json_parse(arena, str_from(json), &v));
    struct opt_str turn = NOTHING(str);
    if (orientation) turn = SOME(str, str_from(orientation));
    return regions_read(arena, v, turn);
}

static void assert_box(struct region r, int x1, int y1, int x2, int y2)
{
    assert_int_equal(r.x1, x1);
    assert_int_equal(r.y1, y1);
    assert_int_equal(r.x2, x2);
    assert_int_equal(r.y2, y2);
}

#define CURIES                                                                                     \
    "{\"AppliedToDimensions\":{\"H\":700,\"Unit\":\"pixel\",\"W\":840},\"RegionList\":["           \
    "{\"Area\":{\"H\":0.198571,\"W\":0.113095,\"X\":0.368452,\"Y\":0.307857},"                     \
    "\"Name\":\"Marie Curie\",\"Type\":\"Face\"},"                                                 \
    "{\"Area\":{\"H\":\"0.241429\",\"W\":\"0.0964286\",\"X\":\"0.6875\",\"Y\":\"0.239286\"},"      \
    "\"Name\":\"Pierre Curie\",\"Type\":\"Face\"}]}"

static void regions_become_pixels(void **state)
{
    (void)state;
    const struct regions r = regions_of(CURIES, NULL);
    assert_int_equal(r.image_width, 840);
    assert_int_equal(r.image_height, 700);
    assert_int_equal(r.n, 2);
    assert_str(r.v[0].name, "Marie Curie");
    assert_box(r.v[0], 261, 146, 356, 284);
    assert_box(r.v[1], 536, 83, 618, 252);
}

#define CORNER                                                                                     \
    "{\"AppliedToDimensions\":{\"W\":400,\"H\":200},\"RegionList\":["                              \
    "{\"Name\":\"a\",\"Area\":{\"X\":0.25,\"Y\":0.25,\"W\":0.25,\"H\":0.5}}]}"

static void regions_turn_with_the_picture(void **state)
{
    (void)state;
    static const int boxes[8][4] = {
        {50, 0, 150, 100},    /* 1 */
        {250, 0, 350, 100},   /* 2: mirrored */
        {250, 100, 350, 200}, /* 3: upside down */
        {50, 100, 150, 200},  /* 4 */
        {0, 50, 100, 150},    /* 5: from here on 200 x 400 */
        {100, 50, 200, 150},  /* 6 */
        {100, 250, 200, 350}, /* 7 */
        {0, 250, 100, 350},   /* 8 */
    };
    for (int i = 0; i < 8; i++) {
        const char orientation[] = {(char)('1' + i), '\0'};
        const struct regions r = regions_of(CORNER, orientation);
        assert_int_equal(r.image_width, i < 4 ? 400 : 200);
        assert_int_equal(r.image_height, i < 4 ? 200 : 400);
        assert_box(r.v[0], boxes[i][0], boxes[i][1], boxes[i][2], boxes[i][3]);
    }
}

static void what_names_nobody_is_left_out(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "null",
        "{}",
        "{\"RegionList\":[{\"Name\":\"a\",\"Area\":{\"X\":0,\"Y\":0,\"W\":1,\"H\":1}}]}",
        "{\"AppliedToDimensions\":{\"W\":0,\"H\":200},\"RegionList\":[{\"Name\":\"a\",\"Area\":"
        "{\"X\":0,\"Y\":0,\"W\":1,\"H\":1}}]}",
        "{\"AppliedToDimensions\":{\"W\":4,\"H\":2},\"RegionList\":[{\"Name\":\"\",\"Area\":"
        "{\"X\":0,\"Y\":0,\"W\":1,\"H\":1}},{\"Area\":{\"X\":0,\"Y\":0,\"W\":1,\"H\":1}},"
        "{\"Name\":\"a\",\"Area\":{\"X\":0,\"Y\":0,\"W\":1}},{\"Name\":\"a\",\"Area\":\"x\"},7]}",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(regions_of(cases[i], "6").n, 0);
    const struct regions far = regions_of(
        "{\"AppliedToDimensions\":{\"W\":4,\"H\":2},\"RegionList\":[{\"Name\":\"a\",\"Area\":"
        "{\"X\":1e300,\"Y\":-1e300,\"W\":1,\"H\":1}}]}",
        "1");
    assert_int_equal(far.v[0].x1, INT32_MAX);
    assert_int_equal(far.v[0].y1, INT32_MIN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(regions_become_pixels),
        TEST(regions_turn_with_the_picture),
        TEST(what_names_nobody_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
