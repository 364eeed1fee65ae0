/* Any bytes as the input of any operation: refused with issues, or a struct that can be written and
 * that reads back as itself.
 *
 * An input is the name of an operation, a line feed, and a query string ("?a=b") or a JSON body; a
 * name that is none picks one by its hash.
 */
#include "app/api/route.h"
#include "core/arena.h"
#include "json/reader.h"
#include "json/writer.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>

enum {
    PAIRS_MAX = 64,
};

static const struct route *route_of(str name)
{
    for (size_t i = 0; i < routes_n; i++)
        if (str_eq(str_from(routes[i].operation), name)) return &routes[i];
    assert(routes_n > 0);
    return &routes[str_hash(name) % routes_n];
}

static void read_table(struct arena *a, const struct route *route, const struct fields *table,
    const struct json_value *object)
{
    if (!table) return;
    struct issues issues = issues_new(a);
    void *in = arena_alloc(a, route->in_size);
    json_read_fields(&issues, table, object, in);
    if (table == route->query && route->check && issues.found == 0) route->check(in, &issues);
}

static void read_texts(struct arena *a, const struct route *route, str text)
{
    struct json_pair pairs[PAIRS_MAX];
    size_t n = 0;
    for (str part; n < PAIRS_MAX && str_cut(&text, '&', &part); n++) {
        pairs[n] = (struct json_pair){0};
        str_cut(&part, '=', &pairs[n].name);
        pairs[n].value = part;
    }
    const struct json_value *object = json_of_pairs(a, pairs, n);
    read_table(a, route, route->path, object);
    read_table(a, route, route->query, object);
    read_table(a, route, route->header, object);
}

/* Written and read again it says the same. */
static void comes_back(struct arena *a, const struct field *body, const void *in)
{
    auto_buf first = {0}, second = {0};
    json_write_value(&first, body, (const char *)in + body->offset, DATES_PG);
    if (!body->sub) return;
    void *again = arena_alloc(a, body->sub->size + 1);
    const err e = json_decode(a, body->sub, buf_str(&first), again);
    assert(!e);
    json_write(&second, body->sub, again, DATES_PG);
    assert(str_eq(buf_str(&first), buf_str(&second)));
}

static void read_body(struct arena *a, const struct route *route, str text)
{
    const struct json_value *v;
    const err e = json_parse(a, text, &v);
    if (e || !route->body) return;
    struct issues issues = issues_new(a);
    char *in = arena_alloc(a, route->in_size + 1);
    json_read(&issues, route->body, v, in);
    auto_buf out = {0};
    issues_write(&out, &issues);
    struct list_uuid ids;
    for (size_t i = 0; issues.found == 0 && i < route->access_n; i++)
        if (route->access[i].parent > 0) route_access_ids(a, &route->access[i], in, &ids);
    if (issues.found == 0) comes_back(a, route->body, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    str rest = {(const char *)data, size}, name = {"", 0};
    str_cut(&rest, '\n', &name);
    struct arena *a = arena_new();
    const struct route *route = route_of(name);
    if (rest.n > 0 && rest.p[0] == '?')
        read_texts(a, route, str_slice(rest, 1, rest.n));
    else
        read_body(a, route, rest);
    arena_free(a);
    return 0;
}
