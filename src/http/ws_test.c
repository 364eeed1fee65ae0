/* The websocket from a client's side: handshake, rooms, order, limits. */
#include "core/log.h"
#include "core/size.h"
#include "http/server.h"
#include "http/testing.h"
#include "http/websocket.h"

#include <stdatomic.h>
#include <time.h>

#include "core/banned.h"

enum {
    PING_INTERVAL_MS = 400,
    PING_TIMEOUT_MS = 600,
    CONNECT_TIMEOUT_MS = 700,
};

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
};

static const uuid ALICE = {{1}}, BOB = {{2}}, SESSION = {{3}};

/* Clients say who they are in a header. */
static bool authenticate(struct app *app, struct exchange *x, struct ws_rooms *rooms)
{
    const str name = request_header(&x->request, STR("x-user"));
    if (str_eq(name, STR("alice"))) {
        rooms->v[rooms->n++] = (struct ws_room){WS_USER, ALICE};
        rooms->v[rooms->n++] = (struct ws_room){WS_SESSION, SESSION};
    } else if (str_eq(name, STR("bob"))) {
        rooms->v[rooms->n++] = (struct ws_room){WS_USER, BOB};
    }
    return rooms->n > 0;
}

static void connected(struct app *app, const struct ws_rooms *rooms)
{
    ws_emit(app->server, rooms->v[0], STR("[\"on_server_version\",{\"major\":3}]"));
}

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    plan->body = BODY_NONE;
}

static void handle(struct app *app, struct exchange *x)
{
    reply_message(&x->reply, 404, STR("Not Found"));
}

static const struct ws_hooks WS_HOOKS = {.path = "/api/socket.io/",
    .ping_interval_ms = PING_INTERVAL_MS,
    .ping_timeout_ms = PING_TIMEOUT_MS,
    .connect_timeout_ms = CONNECT_TIMEOUT_MS,
    .authenticate = authenticate,
    .connected = connected};
static const struct http_hooks HOOKS = {.plan = plan, .handle = handle, .websocket = &WS_HOOKS};

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

/* ---- a client ---- */

struct client {
    int fd;
    struct buf in;
};

#define HANDSHAKE(query, headers)                                                                  \
    "GET /api/socket.io/" query " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"                   \
    "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"                             \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" headers "\r\n"

static const unsigned char MASK[4] = {1, 2, 3, 4};

static void add_frame_head(struct buf *b, int opcode, size_t n)
{
    buf_add_char(b, (char)(0x80 | opcode));
    if (n < 126) {
        buf_add_char(b, (char)(0x80 | n));
    } else if (n < 65536) {
        buf_add_char(b, (char)(0x80 | 126));
        buf_add_char(b, (char)(n >> 8));
        buf_add_char(b, (char)n);
    } else {
        buf_add_char(b, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8)
            buf_add_char(b, (char)(n >> shift));
    }
    buf_add_bytes(b, MASK, sizeof MASK);
}

static void frame_n(struct client *c, int opcode, const char *p, size_t n)
{
    auto_buf b = {0};
    add_frame_head(&b, opcode, n);
    for (size_t i = 0; i < n; i++)
        buf_add_char(&b, (char)(p[i] ^ MASK[i & 3]));
    say_n(c->fd, b.p, b.n);
}

static void frame(struct client *c, const char *text)
{
    frame_n(c, 1, text, strlen(text));
}

/* The next frame's payload; p == NULL at the end of the connection or a close frame. */
static str next_frame(struct arena *a, struct client *c)
{
    for (;;) {
        const unsigned char *p = (const unsigned char *)c->in.p;
        size_t head = 2, n = 0;
        if (c->in.n >= 2) {
            n = p[1] & 0x7f;
            if (n == 126) head = 4;
            if (n == 127) head = 10;
        }
        if (c->in.n >= head && head == 4) n = (size_t)p[2] << 8 | p[3];
        if (c->in.n >= head && head == 10) {
            n = 0;
            for (int i = 2; i < 10; i++)
                n = n << 8 | p[i];
        }
        if (c->in.n >= head && c->in.n >= head + n) {
            const int opcode = p[0] & 0xf;
            const str payload = str_dup(a, str_slice(buf_str(&c->in), head, head + n));
            const str rest = str_dup(a, str_slice(buf_str(&c->in), head + n, c->in.n));
            buf_clear(&c->in);
            buf_add(&c->in, rest);
            return opcode == 8 ? (str){0} : payload;
        }
        if (!hear_some(c->fd, &c->in, HEAR_TIMEOUT_MS)) return (str){0};
    }
}

