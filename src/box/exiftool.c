#include "box/box.h"
#include "box/failure.h"
#include "box/run.h"
#include "core/fd.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"
#include "gen/embed_box.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "core/banned.h"

enum {
    TRIES = 3, /* a driver that went idle or was killed for another file's sake is started again */
    DEATH_MS = 100, /* from the end of a driver to the report of it */
    PASSED_STATUS = 0,
    PASSED_OUTPUT,
    PASSED_ERRORS,
    PASSED_FILES,
    PASSED_MAX = PASSED_FILES + BOX_EXIFTOOL_FILES_MAX,
    READ_CHUNK = 64 * 1024,
};

/* The running driver, one for the process. */
static struct {
    pthread_mutex_t lock;
    bool running;
    int control;
    struct box_job job;
    uint64_t generation;
} driver = {.lock = PTHREAD_MUTEX_INITIALIZER, .control = -1};

/* ---- the driver ---- */

/* The folder of the program `exiftool`, which has lib/ beside it. */
static bool exiftool_folder(char out[static PATH_MAX])
{
    const char *program = box_settings_get().exiftool;
    if (!program || !*program) program = getenv("TINTYPE_EXIFTOOL");
    if (!program || !*program) program = "/usr/share/tintype/exiftool/exiftool";
    if (!realpath(program, out)) return false;
    *strrchr(out, '/') = '\0';
    return true;
}

/* A nameless file that holds the program. */
static fallible driver_file(int *out)
{
    auto_fd fd = memfd_create("exiftool_driver.pl", MFD_CLOEXEC);
    if (fd < 0) FAIL_ERRNO("memfd_create", NULL);
    TRY(fd_write_all(fd, embed_exiftool_driver.p, embed_exiftool_driver.n));
    *out = TAKE(fd);
    return NULL;
}

static void driver_stop(void)
{
    if (!driver.running) return;
    driver.running = false;
    fd_close(&driver.control);
    box_job_done(&driver.job);
}

static fallible driver_start(void)
{
    char folder[PATH_MAX], number[16], idle[16];
    if (!exiftool_folder(folder)) BOX_FAIL(BOX_TOOL_MISSING, STR("ExifTool"));
    snprintf(number, sizeof number, "%d", SYS_recvmsg);
    snprintf(idle, sizeof idle, "%d", BOX_IDLE_MS / 1000);
    str arguments[] = {STR("/usr/bin/perl"), STR(BOX_CHILD_INPUT), str_from(folder),
        str_from(number), str_from(idle)};
    const struct box_order order = {.task = BOX_COMMAND,
        .limits = {.memory_bytes = BOX_MEMORY, .file_bytes = BOX_FILE_MAX},
        .command = {.may_fork = true,
            .any_access = box_settings_get().allow_weak_child,
            .read_folder = str_from(folder),
            .n_arguments = LENGTH(arguments),
            .arguments = arguments}};

    auto_fd program = -1;
    TRY(driver_file(&program));
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) FAIL_ERRNO("socketpair", NULL);
    auto_fd ours = pair[0];
    auto_fd theirs = pair[1];
    TRY(box_job_start(&driver.job,
        &(struct box_job_start){
            .order = &order, .input_fd = program, .output_fd = -1, .n_more = 1, .more = &theirs}));
    driver.control = TAKE(ours);
    driver.running = true;
    driver.generation++;
    return NULL;
}

/* Why a driver that has ended did so; called with the lock held. */
static fallible driver_failure(void)
{
    auto_job_end end = {.output = {.limit = READ_CHUNK}};
    err e = box_job_wait(&driver.job, monotonic_ms() + 1000, &end);
    if (!e) e = box_job_failure(&driver.job, &end);
    return e;
}

static void driver_stop_generation(uint64_t generation)
{
    MUTEX_SCOPE(&driver.lock)
    {
        if (driver.generation == generation) driver_stop();
    }
}

void box_exiftool_shutdown(void)
{
    MUTEX_SCOPE(&driver.lock) driver_stop();
}

/* ---- one request ---- */

struct request {
    int status, output, errors;
    uint64_t generation;
};

static void request_done(struct request *r)
{
    fd_close(&r->status);
    fd_close(&r->output);
    fd_close(&r->errors);
}

static void encode_request(struct buf *out, const struct box_exiftool *in)
{
    buf_add_fmt(out, "%zu", in->n_files);
    buf_add_char(out, '\0');
    for (size_t i = 0; i < in->n_files; i++)
        buf_add_bytes(out, in->files[i].name, strlen(in->files[i].name) + 1);
    for (size_t i = 0; in->arguments[i]; i++)
        buf_add_bytes(out, in->arguments[i], strlen(in->arguments[i]) + 1);
}

static fallible deliver(const struct buf *bytes, const int *fds, size_t n_fds, uint64_t *generation)
{
    err e = NULL;
    MUTEX_SCOPE(&driver.lock)
    {
        for (int tries = 0; tries < 2; tries++) {
            if (!driver.running) TRY(driver_start());
            *generation = driver.generation;
            if (box_send(driver.control, bytes, fds, n_fds)) return NULL;
            e = driver_failure();
            driver_stop();
        }
    }
    if (e) return e;
    FAIL(UNAVAILABLE, "ExifTool takes no requests");
}

