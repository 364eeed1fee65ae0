/* Streams that are written in steps: readers that take nothing hold no thread, and everything
 * arrives in its order. */
#include "core/ctx.h"
#include "core/size.h"
#include "http/server.h"
#include "http/testing.h"

#include <stdatomic.h>
#include <time.h>
#include <zlib.h>

#include "core/banned.h"

enum {
    LINE = 10,
    LINES = 40000, /* of a step: more than the ring */
    STEPS = 8,
    SLOW = 16, /* readers that stand still */
    BREATH_MS = 5,
};

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    atomic_int steps, finished;
};

struct counter {
    struct app *app;
    int steps, fails_at;
};

static bool quick(struct app *app, struct exchange *x)
{
    return false;
}

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    *plan = (struct plan){.body = BODY_NONE, .pool = POOL_STEP};
}

static err write_step(struct ctx *cx, struct stream *s, void *data, bool *done)
{
    struct counter *c = data;
    c->app->steps++;
    if (c->steps == c->fails_at) FAIL(INTERNAL, "step %d fails", c->steps);
    for (int i = 0; i < LINES; i++) {
        char line[16];
        snprintf(line, sizeof line, "%09d\n", c->steps * LINES + i);
        if (!stream_write(s, (str){line, LINE})) FAIL(CLIENT_GONE, "nobody reads");
    }
    *done = ++c->steps == STEPS;
    return NULL;
}

static void handle(struct app *app, struct exchange *x)
{
    const str path = x->request.path;
    struct stream *s = stream_begin(x, 200, STR("text/plain"));
    struct counter *c = ARENA_NEW(x->arena, struct counter);
    *c = (struct counter){.app = app, .fails_at = -1};
    if (str_eq(path, STR("/fails"))) c->fails_at = 2;
    if (str_eq(path, STR("/refused"))) c->fails_at = 0;
    if (!stream_in_steps(s, write_step, c))
        reply_message(&x->reply, 503, STR("Server is busy, try again later"));
}

/* As the dispatcher does: an error is answered, or breaks the stream off. */
static void step(struct app *app, struct exchange *x)
{
    err e = stream_next_step(x->reply.stream, NULL);
    if (e) reply_message(&x->reply, e->status, str_from(e->message));
}

static void finished(struct app *app, const struct exchange *x, int status, int64_t took_us)
{
    app->finished++;
}

static const struct http_hooks HOOKS = {
    .quick = quick, .plan = plan, .handle = handle, .step = step, .finished = finished};

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    app->arena = arena_new();
    assert_ok(http_start(&app->server, &(struct http_options){.host = "127.0.0.1"}, &HOOKS, app));
    app->port = http_port(app->server);
    *state = app;
    return 0;
}

static int stop(void **state)
{
    struct app *app = *state;
    assert_true(http_stop(app->server, 5000));
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static bool reaches(const atomic_int *value, int wanted)
{
    for (int i = 0; i < HEAR_TIMEOUT_MS / BREATH_MS && *value < wanted; i++)
        nanosleep(&(struct timespec){.tv_nsec = BREATH_MS * 1000000}, NULL);
    return *value >= wanted;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static struct answer fetch(struct app *app, const char *request)
{
    return ask(app->arena, app->port, request);
}

static void assert_whole(struct app *app, str body)
{
    assert_int_equal(body.n, (size_t)STEPS * LINES * LINE);
    for (size_t i = 0; i < (size_t)STEPS * LINES; i++) {
        int64_t n = -1;
        assert_true(str_parse_i64(str_slice(body, i * LINE, i * LINE + LINE - 1), &n));
        assert_int_equal(n, i);
    }
}

static void the_steps_arrive_in_their_order(void **state)
{
    struct app *app = *state;
    const struct answer answer = fetch(app, GET("/"));
    assert_int_equal(answer.status, 200);
    assert_whole(app, answer.body);
}

static str unzip(struct app *app, str packed)
{
    z_stream z = {0};
    const size_t room = (size_t)STEPS * LINES * LINE + 1;
    char *out = arena_alloc_raw(app->arena, room);
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)packed.p;
    z.avail_in = (uInt)packed.n;
    z.next_out = (Bytef *)out;
    z.avail_out = (uInt)room;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    inflateEnd(&z);
    return (str){out, z.total_out};
}

static void they_are_compressed_for_whom_takes_it(void **state)
{
    struct app *app = *state;
    const struct answer answer =
        fetch(app, "GET / HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    assert_str(header_of(answer.head, "content-encoding"), "gzip");
    assert_true(answer.body.n < (size_t)STEPS * LINES * LINE / 2);
    assert_whole(app, unzip(app, answer.body));

    const struct answer refused =
        fetch(app, "GET /refused HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    assert_str(refused.body, "{\"message\":\"step 0 fails\"}");
    assert_null(header_of(refused.head, "content-encoding").p);
    assert_null(header_of(fetch(app, GET("/")).head, "content-encoding").p);
}

static void readers_that_stand_still_hold_up_nobody(void **state)
{
    struct app *app = *state;
    int slow[SLOW];
    for (size_t i = 0; i < SLOW; i++) {
        slow[i] = dial(app->port);
        say(slow[i], GET("/"));
    }
    assert_true(reaches(&app->steps, SLOW));
    assert_whole(app, fetch(app, GET("/")).body);

    /* They go on where they stood. */
    assert_whole(app, hear(slow[0], app->arena).body);
    for (size_t i = 0; i < SLOW; i++)
        close(slow[i]);
    assert_true(reaches(&app->finished, SLOW + 1)); /* whoever leaves is noticed */
}

static void only_so_many_are_under_way(void **state)
{
    struct app *app = *state;
    int fds[STREAM_STEPPED_MAX];
    for (size_t i = 0; i < STREAM_STEPPED_MAX; i++) {
        fds[i] = dial(app->port);
        say(fds[i], GET("/"));
    }
    assert_true(reaches(&app->steps, STREAM_STEPPED_MAX));
    assert_int_equal(fetch(app, GET("/")).status, 503);
    for (size_t i = 0; i < STREAM_STEPPED_MAX; i++)
        close(fds[i]);
    assert_true(reaches(&app->finished, STREAM_STEPPED_MAX + 1));
    assert_whole(app, fetch(app, GET("/")).body);
}

static void an_error_breaks_off_or_is_answered(void **state)
{
    struct app *app = *state;
    assert_int_equal(fetch(app, GET("/fails")).status, 0);
    const struct answer refused = fetch(app, GET("/refused"));
    assert_int_equal(refused.status, 500);
    assert_str(refused.body, "{\"message\":\"step 0 fails\"}");
}

static void a_server_that_stops_waits_for_no_reader(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    say(fd, GET("/"));
    assert_true(reaches(&app->steps, 1));
    const int64_t begun = monotonic_ms();
    assert_true(http_stop(app->server, 200));
    assert_true(monotonic_ms() - begun < 4000);
    close(fd);
    assert_ok(http_start(&app->server, &(struct http_options){.host = "127.0.0.1"}, &HOOKS, app));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(the_steps_arrive_in_their_order),
        TEST(they_are_compressed_for_whom_takes_it),
        TEST(readers_that_stand_still_hold_up_nobody),
        TEST(only_so_many_are_under_way),
        TEST(an_error_breaks_off_or_is_answered),
        TEST(a_server_that_stops_waits_for_no_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
