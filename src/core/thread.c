#define BANNED_ALLOW_MALLOC /* a queue outlives every arena */

#include "core/log.h"
#include "core/thread.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/banned.h"

struct start {
    void *(*fn)(void *);
    void *p;
    char name[16];
};

static void *run(void *p)
{
    struct start start = *(struct start *)p;
    free(p);
    pthread_setname_np(pthread_self(), start.name);
    return start.fn(start.p);
}

fallible thread_start(
    pthread_t *out, const char *name, size_t stack_bytes, void *(*fn)(void *), void *p)
{
    struct start *start = calloc(1, sizeof *start);
    if (!start) log_die("out of memory");
    *start = (struct start){.fn = fn, .p = p};
    snprintf(start->name, sizeof start->name, "%s", name);

    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (stack_bytes) pthread_attr_setstacksize(&attributes, stack_bytes);
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const int failure = pthread_create(out, &attributes, run, start);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    if (failure) {
        free(start);
        FAIL(INTERNAL, "cannot start thread %s: %s", name, strerror(failure));
    }
    return NULL;
}

struct queue {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty, not_full;
    size_t capacity, head, n;
    bool closed;
    void *slots[];
};

struct queue *queue_new(size_t capacity)
{
    struct queue *q = calloc(1, sizeof *q + capacity * sizeof q->slots[0]);
    if (!q) log_die("out of memory");
    q->capacity = capacity;
    pthread_mutex_init(&q->mutex, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&q->not_empty, &attributes);
    pthread_cond_init(&q->not_full, &attributes);
    pthread_condattr_destroy(&attributes);
    return q;
}

void queue_free(struct queue *q)
{
    if (!q) return;
    pthread_mutex_destroy(&q->mutex);
    pthread_cond_destroy(&q->not_empty);
    pthread_cond_destroy(&q->not_full);
    free(q);
}

/* Waits on a condition until a point of the monotonic clock; false when late. */
static bool wait_until(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *end)
{
    if (!end) return pthread_cond_wait(condition, mutex) == 0;
    return pthread_cond_timedwait(condition, mutex, end) != ETIMEDOUT;
}

static struct timespec end_of(int64_t timeout_ms)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += timeout_ms / 1000;
    end.tv_nsec += timeout_ms % 1000 * 1000000;
    if (end.tv_nsec >= 1000000000) {
        end.tv_nsec -= 1000000000;
        end.tv_sec++;
    }
    return end;
}

static bool push_locked(struct queue *q, void *p)
{
    if (q->closed || q->n == q->capacity) return false;
    q->slots[(q->head + q->n++) % q->capacity] = p;
    pthread_cond_signal(&q->not_empty);
    return true;
}

bool queue_try_push(struct queue *q, void *p)
{
    pthread_mutex_lock(&q->mutex);
    const bool pushed = push_locked(q, p);
    pthread_mutex_unlock(&q->mutex);
    return pushed;
}

bool queue_push(struct queue *q, void *p, int64_t timeout_ms)
{
    const struct timespec end = end_of(timeout_ms);
    pthread_mutex_lock(&q->mutex);
    while (!q->closed && q->n == q->capacity) {
        if (!wait_until(&q->not_full, &q->mutex, &end)) break;
    }
    const bool pushed = push_locked(q, p);
    pthread_mutex_unlock(&q->mutex);
    return pushed;
}

void *queue_pop(struct queue *q, int64_t timeout_ms)
{
    const struct timespec end = end_of(timeout_ms < 0 ? 0 : timeout_ms);
    void *p = NULL;
    pthread_mutex_lock(&q->mutex);
    while (!q->closed && q->n == 0) {
        if (!wait_until(&q->not_empty, &q->mutex, timeout_ms < 0 ? NULL : &end)) break;
    }
    if (q->n) {
        p = q->slots[q->head];
        q->head = (q->head + 1) % q->capacity;
        q->n--;
        pthread_cond_signal(&q->not_full);
    }
    pthread_mutex_unlock(&q->mutex);
    return p;
}

void queue_close(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    q->closed = true;
    pthread_cond_broadcast(&q->not_empty);
    pthread_cond_broadcast(&q->not_full);
    pthread_mutex_unlock(&q->mutex);
}

size_t queue_length(struct queue *q)
{
    pthread_mutex_lock(&q->mutex);
    const size_t n = q->n;
    pthread_mutex_unlock(&q->mutex);
    return n;
}
