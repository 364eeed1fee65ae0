#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "http/server.h"
#include "http/testing.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "core/banned.h"

enum {
    HEADER_TIMEOUT_MS = 1000,
    IDLE_TIMEOUT_MS = 2000,
    BODY_TIMEOUT_MS = 1500,
    FILE_SIZE = 1000 * 1000,
};

/* What the hooks below have. */
struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    char folder[64];
    const char *file; /* FILE_SIZE bytes: at i stands i % 251 */
    atomic_int handled, finished;
    atomic_bool stream_stopped, release;
};

static bool quick(struct app *app, struct exchange *x)
{
    if (!str_eq(x->request.path, STR("/ping"))) return false;
    reply_json(&x->reply, 200, STR("{\"res\":\"pong\"}"));
    return true;
}

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    const bool streams = str_starts(x->request.path, STR("/stream"));
    *plan = (struct plan){.body = BODY_MEMORY, .pool = streams ? POOL_STREAM : POOL_HANDLER};
}

static void handle_endless(struct app *app, struct exchange *x)
{
    struct stream *s = stream_begin(x, 200, STR("application/jsonlines+json"));
    while (stream_write(s, STR("{\"type\":\"AssetV2\",\"data\":{}}\n")))
        ;
    app->stream_stopped = true;
}

static void handle_stream(struct app *app, struct exchange *x)
{
    struct stream *s = stream_begin(x, 200, STR("application/jsonlines+json"));
    for (int i = 0; i < 20000; i++)
        stream_write(s, str_fmt(x->arena, "{\"line\":%d}\n", i));
}

/* One line, then nothing until the test says so. */
static void handle_drip(struct app *app, struct exchange *x)
{
    struct stream *s = stream_begin(x, 200, STR("text/plain"));
    stream_write(s, STR("first\n"));
    while (!app->release)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    stream_write(s, STR("last\n"));
}

static void handle_broken(struct app *app, struct exchange *x)
{
    struct stream *s = stream_begin(x, 200, STR("text/plain"));
    stream_write(s, STR("half of it"));
    stream_flush(s);
    stream_abort(s);
}

static void handle_seen(struct app *app, struct exchange *x)
{
    const struct request *r = &x->request;
    reply_json(&x->reply, 200,
        str_fmt(x->arena, "%.*s|%.*s|%.*s|%.*s|%.*s|%d|%.*s", FMT(r->method), FMT(r->path),
            FMT(request_query(r, STR("q"))), FMT(r->client_ip), FMT(r->host), r->https,
            FMT(request_cookie(r, x->arena, STR("immich_access_token")))));
}

static void handle(struct app *app, struct exchange *x)
{
    const str path = x->request.path;
    app->handled++;
    if (str_eq(path, STR("/seen"))) handle_seen(app, x);
    if (str_eq(path, STR("/echo")))
        reply_bytes(&x->reply, 201, STR("text/plain"), request_body(&x->request));
    if (str_eq(path, STR("/none"))) reply_empty(&x->reply, 204);
    if (str_eq(path, STR("/void"))) reply_empty(&x->reply, 200);
    if (str_eq(path, STR("/big"))) {
        char *p = arena_alloc_raw(x->arena, 100000);
        memset(p, 'a', 100000);
        reply_json(&x->reply, 200, (str){p, 100000});
    }
    if (str_eq(path, STR("/file")))
        reply_file(&x->reply, &(struct reply_file){.path = app->file,
                                  .type = STR("image/jpeg"),
                                  .cache = CACHE_MEDIA,
                                  .inline_name = STR("a b\xc3\xa9.jpg")});
    if (str_eq(path, STR("/gone")))
        reply_file(&x->reply, &(struct reply_file){.path = "/nonexistent/x",
                                  .missing = STR("Asset media not found")});
    if (str_eq(path, STR("/redirect"))) reply_redirect(&x->reply, 302, STR("/else"));
    if (str_eq(path, STR("/evil"))) {
        reply_header(&x->reply, STR("X-Evil"), STR("a\r\nSet-Cookie: b"));
        reply_empty(&x->reply, 200);
    }
    if (str_eq(path, STR("/stream"))) handle_stream(app, x);
    if (str_eq(path, STR("/stream/endless"))) handle_endless(app, x);
    if (str_eq(path, STR("/stream/drip"))) handle_drip(app, x);
    if (str_eq(path, STR("/stream/broken"))) handle_broken(app, x);
    if (str_eq(path, STR("/stream/failed"))) {
        struct stream *s = stream_begin(x, 200, STR("text/plain"));
        stream_write(s, STR("half of it"));
        stream_flush(s);
        reply_message(&x->reply, 500, STR("Failed to get sync stream"));
    }
    if (str_eq(path, STR("/stream/refused"))) {
        stream_write(stream_begin(x, 200, STR("text/plain")), STR("not sent yet"));
        reply_message(&x->reply, 403, STR("Forbidden"));
    }
}

