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

static struct list_str normal_paths(struct arena *a, struct list_str paths)
{
    struct list_str out = {.v = ARENA_ARRAY(a, str, paths.n)};
    for (size_t i = 0; i < paths.n; i++) {
        out.v[out.n] = normal_path(a, paths.v[i]);
        if (out.v[out.n].n) out.n++;
    }
    return out;
}

/* Makes or finds the tags of all levels; ids stand in the order of levels, which is sorted. */
struct tree {
    struct list_str levels;
    uuid *ids;
};

/* In sorted order a level comes before those below it, and two transactions that make the same tags
 * meet at the first of them instead of in a deadlock. */
static fallible ensure_tree(
    struct ctx *cx, uuid owner, const struct list_str *leaves, struct tree *out)
{
    *out = (struct tree){.levels = all_levels(cx->arena, leaves)};
    out->ids = ARENA_ARRAY(cx->arena, uuid, out->levels.n);
    for (size_t i = 0; i < out->levels.n; i++) {
        const str above = parent_of(out->levels.v[i]);
        struct opt_uuid parent = NOTHING(uuid);
        if (above.n) parent = SOME(uuid, out->ids[index_of(&out->levels, above)]);
        TRY(sql_tag_ensure(cx, &out->ids[i], owner, out->levels.v[i], parent));
    }
    return NULL;
}

static struct list_uuid ids_of(
    struct arena *a, const struct tree *tree, const struct list_str *leaves)
{
    struct list_uuid ids = {.v = ARENA_ARRAY(a, uuid, leaves->n), .n = leaves->n};
    for (size_t i = 0; i < leaves->n; i++)
        ids.v[i] = tree->ids[index_of(&tree->levels, leaves->v[i])];
    return ids;
}

fallible tag_replace_of_asset(struct ctx *cx, uuid owner, uuid asset, struct list_str paths)
{
    struct list_str leaves = normal_paths(cx->arena, paths);
    struct tree tree;
    sort_unique(&leaves);
    TRY(ensure_tree(cx, owner, &leaves, &tree));
    return sql_tag_asset_replace(cx, asset, ids_of(cx->arena, &tree, &leaves));
}

fallible tag_upsert(struct ctx *cx, uuid owner, struct list_str paths, struct list_uuid *out)
{
    const struct list_str leaves = normal_paths(cx->arena, paths);
    struct tree tree;
    TRY(ensure_tree(cx, owner, &leaves, &tree));
    /* What was made under another parent (a name with a slash in it) moves to its own. */
    struct list_uuid parents = {
        .v = ARENA_ARRAY(cx->arena, uuid, tree.levels.n), .n = tree.levels.n};
    for (size_t i = 0; i < tree.levels.n; i++) {
        const str above = parent_of(tree.levels.v[i]);
        if (above.n) parents.v[i] = tree.ids[index_of(&tree.levels, above)];
    }
    TRY(sql_tag_set_parents(cx, (struct list_uuid){tree.ids, tree.levels.n}, parents));
    *out = ids_of(cx->arena, &tree, &leaves);
    return NULL;
}
