#include "box/inside/image_steps.h"
#include "core/size.h"

#include <libraw/libraw.h>

#include "core/banned.h"

/* LibRaw's turns (of its C++ past: 5 and 6 by 90 degrees) as EXIF orientations. */
static uint32_t orientation_of(int flip)
{
    return flip == 3 ? 3 : flip == 5 ? 8 : flip == 6 ? 6 : 1;
}

__attribute__((returns_nonnull, cold)) static err raw_error(const char *where, int code)
{
    const enum box_failure kind = code == LIBRAW_UNSUFFICIENT_MEMORY ? BOX_MEMORY_LIMIT
                                  : code == LIBRAW_FILE_UNSUPPORTED  ? BOX_UNSUPPORTED
                                                                     : BOX_CORRUPT;
    return box_failure_new(where, kind, str_from(libraw_strerror(code)));
}

/* A quarter of the pixels, each from one cell of red, green and blue, is enough for what is at most
 * half as large, and takes a tenth of the time. */
static fallible develop(libraw_data_t *raw, uint32_t size, VipsImage **out)
{
    raw->params.use_camera_wb = 1;
    raw->params.output_bps = 8;
    raw->params.user_flip = 0; /* the orient step turns it */
    raw->params.half_size = size && MIN(raw->sizes.width, raw->sizes.height) / 2U >= size;
    int code = libraw_unpack(raw);
    if (code == LIBRAW_SUCCESS) code = libraw_dcraw_process(raw);
    if (code != LIBRAW_SUCCESS) return raw_error(ERR_HERE, code);
    libraw_processed_image_t *made = libraw_dcraw_make_mem_image(raw, &code);
    if (!made) return raw_error(ERR_HERE, code);
    if (made->type != LIBRAW_IMAGE_BITMAP || made->bits != 8)
        BOX_FAIL(BOX_UNSUPPORTED, STR("no developed picture"));
    auto_image borrowed = vips_image_new_from_memory_copy(
        made->data, made->data_size, made->width, made->height, made->colors, VIPS_FORMAT_UCHAR);
    libraw_dcraw_clear_mem(made);
    if (!borrowed || vips_copy(borrowed, out, "interpretation",
                         vips_image_get_bands(borrowed) == 1 ? VIPS_INTERPRETATION_B_W
                                                             : VIPS_INTERPRETATION_sRGB,
                         NULL))
        IMAGE_FAIL();
    return NULL;
}

fallible load_raw(
    const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out)
{
    libraw_data_t *raw = libraw_init(0);
    if (!raw) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    /* Only reads them. */
    const int code = libraw_open_buffer(raw, (void *)(uintptr_t)bytes, n);
    if (code != LIBRAW_SUCCESS) return raw_error(ERR_HERE, code);
    const uint32_t width = raw->sizes.width, height = raw->sizes.height;
    const uint32_t own = orientation_of(raw->sizes.flip); /* development forgets it */
    TRY(image_check_size(width, height));
    VipsImage *image = NULL;
    TRY(develop(raw, request->size, &image));
    libraw_close(raw);
    *out = (struct loaded){.image = image,
        .width = width,
        .height = height,
        .orientation = request->orientation ? request->orientation : own};
    return NULL;
}
