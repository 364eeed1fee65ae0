/* Child processes of the supervisor: start by exec, stop with a limit.
 *
 * Owns    nothing: the caller keeps the pid and reaps it.
 * Threads one (the supervisor has a single thread, so fork before exec is safe).
 * Fails   INTERNAL when the program cannot be started (also when exec itself fails).
 */
#pragma once

#include "core/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    const char *const *argv; /* argv[0] is the path of the program; NULL at the end */
    const char *const *env;  /* "NAME=value" lines added to ours; NULL for none */
    uid_t uid;               /* (uid_t)-1 to stay who we are */
    gid_t gid;
    int death_signal;        /* what the kernel sends the child when we die */
    int input_fd, output_fd; /* -1: /dev/null for input, ours for output */
};

fallible process_start(const struct process *p, pid_t *out);
/* Starts, waits up to limit_ms (then kills) and fails unless the exit status is 0. */
fallible process_run(const struct process *p, int64_t limit_ms);
/* Waits up to limit_ms for the child to end; false when it is still running. *status is of waitpid.
 */
bool process_wait(pid_t pid, int64_t limit_ms, int *status);
/* Sends a signal, waits, and kills what is left after limit_ms. */
void process_stop(pid_t pid, int signal, int64_t limit_ms);
