#include "app/asset/asset.h"
#include "auth/auth.h"
#include "gen/view_sql.h"

#include "core/banned.h"

fallible op_getUniqueOriginalPaths(struct ctx *cx, struct list_str *out)
{
    return sql_view_folders(cx, out, cx->auth->user);
}

fallible op_getAssetsByOriginalPath(
    struct ctx *cx, const struct getAssetsByOriginalPath_in *in, struct list_AssetResponseDto *out)
{
    str path = in->path;
    struct list_uuid ids;
    if (path.n && path.p[path.n - 1] == '/') path.n--;
    TRY(sql_view_assets_in(cx, &ids, cx->auth->user, path));
    return assets_response(cx, ids, SHAPE_getAssetsByOriginalPath, out);
}
