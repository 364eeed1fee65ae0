#include "core/size.h"
#include "http/server.h"
#include "http/testing.h"

#include <stdatomic.h>

#include "core/banned.h"

enum {
    LARGE = 4 * 1000 * 1000, /* so much that the client still sends when the answer comes */
};

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    atomic_int handled;
};

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    *plan = (struct plan){.body = BODY_MEMORY, .pool = POOL_HANDLER};
}

static void handle(struct app *app, struct exchange *x)
{
    app->handled++;
    reply_bytes(&x->reply, 201, STR("text/plain"), request_body(&x->request));
}

static const struct http_hooks HOOKS = {.plan = plan, .handle = handle};

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    app->arena = arena_new();
    const struct http_options options = {.host = "127.0.0.1"};
    assert_ok(http_start(&app->server, &options, &HOOKS, app));
    app->port = http_port(app->server);
    *state = app;
    return 0;
}

static int stop(void **state)
{
    struct app *app = *state;
    http_stop(app->server, 5000);
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static void malformed_requests_are_refused_and_closed(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *request;
        size_t n;
    } BAD[] = {
#define BAD_REQUEST_ROW(text) {text, sizeof(text) - 1}
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                        "Transfer-Encoding: chunked\r\n\r\nhi"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
                        "Content-Length: 2\r\n\r\nhi"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nhi"),
        BAD_REQUEST_ROW("GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /seen?q=%00 HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\nHost: x\n\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nA: b\r\n\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n"),
        BAD_REQUEST_ROW("GET  /ping HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /pi ng HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET ping HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"),
        BAD_REQUEST_ROW("G(T /ping HTTP/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\vchunked\r\n\r\n"
                        "2\r\nhi\r\n0\r\n\r\n"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "2\r\nhi\r\n0\r\n\r\n"),
        /* what libmicrohttpd refuses by itself */
        BAD_REQUEST_ROW("GET /ping HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping HTTP/2.0\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("GET /ping http/1.1\r\nHost: x\r\n\r\n"),
        BAD_REQUEST_ROW("\x16\x03\x01\x02 \x01\x01\xfc\x03\x03 \r\n\r\n"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\nhi"),
        BAD_REQUEST_ROW("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "xx\r\nhi\r\n0\r\n\r\n"),
    };
    const int before = app->handled;
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        const int fd = dial(app->port);
        say_n(fd, BAD[i].request, BAD[i].n);
        const struct answer answer = hear(fd, app->arena);
        if (answer.status != 400)
            print_error("request %zu: %.*s\n", i, (int)BAD[i].n, BAD[i].request);
        assert_int_equal(answer.status, 400);
        assert_true(str_starts(answer.body, STR("{\"message\":\"")));
        assert_true(str_ends(answer.body, STR("\"}")));
        assert_true(hear_end(fd, 1000));
        close(fd);
    }
    assert_int_equal(app->handled, before);
}

/* More than a connection's memory: refused while the client still sends, and it gets to see it. */
static void what_is_too_large_is_refused_in_the_contract_s_shape(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *before, *after;
        int status;
    } ROWS[] = {
        {"GET /", " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        {"GET /ping HTTP/1.1\r\nHost: x\r\nA: ", "\r\n\r\n", 431},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2;", "\r\n", 400},
        {"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999", "\r\n\r\n", 413},
    };
    char *digits = arena_alloc_raw(app->arena, LARGE);
    memset(digits, '9', LARGE);
    for (size_t i = 0; i < LENGTH(ROWS); i++) {
        const int fd = dial(app->port);
        say(fd, ROWS[i].before);
        if (ROWS[i].status != 413) say_n(fd, digits, LARGE);
        say(fd, ROWS[i].after);
        const struct answer answer = hear(fd, app->arena);
        assert_int_equal(answer.status, ROWS[i].status);
        assert_true(str_starts(answer.body, STR("{\"message\":\"")));
        assert_true(hear_end(fd, 1000));
        close(fd);
    }
}

/* What came before it on the connection was answered, what comes behind it is not. */
static void a_refusal_has_its_place_among_the_answers(void **state)
{
    struct app *app = *state;
    auto_buf rest = {0};
    const int before = app->handled;
    const int fd = dial(app->port);
    say(fd, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\nhi"
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
    assert_str(hear_next(fd, app->arena, &rest, false).body, "hi");
    const struct answer refusal = hear_next(fd, app->arena, &rest, false);
    assert_int_equal(refusal.status, 400);
    assert_str(refusal.body, "{\"message\":\"Malformed request\"}");
    assert_true(hear_end(fd, 1000));
    assert_int_equal(rest.n, 0);
    assert_int_equal(app->handled, before + 1);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_requests_are_refused_and_closed),
        cmocka_unit_test(what_is_too_large_is_refused_in_the_contract_s_shape),
        cmocka_unit_test(a_refusal_has_its_place_among_the_answers),
    };
    return cmocka_run_group_tests_name("http refusal", tests, start, stop);
}
