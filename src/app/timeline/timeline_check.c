#include "app/timeline/bbox.h"
#include "gen/api.h"
#include "json/issues.h"
#include "json/value.h"

#include <math.h>

#include "core/banned.h"

bool bbox_parse(str text, struct bbox *out)
{
    double parts[4];
    size_t n = 0;
    for (bool more = true; more; n++) {
        const ptrdiff_t comma = str_find_char(text, ',');
        more = comma >= 0;
        if (n == 4) return false;
        parts[n] = json_number_of(str_slice(text, 0, more ? (size_t)comma : text.n));
        text = str_slice(text, more ? (size_t)comma + 1 : text.n, text.n);
    }
    if (n != 4) return false;
    *out = (struct bbox){parts[0], parts[1], parts[2], parts[3]};
    return true;
}

static void check_part(struct issues *issues, str name, double value, int limit)
{
    struct issue_step step;
    issue_enter(issues, &step, name);
    if (value < -limit)
        issue_add_coded(issues, STR("\"origin\":\"number\",\"code\":\"too_small\","),
            "Too small: expected number to be >=-%d", limit);
    if (value > limit)
        issue_add_coded(issues, STR("\"origin\":\"number\",\"code\":\"too_big\","),
            "Too big: expected number to be <=%d", limit);
    issue_leave(issues, &step);
}

void check_bbox(const str *text, struct issues *issues)
{
    struct bbox b;
    if (!bbox_parse(*text, &b)) {
        issue_add(issues, NULL, "bbox must have 4 comma-separated numbers: west,south,east,north");
        return;
    }
    if (isnan(b.west) || isnan(b.south) || isnan(b.east) || isnan(b.north)) {
        issue_add(issues, NULL, "bbox parts must be valid numbers");
        return;
    }
    const size_t before = issues->found;
    check_part(issues, STR("west"), b.west, 180);
    check_part(issues, STR("south"), b.south, 90);
    check_part(issues, STR("east"), b.east, 180);
    check_part(issues, STR("north"), b.north, 90);
    if (issues->found == before && b.north < b.south)
        issue_add(
            issues, "north", "North latitude must be greater than or equal to south latitude");
}
