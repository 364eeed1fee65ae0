#include "app/tag/tag.h"
#include "core/arena.h"
#include "gen/tag_sql.h"

#include <assert.h>
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

static void sort_unique(struct list_str *list)
{
    size_t kept = 0;
    if (list->n) qsort(list->v, list->n, sizeof *list->v, compare);
    for (size_t i = 0; i < list->n; i++) {
        if (i == 0 || !str_eq(list->v[i], list->v[i - 1])) list->v[kept++] = list->v[i];
    }
    list->n = kept;
}

/* The level above, empty for the topmost. */
static str parent_of(str path)
{
    const ptrdiff_t slash = str_rfind_char(path, '/');
    return slash < 0 ? STR("") : str_slice(path, 0, (size_t)slash);
}

static size_t index_of(const struct list_str *sorted, str path)
{
    const str *at = bsearch(&path, sorted->v, sorted->n, sizeof path, compare);
    assert(at);
    return (size_t)(at - sorted->v);
}

/* Every path with all levels above it. */
static struct list_str all_levels(struct arena *a, const struct list_str *paths)
{
    struct list_str out = {.v = ARENA_ARRAY(a, str, paths->n * TAG_LEVELS_MAX)};
    for (size_t i = 0; i < paths->n; i++) {
        for (str path = paths->v[i]; path.n; path = parent_of(path))
            out.v[out.n++] = path;
    }
    sort_unique(&out);
    return out;
}

fallible tag_replace_of_asset(struct ctx *cx, uuid owner, uuid asset, struct list_str paths)
{
    struct list_str leaves = {.v = ARENA_ARRAY(cx->arena, str, paths.n)};
    for (size_t i = 0; i < paths.n; i++) {
        leaves.v[leaves.n] = normal_path(cx->arena, paths.v[i]);
        if (leaves.v[leaves.n].n) leaves.n++;
    }
    sort_unique(&leaves);

    /* In sorted order a level comes before those below it, and two transactions that make the same
     * tags meet at the first of them instead of in a deadlock. */
    const struct list_str levels = all_levels(cx->arena, &leaves);
    uuid *ids = ARENA_ARRAY(cx->arena, uuid, levels.n);
    for (size_t i = 0; i < levels.n; i++) {
        const str above = parent_of(levels.v[i]);
        struct opt_uuid parent = NOTHING(uuid);
        if (above.n) parent = SOME(uuid, ids[index_of(&levels, above)]);
        TRY(sql_tag_ensure(cx, &ids[i], owner, levels.v[i], parent));
    }
    struct list_uuid tags = {.v = ARENA_ARRAY(cx->arena, uuid, leaves.n), .n = leaves.n};
    for (size_t i = 0; i < leaves.n; i++)
        tags.v[i] = ids[index_of(&levels, leaves.v[i])];
    return sql_tag_asset_replace(cx, asset, tags);
}
