#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "http/mime.h"
#include "http/static.h"
#include "http/testing.h"

#include <sys/stat.h>

#include "core/banned.h"

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    char root[64];
    const char *folder; /* root/www; beside it lies root/secret */
};

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    *plan = (struct plan){.body = BODY_NONE, .pool = POOL_FILE};
}

static void handle(struct app *app, struct exchange *x)
{
    if (str_starts(x->request.path, STR("/share/")))
        static_answer_index(x, app->folder, 200, STR("<meta name=\"x\">"));
    else
        static_answer(x, app->folder);
}

static const struct http_hooks HOOKS = {.plan = plan, .handle = handle};

static const struct {
    const char *path, *content;
} FILES[] = {
    {"www/index.html", "<html><!-- metadata:tags --></html>"},
    {"www/robots.txt", "robots"},
    {"www/logo.svg", "<svg/>"},
    {"www/_app/immutable/a.js", "plain"},
    {"www/_app/immutable/a.js.br", "brotli"},
    {"www/_app/immutable/a.js.gz", "gzip"},
    {"www/.hidden", "hidden"},
    {"secret", "secret"},
};

static const char *in_root(struct app *app, const char *path)
{
    return cstr(app->arena, str_fmt(app->arena, "%s/%s", app->root, path));
}

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    app->arena = arena_new();
    snprintf(app->root, sizeof app->root, "/tmp/tintype-static-XXXXXX");
    assert_non_null(mkdtemp(app->root));
    app->folder = in_root(app, "www");
    assert_ok(dir_make(in_root(app, "www/_app/immutable"), 0700));
    for (size_t i = 0; i < LENGTH(FILES); i++)
        assert_ok(file_replace(in_root(app, FILES[i].path), str_from(FILES[i].content), 0600));
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
    for (size_t i = 0; i < LENGTH(FILES); i++)
        unlink(in_root(app, FILES[i].path));
    rmdir(in_root(app, "www/_app/immutable"));
    rmdir(in_root(app, "www/_app"));
    rmdir(app->folder);
    rmdir(app->root);
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static struct answer get(struct app *app, const char *path, const char *headers)
{
    return ask(app->arena, app->port,
        cstr(app->arena,
            str_fmt(app->arena, "GET %s HTTP/1.1\r\nHost: x\r\n%s\r\n", path, headers)));
}

static void files_are_served_with_their_type(void **state)
{
    struct app *app = *state;
    const struct answer robots = get(app, "/robots.txt", "");
    assert_int_equal(robots.status, 200);
    assert_str(robots.body, "robots");
    assert_str(header_of(robots.head, "content-type"), "text/plain; charset=utf-8");
    assert_null(header_of(robots.head, "cache-control").p);
    assert_null(header_of(robots.head, "x-correlation-id").p);
    assert_non_null(header_of(robots.head, "etag").p);
    assert_str(header_of(get(app, "/logo.svg", "").head, "content-type"), "image/svg+xml");
}

static void precompressed_siblings_are_taken(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *accept, *body, *encoding;
    } TABLE[] = {
        {"", "plain", NULL},
        {"Accept-Encoding: gzip, br\r\n", "brotli", "br"},
        {"Accept-Encoding: gzip\r\n", "gzip", "gzip"},
        {"Accept-Encoding: br;q=0, gzip\r\n", "gzip", "gzip"},
    };
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct answer answer = get(app, "/_app/immutable/a.js", TABLE[i].accept);
        assert_true(str_eq(answer.body, str_from(TABLE[i].body)));
        assert_true(
            str_eq(header_of(answer.head, "content-encoding"), str_from(TABLE[i].encoding)));
        assert_str(header_of(answer.head, "content-type"), "text/javascript; charset=utf-8");
        assert_str(header_of(answer.head, "vary"), "Accept-Encoding");
        assert_str(header_of(answer.head, "cache-control"), "public,max-age=31536000,immutable");
    }
}

static void other_paths_are_the_index(void **state)
{
    struct app *app = *state;
    static const char *const PATHS[] = {"/", "/photos", "/albums/x/y", "/_app/", "/.hidden",
        "/../secret", "/%2e%2e/secret", "/..%2fsecret", "/_app/../../secret", "//secret",
        "/\\secret"};
    for (size_t i = 0; i < LENGTH(PATHS); i++) {
        const struct answer page = get(app, PATHS[i], "Accept: text/html,*/*;q=0.8\r\n");
        assert_int_equal(page.status, 200);
        assert_str(page.body, "<html><!-- metadata:tags --></html>");
        assert_str(header_of(page.head, "content-type"), "text/html; charset=utf-8");
        assert_str(header_of(page.head, "cache-control"), "no-store");
    }
}

static void a_page_is_not_anything_else(void **state)
{
    struct app *app = *state;
    const struct answer answer = get(app, "/foo", "Accept: application/json\r\n");
    assert_int_equal(answer.status, 406);
    assert_str(answer.body, "{\"message\":\"The route /foo was requested as application/json, but "
                            "only returns text/html\"}");
    const struct answer post =
        ask(app->arena, app->port, "POST /foo?a=b HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_int_equal(post.status, 404);
    assert_str(post.body, "{\"message\":\"Cannot POST /foo?a=b\"}");
}

static void tags_take_the_marker_s_place(void **state)
{
    struct app *app = *state;
    assert_str(get(app, "/share/key", "").body, "<html><meta name=\"x\"></html>");
}

static void types_are_found_by_extension(void **state)
{
    assert_str(mime_type(STR("a.JPG")), "image/jpeg");
    assert_str(mime_type(STR("a.b.heic")), "image/heic");
    assert_str(mime_type(STR("noext")), "application/octet-stream");
    assert_str(mime_type(STR("a.svg")), "image/svg");
    assert_int_equal(mime_find(STR("a.mp4"))->kind, MIME_VIDEO);
    assert_true(mime_find(STR("a.dng"))->flags & MIME_RAW);
    assert_null(mime_find(STR("a.unknown")));
    assert_true(mime_compressible(STR("application/json; charset=utf-8")));
    assert_false(mime_compressible(STR("image/jpeg")));
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_served_with_their_type),
        cmocka_unit_test(precompressed_siblings_are_taken),
        cmocka_unit_test(other_paths_are_the_index),
        cmocka_unit_test(a_page_is_not_anything_else),
        cmocka_unit_test(tags_take_the_marker_s_place),
        cmocka_unit_test(types_are_found_by_extension),
    };
    return cmocka_run_group_tests_name("web files", tests, start, stop);
}
