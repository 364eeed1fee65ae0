#include "app/api/openapi.h"
#include "app/api/route.h"
#include "core/buf.h"
#include "core/version.h"
#include "role/admin.h"

#include <stdio.h>
#include <string.h>

#include "core/banned.h"

fallible admin_version(struct ctx *cx)
{
    puts("v" COMPATIBLE_VERSION);
    return NULL;
}

fallible admin_openapi(struct ctx *cx)
{
    fwrite(openapi_json.p, 1, openapi_json.n, stdout);
    putchar('\n');
    return NULL;
}

/* Some operations answer PUT and PATCH alike; they count once. */
static const struct route *twin_of(const struct route *route)
{
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *other = &routes[i];
        if (other != route && strcmp(other->operation, route->operation) == 0) return other;
    }
    return NULL;
}

static bool is_ours(const struct route *route)
{
    return route->segments_n > 1 && str_eq(route->segments[1].text, STR("tintype"));
}

static void print_route(const struct route *route)
{
    struct buf path = {0};
    for (size_t i = 0; i < route->segments_n; i++) {
        const struct route_segment *s = &route->segments[i];
        buf_add_fmt(&path, s->param ? "/{%.*s}" : "/%.*s", FMT(s->text));
    }
    printf("%-8s %-36s %-6.*s %.*s%s%s\n", route->implemented() ? "linked" : "missing",
        route->operation, FMT(route->method), FMT(buf_str(&path)),
        twin_of(route) ? ", PATCH too" : "", route->unlisted ? ", not in the description" : "");
    buf_done(&path);
}

fallible admin_operations(struct ctx *cx)
{
    size_t all = 0, linked = 0, more = 0, more_linked = 0;
    for (size_t i = 0; i < routes_n; i++) {
        const struct route *route = &routes[i];
        if (twin_of(route) && str_eq(route->method, STR("PATCH"))) continue;
        print_route(route);
        const bool counts = !route->unlisted && !is_ours(route);
        *(counts ? &all : &more) += 1;
        if (route->implemented()) *(counts ? &linked : &more_linked) += 1;
    }
    printf("%zu of %zu operations are linked, and %zu of %zu that Immich's description does not "
           "have\n",
        linked, all, more_linked, more);
    return NULL;
}
