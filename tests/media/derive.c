/* Makes preview, thumbnail and thumbhash of one image as an upload with default settings does, for
 * golden.py, the benchmark and the drill.
 *
 * usage: derive BOX FILE FOLDER COLORSPACE PROFILE BITS [TIMES]     prints one line of facts, or
 * the reason
 */
#include "core/codec.h"
#include "core/fd.h"
#include "core/time.h"
#include "media/media.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>

#include "core/banned.h"

static void print(struct ctx *cx, const struct media_result *r, enum box_colour colour)
{
    printf("ok\t%s", colour == BOX_P3 ? "p3" : "srgb");
    for (int i = 0; i < 2; i++)
        printf("\t%u\t%u\t%llu", r->files[i].width, r->files[i].height,
            (unsigned long long)r->files[i].bytes);
    printf("\t");
    for (size_t i = 0; i < r->thumbhash.n; i++)
        printf("%02x", r->thumbhash.p[i]);
    printf("\t%u\t%u\t%d\n", r->width, r->height, r->transparent);
    (void)cx;
}

static fallible derive(
    struct ctx *cx, char **argv, struct media_result *out, enum box_colour *colour)
{
    auto_fd fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("open", argv[2]);
    int64_t bits = 0;
    if (!str_parse_i64(str_from(argv[6]), &bits)) FAIL(BAD_REQUEST, "BITS is no number");
    *colour = media_colour(str_from(argv[4]), str_from(argv[5]), (int)bits, BOX_P3);
    const struct media_request request = {.fd = fd,
        .colour = *colour,
        .thumbhash = true,
        .n_outputs = 2,
        .outputs = {
            {cstr(cx->arena, str_fmt(cx->arena, "%s/preview.jpeg", argv[3])), BOX_JPEG, 1440, 80},
            {cstr(cx->arena, str_fmt(cx->arena, "%s/thumbnail.webp", argv[3])), BOX_WEBP, 250,
                80}}};
    struct box_probe_answer probe;
    struct media_request video = request;
    if (str_ends(str_from(argv[2]), STR(".mp4")) || str_ends(str_from(argv[2]), STR(".gif"))) {
        TRY(media_probe(cx, fd, &probe));
        video.video = &probe;
        video.tonemap = "hable";
    }
    return media_thumbnails(cx, &video, out);
}

int main(int argc, char **argv)
{
    if (argc < 7) return 2;
    struct ctx cx = {.arena = arena_new()};
    box_configure(&(struct box_settings){.program = argv[1]});
    int64_t times = 1;
    if (argc > 7 && !str_parse_i64(str_from(argv[7]), &times)) return 2;
    int status = 0;
    for (int64_t i = 0; i < times; i++) {
        struct media_result result;
        enum box_colour colour;
        err e = derive(&cx, argv, &result, &colour);
        if (e)
            printf("failed\t%s\t%s\n", err_code_name(e->code), e->message);
        else if (i == 0)
            print(&cx, &result, colour);
        status = e != NULL;
        fflush(stdout);
    }
    box_shutdown();
    arena_free(cx.arena);
    return status;
}