static void finished(struct app *app, const struct exchange *x, int status, int64_t took_us)
{
    app->finished++;
}

static const struct http_hooks HOOKS = {
    .quick = quick, .plan = plan, .handle = handle, .finished = finished};

static void make_file(struct app *app)
{
    static char content[FILE_SIZE];
    for (int i = 0; i < FILE_SIZE; i++)
        content[i] = (char)(i % 251);
    app->file = cstr(app->arena, str_fmt(app->arena, "%s/file", app->folder));
    assert_ok(file_replace(app->file, (str){content, sizeof content}, 0600));
}

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    snprintf(app->folder, sizeof app->folder, "/tmp/tintype-http-XXXXXX");
    assert_non_null(mkdtemp(app->folder));
    app->arena = arena_new();
    make_file(app);
    const struct http_options options = {.host = "127.0.0.1",
        .header_timeout_ms = HEADER_TIMEOUT_MS,
        .idle_timeout_ms = IDLE_TIMEOUT_MS,
        .body_timeout_ms = BODY_TIMEOUT_MS};
    assert_ok(http_start(&app->server, &options, &HOOKS, app));
    app->port = http_port(app->server);
    *state = app;
    return 0;
}

static int stop(void **state)
{
    struct app *app = *state;
    http_stop(app->server, 5000);
    unlink(app->file);
    rmdir(app->folder);
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static bool wait_for(const atomic_bool *flag, int timeout_ms)
{
    const int64_t end = monotonic_ms() + timeout_ms;
    while (!*flag && monotonic_ms() < end)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    return *flag;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
#define GET_WITH(path, header)                                                                     \
    "GET " path " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" header "\r\n\r\n"

static void a_quick_answer_comes_from_the_event_thread(void **state)
{
    struct app *app = *state;
    const int before = app->handled;
    const struct answer pong = ask(app->arena, app->port, GET("/ping"));
    assert_int_equal(pong.status, 200);
    assert_str(pong.body, "{\"res\":\"pong\"}");
    assert_str(header_of(pong.head, "content-type"), "application/json; charset=utf-8");
    assert_int_equal(header_of(pong.head, "x-correlation-id").n, 8);
    assert_str(header_of(pong.head, "x-content-type-options"), "nosniff");
    assert_int_equal(app->handled, before);
}

static void the_correlation_id_is_echoed(void **state)
{
    struct app *app = *state;
    const struct answer pong =
        ask(app->arena, app->port, GET_WITH("/ping", "X-Correlation-ID: abc-1"));
    assert_str(header_of(pong.head, "x-correlation-id"), "abc-1");
}

static void the_request_is_decoded(void **state)
{
    struct app *app = *state;
    const struct answer seen = ask(app->arena, app->port,
        GET_WITH("/s%65en?q=a%20b+c&q=2", "Cookie: a=1; immich_access_token=t%2Fk; b"));
    assert_str(seen.body, "GET|/seen|a b c|127.0.0.1|x|0|t/k");
}

static void a_trusted_proxy_says_who_the_client_is(void **state)
{
    struct app *app = *state;
    const struct answer seen = ask(app->arena, app->port,
        GET_WITH("/seen", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.1\r\n"
                          "X-Forwarded-Proto: https\r\nX-Forwarded-Host: photos.example"));
    assert_str(seen.body, "GET|/seen||203.0.113.7|photos.example|1|");
}

static void a_body_reaches_the_handler(void **state)
{
    struct app *app = *state;
    const struct answer echo = ask(app->arena, app->port,
        "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello");
    assert_int_equal(echo.status, 201);
    assert_str(echo.body, "hello");
    const struct answer chunked = ask(app->arena, app->port,
        "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n");
    assert_str(chunked.body, "hello!");
}

static void requests_follow_each_other_on_a_connection(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    auto_buf rest = {0};
    for (int i = 0; i < 3; i++) {
        say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi");
        assert_str(hear_next(fd, app->arena, &rest, false).body, "hi");
        say(fd, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_int_equal(hear_next(fd, app->arena, &rest, false).status, 200);
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    auto_buf rest = {0};
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none"
            "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n"
            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\ntwo");
    assert_str(hear_next(fd, app->arena, &rest, false).body, "one");
    assert_str(hear_next(fd, app->arena, &rest, false).body, "{\"res\":\"pong\"}");
    assert_str(hear_next(fd, app->arena, &rest, false).body, "two");
    close(fd);
}

static void a_request_in_single_bytes_is_understood(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    const char *request = "POST /echo HTTP/1.1\r\nHost: x\r\nA: b\r\nContent-Length: 2\r\n\r\nhi";
    for (const char *c = request; *c; c++)
        say_n(fd, c, 1);
    assert_str(hear(fd, app->arena).body, "hi");
    close(fd);
}

static void odd_but_legal_headers_are_accepted(void **state)
{
    struct app *app = *state;
    assert_int_equal(
        ask(app->arena, app->port,
            "GET /ping HTTP/1.1\r\nHost:x\r\nA:  \t b \t\r\nEmpty:\r\nConnection: close\r\n\r\n")
            .status,
        200);
    assert_int_equal(ask(app->arena, app->port, "GET /ping HTTP/1.0\r\n\r\n").status, 200);
    assert_int_equal(ask(app->arena, app->port, GET("http://photos.example/ping")).status, 200);
}

static void a_late_header_ends_the_connection(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    const int64_t begin = monotonic_ms();
    say(fd, "GET /ping HTTP/1.1\r\n");
    while (monotonic_ms() - begin < HEADER_TIMEOUT_MS + 3000) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) == 1) break;
        (void)send(fd, "A", 1, MSG_NOSIGNAL); /* never idle, never done */
    }
    assert_true(hear_end(fd, 100));
    assert_in_range(monotonic_ms() - begin, HEADER_TIMEOUT_MS, HEADER_TIMEOUT_MS + 2500);
    close(fd);
}

static void a_body_in_drops_ends_the_connection(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    const int64_t begin = monotonic_ms();
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");
    while (monotonic_ms() - begin < BODY_TIMEOUT_MS + 3000) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        if (poll(&p, 1, 100) == 1) break;
        (void)send(fd, "A", 1, MSG_NOSIGNAL);
    }
    assert_true(hear_end(fd, 100));
    assert_in_range(monotonic_ms() - begin, BODY_TIMEOUT_MS, BODY_TIMEOUT_MS + 2500);
    close(fd);
}

