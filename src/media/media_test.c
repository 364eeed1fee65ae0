#include "core/fd.h"
#include "core/size.h"
#include "core/test.h"
#include "media/frame.h"
#include "media/media.h"
#include "media/panorama.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/banned.h"

static struct ctx cx;
static char folder[] = "/tmp/tintype-media-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    cx.arena = arena_new();
    box_configure(&(struct box_settings){0});
    return mkdtemp(folder) ? 0 : -1;
}

static size_t files_in_folder(void)
{
    DIR *d = opendir(folder);
    size_t n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void empty_folder(void)
{
    DIR *d = opendir(folder);
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
}

static int tear_down(void **state)
{
    (void)state;
    box_shutdown();
    empty_folder();
    rmdir(folder);
    arena_free(cx.arena);
    return 0;
}

static const char *in_folder(const char *name)
{
    return cstr(cx.arena, str_fmt(cx.arena, "%s/%s", folder, name));
}

/* An uncompressed TIFF of 3×2 pixels: red green blue / black grey white, with an orientation. */
static int picture(uint16_t orientation)
{
    enum { TAGS = 10, AT = 8 + 2 + TAGS * 12 + 4 };
    static const uint8_t pixels[] = {
        255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 128, 128, 128, 255, 255, 255};
    const uint32_t tags[TAGS][3] = {{256, 3, 3}, {257, 3, 2}, {258, 3, 8}, {259, 3, 1}, {262, 3, 2},
        {273, 4, AT}, {274, 3, orientation}, {277, 3, 3}, {278, 3, 2}, {279, 4, sizeof pixels}};
    uint8_t file[AT + sizeof pixels] = {'I', 'I', 42, 0, 8, 0, 0, 0, TAGS};
    for (size_t i = 0; i < TAGS; i++) {
        uint8_t *tag = file + 10 + i * 12;
        tag[0] = (uint8_t)tags[i][0], tag[1] = (uint8_t)(tags[i][0] >> 8);
        tag[2] = (uint8_t)tags[i][1], tag[4] = 1;
        tag[8] = (uint8_t)tags[i][2], tag[9] = (uint8_t)(tags[i][2] >> 8);
    }
    memcpy(file + AT, pixels, sizeof pixels);
    const int fd = memfd_create("picture", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, file, sizeof file));
    return fd;
}

/* A DNG as a camera might write it: 64×48 cells of an RGGB mosaic that is red all over, and the
 * camera was turned. */
static int raw_picture(void)
{
    enum { TAGS = 18, WIDTH = 64, HEIGHT = 48, AT = 8 + 2 + TAGS * 12 + 4, MATRIX = 72 };
    static uint8_t file[AT + MATRIX + WIDTH * HEIGHT * 2];
    const uint32_t tags[TAGS][4] = {{254, 4, 1, 0}, {256, 4, 1, WIDTH}, {257, 4, 1, HEIGHT},
        {258, 3, 1, 16}, {259, 3, 1, 1}, {262, 3, 1, 32803}, {271, 2, 3, 'T' | 'T' << 8},
        {272, 2, 3, 'T' | '1' << 8}, {273, 4, 1, AT + MATRIX}, {274, 3, 1, 6}, {277, 3, 1, 1},
        {278, 4, 1, HEIGHT}, {279, 4, 1, WIDTH * HEIGHT * 2}, {33421, 3, 2, 2 | 2 << 16},
        {33422, 1, 4, 0 | 1 << 8 | 1 << 16 | 2 << 24}, {50706, 1, 4, 1 | 4 << 8},
        {50717, 4, 1, 16383}, {50721, 10, 9, AT}};
    memcpy(file, (const uint8_t[]){'I', 'I', 42, 0, 8, 0, 0, 0, TAGS}, 9);
    for (size_t i = 0; i < TAGS; i++) {
        const uint16_t head[] = {(uint16_t)tags[i][0], (uint16_t)tags[i][1]};
        memcpy(file + 10 + i * 12, head, 4);
        memcpy(file + 14 + i * 12, tags[i] + 2, 8);
    }
    for (size_t i = 0; i < 9; i++)
        memcpy(file + AT + i * 8, (const uint32_t[]){i % 4 == 0, 1}, 8);
    for (size_t i = 0; i < WIDTH * HEIGHT; i++) {
        const uint16_t light = i / WIDTH % 2 == 0 && i % 2 == 0 ? 16000 : 500;
        memcpy(file + AT + MATRIX + 2 * i, &light, 2);
    }
    const int fd = memfd_create("raw", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, file, sizeof file));
    return fd;
}

