#include "box/inside/image_steps.h"

#include "core/banned.h"

/* libvips carries both profiles, so that no file needs to be opened. */
static const char *profile_of(enum box_colour colour)
{
    return colour == BOX_P3 ? "p3" : "srgb";
}

static bool has_profile(VipsImage *image)
{
    return vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0;
}

/* Through profiles: the image's own, or else what libvips takes for its kind of pixels. */
static fallible transform(VipsImage **image, const char *from, const char *to)
{
    VipsImage *made;
    if (vips_icc_transform(*image, &made, to, "embedded", TRUE, "input_profile", from, "intent",
            VIPS_INTENT_PERCEPTUAL, "depth", 8, NULL))
        IMAGE_FAIL();
    image_replace(image, made);
    return NULL;
}

fallible colour(VipsImage **image, enum box_colour to)
{
    const VipsInterpretation kind = vips_image_guess_interpretation(*image);
    if (kind == VIPS_INTERPRETATION_CMYK) return transform(image, "cmyk", profile_of(to));

    /* A profile that does not fit the pixels (an RGB profile in a grey file is common) is not an
     * error of the picture: it is as if there was none. */
    if (has_profile(*image) && !transform(image, "srgb", profile_of(to))) return NULL;

    VipsImage *rgb;
    if (vips_colourspace(*image, &rgb, VIPS_INTERPRETATION_sRGB, NULL)) IMAGE_FAIL();
    image_replace(image, rgb);
    return to == BOX_SRGB ? NULL : transform(image, "srgb", profile_of(to));
}
