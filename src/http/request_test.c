#include "core/size.h"
#include "core/test.h"
#include "http/proxy.h"
#include "http/range.h"
#include "http/request.h"

#include <arpa/inet.h>

#include "core/banned.h"

static int make_arena(void **state)
{
    *state = arena_new();
    return 0;
}

static int free_arena(void **state)
{
    arena_free(*state);
    return 0;
}

/* A request with one header, or none when its name is NULL. */
static struct request with_header(struct arena *a, const char *name, const char *value)
{
    struct param *header = ARENA_NEW(a, struct param);
    *header = (struct param){str_from(name), str_from(value)};
    return (struct request){.headers = {header, name ? 1 : 0}};
}

static void targets_are_split_and_decoded(void **state)
{
    static const struct {
        const char *target, *path, *query_text;
    } GOOD[] = {
        {"/", "/", ""},
        {"/a%2Fb%20c?x=%41#f", "/a/b c", "x=%41"},
        {"/a?", "/a", ""},
        {"http://host:1/a?b", "/a", "b"},
        {"http://host", "/", ""},
        {"/a+b", "/a+b", ""},
    };
    for (size_t i = 0; i < LENGTH(GOOD); i++) {
        struct request r = {0};
        assert_true(request_parse_target(*state, str_from(GOOD[i].target), &r));
        assert_true(str_eq(r.path, str_from(GOOD[i].path)));
        assert_true(str_eq(r.query_text, str_from(GOOD[i].query_text)));
    }
    static const char *const BAD[] = {
        "", "a", "*", "/%", "/%4", "/%zz", "/%00", "/%ff", "/a b", "/\x01", "/a?b=%00", "/a?b=%ff"};
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        struct request r = {0};
        assert_false(request_parse_target(*state, str_from(BAD[i]), &r));
    }
}

static void queries_keep_order_and_repetition(void **state)
{
    struct params p;
    assert_true(params_parse(*state, STR("b=2&a=1&&b=3&c&d=%zz+%20%C3%A9&=x"), &p));
    static const struct {
        const char *name, *value;
    } EXPECTED[] = {
        {"b", "2"}, {"a", "1"}, {"b", "3"}, {"c", ""}, {"d", "%zz  \xc3\xa9"}, {"", "x"}};
    assert_int_equal(p.n, LENGTH(EXPECTED));
    for (size_t i = 0; i < p.n; i++) {
        assert_true(str_eq(p.v[i].name, str_from(EXPECTED[i].name)));
        assert_true(str_eq(p.v[i].value, str_from(EXPECTED[i].value)));
    }
    assert_str(params_find(&p, STR("b")), "2");
    assert_null(params_find(&p, STR("B")).p);
}

static void too_many_pairs_are_refused(void **state)
{
    char text[2 * REQUEST_QUERY_MAX + 2];
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "a&", 2);
    struct params p;
    assert_true(params_parse(*state, (str){text, 2 * REQUEST_QUERY_MAX - 1}, &p));
    assert_false(params_parse(*state, (str){text, 2 * REQUEST_QUERY_MAX + 1}, &p));
}

static void cookies_are_found(void **state)
{
    static const struct {
        const char *header, *value;
    } TABLE[] = {
        {"token=abc", "abc"},
        {"a=1; token=a%20b ; c", "a b"},
        {"xtoken=1; token=\"q\"", "q"},
        {"token=%zz", "%zz"},
        {"token=", ""},
        {"Token=1", NULL},
        {"token", NULL},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct request r = with_header(*state, "Cookie", TABLE[i].header);
        const str value = request_cookie(&r, *state, STR("token"));
        assert_int_equal(value.p != NULL, TABLE[i].value != NULL);
        assert_true(str_eq(value, str_from(TABLE[i].value)));
    }
}

static void encodings_are_weighed(void **state)
{
    static const struct {
        const char *header;
        bool gzip;
    } TABLE[] = {
        {"gzip", true},
        {"GZIP;q=0.1", true},
        {"br, gzip ; q=1.0", true},
        {"*", true},
        {"br", false},
        {"gzip;q=0", false},
        {"gzip;q=0, *", false},
        {"*;q=0", false},
        {"gzip;q=x", false},
        {"", false},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct request r = with_header(*state, "accept-encoding", TABLE[i].header);
        assert_int_equal(request_accepts_encoding(&r, STR("gzip")), TABLE[i].gzip);
    }
}

static void types_are_weighed(void **state)
{
    static const struct {
        const char *header;
        bool html;
    } TABLE[] = {
        {"text/html,application/xhtml+xml;q=0.9", true},
        {"*/*", true},
        {"text/*", true},
        {"", true},
        {"application/json", false},
        {"text/html;q=0, */*", false},
        {"application/json, */*;q=0.1", true},
        {"text/plain", false},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct request r = with_header(*state, "Accept", TABLE[i].header);
        assert_int_equal(request_accepts_type(&r, STR("text/html")), TABLE[i].html);
    }
    const struct request none = with_header(*state, NULL, NULL);
    assert_true(request_accepts_type(&none, STR("text/html")));
}

