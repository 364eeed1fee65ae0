/* Overload and the end: what is refused, what is finished, what is broken off. */
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "http/server.h"
#include "http/testing.h"

#include <stdatomic.h>
#include <time.h>

#include "core/banned.h"

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    char folder[64];
    atomic_int running;
    atomic_bool release;
    int64_t stop_ms;
};

static void sleep_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static bool quick(struct app *app, struct exchange *x)
{
    if (!str_eq(x->request.path, STR("/ping"))) return false;
    reply_json(&x->reply, 200, STR("{\"res\":\"pong\"}"));
    return true;
}

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    if (str_eq(x->request.path, STR("/upload"))) plan->body = BODY_UPLOAD;
    if (str_eq(x->request.path, STR("/stream"))) plan->pool = POOL_STREAM;
}

static bool begin(struct app *app, struct exchange *x)
{
    static const char *const FIELDS[] = {"file", NULL};
    x->upload->rules = (struct upload_rules){.folder = app->folder, .file_fields = FIELDS};
    return false;
}

static void handle(struct app *app, struct exchange *x)
{
    app->running++;
    if (str_eq(x->request.path, STR("/stream"))) {
        struct stream *s = stream_begin(x, 200, STR("text/plain"));
        while (stream_write(s, STR("tick\n")))
            sleep_ms(1);
    } else {
        while (str_eq(x->request.path, STR("/wait")) && !app->release)
            sleep_ms(1);
        reply_json(&x->reply, 201, STR("{}"));
    }
    app->running--;
}

static const struct http_hooks HOOKS = {
    .quick = quick, .plan = plan, .begin = begin, .handle = handle};

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    app->arena = arena_new();
    snprintf(app->folder, sizeof app->folder, "/tmp/tintype-life-XXXXXX");
    assert_non_null(mkdtemp(app->folder));
    const struct http_options options = {.host = "127.0.0.1",
        .handler_threads = 1,
        .queue_max = 2,
        .event_threads = 1,
        .connections_max = 16};
    assert_ok(http_start(&app->server, &options, &HOOKS, app));
    app->port = http_port(app->server);
    *state = app;
    return 0;
}

static int end(void **state)
{
    struct app *app = *state;
    http_stop(app->server, 5000);
    assert_int_equal(rmdir(app->folder), 0); /* nothing was left in it */
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static void wait_running(struct app *app, int n)
{
    for (int i = 0; i < 3000 && app->running != n; i++)
        sleep_ms(1);
    assert_int_equal(app->running, n);
}

#define WAIT "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"

static void a_full_queue_is_503(void **state)
{
    struct app *app = *state;
    int fds[4];
    for (size_t i = 0; i < LENGTH(fds); i++) { /* one runs, two wait, one is too many */
        fds[i] = dial(app->port);
        say(fds[i], WAIT);
        if (i == 0) wait_running(app, 1);
        sleep_ms(50);
    }
    const struct answer busy = hear(fds[3], app->arena);
    assert_int_equal(busy.status, 503);
    assert_str(header_of(busy.head, "retry-after"), "2");
    assert_true(str_starts(busy.body, STR("{\"message\":\"")));
    app->release = true;
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(hear(fds[i], app->arena).status, 201);
    for (size_t i = 0; i < LENGTH(fds); i++)
        close(fds[i]);
}

static void a_ping_does_not_wait_for_handlers(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, WAIT);
    wait_running(app, 1);
    const int64_t begun = monotonic_ms();
    for (int i = 0; i < 10; i++)
        assert_int_equal(
            ask(app->arena, app->port, "GET /ping HTTP/1.1\r\nHost: x\r\n\r\n").status, 200);
    assert_in_range(monotonic_ms() - begun, 0, 500);
    app->release = true;
    assert_int_equal(hear(fd, app->arena).status, 201);
    close(fd);
}

static void connections_over_the_maximum_wait_or_end(void **state)
{
    struct app *app = *state;
    int fds[20];
    for (size_t i = 0; i < LENGTH(fds); i++)
        fds[i] = dial(app->port);
    for (size_t i = 0; i < 8; i++)
        close(fds[i]);
    sleep_ms(200);
    assert_int_equal(
        ask(app->arena, app->port, "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .status,
        201);
    for (size_t i = 8; i < LENGTH(fds); i++)
        close(fds[i]);
}

static void *stop_thread(void *p)
{
    struct app *app = p;
    http_stop(app->server, app->stop_ms);
    app->server = NULL;
    return NULL;
}

static pthread_t stop_beside(struct app *app, int64_t timeout_ms)
{
    pthread_t thread;
    app->stop_ms = timeout_ms;
    assert_ok(thread_start(&thread, "stop", 0, stop_thread, app));
    sleep_ms(100);
    return thread;
}

static void what_runs_is_finished_before_the_end(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, WAIT);
    wait_running(app, 1);
    const pthread_t thread = stop_beside(app, 5000);

    const int late = socket(AF_INET, SOCK_STREAM, 0);
    const struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons(app->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_int_not_equal(connect(late, (const struct sockaddr *)&address, sizeof address), 0);
    close(late);

    app->release = true;
    const struct answer answer = hear(fd, app->arena);
    assert_int_equal(answer.status, 201);
    assert_str(header_of(answer.head, "connection"), "close");
    pthread_join(thread, NULL);
    close(fd);
}

static void what_takes_too_long_is_broken_off(void **state)
{
    struct app *app = *state;
    const int upload = dial(app->port), stream = dial(app->port), idle = dial(app->port);
    say(upload, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nContent-Type: "
                "multipart/form-data; boundary=xx\r\n\r\n--xx\r\nContent-Disposition: form-data; "
                "name=file; filename=a\r\n\r\nabc");
    say(stream, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
    wait_running(app, 1);
    const int64_t begun = monotonic_ms();
    const pthread_t thread = stop_beside(app, 300);
    pthread_join(thread, NULL);
    assert_in_range(monotonic_ms() - begun, 300, 2300);
    assert_int_equal(hear(upload, app->arena).status, 0);
    assert_true(hear_end(stream, 1000));
    assert_true(hear_end(idle, 1000));
    close(upload);
    close(stream);
    close(idle);
}

static void a_taken_port_is_an_error(void **state)
{
    struct app *app = *state;
    struct http_server *second = NULL;
    const struct http_options options = {.host = "127.0.0.1", .port = app->port};
    assert_fails(http_start(&second, &options, &HOOKS, app), INTERNAL);
    const struct http_options odd = {.host = "not an address"};
    assert_fails(http_start(&second, &odd, &HOOKS, app), BAD_REQUEST);
    const struct http_options proxies = {.host = "127.0.0.1", .trusted_proxies = "10.0.0.0/99"};
    assert_fails(http_start(&second, &proxies, &HOOKS, app), BAD_REQUEST);
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_queue_is_503, start, end),
        cmocka_unit_test_setup_teardown(a_ping_does_not_wait_for_handlers, start, end),
        cmocka_unit_test_setup_teardown(connections_over_the_maximum_wait_or_end, start, end),
        cmocka_unit_test_setup_teardown(what_runs_is_finished_before_the_end, start, end),
        cmocka_unit_test_setup_teardown(what_takes_too_long_is_broken_off, start, end),
        cmocka_unit_test_setup_teardown(a_taken_port_is_an_error, start, end),
    };
    return cmocka_run_group_tests_name("http life", tests, NULL, NULL);
}