/* As next_frame, without the server's pings, which are answered. */
static str hear_text(struct arena *a, struct client *c)
{
    for (;;) {
        const str text = next_frame(a, c);
        if (!str_eq(text, STR("2"))) return text;
        frame(c, "3");
    }
}

static struct client open_socket(struct app *app, const char *request)
{
    struct client c = {.fd = dial(app->port)};
    say(c.fd, request);
    const struct answer answer = hear_next(c.fd, app->arena, &c.in, true);
    assert_int_equal(answer.status, 101);
    assert_str(header_of(answer.head, "upgrade"), "websocket");
    assert_str(header_of(answer.head, "sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    const str greeting = next_frame(app->arena, &c);
    assert_true(str_starts(greeting, STR("0{\"sid\":\"")));
    assert_true(
        str_ends(greeting, STR("\",\"upgrades\":[],\"pingInterval\":400,\"pingTimeout\":600,"
                               "\"maxPayload\":1000000}")));
    return c;
}

static void close_socket(struct client *c)
{
    close(c->fd);
    buf_done(&c->in);
}

#define AS(name) HANDSHAKE("?EIO=4&transport=websocket", "X-User: " name "\r\n")

static struct client join(struct app *app, const char *request)
{
    struct client c = open_socket(app, request);
    frame(&c, "40");
    const str sid = hear_text(app->arena, &c);
    assert_true(str_starts(sid, STR("40{\"sid\":\"")));
    assert_int_equal(sid.n, strlen("40{\"sid\":\"\"}") + 20);
    return c;
}

static void wait_for_count(struct app *app, size_t n)
{
    for (int i = 0; i < 5000 && ws_socket_count(app->server) != n; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    assert_int_equal(ws_socket_count(app->server), n);
}

/* ---- tests ---- */

static void other_transports_are_refused(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *request, *body;
    } TABLE[] = {
        {"GET /api/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n",
            "{\"code\":0,\"message\":\"Transport unknown\"}"},
        {"GET /api/socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\n\r\n",
            "{\"code\":0,\"message\":\"Transport unknown\"}"},
        {"GET /api/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n",
            "{\"code\":3,\"message\":\"Bad request\"}"},
        {HANDSHAKE("?EIO=3&transport=websocket", ""),
            "{\"code\":5,\"message\":\"Unsupported protocol version\"}"},
        {HANDSHAKE("?EIO=4&transport=websocket&sid=abc", ""),
            "{\"code\":1,\"message\":\"Session ID unknown\"}"},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct answer answer = ask(app->arena, app->port, TABLE[i].request);
        assert_int_equal(answer.status, 400);
        assert_true(str_eq(answer.body, str_from(TABLE[i].body)));
        assert_str(header_of(answer.head, "content-type"), "application/json");
        assert_str(header_of(answer.head, "access-control-allow-origin"), "*");
    }
    const struct answer answer = ask(app->arena, app->port,
        "GET /api/socket.io?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(answer.status, 404);
}

static void a_known_user_joins_and_is_greeted(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("alice"));
    assert_str(hear_text(app->arena, &c), "42[\"on_server_version\",{\"major\":3}]");
    wait_for_count(app, 1);
    close_socket(&c);
    wait_for_count(app, 0);
}

static void a_stranger_is_told_and_the_socket_stays_open(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("nobody"));
    assert_str(hear_text(app->arena, &c), "42[\"error\",\"unauthorized\"]");
    assert_str(hear_text(app->arena, &c), "41");
    assert_str(next_frame(app->arena, &c), "2"); /* it is still pinged */
    ws_emit(app->server, (struct ws_room){.kind = WS_ALL}, STR("[\"secret\"]"));
    frame(&c, "3");
    assert_str(next_frame(app->arena, &c), "2");
    close_socket(&c);
}

static void another_namespace_is_refused(void **state)
{
    struct app *app = *state;
    struct client c = open_socket(app, AS("alice"));
    frame(&c, "40/foo,{\"token\":1}");
    assert_str(hear_text(app->arena, &c), "44/foo,{\"message\":\"Invalid namespace\"}");
    frame(&c, "40");
    assert_true(str_starts(hear_text(app->arena, &c), STR("40{\"sid\"")));
    close_socket(&c);
}

static void events_reach_their_room_in_order(void **state)
{
    struct app *app = *state;
    struct client alice = join(app, AS("alice")), bob = join(app, AS("bob"));
    hear_text(app->arena, &alice);
    hear_text(app->arena, &bob);
    wait_for_count(app, 2);

    for (int i = 0; i < 100; i++)
        ws_emit(app->server, (struct ws_room){WS_USER, ALICE},
            str_fmt(app->arena, "[\"on_asset_delete\",\"%d\"]", i));
    ws_emit(app->server, (struct ws_room){WS_USER, BOB}, STR("[\"for_bob\"]"));
    ws_emit(app->server, (struct ws_room){WS_SESSION, SESSION}, STR("[\"on_session_delete\"]"));
    ws_emit(app->server, (struct ws_room){.kind = WS_ALL}, STR("[\"on_config_update\"]"));

    for (int i = 0; i < 100; i++) {
        const str expected = str_fmt(app->arena, "42[\"on_asset_delete\",\"%d\"]", i);
        assert_true(str_eq(hear_text(app->arena, &alice), expected));
    }
    assert_str(hear_text(app->arena, &alice), "42[\"on_session_delete\"]");
    assert_str(hear_text(app->arena, &alice), "42[\"on_config_update\"]");
    assert_str(hear_text(app->arena, &bob), "42[\"for_bob\"]");
    assert_str(hear_text(app->arena, &bob), "42[\"on_config_update\"]");
    close_socket(&alice);
    close_socket(&bob);
}

static void a_large_event_arrives_whole(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("alice"));
    hear_text(app->arena, &c);
    auto_buf event = {0};
    buf_add(&event, STR("[\"on_upload_success\",\""));
    for (int i = 0; i < 300000; i++)
        buf_add_char(&event, 'a');
    buf_add(&event, STR("\"]"));
    ws_emit(app->server, (struct ws_room){WS_USER, ALICE}, buf_str(&event));
    const str got = hear_text(app->arena, &c);
    assert_int_equal(got.n, event.n + 2);
    assert_memory_equal(got.p + 2, event.p, event.n);
    close_socket(&c);
}

