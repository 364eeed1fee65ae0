#include "media/media.h"

#include "core/banned.h"

static bool names_srgb(str text)
{
    for (size_t i = 0; i + 4 <= text.n; i++)
        if (str_eq_nocase(str_slice(text, i, i + 4), STR("srgb"))) return true;
    return false;
}

enum box_colour media_colour(
    str colorspace, str profile_description, int bits, enum box_colour configured)
{
    if (names_srgb(colorspace) || names_srgb(profile_description)) return BOX_SRGB;
    /* Compat: "Uncalibrated" says something, so even plain files with that tag become P3. */
    if (colorspace.n || profile_description.n) return configured;
    return bits == 0 || bits == 8 ? BOX_SRGB : configured;
}