static void an_idle_connection_is_closed(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(hear(fd, app->arena).status, 200);
    assert_true(hear_end(fd, IDLE_TIMEOUT_MS + 2500));
    close(fd);
}

static void a_body_over_the_limit_is_500_as_upstream(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n");
    static const char ZEROS[1024 * 1024];
    for (int i = 0; i < 10; i++)
        say_n(fd, ZEROS, sizeof ZEROS);
    say_n(fd, ZEROS, 1);
    const struct answer answer = hear(fd, app->arena);
    assert_int_equal(answer.status, 500);
    assert_str(answer.body, "{\"message\":\"Internal server error\"}");
    close(fd);
}

static void a_body_of_the_limit_is_taken(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, "POST /none HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n");
    static const char ZEROS[1024 * 1024];
    for (int i = 0; i < 10; i++)
        say_n(fd, ZEROS, sizeof ZEROS);
    assert_int_equal(hear(fd, app->arena).status, 204);
    close(fd);
}

static void an_endless_refused_body_is_broken_off(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    static char chunk[1024 * 1024 + 16];
    const int head = snprintf(chunk, sizeof chunk, "%x\r\n", 1024 * 1024);
    memcpy(chunk + head + 1024 * 1024, "\r\n", 2);
    int sent = 0;
    while (sent < 100 && send(fd, chunk, (size_t)head + 1024 * 1024 + 2, MSG_NOSIGNAL) > 0) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        sent++;
        if (poll(&p, 1, 0) == 1) break;
    }
    assert_true(sent < 60);
    assert_int_equal(hear(fd, app->arena).status, 500);
    close(fd);
}

