#include "box/failure.h"
#include "box/run.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/banned.h"

enum {
    RETIRED_MAX = 16,
    KILL_GRACE_MS = 5000, /* from killing a job to the nursery's report */
    DRAIN_MS = 1000,      /* from the report to the end of its pipes */
    READ_CHUNK = 64 * 1024,
};

/* The one nursery that takes orders, and those that only finish what they have. Process-wide, as
 * the processes are. */
static struct {
    pthread_mutex_t lock;
    struct box_settings settings;
    char program[PATH_MAX];
    int control; /* -1: none */
    pid_t pid;
    uint64_t generation;
    pid_t retired[RETIRED_MAX];
} nursery = {.lock = PTHREAD_MUTEX_INITIALIZER, .control = -1};

/* ---- settings ---- */

static void default_program(char out[static PATH_MAX])
{
    const ssize_t n = readlink("/proc/self/exe", out, PATH_MAX - 1);
    out[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(out, '/');
    snprintf(slash ? slash : out, (size_t)(out + PATH_MAX - (slash ? slash : out)), "/tintype-box");
}

void box_configure(const struct box_settings *settings)
{
    MUTEX_SCOPE(&nursery.lock)
    {
        nursery.settings = *settings;
        if (settings->program)
            snprintf(nursery.program, sizeof nursery.program, "%s", settings->program);
        else
            default_program(nursery.program);
    }
}

struct box_settings box_settings_get(void)
{
    struct box_settings copy = {0};
    MUTEX_SCOPE(&nursery.lock) copy = nursery.settings;
    return copy;
}

/* ---- the nursery ---- */

static void reap_retired(void)
{
    for (size_t i = 0; i < RETIRED_MAX; i++)
        if (nursery.retired[i] && waitpid(nursery.retired[i], NULL, WNOHANG) != 0)
            nursery.retired[i] = 0;
}

/* No more orders for this one; it ends with its last job. */
static void retire(void)
{
    if (nursery.control < 0) return;
    fd_close(&nursery.control);
    reap_retired();
    for (size_t i = 0; i < RETIRED_MAX; i++) {
        if (nursery.retired[i]) continue;
        nursery.retired[i] = nursery.pid;
        return;
    }
    /* So many that do not end are stuck. */
    kill(nursery.pid, SIGKILL);
    waitpid(nursery.pid, NULL, 0);
}

static fallible start(void)
{
    /* Nothing of our environment: it holds the database's password. */
    char *const environment[] = {(char[]){"PATH=/usr/bin:/bin"}, (char[]){"LANG=C.UTF-8"},
        (char[]){"OMP_NUM_THREADS=1"}, NULL};
    char *const argv[] = {nursery.program, (char[]){"nursery"}, NULL};
    if (!nursery.program[0]) default_program(nursery.program);
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) FAIL_ERRNO("socketpair", NULL);
    auto_fd ours = pair[0];
    auto_fd theirs = pair[1];

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&actions, theirs, BOX_FD_CONTROL);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, BOX_FD_CONTROL + 1);
    posix_spawnattr_setsigmask(&attributes, &none);
    /* A session of its own has no terminal that a job could type into. */
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    const int bad =
        posix_spawn(&nursery.pid, nursery.program, &actions, &attributes, argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (bad) FAIL(UNAVAILABLE, "cannot start %s: %s", nursery.program, strerrordesc_np(bad));
    nursery.control = TAKE(ours);
    nursery.generation++;
    return NULL;
}

bool box_send(int socket, const struct buf *bytes, const int *fds, size_t n_fds)
{
    assert(n_fds <= BOX_PASSED_MAX);
    union {
        char space[CMSG_SPACE(sizeof(int) * BOX_PASSED_MAX)];
        struct cmsghdr align;
    } control = {0};
    struct iovec iov = {bytes->p, bytes->n};
    struct msghdr message = {.msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = CMSG_SPACE(sizeof(int) * n_fds)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
    memcpy(CMSG_DATA(c), fds, sizeof(int) * n_fds);
    return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)bytes->n;
}

static fallible deliver(const struct buf *bytes, const int *fds, size_t n_fds, uint64_t *generation)
{
    MUTEX_SCOPE(&nursery.lock)
    {
        reap_retired();
        /* A nursery that went idle refuses the order; a second one is fresh. */
        for (int tries = 0; tries < 2; tries++) {
            if (nursery.control < 0) TRY(start());
            *generation = nursery.generation;
            if (box_send(nursery.control, bytes, fds, n_fds)) return NULL;
            retire();
        }
    }
    FAIL(UNAVAILABLE, "the box takes no orders");
}

