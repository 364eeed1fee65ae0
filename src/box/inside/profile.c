#include "box/inside/profile.h"

#include <lcms2.h>
#include <math.h>
#include <vips/vips.h>
#include <webp/mux.h>

#include "core/banned.h"

enum {
    PROFILE_MAX = 4096,
    CURVE_STEPS = 32,
    DATE_AT = 24,          /* in a profile's header */
    JPEG_START = 2,        /* bytes of the marker */
    SEGMENT_HEAD = 2 + 14, /* what a segment's length counts before the profile */
};

/* Less than what moves a pixel by one of 255. */
static const double PRIMARY_DIFFERENCE = 0.002;
static const float CURVE_DIFFERENCE = 0.002F;

static struct {
    uint8_t bytes[PROFILE_MAX];
    uint32_t n;
} profiles[BOX_COLOURS];

/* libvips brings an sRGB profile of 7 KB, more than many thumbnails have; the same colours fit into
 * 600 bytes when the curve is given as a formula (IEC 61966-2-1). */
static fallible make_srgb(void)
{
    const cmsCIExyY white = {0.3127, 0.3290, 1};
    const cmsCIExyYTRIPLE primaries = {{0.64, 0.33, 1}, {0.30, 0.60, 1}, {0.15, 0.06, 1}};
    const double parameters[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    cmsToneCurve *curve = cmsBuildParametricToneCurve(NULL, 4, parameters);
    cmsToneCurve *curves[] = {curve, curve, curve};
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsMLU *name = cmsMLUalloc(NULL, 1);
    cmsMLUsetASCII(name, "en", "US", "sRGB");
    cmsWriteTag(profile, cmsSigProfileDescriptionTag, name);
    uint32_t n = 0;
    const bool ok = cmsSaveProfileToMem(profile, NULL, &n) && n <= PROFILE_MAX &&
                    cmsSaveProfileToMem(profile, profiles[BOX_SRGB].bytes, &n);
    profiles[BOX_SRGB].n = n;
    /* The same picture makes the same file, whatever day it is. */
    memcpy(profiles[BOX_SRGB].bytes + DATE_AT, "\x07\xd0\0\1\0\1\0\0\0\0\0\0", 12);
    cmsMLUfree(name);
    cmsCloseProfile(profile);
    cmsFreeToneCurve(curve);
    if (!ok) FAIL(INTERNAL, "no sRGB profile");
    return NULL;
}

static fallible load_p3(void)
{
    VipsBlob *blob;
    size_t n = 0;
    if (vips_profile_load("p3", &blob, NULL)) FAIL(INTERNAL, "libvips has no P3 profile");
    const void *p = vips_blob_get(blob, &n);
    if (n <= PROFILE_MAX) memcpy(profiles[BOX_P3].bytes, p, n);
    profiles[BOX_P3].n = (uint32_t)n;
    vips_area_unref(VIPS_AREA(blob));
    if (n > PROFILE_MAX) FAIL(INTERNAL, "the P3 profile has %zu bytes", n);
    return NULL;
}

fallible profile_start(void)
{
    TRY(make_srgb());
    return load_p3();
}

/* Equal primaries and curves; the white point is D50 in every display profile. */
static bool same_colours(cmsHPROFILE a, cmsHPROFILE b)
{
    static const cmsTagSignature primaries[] = {
        cmsSigRedColorantTag, cmsSigGreenColorantTag, cmsSigBlueColorantTag};
    static const cmsTagSignature curves[] = {cmsSigRedTRCTag, cmsSigGreenTRCTag, cmsSigBlueTRCTag};
    for (size_t i = 0; i < 3; i++) {
        const cmsCIEXYZ *p = cmsReadTag(a, primaries[i]), *q = cmsReadTag(b, primaries[i]);
        const cmsToneCurve *f = cmsReadTag(a, curves[i]), *g = cmsReadTag(b, curves[i]);
        if (!p || !q || !f || !g) return false;
        if (fabs(p->X - q->X) > PRIMARY_DIFFERENCE || fabs(p->Y - q->Y) > PRIMARY_DIFFERENCE ||
            fabs(p->Z - q->Z) > PRIMARY_DIFFERENCE)
            return false;
        for (int step = 0; step <= CURVE_STEPS; step++) {
            const float x = (float)step / CURVE_STEPS;
            if (fabsf(cmsEvalToneCurveFloat(f, x) - cmsEvalToneCurveFloat(g, x)) > CURVE_DIFFERENCE)
                return false;
        }
    }
    return true;
}

bool profile_is(enum box_colour colour, str profile)
{
    if (profile.n == 0 || profile.n > UINT32_MAX) return false;
    cmsHPROFILE theirs = cmsOpenProfileFromMem(profile.p, (uint32_t)profile.n);
    cmsHPROFILE ours = cmsOpenProfileFromMem(profiles[colour].bytes, profiles[colour].n);
    const bool same = theirs && ours && cmsGetColorSpace(theirs) == cmsSigRgbData &&
                      cmsIsMatrixShaper(theirs) && same_colours(theirs, ours);
    if (theirs) cmsCloseProfile(theirs);
    if (ours) cmsCloseProfile(ours);
    return same;
}

/* Behind the start of image and JFIF's own segment, which must come first. One segment is enough:
 * it holds up to 65,519 bytes. */
static void add_to_jpeg(struct buf *out, str profile, str jpeg)
{
    size_t at = JPEG_START;
    if (jpeg.n > at + 4 && memcmp(jpeg.p + at, "\xff\xe0", 2) == 0)
        at += 2 + ((size_t)(uint8_t)jpeg.p[at + 2] << 8 | (uint8_t)jpeg.p[at + 3]);
    const size_t length = SEGMENT_HEAD + profile.n;
    const char marker[] = {'\xff', '\xe2', (char)(length >> 8), (char)length};
    buf_add(out, str_slice(jpeg, 0, at));
    buf_add_bytes(out, marker, sizeof marker);
    buf_add(out, STR("ICC_PROFILE\0\1\1"));
    buf_add(out, profile);
    buf_add(out, str_slice(jpeg, at, jpeg.n));
}

static fallible add_to_webp(struct buf *out, str profile, str webp)
{
    const WebPData picture = {(const uint8_t *)webp.p, webp.n};
    const WebPData chunk = {(const uint8_t *)profile.p, profile.n};
    WebPData whole = {0};
    WebPMux *mux = WebPMuxCreate(&picture, 0);
    /* libvips 8.14 keeps Exif in WebP even when it is told to strip. */
    WebPMuxDeleteChunk(mux, "EXIF");
    WebPMuxDeleteChunk(mux, "XMP ");
    const bool ok = mux && WebPMuxSetChunk(mux, "ICCP", &chunk, 0) == WEBP_MUX_OK &&
                    WebPMuxAssemble(mux, &whole) == WEBP_MUX_OK;
    if (ok) buf_add_bytes(out, whole.bytes, whole.size);
    WebPDataClear(&whole);
    WebPMuxDelete(mux);
    if (!ok) FAIL(INTERNAL, "the profile cannot be put into the picture");
    return NULL;
}

fallible profile_add(struct buf *out, enum box_format format, enum box_colour colour, str encoded)
{
    const str profile = {(const char *)profiles[colour].bytes, profiles[colour].n};
    if (format == BOX_WEBP) return add_to_webp(out, profile, encoded);
    if (format == BOX_JPEG)
        add_to_jpeg(out, profile, encoded);
    else
        buf_add(out, encoded);
    return NULL;
}
