#include "core/fd.h"
#include "core/rand.h"
#include "core/size.h"
#include "media/frame.h"
#include "media/media.h"
#include "media/panorama.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    FOLDER_MODE = 0777, /* less the umask */
    FILE_MODE = 0666,
    SLOW_BYTES_PER_MS = 20 * 1000,
};

/* A file that is being made. */
struct making {
    const char *path;
    const char *temporary; /* a name of its own beside the final one; NULL once it has that */
    bool nameless;         /* it has neither yet */
    int fd;
};

struct makings {
    size_t n;
    struct making v[BOX_OUTPUTS_MAX];
};

static void makings_drop(struct makings *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->v[i].temporary) unlink(m->v[i].temporary);
        fd_close(&m->v[i].fd);
    }
}
#define auto_makings __attribute__((cleanup(makings_drop))) struct makings

/* A file without a name where the file system has such: it goes with a worker that dies. */
static fallible begin(struct ctx *cx, struct makings *m, const char *path)
{
    const ptrdiff_t slash = str_rfind_char(str_from(path), '/');
    const char *folder =
        slash > 0 ? cstr(cx->arena, str_slice(str_from(path), 0, (size_t)slash)) : ".";
    TRY(dir_make(folder, FOLDER_MODE));
    uint8_t random[4];
    rand_bytes(random, sizeof random);
    const str name = str_fmt(
        cx->arena, "%s.%02x%02x%02x%02x.tmp", path, random[0], random[1], random[2], random[3]);
    struct making making = {.path = path, .temporary = cstr(cx->arena, name)};
    making.fd = open(folder, O_RDWR | O_TMPFILE | O_CLOEXEC, FILE_MODE);
    making.nameless = making.fd >= 0;
    if (!making.nameless)
        making.fd = open(making.temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (making.fd < 0) FAIL_ERRNO("open", making.temporary);
    m->v[m->n++] = making;
    return NULL;
}

/* Gives a nameless file its name, or a temporary one when an older file has it. */
static fallible give_name(struct making *making)
{
    char link[32];
    assert(making->path && making->temporary);
    snprintf(link, sizeof link, "/proc/self/fd/%d", making->fd);
    if (linkat(AT_FDCWD, link, AT_FDCWD, making->path, AT_SYMLINK_FOLLOW) == 0) {
        making->temporary = NULL;
        return NULL;
    }
    if (errno != EEXIST) FAIL_ERRNO("link", making->path);
    if (linkat(AT_FDCWD, link, AT_FDCWD, making->temporary, AT_SYMLINK_FOLLOW) < 0)
        FAIL_ERRNO("link", making->temporary);
    return NULL;
}

/* Derived files can be made again: no fsync. */
static fallible finish(struct makings *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct making *making = &m->v[i];
        if (making->nameless) TRY(give_name(making));
        if (making->temporary && rename(making->temporary, making->path) < 0)
            FAIL_ERRNO("rename", making->path);
        making->temporary = NULL;
    }
    return NULL;
}

/* The largest size any output needs. */
static uint32_t decode_size(const struct media_request *in)
{
    uint32_t size = 0;
    for (uint32_t i = 0; i < in->n_outputs; i++) {
        if (in->outputs[i].size == 0) return 0;
        size = MAX(size, in->outputs[i].size);
    }
    return size;
}

static struct box_request request_of(const struct media_request *in, int fd)
{
    struct box_request request = {.task = BOX_IMAGE,
        .input_fd = fd,
        .timeout_ms = in->timeout_ms,
        .image = {.colour = in->video ? BOX_SRGB : in->colour,
            .raw = in->raw && !in->video,
            .ignore_damage = in->ignore_damage,
            .orientation = in->video ? 1 : in->orientation,
            .size = decode_size(in),
            .thumbhash = in->thumbhash,
            .n_edits = in->n_edits,
            .n_outputs = in->n_outputs}};
    for (uint32_t i = 0; i < in->n_edits; i++)
        request.image.edits[i] = in->edits[i];
    for (uint32_t i = 0; i < in->n_outputs; i++)
        request.image.outputs[i] = (struct box_output){.format = in->outputs[i].format,
            .size = in->outputs[i].size,
            .quality = in->outputs[i].quality,
            .progressive = in->outputs[i].progressive && !in->video,
            .even = in->video != NULL};
    return request;
}

static void fill_result(struct ctx *cx, const struct media_request *in,
    const struct box_image_answer *answer, struct media_result *out)
{
    const str hash = {(const char *)answer->thumbhash, answer->thumbhash_n};
    const str kept = str_dup(cx->arena, hash);
    *out = (struct media_result){.width = answer->width,
        .height = answer->height,
        .transparent = answer->transparent && !in->video,
        .thumbhash = {(const uint8_t *)kept.p, kept.n}};
    for (uint32_t i = 0; i < in->n_outputs; i++)
        out->files[i] = (struct media_file){.width = answer->files[i].width,
            .height = answer->files[i].height,
            .bytes = answer->files[i].bytes,
            .progressive =
                in->outputs[i].progressive && !in->video && in->outputs[i].format == BOX_JPEG};
}

fallible media_thumbnails(struct ctx *cx, const struct media_request *in, struct media_result *out)
{
    if (in->n_outputs > BOX_OUTPUTS_MAX || in->n_edits > BOX_EDITS_MAX)
        FAIL(INTERNAL, "too many outputs or edits");
    auto_fd frame = -1;
    if (in->video) TRY(media_frame(cx, in, decode_size(in), &frame));

    auto_makings makings = {0};
    struct box_request request = request_of(in, in->video ? frame : in->fd);
    for (uint32_t i = 0; i < in->n_outputs; i++) {
        TRY(begin(cx, &makings, in->outputs[i].path));
        request.output_fds[i] = makings.v[i].fd;
    }
    struct box_answer answer;
    TRY(box_run(cx, &request, &answer));
    if (answer.image.n_files != in->n_outputs) FAIL(INTERNAL, "the box made too few files");
    for (uint32_t i = 0; i < in->n_outputs; i++) {
        if (!in->outputs[i].panorama) continue;
        TRY(panorama_copy(cx, in->fd, makings.v[i].fd, in->outputs[i].format));
        answer.image.files[i].bytes = (uint64_t)lseek(makings.v[i].fd, 0, SEEK_END);
    }
    TRY(finish(&makings));
    fill_result(cx, in, &answer.image, out);
    return NULL;
}

/* All of the file is read, perhaps over a slow network. */
fallible media_probe(struct ctx *cx, int fd, struct box_probe_answer *out)
{
    struct stat st;
    if (fstat(fd, &st)) FAIL_ERRNO("fstat", NULL);
    struct box_answer answer;
    TRY(box_run(cx,
        &(struct box_request){.task = BOX_PROBE,
            .input_fd = fd,
            .timeout_ms = BOX_TIMEOUT_MS + st.st_size / SLOW_BYTES_PER_MS,
            .probe = {.packets = true}},
        &answer));
    *out = answer.probe;
    return NULL;
}
