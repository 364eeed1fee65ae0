/* Makes preview, thumbnail and thumbhash of images as an upload with default settings does, for
 * golden.py, bench.py and the drill.
 *
 * usage: derive BOX FOLDER COLORSPACE PROFILE BITS FILE…
 * Prints one line a file, its facts or the reason, and at the end the most memory that this process
 * had.
 */
#include "core/fd.h"
#include "media/media.h"

#include <fcntl.h>
#include <stdio.h>

#include "core/banned.h"

static void print(const struct media_result *r, enum box_colour colour)
{
    printf("ok\t%s", colour == BOX_P3 ? "p3" : "srgb");
    for (int i = 0; i < 2; i++)
        printf("\t%u\t%u\t%llu", r->files[i].width, r->files[i].height,
            (unsigned long long)r->files[i].bytes);
    printf("\t");
    for (size_t i = 0; i < r->thumbhash.n; i++)
        printf("%02x", r->thumbhash.p[i]);
    printf("\t%u\t%u\t%d\n", r->width, r->height, r->transparent);
}

static bool is_video(str name)
{
    return str_ends(name, STR(".mp4")) || str_ends(name, STR(".gif"));
}

static fallible derive(struct ctx *cx, const char *file, const char *folder, enum box_colour colour,
    struct media_result *out)
{
    auto_fd fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("open", file);
    struct media_request request = {.fd = fd,
        .colour = colour,
        .tonemap = "hable",
        .thumbhash = true,
        .timeout_ms = 20000,
        .n_outputs = 2,
        .outputs = {
            {cstr(cx->arena, str_fmt(cx->arena, "%s/preview.jpeg", folder)), BOX_JPEG, 1440, 80},
            {cstr(cx->arena, str_fmt(cx->arena, "%s/thumbnail.webp", folder)), BOX_WEBP, 250, 80}}};
    struct box_probe_answer probe;
    if (is_video(str_from(file))) {
        TRY(media_probe(cx, fd, &probe));
        request.video = &probe;
    }
    return media_thumbnails(cx, &request, out);
}

/* Not getrusage, which also knows the memory of the process that started us. */
static long most_memory_kb(void)
{
    FILE *status = fopen("/proc/self/status", "re");
    char line[128];
    long kb = 0;
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1) break;
    if (status) fclose(status);
    return kb;
}

int main(int argc, char **argv)
{
    int64_t bits;
    if (argc < 7 || !str_parse_i64(str_from(argv[5]), &bits)) return 2;
    struct ctx cx = {.arena = arena_new()};
    box_configure(&(struct box_settings){.program = argv[1]});
    const enum box_colour colour =
        media_colour(str_from(argv[3]), str_from(argv[4]), (int)bits, BOX_P3);
    int status = 0;
    for (int i = 6; i < argc; i++) {
        struct media_result result;
        err e = derive(&cx, argv[i], argv[2], colour, &result);
        if (e)
            printf("failed\t%d\t%s\n", box_failure_of(e), e->message);
        else
            print(&result, colour);
        if (e) status = 1;
        fflush(stdout);
        arena_reset(cx.arena);
    }
    printf("memory\t%ld\n", most_memory_kb());
    box_shutdown();
    arena_free(cx.arena);
    return status;
}
