#include "box/box.h"
#include "box/inside/image_steps.h"
#include "core/size.h"

#include "core/banned.h"

/* The formats we accept, told apart by content: a file's name is only a claim. */
enum kind { JPEG, PNG, WEBP, GIF, TIFF, HEIF, JXL, JP2, BMP };

struct signature {
    enum kind kind;
    size_t at;
    str bytes;
};

static const struct signature SIGNATURES[] = {
    {JPEG, 0, STR_INIT("\xff\xd8\xff")},
    {PNG, 0, STR_INIT("\x89PNG\r\n\x1a\n")},
    {WEBP, 8, STR_INIT("WEBPVP8")},
    {GIF, 0, STR_INIT("GIF8")},
    {TIFF, 0, STR_INIT("II*\0")},
    {TIFF, 0, STR_INIT("MM\0*")},
    {TIFF, 0, STR_INIT("II+\0")},
    {TIFF, 0, STR_INIT("MM\0+")},
    {HEIF, 4, STR_INIT("ftypheic")},
    {HEIF, 4, STR_INIT("ftypheix")},
    {HEIF, 4, STR_INIT("ftyphevc")},
    {HEIF, 4, STR_INIT("ftyphevx")},
    {HEIF, 4, STR_INIT("ftypheim")},
    {HEIF, 4, STR_INIT("ftypheis")},
    {HEIF, 4, STR_INIT("ftypmif1")},
    {HEIF, 4, STR_INIT("ftypmsf1")},
    {HEIF, 4, STR_INIT("ftypavif")},
    {HEIF, 4, STR_INIT("ftypavis")},
    {JXL, 0, STR_INIT("\xff\x0a")},
    {JXL, 0, STR_INIT("\0\0\0\x0cJXL \r\n\x87\n")},
    {BMP, 0, STR_INIT("BM")},
    {JP2, 0, STR_INIT("\0\0\0\x0cjP  \r\n\x87\n")},
};

struct source {
    const void *bytes;
    size_t n;
    VipsFailOn fail_on;
};

static bool find_kind(const uint8_t *bytes, size_t n, enum kind *out)
{
    for (size_t i = 0; i < LENGTH(SIGNATURES); i++) {
        const struct signature *s = &SIGNATURES[i];
        if (n < s->at + s->bytes.n || memcmp(bytes + s->at, s->bytes.p, s->bytes.n) != 0) continue;
        *out = s->kind;
        return true;
    }
    return false;
}

/* `shrink`: JPEG is decoded at 1/2, 1/4 or 1/8, WebP at any fraction; others ignore it. */
static int open_image(enum kind kind, const struct source *s, double shrink, VipsImage **out)
{
#define OPTIONS "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", s->fail_on
    void *bytes = (void *)(uintptr_t)s->bytes; /* libvips only reads them */
    switch (kind) {
    case JPEG:
        return vips_jpegload_buffer(bytes, s->n, out, "shrink", (int)shrink, OPTIONS, NULL);
    case PNG:
        return vips_pngload_buffer(bytes, s->n, out, "unlimited", TRUE, OPTIONS, NULL);
    case WEBP:
        return vips_webpload_buffer(bytes, s->n, out, "scale", 1 / shrink, OPTIONS, NULL);
    case GIF:
        return vips_gifload_buffer(bytes, s->n, out, OPTIONS, NULL);
    case TIFF:
        return vips_tiffload_buffer(bytes, s->n, out, OPTIONS, NULL);
    case HEIF:
        return vips_heifload_buffer(bytes, s->n, out, "unlimited", TRUE, OPTIONS, NULL);
    case JXL:
        return vips_jxlload_buffer(bytes, s->n, out, OPTIONS, NULL);
    case JP2:
        return vips_jp2kload_buffer(bytes, s->n, out, OPTIONS, NULL);
    case BMP:
        break; /* load_bmp */
    }
#undef OPTIONS
    return -1;
}

/* How much smaller it may be decoded so that the shorter side still is at least `size`. */
static double shrink_of(enum kind kind, uint32_t shorter, uint32_t size)
{
    if (size == 0 || shorter <= size) return 1;
    const double shrink = (double)shorter / size;
    if (kind == WEBP) return shrink;
    if (kind != JPEG) return 1;
    return shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;
}

static void remove_blobs(VipsImage *image)
{
    gchar **fields = vips_image_get_fields(image);
    for (gchar **field = fields; field && *field; field++)
        if (vips_image_get_typeof(image, *field) == VIPS_TYPE_BLOB)
            vips_image_remove(image, *field);
    g_strfreev(fields);
}

/* Of what a file says about itself only the colour profile is still needed: nothing of the rest can
 * get into a derived file. The profile gets bytes of its own, because libvips 8.14's HEIF loader
 * lets such bytes die with the image it returns, while images made from that one still point to
 * them. */
static fallible keep_profile_only(VipsImage **image)
{
    const void *p = NULL;
    size_t n = 0;
    VipsImage *copy;
    if (vips_copy(*image, &copy, NULL)) IMAGE_FAIL();
    remove_blobs(copy);
    if (vips_image_get_typeof(*image, VIPS_META_ICC_NAME) != 0 &&
        !vips_image_get_blob(*image, VIPS_META_ICC_NAME, &p, &n))
        vips_image_set_blob_copy(copy, VIPS_META_ICC_NAME, p, n);
    image_replace(image, copy);
    return NULL;
}

fallible image_check_size(uint32_t width, uint32_t height)
{
    if (width > BOX_SIDE_MAX || height > BOX_SIDE_MAX || (uint64_t)width * height > BOX_PIXELS_MAX)
        BOX_FAIL(BOX_TOO_LARGE, STR(""));
    return NULL;
}

static fallible load_picture(
    const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out)
{
    enum kind kind;
    if (!find_kind(bytes, n, &kind)) BOX_FAIL(BOX_UNSUPPORTED, STR("no picture we know"));
    if (kind == BMP) return load_bmp(request, bytes, n, out);
    const struct source source = {
        bytes, n, request->ignore_damage ? VIPS_FAIL_ON_NONE : VIPS_FAIL_ON_ERROR};

    auto_image head = NULL;
    if (open_image(kind, &source, 1, &head)) IMAGE_FAIL();
    const uint32_t width = (uint32_t)vips_image_get_width(head);
    const uint32_t height = (uint32_t)vips_image_get_height(head);
    TRY(image_check_size(width, height));

    const double shrink = shrink_of(kind, MIN(width, height), request->size);
    auto_image image = shrink > 1 ? NULL : g_object_ref(head);
    if (!image && open_image(kind, &source, shrink, &image)) IMAGE_FAIL();
    TRY(keep_profile_only(&image));
    *out = (struct loaded){.width = width,
        .height = height,
        .orientation = request->orientation ? request->orientation
                                            : (uint32_t)vips_image_get_orientation(head),
        .transparent = vips_image_hasalpha(head),
        .image = g_steal_pointer(&image)};
    return NULL;
}

/* A RAW file is a kind of TIFF that libvips would decode wrongly; only its name tells. One that
 * LibRaw does not know may still be a picture with a wrong name. */
fallible load(const struct box_image *request, const uint8_t *bytes, size_t n, struct loaded *out)
{
    err e = request->raw ? load_raw(request, bytes, n, out) : NULL;
    if (request->raw && box_failure_of(e) != BOX_UNSUPPORTED) return e;
    return load_picture(request, bytes, n, out);
}
