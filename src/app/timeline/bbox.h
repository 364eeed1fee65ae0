/* A part of the map as the timeline is asked for it: "west,south,east,north" in degrees. West may
 * be greater than east, when the part crosses the 180th meridian. Threads any. */
#pragma once

#include "core/str.h"

#include <stdbool.h>

struct bbox {
    double west, south, east, north;
};

/* False when there are not four parts; parts that are no numbers become NaN. */
bool bbox_parse(str text, struct bbox *out);
