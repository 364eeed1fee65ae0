#include "app/asset/asset_file.h"
#include "core/log.h"
#include "gen/asset_file_sql.h"
#include "storage/paths.h"

#include <errno.h>
#include <unistd.h>

#include "core/banned.h"

/* Names of derived files begin with the id of the asset or person they show. */
static struct list_uuid subjects_of(struct arena *a, struct list_str paths)
{
    struct list_uuid out = {.v = ARENA_ARRAY(a, uuid, paths.n)};
    for (size_t i = 0; i < paths.n; i++) {
        const str name = storage_basename(paths.v[i]);
        if (name.n >= UUID_TEXT - 1 && uuid_parse(str_slice(name, 0, UUID_TEXT - 1), &out.v[out.n]))
            out.n++;
    }
    return out;
}

static bool contains(struct list_str list, str text)
{
    for (size_t i = 0; i < list.n; i++)
        if (str_eq(list.v[i], text)) return true;
    return false;
}

fallible files_remove_unneeded(struct ctx *cx, struct list_str paths)
{
    struct list_str needed;
    TRY(sql_file_referenced(cx, &needed, paths, subjects_of(cx->arena, paths)));
    for (size_t i = 0; i < paths.n; i++) {
        const char *path = cstr(cx->arena, paths.v[i]);
        if (contains(needed, paths.v[i])) {
            log_debug("a file is kept, because a row still needs it", KV("path", paths.v[i]));
            continue;
        }
        if (unlink(path) != 0 && errno != ENOENT)
            log_warn("a file cannot be removed", KV_ERROR(err_errno("unlink", path)));
    }
    return NULL;
}
