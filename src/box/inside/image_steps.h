/* The steps of image.h, each in the file of its name. Private to box/inside.
 *
 * Every step takes *image and puts a new one in its place (the old one is let go).
 * Fails  as box failures; *image may then be either.
 */
#pragma once

#include "box/failure.h"
#include "box/wire.h"

#include <vips/vips.h>

static inline void image_let_go_(VipsImage **image)
{
    g_clear_object(image);
}
#define auto_image __attribute__((cleanup(image_let_go_))) VipsImage *

/* Puts `made` in place of *image. */
static inline void image_replace(VipsImage **image, VipsImage *made)
{
    g_object_unref(*image);
    *image = made;
}

/* What libvips has to say, as a failure. */
__attribute__((returns_nonnull, cold)) err image_error_at(const char *where);
#define IMAGE_FAIL() return image_error_at(ERR_HERE)

struct loaded {
    VipsImage *image;       /* pixels are not decoded yet, and are read from the top down */
    uint32_t width, height; /* of the original, as stored */
    uint32_t orientation;   /* 1 … 8, what is still to be done */
    bool transparent;
};
/* Finds the decoder by the first bytes, checks dimensions, then opens at about the size that is
 * wanted. The bytes must live as long as the image. */
fallible load(const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out);

fallible load_raw(
    const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out);
fallible load_bmp(
    const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out);
/* BOX_TOO_LARGE beyond what may be decoded. */
fallible image_check_size(uint32_t width, uint32_t height);

/* Makes the shorter side `size` (0: as it is), or fits both into it, without enlarging. */
fallible scale_outside(VipsImage **image, uint32_t size, bool even);
fallible scale_inside(VipsImage **image, uint32_t size);
/* Decodes: from here on the pixels are in memory. */
fallible scale_to_memory(VipsImage **image);

/* Eight bits a channel, RGB or RGBA, in the colour space; sources without a profile count as sRGB.
 */
fallible colour(VipsImage **image, enum box_colour to);

/* Turns upright. The image must be in memory. */
fallible orient(VipsImage **image, uint32_t orientation);
/* Crop, rotate and mirror, by moving whole pixels. */
fallible edit(VipsImage **image, const struct box_edit *edits, uint32_t n);

/* Encodes and writes all bytes to the descriptor. */
fallible encode(VipsImage *image, const struct box_output *output, enum box_colour colour, int fd,
    struct box_file *out);
