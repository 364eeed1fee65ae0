#include "auth/auth.h"
#include "gen/api.h"
#include "gen/tag_sql.h"

#include "core/banned.h"

fallible op_getAllTags(struct ctx *cx, struct list_TagResponseDto *out)
{
    return sql_tag_list(cx, out, cx->auth->user);
}

fallible op_getTagById(struct ctx *cx, const struct getTagById_in *in, struct TagResponseDto *out)
{
    return sql_tag_get(cx, out, in->id); /* the dispatcher has checked tag.read on it */
}

/* Keywords in files and in asset_exif stay, so the next extraction makes the tag again, as with
 * upstream. */
fallible op_deleteTag(struct ctx *cx, const struct deleteTag_in *in)
{
    return sql_tag_delete(cx, in->id);
}
