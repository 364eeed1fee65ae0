#include "core/fd.h"
#include "core/log.h"
#include "core/time.h"
#include "role/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/banned.h"

enum {
    POLL_MS = 5,
};

static int become(const struct process *p)
{
    if (p->uid == (uid_t)-1) return 0;
    if (setgroups(0, NULL) < 0 || setgid(p->gid) < 0 || setuid(p->uid) < 0) return -1;
    return chdir("/"); /* the current folder may be closed to the new user */
}

static void redirect(int from, int to)
{
    if (from < 0) return;
    if (from == to) {
        fcntl(to, F_SETFD, 0);
    } else if (dup2(from, to) < 0) {
        _exit(127);
    }
}

/* In the child; writes errno to the pipe when exec is not reached. */
__attribute__((noreturn)) static void run(const struct process *p, pid_t parent, int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setpgid(0, 0); /* Ctrl-C reaches the supervisor alone, which ends us in order */
    if (become(p) < 0) goto failed;
    /* After the change of identity, which clears the request; then look whether the parent died
     * before it. */
    prctl(PR_SET_PDEATHSIG, p->death_signal);
    if (getppid() != parent) _exit(127);
    redirect(
        p->input_fd >= 0 ? p->input_fd : open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    redirect(p->output_fd, STDOUT_FILENO);
    for (const char *const *line = p->env; line && *line; line++)
        putenv((char *)(uintptr_t)*line);
    execv(p->argv[0], (char *const *)(uintptr_t)p->argv);
failed:;
    const int number = errno;
    const ssize_t written = write(report, &number, sizeof number);
    (void)written;
    _exit(127);
}

fallible process_start(const struct process *p, pid_t *out)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) FAIL_ERRNO("pipe", NULL);
    auto_fd reader = ends[0];
    auto_fd writer = ends[1];
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) FAIL_ERRNO("fork", p->argv[0]);
    if (pid == 0) run(p, parent, writer);
    fd_close(&writer);
    int number = 0;
    size_t got;
    TRY(fd_read_full(reader, &number, sizeof number, &got));
    if (got) {
        waitpid(pid, NULL, 0);
        errno = number;
        FAIL_ERRNO("start", p->argv[0]);
    }
    *out = pid;
    return NULL;
}

bool process_wait(pid_t pid, int64_t limit_ms, int *status)
{
    const int64_t end = monotonic_ms() + limit_ms;
    for (;;) {
        const pid_t done = waitpid(pid, status, WNOHANG);
        if (done == pid || (done < 0 && errno == ECHILD)) return true;
        if (monotonic_ms() >= end) return false;
        nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
    }
}

void process_stop(pid_t pid, int signal, int64_t limit_ms)
{
    int status;
    kill(pid, signal);
    if (process_wait(pid, limit_ms, &status)) return;
    log_warn(
        "a process did not end in time and is killed", KV("pid", pid), KV("limit_ms", limit_ms));
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

fallible process_run(const struct process *p, int64_t limit_ms)
{
    pid_t pid;
    int status;
    TRY(process_start(p, &pid));
    if (!process_wait(pid, limit_ms, &status)) {
        process_stop(pid, SIGKILL, 0);
        FAIL(TIMED_OUT, "%s took longer than %lld ms", p->argv[0], (long long)limit_ms);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return NULL;
    FAIL(INTERNAL, "%s failed with status %d", p->argv[0], status);
}
