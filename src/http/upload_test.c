#include "core/codec.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "http/server.h"
#include "http/testing.h"

#include <dirent.h>
#include <stdatomic.h>
#include <time.h>

#include "core/banned.h"

struct app {
    struct http_server *server;
    uint16_t port;
    struct arena *arena;
    char folder[64];
    atomic_int begun, handled, finished;
};

static void plan(struct app *app, struct exchange *x, struct plan *plan)
{
    plan->body = BODY_UPLOAD;
}

static fallible accept_file(struct app *app, struct exchange *x, const struct upload_file *file)
{
    const str named = params_find(&x->upload->fields, STR("filename"));
    const str name = named.p ? named : file->filename;
    if (!str_ends_nocase(name, STR(".jpg")))
        FAIL(BAD_REQUEST, "Unsupported file type %.*s", FMT(name));
    return NULL;
}

static bool begin(struct app *app, struct exchange *x)
{
    static const char *const FIELDS[] = {"assetData", "sidecarData", NULL};
    app->begun++;
    if (request_has_header(&x->request, STR("x-immich-checksum"))) {
        reply_json(&x->reply, 200, STR("{\"status\":\"duplicate\"}"));
        return true;
    }
    x->upload->rules = (struct upload_rules){
        .folder = app->folder,
        .file_fields = FIELDS,
        .accept_file = accept_file,
    };
    return false;
}

/* Answers what it got, and keeps the file when the path says so. */
static void handle(struct app *app, struct exchange *x)
{
    const struct upload *u = x->upload;
    auto_buf b = {0};
    for (size_t i = 0; i < u->fields.n; i++)
        buf_add_fmt(&b, "%.*s=%.*s;", FMT(u->fields.v[i].name), FMT(u->fields.v[i].value));
    for (size_t i = 0; i < u->files_n; i++) {
        const struct upload_file *f = &u->files[i];
        buf_add_fmt(&b, "%.*s:%.*s:%llu:%.*s;", FMT(f->field), FMT(f->filename),
            (unsigned long long)f->size,
            FMT(hex_encode(x->arena, (struct bytes){f->sha1, sizeof f->sha1})));
    }
    if (str_eq(x->request.path, STR("/keep"))) {
        const str kept = str_fmt(x->arena, "%s/kept", app->folder);
        assert_int_equal(rename(u->files[0].path, cstr(x->arena, kept)), 0);
    }
    if (str_eq(x->request.path, STR("/leave"))) upload_leave(&u->files[0]);
    if (str_eq(x->request.path, STR("/rename-and-leave"))) {
        const str kept = str_fmt(x->arena, "%s/kept", app->folder);
        assert_int_equal(rename(u->files[0].path, cstr(x->arena, kept)), 0);
        upload_leave(&u->files[0]);
    }
    app->handled++;
    reply_bytes(&x->reply, 201, STR("text/plain"), buf_take(&b, x->arena));
}

static void finished(struct app *app, const struct exchange *x, int status, int64_t took_us)
{
    app->finished++;
}

static const struct http_hooks HOOKS = {
    .plan = plan, .begin = begin, .handle = handle, .finished = finished};

static int start(void **state)
{
    struct app *app = test_calloc(1, sizeof *app);
    snprintf(app->folder, sizeof app->folder, "/tmp/tintype-upload-XXXXXX");
    assert_non_null(mkdtemp(app->folder));
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
    rmdir(app->folder);
    arena_free(app->arena);
    test_free(app);
    return 0;
}

static int count_files(const struct app *app)
{
    int n = 0;
    DIR *dir = opendir(app->folder);
    for (const struct dirent *entry; (entry = readdir(dir));)
        n += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(dir);
    return n;
}

static void wait_for_finished(const struct app *app)
{
    for (int i = 0; i < 3000 && app->finished < app->begun; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    assert_int_equal(app->finished, app->begun);
}

static bool wait_for_files(const struct app *app, int n)
{
    for (int i = 0; i < 3000 && count_files(app) != n; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000 * 1000}, NULL);
    return count_files(app) == n;
}

#define FIELD(name, value)                                                                         \
    "--xx\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value "\r\n"
#define FILE_PART(name, filename, data)                                                            \
    "--xx\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" filename              \
    "\"\r\nContent-Type: application/octet-stream\r\n\r\n" data "\r\n"
