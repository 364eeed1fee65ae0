/* The generated tables against what a running Immich answered to bad requests: for each operation
 * the exact list of paths and messages.
 *
 * usage: validation_test FILE     validation-golden.json of the contract; missing: skipped (77)
 */
#include "app/api/route.h"
#include "core/arena.h"
#include "json/reader.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum {
    SKIPPED = 77,
    FILE_MAX = 16 * 1024 * 1024,
    PAIRS_MAX = 100,
};

static const struct route *route_of(str operation)
{
    for (size_t i = 0; i < routes_n; i++)
        if (str_eq(str_from(routes[i].operation), operation)) return &routes[i];
    return NULL;
}

/* "?a=zzz&b=zzz": nothing in it is encoded. */
static const struct json_value *query_of(struct arena *a, str text)
{
    struct json_pair pairs[PAIRS_MAX];
    size_t n = 0;
    str rest = str_slice(text, 1, text.n);
    for (str part; n < PAIRS_MAX && str_cut(&rest, '&', &part); n++) {
        pairs[n] = (struct json_pair){0};
        str_cut(&part, '=', &pairs[n].name);
        pairs[n].value = part;
    }
    return json_of_pairs(a, pairs, n);
}

/* What we say to the request, as the golden file writes it: [[path,message],…]. */
static str issues_of(struct arena *a, const struct route *route, const struct json_value *request)
{
    struct issues issues = issues_new(a);
    void *in = arena_alloc(a, route->in_size + 1);
    str query;
    if (json_string(request, &query)) {
        if (route->query) json_read_fields(&issues, route->query, query_of(a, query), in);
        if (route->check && issues.found == 0) route->check(in, &issues);
    } else if (route->body) {
        json_read(&issues, route->body, json_type(request) == JSON_NULL ? NULL : request, in);
    }
    struct buf out = {0};
    buf_add_char(&out, '[');
    for (size_t i = 0; i < issues.n; i++) {
        buf_add(&out, i > 0 ? STR(",[") : STR("["));
        buf_add(&out, issues.v[i].path);
        buf_add_char(&out, ',');
        json_write_str(&out, issues.v[i].message);
        buf_add_char(&out, ']');
    }
    buf_add_char(&out, ']');
    return buf_take(&out, a);
}

/* False when an answer differs. */
static bool compare(struct arena *a, str operation, str name, const struct json_value *row)
{
    const struct route *route = route_of(operation);
    const struct json_value *issues = json_get(row, STR("issues"));
    if (!route || !issues) return true; /* not described, or not refused by validation */
    const str expected = json_print(a, issues);
    const str actual = issues_of(a, route, json_get(row, STR("request")));
    if (str_eq(expected, actual)) return true;
    printf("%.*s %.*s\n  expected %.*s\n  actual   %.*s\n", FMT(operation), FMT(name),
        FMT(expected), FMT(actual));
    return false;
}

static fallible read_file(struct arena *a, const char *path, str *out)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("open", path);
    char *p = arena_alloc_raw(a, FILE_MAX);
    size_t n = 0;
    for (ssize_t got; (got = read(fd, p + n, FILE_MAX - n)) > 0;)
        n += (size_t)got;
    close(fd);
    *out = (str){p, n};
    return NULL;
}

static fallible run(struct arena *a, const char *path, int *wrong, int *all)
{
    str text;
    const struct json_value *golden;
    TRY(read_file(a, path, &text));
    TRY(json_parse(a, text, &golden));
    struct json_iter operations = json_iter(golden);
    for (const struct json_value *cases; (cases = json_next(&operations));) {
        struct json_iter it = json_iter(cases);
        for (const struct json_value *row; (row = json_next(&it)); ++*all)
            if (!compare(a, operations.name, it.name, row)) ++*wrong;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc < 2 || access(argv[1], R_OK) != 0) {
        puts("the contract's validation-golden.json is not here");
        return SKIPPED;
    }
    int wrong = 0, all = 0;
    struct arena *a = arena_new();
    const err e = run(a, argv[1], &wrong, &all);
    if (e) printf("%s\n", e->message);
    arena_free(a);
    printf("%d of %d answers are as Immich's\n", all - wrong, all);
    return e || wrong > 0 || all == 0;
}
