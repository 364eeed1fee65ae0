#include "core/arena.h"
#include "core/size.h"
#include "metadata/regions.h"

#include <math.h>

#include "core/banned.h"

/* A rectangle by its centre, in parts of the picture. */
struct area {
    double x, y, width, height;
};

/* XMP knows only text; ExifTool makes numbers of what looks like one. */
static bool read_number(const struct json_value *v, double *out)
{
    str text;
    return json_double(v, out) || (json_string(v, &text) && str_parse_double(text, out));
}

static bool read_area(const struct json_value *v, struct area *out)
{
    return read_number(json_get(v, STR("X")), &out->x) &&
           read_number(json_get(v, STR("Y")), &out->y) &&
           read_number(json_get(v, STR("W")), &out->width) &&
           read_number(json_get(v, STR("H")), &out->height);
}

/* Regions are drawn on the stored pixels; the picture is shown turned. */
static struct area turned(struct area a, char orientation)
{
    switch (orientation) {
    case '2':
        return (struct area){1 - a.x, a.y, a.width, a.height};
    case '3':
        return (struct area){1 - a.x, 1 - a.y, a.width, a.height};
    case '4':
        return (struct area){a.x, 1 - a.y, a.width, a.height};
    case '5':
        return (struct area){a.y, a.x, a.height, a.width};
    case '6':
        return (struct area){1 - a.y, a.x, a.height, a.width};
    case '7':
        return (struct area){1 - a.y, 1 - a.x, a.height, a.width};
    case '8':
        return (struct area){a.y, 1 - a.x, a.height, a.width};
    default:
        return a;
    }
}

static int32_t pixel(double part, int32_t side)
{
    return (int32_t)fmax(INT32_MIN, fmin(INT32_MAX, floor(part * side)));
}

static struct region region_of(str name, struct area a, const struct regions *image)
{
    return (struct region){
        .name = name,
        .x1 = pixel(a.x - a.width / 2, image->image_width),
        .y1 = pixel(a.y - a.height / 2, image->image_height),
        .x2 = pixel(a.x + a.width / 2, image->image_width),
        .y2 = pixel(a.y + a.height / 2, image->image_height),
    };
}

static bool read_dimensions(const struct json_value *v, bool on_its_side, struct regions *out)
{
    double width, height;
    if (!read_number(json_get(v, STR("W")), &width) || !read_number(json_get(v, STR("H")), &height))
        return false;
    if (!(width >= 1 && width <= INT32_MAX && height >= 1 && height <= INT32_MAX)) return false;
    out->image_width = (int32_t)(on_its_side ? height : width);
    out->image_height = (int32_t)(on_its_side ? width : height);
    return true;
}

struct regions regions_read(
    struct arena *a, const struct json_value *region_info, struct opt_str orientation)
{
    struct regions out = {0};
    const char turn = orientation.is == PRESENT && orientation.v.n == 1 ? orientation.v.p[0] : '1';
    const bool on_its_side = turn >= '5' && turn <= '8';
    const struct json_value *dimensions = json_get(region_info, STR("AppliedToDimensions"));
    if (!read_dimensions(dimensions, on_its_side, &out)) return out;

    const struct json_value *list = json_get(region_info, STR("RegionList"));
    out.v = ARENA_ARRAY(a, struct region, MIN(json_size(list), (size_t)REGIONS_MAX));
    struct json_iter it = json_iter(list);
    for (const struct json_value *item; out.n < REGIONS_MAX && (item = json_next(&it));) {
        struct area area;
        str name;
        if (!json_text(json_get(item, STR("Name")), &name) || name.n == 0) continue;
        if (!read_area(json_get(item, STR("Area")), &area)) continue;
        name = str_replace(a, name, (str){"\0", 1}, STR("")); /* PostgreSQL stores no NUL */
        out.v[out.n++] = region_of(name, turned(area, turn), &out);
    }
    return out;
}
