/* Threads with names, and a bounded queue between them.
 *
 * Owns    a queue owns its slots, not what the pointers in it point to.
 * Threads queue: any number of producers and consumers.
 * Fails   thread_start says INTERNAL; queue operations say false when closed, full or late.
 */
#pragma once

#include "core/err.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Starts fn(p) with all signals blocked; the name is cut to 15 characters. */
fallible thread_start(
    pthread_t *out, const char *name, size_t stack_bytes, void *(*fn)(void *), void *p);

struct queue;

struct queue *queue_new(size_t capacity);
void queue_free(struct queue *q);
/* Adds p; false when full or closed. Never waits. */
bool queue_try_push(struct queue *q, void *p);
/* Waits for room up to timeout_ms; false when closed or late. */
bool queue_push(struct queue *q, void *p, int64_t timeout_ms);
/* Waits for an item; NULL when the queue is closed and empty, or after timeout_ms (negative: no
 * limit). */
void *queue_pop(struct queue *q, int64_t timeout_ms);
/* No more items are accepted; those inside are still handed out. */
void queue_close(struct queue *q);
size_t queue_length(struct queue *q);

/* A mutex that is released at the end of the block: MUTEX_SCOPE(&m) { … } */
static inline void mutex_scope_end_(pthread_mutex_t **m)
{
    if (*m) pthread_mutex_unlock(*m);
}
static inline pthread_mutex_t *mutex_scope_begin_(pthread_mutex_t *m)
{
    pthread_mutex_lock(m);
    return m;
}
#define MUTEX_SCOPE(mutex)                                                                         \
    for (pthread_mutex_t * mutex_held_                                                             \
             __attribute__((cleanup(mutex_scope_end_))) = mutex_scope_begin_(mutex),               \
             *mutex_once_ = mutex_held_;                                                           \
         mutex_once_; mutex_once_ = NULL)
