/* Checks that may hang (a mount whose server is gone, a name server that is silent): each runs in a
 * thread of its own, and who asks waits for a bounded time. A check that hangs is not started a
 * second time; all who ask meanwhile learn for how long it has been silent.
 *
 * Owns    the detached thread of a running check, which touches nothing but its struct probe:
 *         that must be static.
 * Threads any.
 * Fails   never: a check that cannot be started has failed.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

enum {
    PROBE_WAIT_MS = 2000,
    PROBE_SUBJECT_MAX = 4096,
    PROBE_DETAIL_MAX = 256,
};

struct probe_answer {
    bool ok;
    char detail[PROBE_DETAIL_MAX]; /* for an administrator */
};

struct probe {
    void (*check)(const char *subject, struct probe_answer *out);
    pthread_mutex_t mutex;
    pthread_cond_t done;
    bool running;
    int64_t started_ms;
    char subject[PROBE_SUBJECT_MAX]; /* of the running check; only written while none runs */
    struct probe_answer answer;      /* of the last one */
};

#define PROBE(check_)                                                                              \
    {                                                                                              \
        .check = (check_), .mutex = PTHREAD_MUTEX_INITIALIZER, .done = PTHREAD_COND_INITIALIZER    \
    }

/* Starts the check unless it runs. `subject` is copied: a path, a URL. */
void probe_start(struct probe *p, const char *subject);
/* Its answer, or that there was none until then (monotonic_ms; who asks gives all its checks the
 * same PROBE_WAIT_MS). */
void probe_wait(struct probe *p, int64_t until_ms, struct probe_answer *out);