static void a_head_has_the_headers_of_a_get(void **state)
{
    struct app *app = *state;
    static const char *const PATHS[] = {"/ping", "/big", "/file"};
    for (size_t i = 0; i < LENGTH(PATHS); i++) {
        const int fd = dial(app->port);
        auto_buf rest = {0};
        say(fd,
            cstr(app->arena, str_fmt(app->arena, "HEAD %s HTTP/1.1\r\nHost: x\r\n\r\n", PATHS[i])));
        const struct answer head = hear_next(fd, app->arena, &rest, true);
        say(fd,
            cstr(app->arena, str_fmt(app->arena, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", PATHS[i])));
        const struct answer get = hear_next(fd, app->arena, &rest, false);
        assert_int_equal(head.status, 200);
        assert_true(str_eq(header_of(head.head, "etag"), header_of(get.head, "etag")));
        assert_true(
            str_eq(header_of(head.head, "content-type"), header_of(get.head, "content-type")));
        assert_true(
            str_eq(header_of(head.head, "content-length"), header_of(get.head, "content-length")));
        close(fd);
    }
}

static void a_known_entity_tag_is_304(void **state)
{
    struct app *app = *state;
    const struct answer first = ask(app->arena, app->port, GET("/ping"));
    const str etag = header_of(first.head, "etag");
    assert_str(etag, "\"e-X79OU2IZYkDmLU4ZK9k3d4mHVbI\"");
    const struct answer second = ask(app->arena, app->port,
        cstr(
            app->arena, str_fmt(app->arena,
                            "GET /ping HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\", W/%.*s\r\n\r\n",
                            FMT(etag))));
    assert_int_equal(second.status, 304);
    assert_int_equal(second.body.n, 0);
    assert_true(str_eq(header_of(second.head, "etag"), etag));
}

static void large_texts_are_compressed_when_asked(void **state)
{
    struct app *app = *state;
    const struct answer plain = ask(app->arena, app->port, GET("/big"));
    assert_int_equal(plain.body.n, 100000);
    assert_str(header_of(plain.head, "vary"), "Accept-Encoding");
    assert_null(header_of(plain.head, "content-encoding").p);

    const struct answer packed =
        ask(app->arena, app->port, GET_WITH("/big", "Accept-Encoding: br;q=1, gzip"));
    assert_str(header_of(packed.head, "content-encoding"), "gzip");
    assert_true(packed.body.n < 2000 && packed.body.n > 20);
    assert_memory_equal(packed.body.p, "\x1f\x8b", 2);
    assert_true(str_eq(header_of(packed.head, "etag"), header_of(plain.head, "etag")));

    const struct answer refused =
        ask(app->arena, app->port, GET_WITH("/big", "Accept-Encoding: gzip;q=0"));
    assert_int_equal(refused.body.n, 100000);
    const struct answer small =
        ask(app->arena, app->port, GET_WITH("/ping", "Accept-Encoding: gzip"));
    assert_str(small.body, "{\"res\":\"pong\"}");
}

static void empty_answers_have_no_type(void **state)
{
    struct app *app = *state;
    const struct answer none = ask(app->arena, app->port, GET("/none"));
    assert_int_equal(none.status, 204);
    assert_null(header_of(none.head, "content-type").p);
    const struct answer empty = ask(app->arena, app->port, GET("/void"));
    assert_int_equal(empty.status, 200);
    assert_null(header_of(empty.head, "content-type").p);
    assert_str(header_of(empty.head, "content-length"), "0");
}

static void a_handler_without_an_answer_is_500(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port, GET("/nothing"));
    assert_int_equal(answer.status, 500);
    assert_str(answer.body, "{\"message\":\"Internal server error\"}");
}

static void header_values_cannot_break_out(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port, GET("/evil"));
    assert_int_equal(answer.status, 200);
    assert_null(header_of(answer.head, "set-cookie").p);
}

static void a_redirect_carries_a_text(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port, GET("/redirect"));
    assert_int_equal(answer.status, 302);
    assert_str(header_of(answer.head, "location"), "/else");
    assert_str(answer.body, "Found. Redirecting to /else");
}

