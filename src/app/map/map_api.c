#include "auth/auth.h"
#include "gen/api.h"
#include "gen/map_sql.h"

#include "core/banned.h"

static bool is_true(struct opt_bool b)
{
    return b.is == PRESENT && b.v;
}

fallible op_getMapMarkers(
    struct ctx *cx, const struct getMapMarkers_in *in, struct list_MapMarkerResponseDto *out)
{
    return sql_map_markers(cx, out, cx->auth->user, is_true(in->withPartners),
        is_true(in->withSharedAlbums), is_true(in->isArchived), in->isFavorite,
        in->fileCreatedAfter, in->fileCreatedBefore);
}