static void client_events_are_ignored(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("alice"));
    hear_text(app->arena, &c);
    frame(&c, "42[\"delete_everything\"]");
    frame(&c, "420[\"with_ack\"]");
    frame(&c, "6");
    ws_emit(app->server, (struct ws_room){WS_USER, ALICE}, STR("[\"still_here\"]"));
    assert_str(hear_text(app->arena, &c), "42[\"still_here\"]");
    close_socket(&c);
}

static void a_client_that_leaves_gets_nothing_more(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("alice"));
    hear_text(app->arena, &c);
    frame(&c, "41");
    wait_for_count(app, 0);
    ws_emit(app->server, (struct ws_room){WS_USER, ALICE}, STR("[\"lost\"]"));
    assert_str(next_frame(app->arena, &c), "2");
    close_socket(&c);
}

static void a_client_that_does_not_pong_is_dropped(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("alice"));
    hear_text(app->arena, &c);
    const int64_t begin = monotonic_ms();
    str text;
    while ((text = next_frame(app->arena, &c)).p)
        assert_str(text, "2");
    assert_in_range(
        monotonic_ms() - begin, PING_TIMEOUT_MS, PING_INTERVAL_MS + PING_TIMEOUT_MS + 1500);
    close_socket(&c);
}

static void a_client_that_never_connects_is_dropped(void **state)
{
    struct app *app = *state;
    struct client c = open_socket(app, AS("alice"));
    const int64_t begin = monotonic_ms();
    while (hear_text(app->arena, &c).p)
        ;
    assert_in_range(monotonic_ms() - begin, CONNECT_TIMEOUT_MS - 300, CONNECT_TIMEOUT_MS + 1500);
    close_socket(&c);
}