/* ---- files ---- */

static bool is_part(str body, size_t from)
{
    for (size_t i = 0; i < body.n; i++) {
        if ((unsigned char)body.p[i] != (from + i) % 251) return false;
    }
    return true;
}

static void a_file_is_sent_whole(void **state)
{
    struct app *app = *state;
    const struct answer file = ask(app->arena, app->port, GET("/file"));
    assert_int_equal(file.status, 200);
    assert_int_equal(file.body.n, FILE_SIZE);
    assert_true(is_part(file.body, 0));
    assert_str(header_of(file.head, "content-type"), "image/jpeg");
    assert_str(header_of(file.head, "accept-ranges"), "bytes");
    assert_str(
        header_of(file.head, "content-disposition"), "inline; filename*=UTF-8''a%20b%C3%A9.jpg");
    assert_true(str_starts(header_of(file.head, "etag"), STR("W/\"f4240-")));
    assert_true(str_starts(header_of(file.head, "cache-control"), STR("private, max-age=86400")));
}

/* The event thread does not wait for the disk: the file pool reads what the cache does not have. */
static void a_file_outside_the_page_cache_is_sent_whole(void **state)
{
    struct app *app = *state;
    auto_fd fd = open(app->file, O_RDONLY | O_CLOEXEC);
    assert_int_equal(fdatasync(fd), 0);
    assert_int_equal(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED), 0);
    const struct answer file = ask(app->arena, app->port, GET("/file"));
    assert_int_equal(file.body.n, FILE_SIZE);
    assert_true(is_part(file.body, 0));
}

static void ranges_are_served(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *range;
        int status;
        size_t from, n;
        const char *content_range;
    } TABLE[] = {
        {"bytes=0-0", 206, 0, 1, "bytes 0-0/1000000"},
        {"bytes=10-19", 206, 10, 10, "bytes 10-19/1000000"},
        {"bytes=999999-", 206, 999999, 1, "bytes 999999-999999/1000000"},
        {"bytes=100-2000000", 206, 100, 999900, "bytes 100-999999/1000000"},
        {"bytes=-5", 206, 999995, 5, "bytes 999995-999999/1000000"},
        {"bytes=-2000000", 206, 0, FILE_SIZE, "bytes 0-999999/1000000"},
        {"bytes=500000-799999", 206, 500000, 300000, "bytes 500000-799999/1000000"},
        {"bytes=0-1,5-6", 200, 0, FILE_SIZE, NULL},
        {"bytes=5-1", 200, 0, FILE_SIZE, NULL},
        {"bytes=a-b", 200, 0, FILE_SIZE, NULL},
        {"lines=0-1", 200, 0, FILE_SIZE, NULL},
        {"bytes=1000000-", 404, 0, 0, "bytes */1000000"},
        {"bytes=-0", 404, 0, 0, "bytes */1000000"},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct answer part = ask(app->arena, app->port,
            cstr(app->arena,
                str_fmt(app->arena,
                    "GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\nRange: %s\r\n\r\n",
                    TABLE[i].range)));
        assert_int_equal(part.status, TABLE[i].status);
        if (TABLE[i].n) assert_int_equal(part.body.n, TABLE[i].n);
        if (TABLE[i].n) assert_true(is_part(part.body, TABLE[i].from));
        if (!TABLE[i].n) assert_str(part.body, "{\"message\":\"Not Found\"}");
        const str expected = str_from(TABLE[i].content_range);
        assert_true(str_eq(header_of(part.head, "content-range"), expected));
    }
}