/* After a crash: the next job gets a nursery with another layout of memory. */
static void retire_generation(uint64_t generation)
{
    MUTEX_SCOPE(&nursery.lock)
    {
        if (nursery.generation == generation) retire();
    }
}

static void kill_generation(uint64_t generation)
{
    MUTEX_SCOPE(&nursery.lock)
    {
        if (nursery.generation == generation && nursery.control >= 0) {
            kill(nursery.pid, SIGKILL);
            retire();
        }
    }
}

void box_shutdown(void)
{
    box_exiftool_shutdown();
    MUTEX_SCOPE(&nursery.lock)
    {
        retire();
        for (size_t i = 0; i < RETIRED_MAX; i++) {
            if (!nursery.retired[i]) continue;
            kill(nursery.retired[i], SIGKILL);
            waitpid(nursery.retired[i], NULL, 0);
            nursery.retired[i] = 0;
        }
    }
}

/* ---- a job ---- */

static fallible pipe_make(int ends[2])
{
    if (pipe2(ends, O_CLOEXEC)) FAIL_ERRNO("pipe2", NULL);
    return NULL;
}

fallible box_job_start(struct box_job *out, const struct box_job_start *in)
{
    int socket[2] = {-1, -1}, output[2] = {-1, -1}, errors[2] = {-1, -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, socket)) FAIL_ERRNO("socketpair", NULL);
    auto_fd our_socket = socket[0];
    auto_fd their_socket = socket[1];
    if (in->output_fd < 0) TRY(pipe_make(output));
    auto_fd our_output = output[0];
    auto_fd their_output = output[1];
    TRY(pipe_make(errors));
    auto_fd our_errors = errors[0];
    auto_fd their_errors = errors[1];
    auto_fd nothing = in->input_fd < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -1;

    int fds[BOX_PASSED_MAX] = {
        [BOX_PASSED_JOB] = their_socket,
        [BOX_PASSED_OUTPUT] = in->output_fd < 0 ? their_output : in->output_fd,
        [BOX_PASSED_ERRORS] = their_errors,
        [BOX_PASSED_INPUT] = in->input_fd < 0 ? nothing : in->input_fd,
    };
    const size_t n_more = MIN((size_t)in->n_more, (size_t)(BOX_PASSED_MAX - BOX_PASSED_MORE));
    for (size_t i = 0; i < n_more; i++)
        fds[BOX_PASSED_MORE + i] = in->more[i];
    auto_buf bytes = {.limit = BOX_ORDER_MAX};
    box_order_encode(&bytes, in->order);
    if (bytes.full) FAIL(INTERNAL, "an order for the box is too long");
    uint64_t generation;
    TRY(deliver(&bytes, fds, BOX_PASSED_MORE + n_more, &generation));
    *out = (struct box_job){TAKE(our_socket), TAKE(our_output), TAKE(our_errors), generation};
    return NULL;
}

void box_job_done(struct box_job *job)
{
    fd_close(&job->socket);
    fd_close(&job->output);
    fd_close(&job->errors);
}

void box_job_end_done(struct box_job_end *end)
{
    buf_done(&end->output);
    buf_done(&end->errors);
}

void box_collect(int *fd, struct buf *into)
{
    char spill[4096];
    const size_t room = into->limit ? MIN(into->limit - into->n, (size_t)READ_CHUNK) : READ_CHUNK;
    char *space = room ? buf_reserve(into, room) : NULL;
    const ssize_t got = space ? read(*fd, space, room) : read(*fd, spill, sizeof spill);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0)
        fd_close(fd);
    else if (space)
        buf_added(into, (size_t)got);
    else
        into->full = true;
}

/* Only the end of what a program complains about is of use. */
static void keep_end(struct buf *b)
{
    if (b->n <= BOX_ERRORS_MAX) return;
    memmove(b->p, b->p + (b->n - BOX_ERRORS_MAX), BOX_ERRORS_MAX);
    b->n = BOX_ERRORS_MAX;
}

/* Reads the report. False when the nursery is gone without one. */
static bool take_report(int socket, struct box_report *out)
{
    return recv(socket, out, sizeof *out, MSG_WAITALL) == sizeof *out;
}

/* Hanging up asks the nursery to kill; reading still works. */
static void ask_to_kill(struct box_job *job, int64_t *deadline_ms)
{
    shutdown(job->socket, SHUT_WR);
    *deadline_ms = monotonic_ms() + KILL_GRACE_MS;
}

