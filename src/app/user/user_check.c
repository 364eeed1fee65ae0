#include "gen/api.h"
#include "json/issues.h"

#include "core/banned.h"

static void days_in_order(
    struct issues *issues, const struct opt_date *from, const struct opt_date *to)
{
    if (from->is == PRESENT && to->is == PRESENT && from->v.days > to->v.days)
        issue_add(issues, "from", "from must be before to");
}

void check_calendar_heatmap(const struct getMyCalendarHeatmap_in *in, struct issues *issues)
{
    days_in_order(issues, &in->from, &in->to);
}

void check_calendar_heatmap_admin(
    const struct getUserCalendarHeatmapAdmin_in *in, struct issues *issues)
{
    days_in_order(issues, &in->from, &in->to);
}