static fallible request_start(struct request *out, const struct box_exiftool *in)
{
    int status[2], output[2], errors[2];
    if (pipe2(status, O_CLOEXEC)) FAIL_ERRNO("pipe2", NULL);
    auto_fd our_status = status[0];
    auto_fd their_status = status[1];
    if (pipe2(output, O_CLOEXEC)) FAIL_ERRNO("pipe2", NULL);
    auto_fd our_output = output[0];
    auto_fd their_output = output[1];
    if (pipe2(errors, O_CLOEXEC)) FAIL_ERRNO("pipe2", NULL);
    auto_fd our_errors = errors[0];
    auto_fd their_errors = errors[1];

    int fds[PASSED_MAX] = {
        [PASSED_STATUS] = their_status,
        [PASSED_OUTPUT] = their_output,
        [PASSED_ERRORS] = their_errors,
    };
    for (size_t i = 0; i < in->n_files; i++)
        fds[PASSED_FILES + i] = in->files[i].fd;
    auto_buf bytes = {.limit = BOX_ORDER_MAX};
    encode_request(&bytes, in);
    if (bytes.full) FAIL(INTERNAL, "a request for ExifTool is too long");
    uint64_t generation;
    TRY(deliver(&bytes, fds, PASSED_FILES + in->n_files, &generation));
    *out = (struct request){TAKE(our_status), TAKE(our_output), TAKE(our_errors), generation};
    return NULL;
}

static fallible request_wait(struct request *r, int64_t deadline_ms, struct buf *status,
    struct buf *output, struct buf *errors)
{
    while (r->status >= 0 || r->output >= 0 || r->errors >= 0) {
        struct pollfd polled[] = {{.fd = r->status, .events = POLLIN},
            {.fd = r->output, .events = POLLIN}, {.fd = r->errors, .events = POLLIN}};
        const int64_t left = deadline_ms - monotonic_ms();
        if (poll(polled, LENGTH(polled), (int)MAX(0, MIN(left, INT_MAX))) < 0 && errno != EINTR)
            FAIL_ERRNO("poll", NULL);
        if (monotonic_ms() >= deadline_ms) {
            /* Other files in work lose their fork too; they are tried again. */
            driver_stop_generation(r->generation);
            BOX_FAIL(BOX_TIME_LIMIT, STR(""));
        }
        if (polled[0].revents) box_collect(&r->status, status);
        if (polled[1].revents) box_collect(&r->output, output);
        if (polled[2].revents) box_collect(&r->errors, errors);
        if (output->full) BOX_FAIL(BOX_OUTPUT_LIMIT, STR(""));
    }
    return NULL;
}

/* The driver that was asked is the one that runs, so the silence is the fork's own. */
static bool driver_is_alive(uint64_t generation)
{
    bool alive = false;
    MUTEX_SCOPE(&driver.lock)
    {
        struct pollfd polled = {.fd = driver.job.socket, .events = POLLIN};
        alive =
            driver.running && driver.generation == generation && poll(&polled, 1, DEATH_MS) == 0;
        if (!alive && driver.generation == generation) driver_stop();
    }
    return alive;
}

static fallible try_once(
    struct ctx *cx, const struct box_exiftool *in, bool *again, struct box_child_result *out)
{
    struct request r;
    TRY(request_start(&r, in));
    auto_buf status = {.limit = 16};
    auto_buf output = {.limit = in->output_limit};
    auto_buf errors = {.limit = READ_CHUNK};
    const int64_t timeout_ms = in->timeout_ms > 0 ? in->timeout_ms : BOX_TIMEOUT_MS;
    err e = request_wait(&r, monotonic_ms() + timeout_ms, &status, &output, &errors);
    request_done(&r);
    if (e) return e;
    int64_t code;
    if (!str_parse_i64(buf_str(&status), &code)) {
        /* It was killed, or its file made it crash, which it does again. */
        *again = true;
        if (driver_is_alive(r.generation)) BOX_FAIL(BOX_CRASHED, box_last_line(&errors));
        BOX_FAIL(BOX_KILLED, STR("ExifTool ended early"));
    }
    if (code != 0 && output.n == 0) BOX_FAIL(BOX_TOOL_FAILED, box_last_line(&errors));
    *out = (struct box_child_result){buf_take(&output, cx->arena), buf_take(&errors, cx->arena)};
    return NULL;
}

fallible box_exiftool_run(
    struct ctx *cx, const struct box_exiftool *in, struct box_child_result *out)
{
    if (in->n_files > BOX_EXIFTOOL_FILES_MAX) FAIL(INTERNAL, "too many files for ExifTool");
    err e = NULL;
    bool again = true;
    for (int tries = 0; tries < TRIES && again; tries++) {
        again = false;
        e = try_once(cx, in, &again, out);
    }
    return e;
}