static void garbage_ends_the_connection(void **state)
{
    struct app *app = *state;
    static const char *const BAD[] = {"", "x", "2", "4", "49", "45-[{}]", "2probe"};
    for (size_t i = 0; i < LENGTH(BAD); i++) {
        struct client c = open_socket(app, AS("alice"));
        frame(&c, BAD[i]);
        assert_null(hear_text(app->arena, &c).p);
        close_socket(&c);
    }
    struct client c = open_socket(app, AS("alice"));
    frame_n(&c, 2, "binary", 6);
    assert_null(hear_text(app->arena, &c).p);
    close_socket(&c);
}

static void a_payload_over_the_limit_ends_the_connection(void **state)
{
    struct app *app = *state;
    struct client c = open_socket(app, AS("alice"));
    auto_buf head = {0}; /* the announced length decides, before any payload has come */
    add_frame_head(&head, 1, WS_PAYLOAD_MAX + 1);
    say_n(c.fd, head.p, head.n);
    assert_null(hear_text(app->arena, &c).p);
    close_socket(&c);
}

static void a_client_that_does_not_read_is_dropped(void **state)
{
    struct app *app = *state;
    struct client c = join(app, AS("bob"));
    hear_text(app->arena, &c);
    wait_for_count(app, 1);
    char *text = arena_alloc_raw(app->arena, 1024 * 1024);
    memset(text, 'a', 1024 * 1024);
    for (int i = 0; i < 64 && ws_socket_count(app->server); i++) {
        ws_emit(app->server, (struct ws_room){WS_USER, BOB}, (str){text, 1024 * 1024});
        nanosleep(&(struct timespec){.tv_nsec = 5 * 1000 * 1000}, NULL);
    }
    wait_for_count(app, 0);
    close_socket(&c);
}

static void early_frames_are_not_lost(void **state)
{
    struct app *app = *state;
    struct client c = {.fd = dial(app->port)};
    auto_buf both = {0};
    buf_add(&both, str_from(AS("alice")));
    buf_add(&both, STR("\x81\x82\x01\x02\x03\x04\x35\x32")); /* "40", masked */
    say_n(c.fd, both.p, both.n);
    assert_int_equal(hear_next(c.fd, app->arena, &c.in, true).status, 101);
    assert_true(str_starts(hear_text(app->arena, &c), STR("0{")));
    assert_true(str_starts(hear_text(app->arena, &c), STR("40{")));
    close_socket(&c);
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_transports_are_refused),
        cmocka_unit_test(a_known_user_joins_and_is_greeted),
        cmocka_unit_test(a_stranger_is_told_and_the_socket_stays_open),
        cmocka_unit_test(another_namespace_is_refused),
        cmocka_unit_test(events_reach_their_room_in_order),
        cmocka_unit_test(a_large_event_arrives_whole),
        cmocka_unit_test(client_events_are_ignored),
        cmocka_unit_test(a_client_that_leaves_gets_nothing_more),
        cmocka_unit_test(a_client_that_does_not_pong_is_dropped),
        cmocka_unit_test(a_client_that_never_connects_is_dropped),
        cmocka_unit_test(garbage_ends_the_connection),
        cmocka_unit_test(a_payload_over_the_limit_ends_the_connection),
        cmocka_unit_test(a_client_that_does_not_read_is_dropped),
        cmocka_unit_test(early_frames_are_not_lost),
    };
    return cmocka_run_group_tests_name("websocket", tests, start, stop);
}