#define END "--xx--\r\n"

static const char *post(const struct app *app, const char *path, const char *headers, str form)
{
    return cstr(app->arena,
        str_fmt(app->arena,
            "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s"
            "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: %zu\r\n\r\n%.*s",
            path, headers, form.n, FMT(form)));
}

static struct answer upload(const struct app *app, str form)
{
    return ask(app->arena, app->port, post(app, "/assets", "", form));
}

static void fields_and_files_reach_the_handler(void **state)
{
    struct app *app = *state;
    const struct answer answer =
        upload(app, STR(FIELD("fileCreatedAt", "2020") FILE_PART("assetData", "a.jpg", "hello")
                            FILE_PART("sidecarData", "b.jpg", "x") FIELD("late", "1") END));
    assert_int_equal(answer.status, 201);
    assert_str(answer.body, "fileCreatedAt=2020;late=1;"
                            "assetData:a.jpg:5:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d;"
                            "sidecarData:b.jpg:1:11f6ad8ec52a2984abaafd7c3b516503785c2072;");
    assert_int_equal(count_files(app), 0);
}

static void a_file_that_was_renamed_stays(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port,
        post(app, "/keep", "", STR(FILE_PART("assetData", "a.jpg", "hello") END)));
    assert_int_equal(answer.status, 201);
    assert_int_equal(count_files(app), 1);
    str content;
    const char *kept = cstr(app->arena, str_fmt(app->arena, "%s/kept", app->folder));
    assert_ok(file_read(app->arena, kept, 100, &content));
    assert_str(content, "hello");
    unlink(kept);
}

/* Larger than the ring and every buffer on the way; sent in odd pieces. */
static void remove_files(const struct app *app)
{
    DIR *dir = opendir(app->folder);
    for (const struct dirent *entry; (entry = readdir(dir));)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
}

static void a_file_that_was_left_keeps_its_temporary_name(void **state)
{
    struct app *app = *state;
    const str form = STR(FILE_PART("assetData", "a.jpg", "hello") END);
    assert_int_equal(ask(app->arena, app->port, post(app, "/leave", "", form)).status, 201);
    wait_for_finished(app);
    assert_int_equal(count_files(app), 1);
    remove_files(app);

    assert_int_equal(
        ask(app->arena, app->port, post(app, "/rename-and-leave", "", form)).status, 201);
    wait_for_finished(app);
    assert_int_equal(count_files(app), 2); /* its other name, and the mark */
    remove_files(app);
}

static void a_large_file_arrives_whole(void **state)
{
    struct app *app = *state;
    enum { SIZE = 20 * 1000 * 1000 };
    char *data = test_malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 2654435761u >> 13);
    uint8_t digest[SHA1_SIZE];
    hash_once(HASH_SHA1, data, SIZE, digest);

    const int fd = dial(app->port);
    say(fd, "POST /assets HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
            "Content-Type: multipart/form-data; boundary=xx\r\n\r\n");
    const char *head = "--xx\r\nContent-Disposition: form-data; name=\"assetData\"; "
                       "filename=\"a.jpg\"\r\n\r\n";
    say(fd, cstr(app->arena, str_fmt(app->arena, "%zx\r\n%s\r\n", strlen(head), head)));
    for (size_t at = 0; at < SIZE;) {
        const size_t n = MIN((size_t)77777, SIZE - at);
        say(fd, cstr(app->arena, str_fmt(app->arena, "%zx\r\n", n)));
        say_n(fd, data + at, n);
        say(fd, "\r\n");
        at += n;
    }
    say(fd, "a\r\n\r\n--xx--\r\n\r\n0\r\n\r\n");
    const struct answer answer = hear(fd, app->arena);
    close(fd);
    test_free(data);
    assert_int_equal(answer.status, 201);
    const str expected = str_fmt(app->arena, "assetData:a.jpg:%d:%.*s;", SIZE,
        FMT(hex_encode(app->arena, (struct bytes){digest, sizeof digest})));
    assert_true(str_eq(answer.body, expected));
    assert_int_equal(count_files(app), 0);
}

