#define BANNED_ALLOW_MALLOC /* a pool outlives every arena */

#include "core/log.h"
#include "core/thread.h"
#include "http/pool.h"

#include <stdlib.h>

#include "core/banned.h"

enum {
    /* Handlers are straight-line code over arenas; only the pages they touch cost memory. */
    POOL_STACK = 512 * 1024,
};

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t not_empty;
    struct work *head, **tail;
    size_t waiting, limit;
    unsigned idle; /* threads that sleep */
    bool stopping;
    unsigned threads_n;
    pthread_t threads[];
};

static struct work *take(struct pool *p)
{
    struct work *w = NULL;
    MUTEX_SCOPE(&p->mutex)
    {
        p->idle++;
        while (!p->head && !p->stopping)
            pthread_cond_wait(&p->not_empty, &p->mutex);
        p->idle--;
        w = p->head;
        if (w) {
            p->head = w->next;
            if (!p->head) p->tail = &p->head;
            p->waiting--;
        }
    }
    return w;
}

static void *run_thread(void *arg)
{
    struct work *w;
    while ((w = take(arg)))
        w->run(w);
    return NULL;
}

fallible pool_start(struct pool **out, const char *name, unsigned threads, size_t limit)
{
    struct pool *p = calloc(1, sizeof *p + threads * sizeof p->threads[0]);
    if (!p) log_die("out of memory");
    pthread_mutex_init(&p->mutex, NULL);
    pthread_cond_init(&p->not_empty, NULL);
    p->tail = &p->head;
    p->limit = limit;
    for (; p->threads_n < threads; p->threads_n++) {
        err e = thread_start(&p->threads[p->threads_n], name, POOL_STACK, run_thread, p);
        if (e) {
            pool_stop(p);
            return e;
        }
    }
    *out = p;
    return NULL;
}

static bool push(struct pool *p, struct work *w, size_t limit)
{
    bool room = false, wake = false;
    MUTEX_SCOPE(&p->mutex)
    {
        room = p->waiting < limit;
        if (room) {
            w->next = NULL;
            *p->tail = w;
            p->tail = &w->next;
            p->waiting++;
            wake = p->idle > 0;
        }
    }
    /* Behind the lock, or the thread that wakes would only wait for it. */
    if (wake) pthread_cond_signal(&p->not_empty);
    return room;
}

bool pool_push(struct pool *p, struct work *w)
{
    return push(p, w, p->limit);
}

void pool_push_always(struct pool *p, struct work *w)
{
    (void)push(p, w, (size_t)-1);
}

void pool_stop(struct pool *p)
{
    if (!p) return;
    MUTEX_SCOPE(&p->mutex)
    {
        p->stopping = true;
        pthread_cond_broadcast(&p->not_empty);
    }
    for (unsigned i = 0; i < p->threads_n; i++)
        pthread_join(p->threads[i], NULL);
    pthread_cond_destroy(&p->not_empty);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}
