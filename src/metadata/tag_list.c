#include "core/arena.h"
#include "core/size.h"
#include "metadata/tag_list.h"

#include "core/banned.h"

/* Lightroom separates levels with '|', so a '/' in its levels is text; ours are the other way
 * round. */
static str swap_separators(struct arena *a, str tag)
{
    char *p = arena_alloc_raw(a, tag.n);
    for (size_t i = 0; i < tag.n; i++) {
        p[i] = tag.p[i];
        if (p[i] == '|')
            p[i] = '/';
        else if (p[i] == '/')
            p[i] = '|';
    }
    return (str){p, tag.n};
}

static void add(struct arena *a, const struct json_value *v, bool swap, struct list_str *list)
{
    str text;
    if (!json_text(v, &text) || text.n == 0 || text.n > TAG_BYTES_MAX) return;
    text = str_replace(a, text, (str){"\0", 1}, STR("")); /* PostgreSQL stores no NUL */
    list->v[list->n++] = swap ? swap_separators(a, text) : text;
}

/* A list, or a single tag by itself. */
static struct list_str read_list(struct arena *a, const struct json_value *v, bool swap)
{
    if (json_type(v) != JSON_ARRAY) {
        struct list_str one = {.v = ARENA_ARRAY(a, str, 1)};
        add(a, v, swap, &one);
        return one;
    }
    struct list_str list = {.v = ARENA_ARRAY(a, str, MIN(json_size(v), (size_t)TAGS_MAX))};
    struct json_iter it = json_iter(v);
    for (const struct json_value *item; list.n < TAGS_MAX && (item = json_next(&it));)
        add(a, item, swap, &list);
    return list;
}

struct list_str tag_list_read(struct arena *a, const struct json_value *tags_list,
    const struct json_value *hierarchical_subject, const struct json_value *keywords)
{
    if (tags_list) return read_list(a, tags_list, false);
    if (hierarchical_subject) return read_list(a, hierarchical_subject, true);
    return read_list(a, keywords, false);
}
