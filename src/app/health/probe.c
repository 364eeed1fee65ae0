#include "app/health/probe.h"
#include "core/size.h"
#include "core/thread.h"
#include "core/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/banned.h"

enum {
    STACK_BYTES = 128 * 1024,
};

static void *run(void *argument)
{
    struct probe *p = argument;
    struct probe_answer answer = {0};
    p->check(p->subject, &answer);
    MUTEX_SCOPE(&p->mutex)
    {
        p->answer = answer;
        p->running = false;
        pthread_cond_broadcast(&p->done);
    }
    return NULL;
}

void probe_start(struct probe *p, const char *subject)
{
    MUTEX_SCOPE(&p->mutex)
    {
        if (p->running) return;
        snprintf(p->subject, sizeof p->subject, "%s", subject);
        pthread_t thread;
        err e = thread_start(&thread, "probe", STACK_BYTES, run, p);
        if (e) {
            p->answer = (struct probe_answer){0};
            snprintf(p->answer.detail, sizeof p->answer.detail, "%s", e->message);
            return;
        }
        pthread_detach(thread);
        p->running = true;
        p->started_ms = monotonic_ms();
    }
}

/* On the clock of condition variables. */
static struct timespec deadline(int64_t until_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    const int64_t ns = end.tv_nsec + MAX(until_ms - monotonic_ms(), 0) * 1000 * 1000;
    end.tv_sec += ns / 1000000000;
    end.tv_nsec = ns % 1000000000;
    return end;
}

void probe_wait(struct probe *p, int64_t until_ms, struct probe_answer *out)
{
    const struct timespec end = deadline(until_ms);
    MUTEX_SCOPE(&p->mutex)
    {
        while (p->running && pthread_cond_timedwait(&p->done, &p->mutex, &end) == 0) {
        }
        *out = p->answer;
        if (!p->running) return;
        *out = (struct probe_answer){0};
        snprintf(out->detail, sizeof out->detail, "no answer for %lld ms",
            (long long)(monotonic_ms() - p->started_ms));
    }
}