/* ---- proxies ---- */

static str client_of(struct arena *a, const char *trusted, const char *peer, const char *forwarded)
{
    struct proxies proxies;
    struct sockaddr_in6 address = {.sin6_family = AF_INET6};
    assert_ok(proxies_parse(&proxies, trusted));
    assert_int_equal(inet_pton(AF_INET6, peer, &address.sin6_addr), 1);
    struct request r = with_header(a, "X-Forwarded-For", forwarded);
    proxies_evaluate(&proxies, a, (const struct sockaddr *)&address, &r);
    return r.client_ip;
}

static void only_trusted_peers_speak_for_others(void **state)
{
    static const struct {
        const char *trusted, *peer, *forwarded, *client;
    } TABLE[] = {
        {NULL, "::1", "203.0.113.7", "203.0.113.7"},
        {NULL, "::ffff:127.0.0.1", "203.0.113.7", "203.0.113.7"},
        {NULL, "::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"},
        {NULL, "::ffff:198.51.100.1", "203.0.113.7", "198.51.100.1"},
        {NULL, "fd00::1", "[2001:db8::1]:443", "2001:db8::1"},
        {NULL, "::ffff:127.0.0.1", "1.1.1.1, 2.2.2.2, 10.0.0.1", "2.2.2.2"},
        {NULL, "::ffff:127.0.0.1", "1.1.1.1:8080", "1.1.1.1"},
        {NULL, "::ffff:127.0.0.1", "unknown", "127.0.0.1"},
        {NULL, "::ffff:127.0.0.1", "1.1.1.1, junk, 10.0.0.1", "10.0.0.1"},
        {"198.51.100.0/24", "::ffff:198.51.100.9", "203.0.113.7", "203.0.113.7"},
        {"198.51.100.0/24", "::ffff:10.1.2.3", "203.0.113.7", "10.1.2.3"},
        {"198.51.100.9", "::ffff:198.51.100.8", "203.0.113.7", "198.51.100.8"},
        {"2001:db8::/33", "2001:db8:8000::1", "203.0.113.7", "2001:db8:8000::1"},
        {"2001:db8::/33", "2001:db8:7fff::1", "203.0.113.7", "203.0.113.7"},
        {"", "::ffff:10.1.2.3", "203.0.113.7", "10.1.2.3"},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const str client = client_of(*state, TABLE[i].trusted, TABLE[i].peer, TABLE[i].forwarded);
        if (!str_eq(client, str_from(TABLE[i].client))) print_error("row %zu\n", i);
        assert_true(str_eq(client, str_from(TABLE[i].client)));
    }
}

static void bad_proxy_lists_are_refused(void **state)
{
    static const char *const BAD[] = {
        "x", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/", "/8"};
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        struct proxies proxies;
        assert_fails(proxies_parse(&proxies, BAD[i]), BAD_REQUEST);
    }
}

/* ---- dates and conditions ---- */

static void http_dates_go_both_ways(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } TABLE[] = {
        {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {1709210096, "Thu, 29 Feb 2024 12:34:56 GMT"},
        {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        char text[HTTP_DATE_TEXT];
        int64_t seconds = -1;
        http_date_format(TABLE[i].seconds, text);
        assert_string_equal(text, TABLE[i].text);
        assert_true(http_date_parse(str_from(text), &seconds));
        assert_int_equal(seconds, TABLE[i].seconds);
    }
    static const char *const BAD[] = {"", "Sun, 06 Nov 1994 08:49:37",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 0a:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"};
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        int64_t seconds;
        assert_false(http_date_parse(str_from(BAD[i]), &seconds));
    }
}

static void entity_tag_lists_are_read(void **state)
{
    static const struct {
        const char *list;
        enum condition_result result;
    } TABLE[] = {
        {"\"a,b\"", CONDITION_NOT_MODIFIED},
        {"\"x\", W/\"a,b\"", CONDITION_NOT_MODIFIED},
        {"*", CONDITION_NOT_MODIFIED},
        {"\"a\", \"b\"", CONDITION_SEND},
        {"a,b", CONDITION_SEND},
        {"\"a,b", CONDITION_SEND},
        {"", CONDITION_SEND},
    };
    const struct validators v = {.etag = STR("W/\"a,b\""), .modified = -1};
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct conditions c = {.if_none_match = str_from(TABLE[i].list)};
        assert_int_equal(conditions_check(&c, &v), TABLE[i].result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_are_split_and_decoded),
        cmocka_unit_test(queries_keep_order_and_repetition),
        cmocka_unit_test(too_many_pairs_are_refused),
        cmocka_unit_test(cookies_are_found),
        cmocka_unit_test(encodings_are_weighed),
        cmocka_unit_test(types_are_weighed),
        cmocka_unit_test(only_trusted_peers_speak_for_others),
        cmocka_unit_test(bad_proxy_lists_are_refused),
        cmocka_unit_test(http_dates_go_both_ways),
        cmocka_unit_test(entity_tag_lists_are_read),
    };
    return cmocka_run_group_tests_name("requests", tests, make_arena, free_arena);
}
