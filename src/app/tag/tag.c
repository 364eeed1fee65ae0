#include "app/tag/tag.h"
#include "core/arena.h"
#include "gen/tag_sql.h"

#include <stdlib.h>

#include "core/banned.h"

/* "a//b/" is "a/b". Empty when no level is left. */
static str normal_path(struct arena *a, str path)
{
    str rest = path, level, out = STR("");
    for (int n = 0; n < TAG_LEVELS_MAX && str_cut(&rest, '/', &level);) {
        if (level.n == 0) continue;
        out = n ? str_fmt(a, "%.*s/%.*s", FMT(out), FMT(level)) : level;
        n++;
    }
    return out;
}

static int compare(const void *a, const void *b)
{
    return str_compare(*(const str *)a, *(const str *)b);
}

/* Sorted, so that two transactions make the same tags in the same order and do not deadlock, and
 * without duplicates. */
static struct list_str normal_paths(struct arena *a, struct list_str paths)
{
    struct list_str out = {.v = ARENA_ARRAY(a, str, paths.n)};
    for (size_t i = 0; i < paths.n; i++) {
        out.v[out.n] = normal_path(a, paths.v[i]);
        if (out.v[out.n].n) out.n++;
    }
    if (out.n) qsort(out.v, out.n, sizeof *out.v, compare);
    size_t kept = 0;
    for (size_t i = 0; i < out.n; i++) {
        if (i == 0 || !str_eq(out.v[i], out.v[i - 1])) out.v[kept++] = out.v[i];
    }
    out.n = kept;
    return out;
}

/* The tag of a path, made with every level above it. */
static fallible ensure_path(struct ctx *cx, uuid owner, str path, uuid *out)
{
    struct opt_uuid parent = NOTHING(uuid);
    for (size_t end = 0; end < path.n;) {
        const ptrdiff_t slash = str_find_char(str_slice(path, end + 1, path.n), '/');
        end = slash < 0 ? path.n : end + 1 + (size_t)slash;
        uuid id;
        TRY(sql_tag_ensure(cx, &id, owner, str_slice(path, 0, end), parent));
        parent = SOME(uuid, id);
    }
    *out = parent.v;
    return NULL;
}

fallible tag_replace_of_asset(struct ctx *cx, uuid owner, uuid asset, struct list_str paths)
{
    paths = normal_paths(cx->arena, paths);
    struct list_uuid tags = {.v = ARENA_ARRAY(cx->arena, uuid, paths.n), .n = paths.n};
    for (size_t i = 0; i < paths.n; i++)
        TRY(ensure_path(cx, owner, paths.v[i], &tags.v[i]));
    return sql_tag_asset_replace(cx, asset, tags);
}
