/* The first line of the input is a request target, the others are headers: whatever they say, they
 * are refused or can be asked for everything, and a decoded path holds no NUL. */
#include "http/proxy.h"
#include "http/range.h"
#include "tests/fuzz/fuzz.h"

#include <assert.h>
#include <netinet/in.h>

enum {
    HEADERS = 32,
};

static void ask(struct arena *a, struct request *r)
{
    static const struct sockaddr_in PEER = {.sin_family = AF_INET, .sin_addr.s_addr = 0x0100007f};
    struct proxies proxies;
    if (proxies_parse(&proxies, NULL)) assert(!"the defaults are valid");
    proxies_evaluate(&proxies, a, (const struct sockaddr *)&PEER, r);
    assert(r->client_ip.n);
    (void)request_cookie(r, a, STR("immich_access_token"));
    (void)request_accepts_encoding(r, STR("gzip"));
    (void)request_accepts_type(r, STR("text/html"));
    (void)request_header_fault(r, "HTTP/1.1");
}

static void check_ranges(const struct request *r)
{
    static const uint64_t SIZES[] = {0, 1, 1000, UINT64_MAX};
    const struct conditions c = {
        .if_match = request_header(r, STR("if-match")),
        .if_none_match = request_header(r, STR("if-none-match")),
        .if_modified_since = request_header(r, STR("if-modified-since")),
        .if_unmodified_since = request_header(r, STR("if-unmodified-since")),
        .if_range = request_header(r, STR("if-range")),
    };
    const struct validators v = {.etag = STR("W/\"a-b\""), .modified = 1000000000};
    (void)conditions_check(&c, &v);
    (void)conditions_range_applies(&c, &v);
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        struct range range;
        if (range_parse(request_header(r, STR("range")), SIZES[i], &range) != RANGE_PART) continue;
        assert(range.first <= range.last && range.last < SIZES[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct request r = {.method = STR("GET")};
    struct param headers[HEADERS];
    size_t n = 0;
    str rest = {(const char *)data, size}, target = {0}, line, name;
    (void)str_cut(&rest, '\n', &target);
    while (n < HEADERS && str_cut(&rest, '\n', &line)) {
        if (!str_cut(&line, ':', &name)) continue;
        headers[n++] = (struct param){name, str_trim(line)};
    }
    r.headers = (struct params){headers, n};
    if (request_parse_target(a, target, &r)) {
        assert(r.path.n && r.path.p[0] == '/');
        assert(str_find_char(r.path, '\0') < 0 && str_is_utf8(r.path));
        for (size_t i = 0; i < r.query.n; i++)
            assert(str_find_char(r.query.v[i].value, '\0') < 0);
    }
    ask(a, &r);
    check_ranges(&r);
    arena_free(a);
    return 0;
}
