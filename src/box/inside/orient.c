#include "box/inside/image_steps.h"

#include "core/banned.h"

/* EXIF's orientations as what is done to the stored picture: a clockwise turn, then a mirror. */
static const struct {
    VipsAngle angle;
    bool mirror, vertical;
} ORIENTATIONS[] = {
    [1] = {VIPS_ANGLE_D0, false, false},
    [2] = {VIPS_ANGLE_D0, true, false},
    [3] = {VIPS_ANGLE_D180, false, false},
    [4] = {VIPS_ANGLE_D0, true, true},
    [5] = {VIPS_ANGLE_D270, true, true},
    [6] = {VIPS_ANGLE_D90, false, false},
    [7] = {VIPS_ANGLE_D90, true, true},
    [8] = {VIPS_ANGLE_D270, false, false},
};

static fallible turn(VipsImage **image, VipsAngle angle)
{
    VipsImage *made;
    if (angle == VIPS_ANGLE_D0) return NULL;
    if (vips_rot(*image, &made, angle, NULL)) IMAGE_FAIL();
    image_replace(image, made);
    return NULL;
}

static fallible mirror(VipsImage **image, bool vertical)
{
    VipsImage *made;
    if (vips_flip(
            *image, &made, vertical ? VIPS_DIRECTION_VERTICAL : VIPS_DIRECTION_HORIZONTAL, NULL))
        IMAGE_FAIL();
    image_replace(image, made);
    return NULL;
}

static fallible crop(VipsImage **image, const struct box_edit *edit)
{
    VipsImage *made;
    if (vips_crop(
            *image, &made, (int)edit->x, (int)edit->y, (int)edit->width, (int)edit->height, NULL))
        IMAGE_FAIL();
    image_replace(image, made);
    return NULL;
}

fallible orient(VipsImage **image, uint32_t orientation)
{
    if (orientation <= 1 || orientation > 8) return NULL;
    TRY(turn(image, ORIENTATIONS[orientation].angle));
    if (ORIENTATIONS[orientation].mirror) TRY(mirror(image, ORIENTATIONS[orientation].vertical));
    return scale_to_memory(image);
}

static fallible edit_one(VipsImage **image, const struct box_edit *edit)
{
    switch (edit->kind) {
    case BOX_CROP:
        return crop(image, edit);
    case BOX_ROTATE:
        return turn(image, edit->angle == 90    ? VIPS_ANGLE_D90
                           : edit->angle == 180 ? VIPS_ANGLE_D180
                           : edit->angle == 270 ? VIPS_ANGLE_D270
                                                : VIPS_ANGLE_D0);
    case BOX_MIRROR:
        return mirror(image, edit->axis == BOX_VERTICAL);
    case BOX_EDIT_KINDS:
        break;
    }
    BOX_FAIL(BOX_BROKEN, STR("no such edit"));
}

fallible edit(VipsImage **image, const struct box_edit *edits, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        TRY(edit_one(image, &edits[i]));
    return n ? scale_to_memory(image) : NULL;
}
