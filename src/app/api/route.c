#include "app/api/route.h"
#include "core/arena.h"

#include <assert.h>

#include "core/banned.h"

/* Splits the path; 0 when it is not one of ours. The root alone is one empty segment. */
static size_t split(str path, str parts[static ROUTE_SEGMENTS_MAX])
{
    if (path.n == 0 || path.p[0] != '/') return 0;
    str rest = str_slice(path, 1, path.n);
    if (rest.n > 1 && rest.p[rest.n - 1] == '/') rest.n--;

    size_t n = 0;
    for (;;) {
        if (n == ROUTE_SEGMENTS_MAX) return 0;
        const ptrdiff_t slash = str_find_char(rest, '/');
        if (slash < 0) {
            parts[n++] = rest;
            return n;
        }
        parts[n++] = str_slice(rest, 0, (size_t)slash);
        rest = str_slice(rest, (size_t)slash + 1, rest.n);
    }
}

static bool matches(const struct route *r, const str parts[static ROUTE_SEGMENTS_MAX])
{
    for (size_t i = 0; i < r->segments_n; i++) {
        const struct route_segment *s = &r->segments[i];
        if (s->param ? parts[i].n == 0 : !str_eq_nocase(s->text, parts[i])) return false;
    }
    return true;
}

const struct route *route_find(str method, str path, struct route_match *match)
{
    str parts[ROUTE_SEGMENTS_MAX] = {0};
    const size_t n = split(path, parts);

    for (size_t i = 0; n > 0 && i < routes_n; i++) {
        const struct route *r = &routes[i];
        if (r->segments_n != n || !str_eq(r->method, method) || !matches(r, parts)) continue;

        *match = (struct route_match){.route = r};
        for (size_t k = 0; k < n; k++) {
            if (!r->segments[k].param) continue;
            match->params[match->params_n].name = r->segments[k].text;
            match->params[match->params_n++].value = parts[k];
        }
        return r;
    }
    return NULL;
}

/* Adds what the field holds in its struct. */
static void add_ids(
    const struct field *f, const void *parent, struct list_uuid *out, size_t capacity)
{
    if (field_presence(f, parent) != PRESENT) return;
    const void *value = field_at_const(f, parent);
    const struct list_uuid one = {.v = (uuid *)(uintptr_t)value, .n = 1};
    const struct list_uuid *ids = f->kind == FIELD_LIST ? value : &one;
    assert(ids->n <= capacity - out->n);
    if (ids->n > 0) memcpy(out->v + out->n, ids->v, ids->n * sizeof *ids->v);
    out->n += ids->n;
}

static size_t count_ids(const struct field *f, const void *parent)
{
    if (field_presence(f, parent) != PRESENT) return 0;
    const struct list_uuid *ids = field_at_const(f, parent);
    return f->kind == FIELD_LIST ? ids->n : 1;
}

void route_access_ids(
    struct arena *a, const struct route_access *row, const void *in, struct list_uuid *out)
{
    const char *parent = (const char *)in + row->parent;
    size_t parents = 1, size = 0;
    if (row->list) {
        const bool there = field_presence(row->list, parent) == PRESENT;
        const struct list_str *list = field_at_const(row->list, parent); /* any list: v and n */
        parent = (const char *)list->v;
        parents = there ? list->n : 0;
        size = row->list->item->size;
    }

    size_t n = 0;
    for (size_t i = 0; i < parents; i++)
        n += count_ids(row->id, parent + i * size);
    *out = (struct list_uuid){.v = ARENA_ARRAY(a, uuid, n), .n = 0};
    for (size_t i = 0; i < parents; i++)
        add_ids(row->id, parent + i * size, out, n);
}
