#include "box/box.h"
#include "box/inside/job.h"
#include "box/inside/nursery.h"
#include "box/nursery.h"
#include "core/fd.h"
#include "core/log.h"
#include "core/size.h"
#include "core/time.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "core/banned.h"

enum { JOBS_MAX = 64 };

struct job_slot {
    pid_t pid; /* 0: free */
    int socket;
    bool killed;
};

struct nursery {
    int control; /* -1 when no orders can come */
    int signals;
    size_t n_jobs;
    struct job_slot jobs[JOBS_MAX];
};

static void report(int socket, int status, const struct rusage *usage)
{
    const struct box_report r = {
        .status = status,
        .cpu_ms = (uint32_t)((usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1000 +
                             (usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1000),
        .memory_kb = (uint32_t)usage->ru_maxrss,
    };
    /* The worker may be gone; then nobody is to be told. */
    if (send(socket, &r, sizeof r, MSG_NOSIGNAL) < 0) return;
}

/* Descriptors of a message; what was not sent stays -1. */
static size_t take_descriptors(struct msghdr *message, int fds[static BOX_PASSED_MAX])
{
    size_t n = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
        n = MIN((c->cmsg_len - CMSG_LEN(0)) / sizeof(int), BOX_PASSED_MAX);
        memcpy(fds, CMSG_DATA(c), n * sizeof(int));
    }
    return n;
}

/* In the fork: everything of the nursery is let go, then the job runs. */
static _Noreturn void become_job(const struct box_order *order, int *fds, size_t n_fds)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setpgid(0, 0);
    job_run(order, fds, n_fds);
}

static void start_job(struct nursery *n, const struct box_order *order, int *fds, size_t n_fds)
{
    size_t slot = 0;
    while (slot < JOBS_MAX && n->jobs[slot].pid)
        slot++;
    const pid_t pid = slot < JOBS_MAX ? fork() : -1;
    if (pid == 0) become_job(order, fds, n_fds);
    if (pid < 0) {
        report(fds[BOX_PASSED_JOB], -1, &(struct rusage){0});
        return;
    }
    setpgid(pid, pid); /* also here, so that the group exists whoever runs first */
    n->jobs[slot] = (struct job_slot){.pid = pid, .socket = fds[BOX_PASSED_JOB]};
    fds[BOX_PASSED_JOB] = -1;
    n->n_jobs++;
}

static void take_order(struct nursery *n, struct arena *arena)
{
    static uint8_t bytes[BOX_ORDER_MAX];
    union {
        char space[CMSG_SPACE(sizeof(int) * BOX_PASSED_MAX)];
        struct cmsghdr align;
    } control;
    struct iovec iov = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control};
    const ssize_t got = recvmsg(n->control, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) return;
    if (got <= 0) {
        fd_close(&n->control);
        return;
    }
    int fds[BOX_PASSED_MAX];
    memset(fds, -1, sizeof fds);
    const size_t n_fds = take_descriptors(&message, fds);
    struct box_order order;
    arena_reset(arena);
    if (n_fds > BOX_PASSED_INPUT && box_order_decode(arena, bytes, (size_t)got, &order))
        start_job(n, &order, fds, n_fds);
    for (size_t i = 0; i < n_fds; i++)
        fd_close(&fds[i]);
}

static void end_jobs(struct nursery *n)
{
    struct signalfd_siginfo info;
    while (read(n->signals, &info, sizeof info) > 0) {
    }
    for (;;) {
        int status;
        struct rusage usage;
        const pid_t pid = wait4(-1, &status, WNOHANG, &usage);
        if (pid <= 0) return;
        for (size_t i = 0; i < JOBS_MAX; i++) {
            struct job_slot *job = &n->jobs[i];
            if (job->pid != pid) continue;
            kill(-pid, SIGKILL); /* what it forked goes with it */
            report(job->socket, status, &usage);
            fd_close(&job->socket);
            job->pid = 0;
            n->n_jobs--;
        }
    }
}

static void kill_job(struct job_slot *job)
{
    if (job->killed) return;
    job->killed = true;
    kill(-job->pid, SIGKILL);
}

/* One round of waiting. After the idle time no more orders are let in; those that are already here
 * are still served, so none is lost. */
static void wait_round(struct nursery *n, struct arena *arena)
{
    struct pollfd polled[2 + JOBS_MAX] = {
        {.fd = n->control, .events = POLLIN}, {.fd = n->signals, .events = POLLIN}};
    for (size_t i = 0; i < JOBS_MAX; i++)
        polled[2 + i] =
            (struct pollfd){.fd = n->jobs[i].pid && !n->jobs[i].killed ? n->jobs[i].socket : -1,
                .events = POLLRDHUP};
    const int ready = poll(polled, LENGTH(polled), n->n_jobs ? -1 : BOX_IDLE_MS);
    if (ready == 0) shutdown(n->control, SHUT_RD);
    for (size_t i = 0; i < JOBS_MAX; i++)
        if (polled[2 + i].revents & (POLLHUP | POLLERR | POLLRDHUP)) kill_job(&n->jobs[i]);
    if (polled[1].revents) end_jobs(n);
    if (polled[0].revents) take_order(n, arena);
}

int nursery_run(int control)
{
    struct nursery n = {.control = control};
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    signal(SIGPIPE, SIG_IGN);
    n.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    fcntl(control, F_SETFD, FD_CLOEXEC);

    struct arena *arena = arena_new();
    while (n.control >= 0 || n.n_jobs > 0)
        wait_round(&n, arena);
    arena_free(arena);
    return 0;
}