static void conditions_on_files_are_kept(void **state)
{
    struct app *app = *state;
    const struct answer whole = ask(app->arena, app->port, GET("/file"));
    const str etag = header_of(whole.head, "etag"), date = header_of(whole.head, "last-modified");
    const struct {
        const char *name;
        str value;
        int status;
    } table[] = {
        {"If-None-Match", etag, 304},
        {"If-None-Match", STR("\"other\""), 200},
        {"If-Modified-Since", date, 304},
        {"If-Modified-Since", STR("Mon, 01 Jan 2001 00:00:00 GMT"), 200},
        {"If-Match", etag, 200},
        {"If-Match", STR("\"other\""), 404},
        {"If-Unmodified-Since", STR("Mon, 01 Jan 2001 00:00:00 GMT"), 404},
        {"Range: bytes=0-9\r\nIf-Range", etag, 206},
        {"Range: bytes=0-9\r\nIf-Range", date, 206},
        {"Range: bytes=0-9\r\nIf-Range", STR("W/\"other\""), 200},
        {"Range: bytes=0-9\r\nIf-Range", STR("Mon, 01 Jan 2001 00:00:00 GMT"), 200},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        const struct answer answer = ask(app->arena, app->port,
            cstr(app->arena,
                str_fmt(app->arena,
                    "GET /file HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s: %.*s\r\n\r\n",
                    table[i].name, FMT(table[i].value))));
        assert_int_equal(answer.status, table[i].status);
    }
}

static void a_missing_file_is_404_with_the_route_s_text(void **state)
{
    struct app *app = *state;
    const struct answer gone = ask(app->arena, app->port, GET("/gone"));
    assert_int_equal(gone.status, 404);
    assert_str(gone.body, "{\"message\":\"Asset media not found\"}");
    assert_non_null(header_of(gone.head, "etag").p);
    assert_null(header_of(gone.head, "cache-control").p);
}

static void a_slow_reader_gets_the_whole_file(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    const int small = 64 * 1024;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    say(fd, GET("/file"));
    nanosleep(&(struct timespec){.tv_nsec = 300 * 1000 * 1000}, NULL);
    const struct answer file = hear(fd, app->arena);
    assert_int_equal(file.body.n, FILE_SIZE);
    assert_true(is_part(file.body, 0));
    close(fd);
}

/* ---- streams ---- */

static void a_stream_arrives_whole(void **state)
{
    struct app *app = *state;
    const struct answer stream = ask(app->arena, app->port, GET("/stream"));
    assert_int_equal(stream.status, 200);
    assert_str(header_of(stream.head, "transfer-encoding"), "chunked");
    assert_true(str_starts(stream.body, STR("{\"line\":0}\n{\"line\":1}\n")));
    assert_true(str_ends(stream.body, STR("{\"line\":19999}\n")));
    assert_int_equal(stream.body.n, 20000 * 10 + 10 + 90 * 2 + 900 * 3 + 9000 * 4 + 10000 * 5);
}

static void a_stream_stops_when_the_client_is_gone(void **state)
{
    struct app *app = *state;
    app->stream_stopped = false;
    const int fd = dial(app->port);
    say(fd, GET("/stream/endless"));
    auto_buf some = {0};
    assert_true(hear_some(fd, &some, HEAR_TIMEOUT_MS));
    close(fd);
    assert_true(wait_for(&app->stream_stopped, 5000));
}

static void a_slow_reader_holds_the_writer_back(void **state)
{
    struct app *app = *state;
    app->stream_stopped = false;
    const int fd = dial(app->port);
    say(fd, GET("/stream/endless"));
    assert_false(wait_for(&app->stream_stopped, 500)); /* it waits; its memory is the ring's */
    assert_int_equal(ask(app->arena, app->port, GET("/ping")).status, 200);
    close(fd);
    assert_true(wait_for(&app->stream_stopped, 5000));
}

static void what_waits_in_a_stream_is_sent_after_a_second(void **state)
{
    struct app *app = *state;
    app->release = false;
    const int fd = dial(app->port);
    const int64_t begin = monotonic_ms();
    say(fd, GET("/stream/drip"));
    auto_buf got = {0};
    while (str_find(buf_str(&got), STR("first\n")) < 0)
        assert_true(hear_some(fd, &got, HEAR_TIMEOUT_MS));
    assert_in_range(monotonic_ms() - begin, 0, 1300);
    app->release = true;
    while (str_find(buf_str(&got), STR("last\n")) < 0)
        assert_true(hear_some(fd, &got, HEAR_TIMEOUT_MS));
    close(fd);
}