static void a_known_checksum_is_answered_before_the_body(void **state)
{
    struct app *app = *state;
    const int before = app->handled;
    const int fd = dial(app->port);
    say(fd, "POST /assets HTTP/1.1\r\nHost: x\r\nx-immich-checksum: abc\r\n"
            "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: 100000000\r\n\r\n");
    const struct answer answer = hear(fd, app->arena);
    assert_int_equal(answer.status, 200);
    assert_str(answer.body, "{\"status\":\"duplicate\"}");
    close(fd);
    assert_int_equal(app->handled, before);
}

/* A client that sends first and reads afterwards must not lose the answer to a reset. */
static void an_early_answer_survives_a_client_that_sends_on(void **state)
{
    struct app *app = *state;
    static const char ZEROS[1024 * 1024];
    const int fd = dial(app->port);
    say(fd, "POST /assets HTTP/1.1\r\nHost: x\r\nx-immich-checksum: abc\r\n"
            "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: 20971520\r\n\r\n");
    for (int i = 0; i < 20; i++)
        say_n(fd, ZEROS, sizeof ZEROS);
    assert_int_equal(hear(fd, app->arena).status, 200);
    close(fd);
}

static void continue_is_sent_only_when_the_body_is_wanted(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    const str form = STR(FILE_PART("assetData", "a.jpg", "hello") END);
    say(fd, cstr(app->arena,
                str_fmt(app->arena,
                    "POST /assets HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                    "Content-Type: multipart/form-data; boundary=xx\r\nContent-Length: %zu\r\n\r\n",
                    form.n)));
    auto_buf rest = {0};
    assert_int_equal(hear_next(fd, app->arena, &rest, true).status, 100);
    say_n(fd, form.p, form.n);
    assert_int_equal(hear_next(fd, app->arena, &rest, false).status, 201);
    close(fd);

    const int refused = dial(app->port);
    say(refused, "POST /assets HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                 "x-immich-checksum: abc\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
                 "Content-Length: 100\r\n\r\n");
    assert_int_equal(hear(refused, app->arena).status, 200);
    close(refused);
}

static void bad_forms_are_refused(void **state)
{
    struct app *app = *state;
    static const struct {
        const char *form, *message;
    } TABLE[] = {
        {FILE_PART("assetData", "a.txt", "hello") END, "Unsupported file type a.txt"},
        {FIELD("filename", "b.gif") FILE_PART("assetData", "a.jpg", "hello") END,
            "Unsupported file type b.gif"},
        {FILE_PART("assetData", "a.jpg", "") END, "File is empty"},
        {FILE_PART("other", "a.jpg", "x") END, "Unexpected field - other"},
        {FILE_PART("assetData", "a.jpg", "x") FILE_PART("assetData", "b.jpg", "x") END,
            "Unexpected field - assetData"},
        {FILE_PART("assetData", "a.jpg", "x"), "Unexpected end of form"},
        {FIELD("a", "\xff") END, "Malformed field - a"},
    };
    const int before = app->handled;
    for (size_t i = 0; i < LENGTH(TABLE); i++) {
        const struct answer answer = upload(app, str_from(TABLE[i].form));
        assert_int_equal(answer.status, 400);
        const str expected = str_fmt(app->arena, "{\"message\":\"%s\"}", TABLE[i].message);
        assert_true(str_eq(answer.body, expected));
        assert_true(wait_for_files(app, 0));
    }
    assert_int_equal(app->handled, before);
}

static void a_connection_lives_on_after_a_refused_form(void **state)
{
    struct app *app = *state;
    const int fd = dial(app->port);
    auto_buf rest = {0};
    for (int i = 0; i < 2; i++) {
        const str form = STR(FILE_PART("other", "a.jpg", "x") END);
        say(fd, cstr(app->arena,
                    str_fmt(app->arena,
                        "POST /assets HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; "
                        "boundary=xx\r\nContent-Length: %zu\r\n\r\n%.*s",
                        form.n, FMT(form))));
        assert_int_equal(hear_next(fd, app->arena, &rest, false).status, 400);
    }
    close(fd);
}

static void a_missing_boundary_is_refused(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port,
        "POST /assets HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\n"
        "Content-Length: 2\r\n\r\nhi");
    assert_int_equal(answer.status, 400);
    assert_str(answer.body, "{\"message\":\"Multipart: Boundary not found\"}");
}

