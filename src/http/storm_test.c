/* Many clients that send requests whole, broken, in pieces and cut off: whatever they do, the
 * server goes on answering, forgets every exchange and leaves no file behind. */
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "http/server.h"
#include "http/testing.h"
#include "http/websocket.h"

#include <dirent.h>
#include <stdatomic.h>
#include <time.h>

#include "core/banned.h"

enum {
    CLIENTS = 6,
    ROUNDS = 60, /* of each client */
    BODY_MAX = 300 * 1000,
};

struct app {
    struct http_server *server;
    uint16_t port;
    char folder[64];
    atomic_int begun, finished;
};

static bool quick(struct app *app, struct exchange *x)
{
    if (!str_eq(x->request.path, STR("/ping"))) return false;
    reply_json(&x->reply, 200, STR("{\"res\":\"pong\"}"));
    return true;
}

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    plan->body = BODY_MEMORY;
    if (str_eq(x->request.path, STR("/upload"))) plan->body = BODY_UPLOAD;
    if (str_eq(x->request.path, STR("/stream"))) plan->pool = POOL_STREAM;
    x->app_data = app; /* planned; http/ answers others alone */
    app->begun++;
}

static bool begin(struct app *app, struct exchange *x)
{
    static const char *const FIELDS[] = {"file", NULL};
    if (request_has_header(&x->request, STR("x-early"))) {
        reply_message(&x->reply, 401, STR("Unauthorized"));
        return true;
    }
    x->upload->rules = (struct upload_rules){.folder = app->folder, .file_fields = FIELDS};
    return false;
}

static void handle(struct app *app, struct exchange *x)
{
    if (str_eq(x->request.path, STR("/stream"))) {
        struct stream *s = stream_begin(x, 200, STR("text/plain"));
        for (int i = 0; i < 10000; i++) {
            if (!stream_write(s, STR("a line of a stream that nobody may want to read\n"))) break;
        }
        return;
    }
    reply_bytes(&x->reply, 200, STR("text/plain"), request_body(&x->request));
}

static void finished(struct app *app, const struct exchange *x, int status, int64_t took_us)
{
    app->finished += x->app_data != NULL;
}

static bool authenticate(struct app *app, struct exchange *x, struct ws_rooms *rooms)
{
    rooms->v[rooms->n++] = (struct ws_room){.kind = WS_PUBLIC};
    return true;
}

static void connected(struct app *app, const struct ws_rooms *rooms)
{
    ws_emit(app->server, rooms->v[0], STR("[\"hello\"]"));
}

static const struct ws_hooks WS_HOOKS = {
    .path = "/socket/", .authenticate = authenticate, .connected = connected};
static const struct http_hooks HOOKS = {.quick = quick,
    .plan = plan,
    .begin = begin,
    .handle = handle,
    .finished = finished,
    .websocket = &WS_HOOKS};

/* ---- a client ---- */

struct client {
    struct app *app;
    uint64_t random;
};

/* xorshift64*: the same storm every time. */
static uint32_t next(struct client *c, uint32_t bound)
{
    c->random ^= c->random >> 12;
    c->random ^= c->random << 25;
    c->random ^= c->random >> 27;
    return (uint32_t)(c->random * 0x2545f4914f6cdd1d >> 33) % bound;
}

static void add_post(struct client *c, struct buf *b, const char *path, const char *headers)
{
    static const char FORM_HEAD[] = "--xx\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
                                    "--xx\r\nContent-Disposition: form-data; name=file; "
                                    "filename=\"a.jpg\"\r\n\r\n";
    static const char FORM_END[] = "\r\n--xx--\r\n";
    const size_t n = next(c, 4) ? next(c, 3000) : next(c, BODY_MAX);
    buf_add_fmt(b,
        "POST %s HTTP/1.1\r\nHost: x\r\n%sContent-Type: multipart/form-data; boundary=xx\r\n"
        "Content-Length: %zu\r\n\r\n%s",
        path, headers, sizeof FORM_HEAD - 1 + n + sizeof FORM_END - 1, FORM_HEAD);
    char *data = buf_reserve(b, n);
    memset(data, (int)next(c, 256), n);
    buf_added(b, n);
    buf_add(b, str_from(FORM_END));
}