static void a_raw_file_is_developed_and_turned(void **state)
{
    (void)state;
    auto_fd fd = raw_picture();
    struct media_result result;
    assert_ok(media_thumbnails(&cx,
        &(struct media_request){
            .fd = fd, .raw = true, .n_outputs = 1, .outputs = {{in_folder("pixels"), BOX_RGB, 20}}},
        &result));
    assert_int_equal(result.width, 48);
    assert_int_equal(result.height, 64);
    assert_int_equal(result.files[0].width, 20);
    str pixels;
    assert_ok(file_read(cx.arena, in_folder("pixels"), 4096, &pixels));
    const uint8_t *middle = (const uint8_t *)pixels.p + (13 * 20 + 10) * 3;
    assert_in_range(middle[0], 200, 255);
    assert_true(middle[1] < middle[0] / 2 && middle[2] < middle[0] / 2);
    empty_folder();
}

/* One letter a pixel, row by row. */
static const char *letters(const struct media_request *in)
{
    struct media_request request = *in;
    struct media_result result;
    request.n_outputs = 1;
    request.outputs[0] = (struct media_output){.path = in_folder("pixels"), .format = BOX_RGB};
    assert_ok(media_thumbnails(&cx, &request, &result));
    str raw;
    assert_ok(file_read(cx.arena, in_folder("pixels"), 4096, &raw));
    char *out = arena_alloc(cx.arena, 64);
    for (size_t i = 0; i < raw.n / 3; i++) {
        static const struct {
            uint8_t rgb[3];
            char letter;
        } colours[] = {{{255, 0, 0}, 'r'}, {{0, 255, 0}, 'g'}, {{0, 0, 255}, 'b'}, {{0, 0, 0}, 'k'},
            {{128, 128, 128}, 'y'}, {{255, 255, 255}, 'w'}};
        for (size_t c = 0; c < LENGTH(colours); c++)
            if (memcmp(raw.p + 3 * i, colours[c].rgb, 3) == 0) out[i] = colours[c].letter;
    }
    empty_folder();
    return out;
}

static const char *turned(uint16_t own, uint32_t asked)
{
    auto_fd fd = picture(own);
    return letters(&(struct media_request){.fd = fd, .orientation = asked});
}

static void a_bitmap_is_read_and_a_huge_one_is_not(void **state)
{
    (void)state;
    uint8_t file[54 + 8] = {'B', 'M',
        62, [10] = 54, [14] = 40, [18] = 2, [22] = 1, [26] = 1, [28] = 24, [54] = 0, 0, 255, 0, 255,
        0}; /* blue, green, red: a red pixel, a green one */
    auto_fd fd = memfd_create("bitmap", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, file, sizeof file));
    assert_string_equal(letters(&(struct media_request){.fd = fd}), "rg");

    file[20] = file[24] = 1; /* 65,538 × 65,537 */
    auto_fd huge = memfd_create("bitmap", MFD_CLOEXEC);
    assert_ok(fd_write_all(huge, file, sizeof file));
    struct media_result result;
    err e = media_thumbnails(&cx,
        &(struct media_request){
            .fd = huge, .n_outputs = 1, .outputs = {{in_folder("pixels"), BOX_RGB}}},
        &result);
    assert_int_equal(box_failure_of(e), BOX_TOO_LARGE);
}

static void every_orientation_is_turned_upright(void **state)
{
    (void)state;
    static const char *const upright[] = {[1] = "rgbkyw",
        [2] = "bgrwyk",
        [3] = "wykbgr",
        [4] = "kywrgb",
        [5] = "rkgybw",
        [6] = "krygwb",
        [7] = "wbygkr",
        [8] = "bwgyrk"};
    for (uint16_t i = 1; i <= 8; i++) {
        assert_string_equal(turned(i, 0), upright[i]);
        assert_string_equal(turned(1, i), upright[i]); /* asked for, whatever the file says */
    }
}

static const char *edited(const struct box_edit *edits, uint32_t n)
{
    auto_fd fd = picture(1);
    return letters(&(struct media_request){.fd = fd, .edits = edits, .n_edits = n});
}