static void another_type_is_an_upload_without_parts(void **state)
{
    struct app *app = *state;
    const struct answer answer = ask(app->arena, app->port,
        "POST /assets HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        "Connection: close\r\nContent-Length: 2\r\n\r\n{}");
    assert_int_equal(answer.status, 201);
    assert_int_equal(answer.body.n, 0);
    assert_int_equal(
        ask(app->arena, app->port, "POST /assets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .status,
        201);
}

static void an_aborted_upload_leaves_no_file(void **state)
{
    struct app *app = *state;
    const int before = app->handled;
    static const char ZEROS[512 * 1024];
    const int fd = dial(app->port);
    say(fd,
        "POST /assets HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
        "Content-Length: 10000000\r\n\r\n"
        "--xx\r\nContent-Disposition: form-data; name=\"assetData\"; filename=\"a.jpg\"\r\n\r\n");
    say_n(fd, ZEROS, sizeof ZEROS);
    assert_true(wait_for_files(app, 1));
    close(fd);
    assert_true(wait_for_files(app, 0));
    wait_for_finished(app);
    assert_int_equal(app->handled, before);
}

static void slow_uploads_do_not_hold_others(void **state)
{
    struct app *app = *state;
    int slow[8];
    for (size_t i = 0; i < LENGTH(slow); i++) { /* more than there are upload threads */
        slow[i] = dial(app->port);
        say(slow[i],
            "POST /assets HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=xx\r\n"
            "Content-Length: 10000000\r\n\r\n--xx\r\nContent-Disposition: form-data; "
            "name=\"assetData\"; filename=\"a.jpg\"\r\n\r\n123");
    }
    assert_true(wait_for_files(app, LENGTH(slow)));
    assert_int_equal(upload(app, STR(FILE_PART("assetData", "a.jpg", "hello") END)).status, 201);
    for (size_t i = 0; i < LENGTH(slow); i++)
        close(slow[i]);
    assert_true(wait_for_files(app, 0));
}

static void a_field_over_the_limit_is_refused(void **state)
{
    struct app *app = *state;
    auto_buf form = {0};
    buf_add(&form, STR("--xx\r\nContent-Disposition: form-data; name=a\r\n\r\n"));
    for (int i = 0; i <= UPLOAD_FIELD_MAX; i++)
        buf_add_char(&form, 'a');
    buf_add(&form, STR("\r\n" END));
    const struct answer answer = upload(app, buf_str(&form));
    assert_int_equal(answer.status, 400);
    assert_str(answer.body, "{\"message\":\"Field value too long\"}");
}

static void a_folder_that_is_gone_is_500(void **state)
{
    struct app *app = *state;
    char real[sizeof app->folder];
    memcpy(real, app->folder, sizeof real);
    snprintf(app->folder, sizeof app->folder, "/nonexistent");
    const struct answer answer = upload(app, STR(FILE_PART("assetData", "a.jpg", "hello") END));
    memcpy(app->folder, real, sizeof real);
    assert_int_equal(answer.status, 500);
    assert_str(answer.body, "{\"message\":\"Internal server error\"}");
}

int main(void)
{
    log_set_level(LOG_FATAL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_files_reach_the_handler),
        cmocka_unit_test(a_file_that_was_renamed_stays),
        cmocka_unit_test(a_file_that_was_left_keeps_its_temporary_name),
        cmocka_unit_test(a_large_file_arrives_whole),
        cmocka_unit_test(a_known_checksum_is_answered_before_the_body),
        cmocka_unit_test(an_early_answer_survives_a_client_that_sends_on),
        cmocka_unit_test(continue_is_sent_only_when_the_body_is_wanted),
        cmocka_unit_test(bad_forms_are_refused),
        cmocka_unit_test(a_connection_lives_on_after_a_refused_form),
        cmocka_unit_test(a_missing_boundary_is_refused),
        cmocka_unit_test(another_type_is_an_upload_without_parts),
        cmocka_unit_test(an_aborted_upload_leaves_no_file),
        cmocka_unit_test(slow_uploads_do_not_hold_others),
        cmocka_unit_test(a_field_over_the_limit_is_refused),
        cmocka_unit_test(a_folder_that_is_gone_is_500),
    };
    return cmocka_run_group_tests_name("uploads", tests, start, stop);
}