static void add_request(struct client *c, struct buf *b)
{
    static const char *const PLAIN[] = {
        "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /stream HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"a\"\r\nCookie: a=b\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\n\r\n",
        "GET /socket/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81\x82\x01\x02\x03\x04\x35\x32",
    };
    const uint32_t kind = next(c, LENGTH(PLAIN) + 4);
    if (kind < LENGTH(PLAIN))
        buf_add(b, str_from(PLAIN[kind]));
    else if (kind == LENGTH(PLAIN))
        add_post(c, b, "/echo", "");
    else if (kind == LENGTH(PLAIN) + 1)
        add_post(c, b, "/upload", "X-Early: 1\r\n");
    else
        add_post(c, b, "/upload", "");
}

static void damage(struct client *c, struct buf *b)
{
    static const char ODD[] = {'\r', '\n', '\0', ' ', ':', ';', '%', '"', '=', '-', '0', '\xff'};
    const size_t reach = MIN(b->n, (size_t)400);
    for (uint32_t i = next(c, 4); i; i--)
        b->p[next(c, (uint32_t)reach)] = ODD[next(c, sizeof ODD)];
}

/* Sends some or all of it, in pieces; the server may have closed. */
static void send_pieces(struct client *c, int fd, const struct buf *b)
{
    const size_t n = next(c, 3) ? b->n : next(c, (uint32_t)b->n);
    for (size_t at = 0; at < n;) {
        const size_t some = next(c, 4) ? n : next(c, 5000) + 1, piece = MIN(some, n - at);
        const ssize_t sent = send(fd, b->p + at, piece, MSG_NOSIGNAL);
        if (sent <= 0) return;
        at += (size_t)sent;
    }
}

static void *storm(void *p)
{
    struct client *c = p;
    for (int round = 0; round < ROUNDS; round++) {
        auto_buf b = {0};
        for (uint32_t i = next(c, 3) + 1; i; i--)
            add_request(c, &b);
        if (next(c, 2)) damage(c, &b);
        const int fd = dial(c->app->port);
        const struct timeval patience = {.tv_usec = 30 * 1000};
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        send_pieces(c, fd, &b);
        char dropped[4096];
        for (uint32_t reads = next(c, 60); reads; reads--) {
            if (recv(fd, dropped, sizeof dropped, 0) <= 0) break;
        }
        const struct linger reset = {.l_onoff = 1};
        if (!next(c, 3)) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        close(fd);
    }
    return NULL;
}

static int count_files(const char *folder)
{
    int n = 0;
    DIR *dir = opendir(folder);
    for (const struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(dir);
    return n;
}

static void the_server_outlives_a_storm(void **state)
{
    struct app app = {0};
    struct client clients[CLIENTS];
    pthread_t threads[CLIENTS];
    snprintf(app.folder, sizeof app.folder, "/tmp/tintype-storm-XXXXXX");
    assert_non_null(mkdtemp(app.folder));
    const struct http_options options = {
        .host = "127.0.0.1", .queue_max = 16, .header_timeout_ms = 1000, .idle_timeout_ms = 1000};
    assert_ok(http_start(&app.server, &options, &HOOKS, &app));
    app.port = http_port(app.server);

    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){&app, 0x9e3779b97f4a7c15 * (i + 1)};
        assert_ok(thread_start(&threads[i], "storm", 0, storm, &clients[i]));
    }
    for (size_t i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);

    ARENA_SCOPE (a)
        assert_int_equal(
            ask(a, app.port, "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status,
            200);
    http_stop(app.server, 5000);
    assert_true(app.begun > 0 && app.finished == app.begun);
    assert_int_equal(count_files(app.folder), 0);
    assert_int_equal(rmdir(app.folder), 0);
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_server_outlives_a_storm)};
    return cmocka_run_group_tests_name("storm", tests, NULL, NULL);
}
