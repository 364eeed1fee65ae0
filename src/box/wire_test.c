#include "box/wire.h"
#include "core/test.h"

#include "core/banned.h"

static const struct box_answer IMAGE = {.task = BOX_IMAGE,
    .image = {.width = 4000,
        .height = 3000,
        .transparent = true,
        .thumbhash_n = 3,
        .thumbhash = {1, 2, 255},
        .n_files = 2,
        .files = {{1920, 1440, 5000000000}, {333, 250, 9}}}};

static void an_answer_about_an_image_comes_back_the_same(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    auto_buf bytes = {0};
    struct box_answer out;
    box_answer_encode(&bytes, &IMAGE);
    assert_true(box_answer_decode(a, bytes.p, bytes.n, &out));
    assert_int_equal(out.failure, BOX_FINE);
    assert_int_equal(out.image.width, 4000);
    assert_true(out.image.transparent);
    assert_memory_equal(out.image.thumbhash, IMAGE.image.thumbhash, 3);
    assert_int_equal(out.image.files[0].bytes, 5000000000);
    assert_int_equal(out.image.files[1].height, 250);
    arena_free(a);
}

static void an_answer_about_a_video_comes_back_the_same(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    int64_t pts[] = {-5, 1000}, accumulated[] = {10, 20}, own[] = {10, 10};
    const struct box_answer in = {.task = BOX_PROBE,
        .probe = {.format = STR("mov,mp4"),
            .duration_us = -1,
            .video = {.is = true, .codec = STR("h264"), .rotation = -90, .level = -99},
            .keyframes = {
                .total_duration = 30, .n = 2, .pts = pts, .accumulated = accumulated, .own = own}}};
    auto_buf bytes = {0};
    struct box_answer out;
    box_answer_encode(&bytes, &in);
    assert_true(box_answer_decode(a, bytes.p, bytes.n, &out));
    assert_str(out.probe.format, "mov,mp4");
    assert_str(out.probe.video.codec, "h264");
    assert_int_equal(out.probe.duration_us, -1);
    assert_int_equal(out.probe.video.rotation, -90);
    assert_int_equal(out.probe.keyframes.pts[0], -5);
    assert_int_equal(out.probe.keyframes.own[1], 10);
    arena_free(a);
}

static void an_answer_that_is_cut_or_too_long_is_refused(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    auto_buf bytes = {0};
    struct box_answer out;
    box_answer_encode(&bytes, &IMAGE);
    for (size_t n = 0; n < bytes.n; n++)
        assert_false(box_answer_decode(a, bytes.p, n, &out));
    buf_add_char(&bytes, '\0');
    assert_false(box_answer_decode(a, bytes.p, bytes.n, &out));
    arena_free(a);
}

/* Every byte changed on its own: whatever is accepted is within the bounds. */
static void a_forged_answer_stays_within_its_bounds(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    auto_buf bytes = {0};
    box_answer_encode(&bytes, &IMAGE);
    for (size_t i = 0; i < bytes.n; i++) {
        const char was = bytes.p[i];
        for (int v = 0; v < 256; v++) {
            struct box_answer out;
            bytes.p[i] = (char)v;
            if (!box_answer_decode(a, bytes.p, bytes.n, &out)) continue;
            assert_in_range(out.failure, 0, BOX_FAILURES - 1);
            if (out.failure != BOX_FINE || out.task != BOX_IMAGE) continue;
            assert_in_range(out.image.n_files, 0, BOX_OUTPUTS_MAX);
            assert_in_range(out.image.thumbhash_n, 0, BOX_THUMBHASH_MAX);
        }
        bytes.p[i] = was;
    }
    arena_free(a);
}

static void an_order_for_a_program_keeps_its_arguments(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    str arguments[] = {STR("/usr/bin/true"), STR(""), STR("-x")};
    const struct box_order in = {.task = BOX_COMMAND,
        .limits = {.cpu_s = 7},
        .command = {.folder = STR("/tmp"), .n_arguments = 3, .arguments = arguments}};
    auto_buf bytes = {0};
    struct box_order out;
    box_order_encode(&bytes, &in);
    assert_true(box_order_decode(a, bytes.p, bytes.n, &out));
    assert_int_equal(out.limits.cpu_s, 7);
    assert_str(out.command.folder, "/tmp");
    assert_int_equal(out.command.n_arguments, 3);
    assert_str(out.command.arguments[2], "-x");
    assert_string_equal(out.command.arguments[0].p, "/usr/bin/true");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_about_an_image_comes_back_the_same),
        cmocka_unit_test(an_answer_about_a_video_comes_back_the_same),
        cmocka_unit_test(an_answer_that_is_cut_or_too_long_is_refused),
        cmocka_unit_test(a_forged_answer_stays_within_its_bounds),
        cmocka_unit_test(an_order_for_a_program_keeps_its_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