static void edits_move_whole_pixels_in_their_order(void **state)
{
    (void)state;
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_ROTATE, .angle = 90}}, 1), "krygwb");
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_ROTATE, .angle = 180}}, 1), "wykbgr");
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_ROTATE, .angle = 270}}, 1), "bwgyrk");
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_MIRROR, .axis = BOX_HORIZONTAL}}, 1), "bgrwyk");
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_MIRROR, .axis = BOX_VERTICAL}}, 1), "kywrgb");
    assert_string_equal(
        edited((struct box_edit[]){{.kind = BOX_CROP, .x = 1, .width = 2, .height = 2},
                   {.kind = BOX_ROTATE, .angle = 90}},
            2),
        "ygwb");
}

static void a_failure_leaves_nothing_behind(void **state)
{
    (void)state;
    auto_fd fd = memfd_create("text", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, "no picture", 10));
    struct media_result result;
    err e = media_thumbnails(&cx,
        &(struct media_request){
            .fd = fd, .n_outputs = 1, .outputs = {{in_folder("preview.jpeg"), BOX_JPEG, 1440, 80}}},
        &result);
    assert_int_equal(box_failure_of(e), BOX_UNSUPPORTED);
    assert_int_equal(files_in_folder(), 0);
}

static void files_have_what_was_asked_for(void **state)
{
    (void)state;
    auto_fd fd = picture(6);
    struct media_result result;
    assert_ok(media_thumbnails(&cx,
        &(struct media_request){.fd = fd,
            .colour = BOX_P3,
            .thumbhash = true,
            .n_outputs = 2,
            .outputs = {{in_folder("new/preview.jpeg"), BOX_JPEG, 1440, 80, .progressive = true},
                {in_folder("thumbnail.webp"), BOX_WEBP, 1, 80, .progressive = true}}},
        &result));
    assert_int_equal(result.width, 2);
    assert_int_equal(result.height, 3);
    assert_int_equal(result.files[0].height, 3); /* not enlarged */
    assert_int_equal(result.files[1].width, 1);
    assert_int_equal(result.files[1].height, 2);
    assert_true(result.files[0].progressive);
    assert_false(result.files[1].progressive);
    assert_false(result.transparent);
    assert_in_range(result.thumbhash.n, 5, BOX_THUMBHASH_MAX);

    str jpeg, webp;
    assert_ok(file_read(cx.arena, in_folder("new/preview.jpeg"), 1 << 20, &jpeg));
    assert_ok(file_read(cx.arena, in_folder("thumbnail.webp"), 1 << 20, &webp));
    assert_int_equal(jpeg.n, result.files[0].bytes);
    assert_true(str_find(jpeg, STR("\xff\xc2")) > 0); /* progressive */
    assert_true(str_find(jpeg, STR("ICC_PROFILE")) > 0);
    assert_true(str_find(webp, STR("ICCP")) > 0);
    assert_true(str_find(webp, STR("EXIF")) < 0);
    unlink(in_folder("new/preview.jpeg"));
    rmdir(in_folder("new"));
    empty_folder();
}

/* The smallest JPEG that ExifTool takes tags from: nothing but an XMP packet. */
static int panorama(void)
{
    static const char xmp[] =
        "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
        "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description "
        "xmlns:GPano='http://ns.google.com/photos/1.0/panorama/' "
        "GPano:ProjectionType='equirectangular'/></rdf:RDF></x:xmpmeta>";
    const uint16_t length = 2 + sizeof xmp - 1;
    const uint8_t head[] = {0xff, 0xd8, 0xff, 0xe1, length >> 8, length & 255};
    const int fd = memfd_create("panorama", MFD_CLOEXEC);
    assert_ok(fd_write_all(fd, head, sizeof head));
    assert_ok(fd_write_all(fd, xmp, sizeof xmp - 1));
    assert_ok(fd_write_all(fd, "\xff\xd9", 2));
    return fd;
}

