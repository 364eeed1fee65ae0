#include "box/inside/image_steps.h"
#include "box/inside/resample.h"
#include "core/size.h"

#include <math.h>

#include "core/banned.h"

/* More is scaled by libvips while it is decoded, a few rows at a time. */
enum { PLAIN_PIXELS_MAX = 16 * 1000 * 1000 };

static uint32_t rounded(double v)
{
    return MAX(1U, (uint32_t)floor(v + 0.5));
}

static uint32_t even_of(double v)
{
    return MAX(2U, 2 * (uint32_t)floor(v / 2 + 0.5));
}

/* Transparent pixels have a colour too, which must not bleed into their neighbours: colours are
 * weighted with their opacity while they are mixed. */
static int resize(VipsImage *in, VipsImage **out, double x, double y)
{
    if (!vips_image_hasalpha(in)) return vips_resize(in, out, x, "vscale", y, NULL);
    const VipsBandFormat format = vips_image_get_format(in);
    auto_image weighted = NULL;
    auto_image resized = NULL;
    auto_image plain = NULL;
    return vips_premultiply(in, &weighted, NULL) ||
           vips_resize(weighted, &resized, x, "vscale", y, NULL) ||
           vips_unpremultiply(resized, &plain, NULL) || vips_cast(plain, out, format, NULL);
}

/* Eight bits, without opacity, and small enough to be held whole. */
static bool is_plain(const VipsImage *image)
{
    return vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
           vips_image_get_coding(image) == VIPS_CODING_NONE &&
           !vips_image_hasalpha((VipsImage *)(uintptr_t)image) &&
           vips_image_get_bands(image) <= 4 &&
           (uint64_t)vips_image_get_width(image) * (uint64_t)vips_image_get_height(image) <=
               PLAIN_PIXELS_MAX;
}

static fallible scale_plain(VipsImage **image, uint32_t width, uint32_t height)
{
    TRY(scale_to_memory(image));
    auto_image made = vips_image_new_memory();
    if (vips_image_pipelinev(made, VIPS_DEMAND_STYLE_ANY, *image, NULL)) IMAGE_FAIL();
    made->Xsize = (int)width;
    made->Ysize = (int)height;
    if (vips_image_write_prepare(made)) IMAGE_FAIL();
    const size_t bands = (size_t)vips_image_get_bands(*image);
    const struct raster from = {VIPS_IMAGE_ADDR(*image, 0, 0), (size_t)vips_image_get_width(*image),
        (size_t)vips_image_get_height(*image), bands};
    const struct raster to = {VIPS_IMAGE_ADDR(made, 0, 0), width, height, bands};
    if (!resample(&from, &to)) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    image_replace(image, g_steal_pointer(&made));
    return NULL;
}

static fallible scale_to(VipsImage **image, uint32_t width, uint32_t height)
{
    const uint32_t from_width = (uint32_t)vips_image_get_width(*image);
    const uint32_t from_height = (uint32_t)vips_image_get_height(*image);
    if (from_width == width && from_height == height) return NULL;
    if (is_plain(*image)) return scale_plain(image, width, height);
    VipsImage *scaled;
    if (resize(*image, &scaled, (double)width / from_width, (double)height / from_height))
        IMAGE_FAIL();
    image_replace(image, scaled);
    return NULL;
}

fallible scale_outside(VipsImage **image, uint32_t size, bool even)
{
    const double width = vips_image_get_width(*image), height = vips_image_get_height(*image);
    const double shorter = MIN(width, height);
    const double factor = size && shorter > size ? size / shorter : 1;
    if (even && (factor < 1 || fmod(width, 2) > 0 || fmod(height, 2) > 0))
        return scale_to(image, even_of(width * factor), even_of(height * factor));
    return scale_to(image, rounded(width * factor), rounded(height * factor));
}

fallible scale_inside(VipsImage **image, uint32_t size)
{
    const double width = vips_image_get_width(*image), height = vips_image_get_height(*image);
    const double longer = MAX(width, height);
    const double factor = longer > size ? size / longer : 1;
    return scale_to(image, rounded(width * factor), rounded(height * factor));
}

fallible scale_to_memory(VipsImage **image)
{
    VipsImage *copy = vips_image_copy_memory(*image);
    if (!copy) IMAGE_FAIL();
    image_replace(image, copy);
    return NULL;
}