fallible box_job_wait(struct box_job *job, int64_t deadline_ms, struct box_job_end *end)
{
    bool reported = false, asked = false;
    while (!reported || job->output >= 0 || job->errors >= 0) {
        struct pollfd polled[] = {{.fd = reported ? -1 : job->socket, .events = POLLIN},
            {.fd = job->output, .events = POLLIN}, {.fd = job->errors, .events = POLLIN}};
        const int64_t left = deadline_ms - monotonic_ms();
        if (poll(polled, LENGTH(polled), (int)MAX(0, MIN(left, INT_MAX))) < 0 && errno != EINTR)
            FAIL_ERRNO("poll", NULL);
        if (polled[1].revents) box_collect(&job->output, &end->output);
        if (polled[2].revents) {
            box_collect(&job->errors, &end->errors);
            keep_end(&end->errors);
        }
        if (polled[0].revents) {
            /* The nursery looks at no file: what ended it was not the job's. */
            if (!take_report(job->socket, &end->report))
                BOX_FAIL(BOX_KILLED, STR("the nursery is gone"));
            reported = true;
            deadline_ms = MIN(deadline_ms, monotonic_ms() + DRAIN_MS);
        }
        /* By the clock, not by poll's silence: a job that never stops to talk is late too. */
        const bool late = monotonic_ms() >= deadline_ms;
        if (late && reported) return NULL;
        if (end->output.full && !asked) {
            end->over_limit = asked = true;
            ask_to_kill(job, &deadline_ms);
        } else if (late && asked) {
            kill_generation(job->generation);
            BOX_FAIL(BOX_TIME_LIMIT, STR("it could not be ended"));
        } else if (late) {
            end->timed_out = asked = true;
            ask_to_kill(job, &deadline_ms);
        }
    }
    return NULL;
}

str box_last_line(const struct buf *errors)
{
    str text = str_trim(buf_str(errors));
    const ptrdiff_t at = str_rfind_char(text, '\n');
    return at < 0 ? text : str_slice(text, (size_t)at + 1, text.n);
}

static bool speaks_of_memory(const struct buf *errors)
{
    const str text = buf_str(errors);
    return str_find(text, STR("failed to allocate")) >= 0 ||
           str_find(text, STR("ut of memory")) >= 0 ||
           str_find(text, STR("Cannot allocate memory")) >= 0;
}

static fallible signal_failure(const struct box_job *job, int number, const struct box_job_end *end)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "signal %d", number);
    if (number == SIGXCPU) BOX_FAIL(BOX_CPU_LIMIT, STR(""));
    if (number == SIGXFSZ) BOX_FAIL(BOX_OUTPUT_LIMIT, STR(""));
    if (number == SIGBUS) BOX_FAIL(BOX_INPUT_CHANGED, STR(""));
    /* By the kernel when the machine, not this job, was out of memory: it takes the box first. */
    if (number == SIGKILL) BOX_FAIL(BOX_KILLED, STR(""));
    if (speaks_of_memory(&end->errors)) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    retire_generation(job->generation);
    log_debug("decoder crashed", KV("signal", number), KV("stderr", buf_str(&end->errors)));
    BOX_FAIL(BOX_CRASHED, ((str){text, (size_t)n}));
}

fallible box_job_failure(const struct box_job *job, const struct box_job_end *end)
{
    const int status = end->report.status;
    if (end->timed_out) BOX_FAIL(BOX_TIME_LIMIT, STR(""));
    if (end->over_limit) BOX_FAIL(BOX_OUTPUT_LIMIT, STR(""));
    if (status == 0) return NULL;
    if (status == -1) BOX_FAIL(BOX_NO_SANDBOX, STR("no process could be made"));
    if (WIFSIGNALED(status)) return signal_failure(job, WTERMSIG(status), end);
    const str last = box_last_line(&end->errors);
    if (WEXITSTATUS(status) == BOX_EXIT_NO_SANDBOX) BOX_FAIL(BOX_NO_SANDBOX, last);
    if (WEXITSTATUS(status) == BOX_EXIT_NO_PROGRAM) BOX_FAIL(BOX_TOOL_MISSING, last);
    if (speaks_of_memory(&end->errors)) BOX_FAIL(BOX_MEMORY_LIMIT, STR(""));
    BOX_FAIL(BOX_TOOL_FAILED, last);
}
