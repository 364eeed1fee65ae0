#include "box/inside/image_steps.h"
#include "box/inside/profile.h"
#include "core/fd.h"

#include "core/banned.h"

/* 4:4:4 from this quality on, as upstream's encoder does. */
enum { JPEG_FULL_COLOUR_QUALITY = 80 };

static int encode_jpeg(VipsImage *image, const struct box_output *output, void **bytes, size_t *n)
{
    return vips_jpegsave_buffer(image, bytes, n, "Q", (int)output->quality, "optimize_coding", TRUE,
        "strip", TRUE, "interlace", output->progressive, "subsample_mode",
        output->quality >= JPEG_FULL_COLOUR_QUALITY ? VIPS_FOREIGN_SUBSAMPLE_OFF
                                                    : VIPS_FOREIGN_SUBSAMPLE_ON,
        NULL);
}

static int encode_webp(VipsImage *image, const struct box_output *output, void **bytes, size_t *n)
{
    return vips_webpsave_buffer(image, bytes, n, "Q", (int)output->quality, "strip", TRUE, NULL);
}

static int encode_rgb(VipsImage *image, void **bytes, size_t *n)
{
    auto_image flat = NULL;
    if (!vips_image_hasalpha(image))
        flat = g_object_ref(image);
    else if (vips_flatten(image, &flat, NULL))
        return -1;
    *bytes = vips_image_write_to_memory(flat, n);
    return *bytes ? 0 : -1;
}

static fallible encode_any(
    VipsImage *image, const struct box_output *output, void **bytes, size_t *n)
{
    int bad = -1;
    switch (output->format) {
    case BOX_JPEG:
        bad = encode_jpeg(image, output, bytes, n);
        break;
    case BOX_WEBP:
        bad = encode_webp(image, output, bytes, n);
        break;
    case BOX_RGB:
        bad = encode_rgb(image, bytes, n);
        break;
    case BOX_FORMATS:
        break;
    }
    if (bad) IMAGE_FAIL();
    return NULL;
}

fallible encode(VipsImage *image, const struct box_output *output, enum box_colour colour, int fd,
    struct box_file *out)
{
    /* The place, the camera and the owner's name stay in the original: only the colour profile is
     * of use in a derived file, and libvips cannot leave out the one without the other. */
    void *bytes = NULL;
    size_t n = 0;
    TRY(encode_any(image, output, &bytes, &n));
    auto_buf tagged = {0};
    err e = profile_add(&tagged, output->format, colour, (str){bytes, n});
    if (!e) e = fd_write_all(fd, tagged.p, tagged.n);
    g_free(bytes);
    if (err_is(e, NO_SPACE)) BOX_FAIL(BOX_NO_SPACE, STR(""));
    if (e) BOX_FAIL(BOX_BROKEN, str_from(e->message));
    *out = (struct box_file){.width = (uint32_t)vips_image_get_width(image),
        .height = (uint32_t)vips_image_get_height(image),
        .bytes = tagged.n};
    return NULL;
}
