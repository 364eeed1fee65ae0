#include "box/box.h"
#include "box/failure.h"
#include "box/inside/image.h"
#include "box/inside/job.h"
#include "box/inside/probe.h"
#include "box/inside/sandbox.h"
#include "box/nursery.h"
#include "core/fd.h"
#include "core/size.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "core/banned.h"

enum {
    NICENESS = 10,      /* requests of people come first */
    PARKED_FROM = 32,   /* above every place a job's descriptor can have */
    OOM_SCORE_TEXT = 3, /* "700": out of memory takes the box before the worker */
};

struct input {
    const uint8_t *p;
    size_t n;
};

/* A job has nothing of the worker's, whatever the descriptors' numbers were on arrival. */
static fallible place_descriptors(const int *fds, size_t n_fds, bool decoding)
{
    int parked[BOX_PASSED_MAX] = {0};
    for (size_t i = 0; i < n_fds; i++)
        if ((parked[i] = fcntl(fds[i], F_DUPFD, PARKED_FROM)) < 0) FAIL_ERRNO("fcntl", NULL);
    const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0) FAIL_ERRNO("open", "/dev/null");
    if (dup2(nothing, STDIN_FILENO) < 0) FAIL_ERRNO("dup2", NULL);
    dup2(decoding ? nothing : parked[BOX_PASSED_OUTPUT], STDOUT_FILENO);
    dup2(parked[BOX_PASSED_ERRORS], STDERR_FILENO);
    if (decoding) dup2(parked[BOX_PASSED_OUTPUT], BOX_FD_ANSWER);
    dup2(parked[BOX_PASSED_INPUT], BOX_FD_INPUT);
    for (size_t i = BOX_PASSED_MORE; i < n_fds; i++)
        dup2(parked[i], BOX_FD_MORE + (int)(i - BOX_PASSED_MORE));
    const unsigned first_unused = BOX_FD_MORE + (unsigned)(n_fds - BOX_PASSED_MORE);
    if (close_range(first_unused, ~0U, 0)) FAIL_ERRNO("close_range", NULL);
    close(4);
    if (!decoding) close(BOX_FD_ANSWER);
    return NULL;
}

static void stand_back(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (setpriority(PRIO_PROCESS, 0, NICENESS)) perror("setpriority");
    auto_fd score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    /* Not writable in some containers: then the kernel chooses as it likes. */
    if (score >= 0 && write(score, "700", OOM_SCORE_TEXT) < 0) return;
}

static fallible map_input(struct input *out)
{
    struct stat st;
    if (fstat(BOX_FD_INPUT, &st)) FAIL_ERRNO("fstat", NULL);
    if (!S_ISREG(st.st_mode) || st.st_size == 0) BOX_FAIL(BOX_CORRUPT, STR("it is empty"));
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, BOX_FD_INPUT, 0);
    if (p == MAP_FAILED) FAIL_ERRNO("mmap", NULL);
    *out = (struct input){p, (size_t)st.st_size};
    return NULL;
}

static fallible decode(const struct box_order *order, struct box_answer *out)
{
    struct input input;
    TRY(map_input(&input));
    if (sandbox_lock_decode(&order->limits)) BOX_FAIL(BOX_NO_SANDBOX, STR(""));
    if (job_hook) TRY(job_hook(input.p, input.n));
    if (order->task == BOX_IMAGE)
        return image_decode(&order->image, input.p, input.n, BOX_FD_MORE, &out->image);
    return probe_file(&order->probe, input.p, input.n, &out->probe);
}

/* The reason is the decoder's own words, which may hold anything the file says. */
static str printable(str text, char out[static BOX_TEXT_MAX])
{
    const size_t n = MIN(text.n, (size_t)BOX_TEXT_MAX);
    for (size_t i = 0; i < n; i++)
        out[i] = text.p[i] >= ' ' && text.p[i] <= '~' ? text.p[i] : ' ';
    return str_trim((str){out, n});
}

static void answer(const struct box_order *order)
{
    char reason[BOX_TEXT_MAX];
    struct box_answer a = {.task = order->task};
    err e = decode(order, &a);
    if (e) {
        const enum box_failure kind = box_failure_of(e);
        a.failure = kind == BOX_FINE ? BOX_BROKEN : kind;
        a.reason = printable(box_failure_reason(e), reason);
    }
    auto_buf out = {0};
    box_answer_encode(&out, &a);
    if (fd_write_all(BOX_FD_ANSWER, out.p, out.n)) _exit(1);
}

static _Noreturn void run_program(const struct box_order *order)
{
    static char *const environment[] = {
        "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "HOME=/nonexistent", NULL};
    const struct box_command *command = &order->command;
    char *argv[BOX_ARGUMENTS_MAX + 1] = {0};
    for (uint32_t i = 0; i < command->n_arguments; i++)
        argv[i] = (char *)(uintptr_t)command->arguments[i].p;
    struct stat st;
    const bool has_input = fstat(BOX_FD_INPUT, &st) == 0 && S_ISREG(st.st_mode);
    err e = sandbox_lock_command(command, &order->limits, has_input ? BOX_FD_INPUT : -1);
    if (e) {
        fprintf(stderr, "%s\n", e->message);
        _exit(BOX_EXIT_NO_SANDBOX);
    }
    if (argv[0]) execve(argv[0], argv, environment);
    perror(argv[0]);
    _exit(BOX_EXIT_NO_PROGRAM);
}

_Noreturn void job_run(const struct box_order *order, const int *fds, size_t n_fds)
{
    stand_back();
    err e = place_descriptors(fds, n_fds, order->task != BOX_COMMAND);
    if (e) _exit(BOX_EXIT_NO_SANDBOX);
    if (order->task == BOX_COMMAND) run_program(order);
    answer(order);
    /* Not exit: no handlers of libraries, and a leak of what the process used is its normal end. */
    _exit(0);
}
