#include "core/arena.h"
#include "metadata/exif_position.h"
#include "metadata/exif_tags.h"

#include <math.h>

#include "core/banned.h"

/* A number, or text that is one: XMP has only text. */
static bool read_degrees(const struct json_value *v, double *out)
{
    str text;
    if (json_double(v, out)) return true;
    return json_string(v, &text) && str_parse_double(str_trim(text), out);
}

/* "48.2 16.3" or "48.2, 16.3" */
static bool read_pair(const struct json_value *v, double pair[static 2])
{
    str rest, first;
    if (!json_string(v, &rest) || !str_cut(&rest, ' ', &first)) return false;
    if (str_ends(first, STR(","))) first.n--;
    return str_parse_double(first, &pair[0]) && str_parse_double(str_trim(rest), &pair[1]);
}

/* The sign of one coordinate: ExifTool's composite tags have it already, positive numbers may still
 * have a letter ("South", "W"); some cameras write the wrong letter, which the place that ExifTool
 * found nearby tells. */
static double signed_degrees(const struct exif_tags *tags, double degrees, str ref_name,
    const char negative[static 2], const double *nearby)
{
    str ref;
    if (degrees > 0 && json_string(exif_tag(tags, ref_name), &ref) && ref.n &&
        (ref.p[0] == negative[0] || ref.p[0] == negative[1]))
        degrees = -degrees;
    if (nearby && degrees != 0 && fabs(fabs(*nearby) - fabs(degrees)) < 1 &&
        signbit(*nearby) != signbit(degrees))
        degrees = -degrees;
    return degrees;
}

/* A tenth of a metre; halves go up, as in JavaScript, so that values stay those of upstream. */
static double six_decimals(double degrees)
{
    return floor(degrees * 1e6 + 0.5) / 1e6;
}

enum exif_position exif_position_find(
    const struct exif_tags *tags, double *latitude, double *longitude)
{
    double pair[2] = {0}, place[2] = {0};
    const bool has_pair = read_pair(exif_tag(tags, STR("GPSPosition")), pair);
    const bool has_place = read_pair(exif_tag(tags, STR("GeolocationPosition")), place);
    double lat, lon;
    if (!read_degrees(exif_tag(tags, STR("GPSLatitude")), &lat)) {
        if (!has_pair) return POSITION_NONE;
        lat = pair[0];
    }
    if (!read_degrees(exif_tag(tags, STR("GPSLongitude")), &lon)) {
        if (!has_pair) return POSITION_NONE;
        lon = pair[1];
    }
    if ((lat == 0 && lon == 0) || fabs(lat) > 90 || fabs(lon) > 180) return POSITION_IMPOSSIBLE;
    lat = signed_degrees(tags, lat, STR("GPSLatitudeRef"), "Ss", has_place ? &place[0] : NULL);
    lon = signed_degrees(tags, lon, STR("GPSLongitudeRef"), "Ww", has_place ? &place[1] : NULL);
    lat = six_decimals(lat);
    lon = six_decimals(lon);
    if (lat == 0 && lon == 0) return POSITION_NONE;
    *latitude = lat;
    *longitude = lon;
    return POSITION_FOUND;
}
