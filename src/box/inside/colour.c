#include "box/inside/image_steps.h"
#include "box/inside/profile.h"

#include "core/banned.h"

/* libvips carries both profiles, so that no file needs to be opened. */
static const char *profile_of(enum box_colour colour)
{
    return colour == BOX_P3 ? "p3" : "srgb";
}

/* The profile a file brings along; empty when it has none. */
static str own_profile(VipsImage *image)
{
    const void *p = NULL;
    size_t n = 0;
    if (vips_image_get_typeof(image, VIPS_META_ICC_NAME) == 0 ||
        vips_image_get_blob(image, VIPS_META_ICC_NAME, &p, &n))
        return STR("");
    return (str){p, n};
}

/* Its pixels already are what is wanted: most photos of cameras, and of iPhones when P3 is. */
static bool is_already(VipsImage *image, VipsInterpretation kind, enum box_colour to)
{
    return kind == VIPS_INTERPRETATION_sRGB && vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
           profile_is(to, own_profile(image));
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

    if (is_already(*image, kind, to)) return NULL;

    /* A profile that does not fit the pixels (an RGB profile in a grey file is common) is not an
     * error of the picture: it is as if there was none. */
    if (own_profile(*image).n && !transform(image, "srgb", profile_of(to))) return NULL;

    VipsImage *rgb;
    if (vips_colourspace(*image, &rgb, VIPS_INTERPRETATION_sRGB, NULL)) IMAGE_FAIL();
    image_replace(image, rgb);
    return to == BOX_SRGB ? NULL : transform(image, "srgb", profile_of(to));
}