static void a_sphere_stays_a_sphere(void **state)
{
    (void)state;
    if (!getenv("TINTYPE_EXIFTOOL")) skip();
    auto_fd original = panorama();
    auto_fd fd = picture(1);
    struct media_result result;
    assert_ok(media_thumbnails(&cx,
        &(struct media_request){
            .fd = fd, .n_outputs = 1, .outputs = {{in_folder("preview.jpeg"), BOX_JPEG, 0, 80}}},
        &result));
    auto_fd derived = open(in_folder("preview.jpeg"), O_RDWR);
    assert_ok(panorama_copy(&cx, original, derived, BOX_JPEG));
    str bytes;
    assert_ok(file_read(cx.arena, in_folder("preview.jpeg"), 1 << 20, &bytes));
    assert_true(str_find(bytes, STR("equirectangular")) > 0);
    assert_true(str_find(bytes, STR("ICC_PROFILE")) > 0);

    /* Nothing to carry over changes nothing. */
    assert_ok(panorama_copy(&cx, fd, derived, BOX_JPEG));
    str again;
    assert_ok(file_read(cx.arena, in_folder("preview.jpeg"), 1 << 20, &again));
    assert_true(str_find(again, STR("equirectangular")) > 0);
    empty_folder();
}

static void colours_are_srgb_unless_something_else_is_said(void **state)
{
    (void)state;
    assert_int_equal(media_colour(STR("sRGB"), STR(""), 8, BOX_P3), BOX_SRGB);
    assert_int_equal(media_colour(STR(""), STR("c2 SRGB-ish"), 8, BOX_P3), BOX_SRGB);
    assert_int_equal(media_colour(STR("Uncalibrated"), STR(""), 8, BOX_P3), BOX_P3);
    assert_int_equal(media_colour(STR(""), STR("Display P3"), 8, BOX_P3), BOX_P3);
    assert_int_equal(media_colour(STR(""), STR("Display P3"), 8, BOX_SRGB), BOX_SRGB);
    assert_int_equal(media_colour(STR(""), STR(""), 0, BOX_P3), BOX_SRGB);
    assert_int_equal(media_colour(STR(""), STR(""), 8, BOX_P3), BOX_SRGB);
    assert_int_equal(media_colour(STR(""), STR(""), 16, BOX_P3), BOX_P3);
}

static const char *filters(const struct box_video *video, const char *tonemap)
{
    const char *all = media_frame_filters(cx.arena, video, tonemap, 250);
    const char *tail = strstr(all, "reverse");
    assert_non_null(tail);
    return tail + strlen("reverse");
}

static void a_frame_is_scaled_by_its_shorter_side_as_it_is_shown(void **state)
{
    (void)state;
    struct box_video video = {.is = true,
        .pixel_format = STR("yuvj420p"),
        .width = 1920,
        .height = 1080,
        .primaries = 1,
        .transfer = 1,
        .matrix = 1};
    assert_non_null(strstr(filters(&video, NULL), "scale=444:250:"));
    video.rotation = -90;
    assert_non_null(strstr(filters(&video, NULL), "scale=250:444:"));
    video.width = 200, video.height = 100;
    assert_string_equal(filters(&video, NULL), "");
    video.width = 201, video.rotation = 0;
    assert_non_null(strstr(filters(&video, NULL), "scale=202:100:"));
}

static void high_range_is_mapped_and_odd_formats_are_made_plain(void **state)
{
    (void)state;
    struct box_video video = {.is = true,
        .pixel_format = STR("yuv420p10le"),
        .width = 100,
        .height = 100,
        .primaries = 9,
        .transfer = 16,
        .matrix = 9};
    assert_non_null(strstr(filters(&video, "hable"), "tonemap=hable"));
    assert_string_equal(filters(&video, NULL), ",format=yuv420p");
    video.transfer = 1;
    assert_string_equal(filters(&video, "hable"), ",format=yuv420p");
    video.primaries = 0;
    assert_true(str_starts(str_from(media_frame_filters(cx.arena, &video, NULL, 250)),
        STR("setparams=color_primaries=bt709,fps=12")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_orientation_is_turned_upright),
        cmocka_unit_test(edits_move_whole_pixels_in_their_order),
        cmocka_unit_test(a_bitmap_is_read_and_a_huge_one_is_not),
        cmocka_unit_test(a_raw_file_is_developed_and_turned),
        cmocka_unit_test(a_failure_leaves_nothing_behind),
        cmocka_unit_test(files_have_what_was_asked_for),
        cmocka_unit_test(a_sphere_stays_a_sphere),
        cmocka_unit_test(colours_are_srgb_unless_something_else_is_said),
        cmocka_unit_test(a_frame_is_scaled_by_its_shorter_side_as_it_is_shown),
        cmocka_unit_test(high_range_is_mapped_and_odd_formats_are_made_plain),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