static void an_aborted_stream_is_not_whole(void **state)
{
    struct app *app = *state;
    assert_int_equal(ask(app->arena, app->port, GET("/stream/broken")).status, 0);
    assert_int_equal(ask(app->arena, app->port, GET("/stream/failed")).status, 0);
}

static void a_stream_can_be_refused_before_its_first_byte_went_out(void **state)
{
    struct app *app = *state;
    const struct answer refused = ask(app->arena, app->port, GET("/stream/refused"));
    assert_int_equal(refused.status, 403);
    assert_str(refused.body, "{\"message\":\"Forbidden\"}");
}

static void a_head_of_a_stream_ends_at_once(void **state)
{
    struct app *app = *state;
    app->stream_stopped = false;
    const struct answer head = ask(app->arena, app->port,
        "HEAD /stream/endless HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_int_equal(head.status, 200);
    assert_true(app->stream_stopped);
}

/* ---- life ---- */

static void every_exchange_is_finished_once(void **state)
{
    struct app *app = *state;
    nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
    const int before = app->finished;
    for (int i = 0; i < 5; i++)
        ask(app->arena, app->port, GET("/ping"));
    const int64_t end = monotonic_ms() + 2000;
    while (app->finished < before + 5 && monotonic_ms() < end)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    assert_int_equal(app->finished, before + 5);
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quick_answer_comes_from_the_event_thread),
        cmocka_unit_test(the_correlation_id_is_echoed),
        cmocka_unit_test(the_request_is_decoded),
        cmocka_unit_test(a_trusted_proxy_says_who_the_client_is),
        cmocka_unit_test(a_body_reaches_the_handler),
        cmocka_unit_test(requests_follow_each_other_on_a_connection),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(a_request_in_single_bytes_is_understood),
        cmocka_unit_test(odd_but_legal_headers_are_accepted),
        cmocka_unit_test(a_late_header_ends_the_connection),
        cmocka_unit_test(a_body_in_drops_ends_the_connection),
        cmocka_unit_test(an_idle_connection_is_closed),
        cmocka_unit_test(a_body_over_the_limit_is_500_as_upstream),
        cmocka_unit_test(a_body_of_the_limit_is_taken),
        cmocka_unit_test(an_endless_refused_body_is_broken_off),
        cmocka_unit_test(a_head_has_the_headers_of_a_get),
        cmocka_unit_test(a_known_entity_tag_is_304),
        cmocka_unit_test(large_texts_are_compressed_when_asked),
        cmocka_unit_test(empty_answers_have_no_type),
        cmocka_unit_test(a_handler_without_an_answer_is_500),
        cmocka_unit_test(header_values_cannot_break_out),
        cmocka_unit_test(a_redirect_carries_a_text),
        cmocka_unit_test(a_file_is_sent_whole),
        cmocka_unit_test(a_file_outside_the_page_cache_is_sent_whole),
        cmocka_unit_test(ranges_are_served),
        cmocka_unit_test(conditions_on_files_are_kept),
        cmocka_unit_test(a_missing_file_is_404_with_the_route_s_text),
        cmocka_unit_test(a_slow_reader_gets_the_whole_file),
        cmocka_unit_test(a_stream_arrives_whole),
        cmocka_unit_test(a_stream_stops_when_the_client_is_gone),
        cmocka_unit_test(a_slow_reader_holds_the_writer_back),
        cmocka_unit_test(what_waits_in_a_stream_is_sent_after_a_second),
        cmocka_unit_test(an_aborted_stream_is_not_whole),
        cmocka_unit_test(a_stream_can_be_refused_before_its_first_byte_went_out),
        cmocka_unit_test(a_head_of_a_stream_ends_at_once),
        cmocka_unit_test(every_exchange_is_finished_once),
    };
    return cmocka_run_group_tests_name("http server", tests, start, stop);
}
