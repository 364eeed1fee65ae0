#define BANNED_ALLOW_MALLOC /* lives as long as its owner */

#include "core/arena.h"
#include "core/log.h"
#include "core/thread.h"
#include "job/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/banned.h"

enum {
    EXPRESSION_MAX = 256,
    STACK_BYTES = 256 * 1024,
    ROUND_SECONDS = 60, /* at most until the next look: the clock may be set */
};

/* A task and when it is due. */
struct entry {
    char expression[EXPRESSION_MAX];
    struct cron cron;
    bool armed;
    struct when next;
};

struct schedule {
    struct schedule_opts opts;
    struct entry *entries;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool stopping, reloading; /* guarded by the mutex */
};

static bool on_wall(struct when instant, struct civil *out)
{
    const time_t seconds = (time_t)(instant.us / 1000000);
    struct tm t;
    if (!localtime_r(&seconds, &t)) return false;
    *out = (struct civil){.year = t.tm_year + 1900,
        .month = t.tm_mon + 1,
        .day = t.tm_mday,
        .hour = t.tm_hour,
        .minute = t.tm_min,
        .second = t.tm_sec};
    return true;
}

static struct when from_wall(struct civil c)
{
    struct tm t = {.tm_year = c.year - 1900,
        .tm_mon = c.month - 1,
        .tm_mday = c.day,
        .tm_hour = c.hour,
        .tm_min = c.minute,
        .tm_sec = c.second,
        .tm_isdst = -1};
    return (struct when){(int64_t)mktime(&t) * 1000000};
}

bool schedule_next(const struct cron *cron, struct when after, struct when *out)
{
    struct civil wall;
    if (!on_wall(after, &wall)) return false;
    while (cron_next(cron, wall, &wall)) {
        *out = from_wall(wall);
        if (out->us > after.us) return true;
        /* The clock shows this time for the second time. */
    }
    return false;
}

/* Takes over an expression that is new or has changed. */
static void arm(const struct schedule_task *task, struct entry *entry, struct ctx *cx)
{
    const str expression = task->expression(cx);
    if (str_eq(expression, str_from(entry->expression))) return;
    snprintf(entry->expression, sizeof entry->expression, "%.*s", FMT(expression));
    entry->armed = false;
    if (!expression.n) return;
    str why = STR("");
    if (!cron_parse(cx->arena, expression, &entry->cron, &why)) {
        log_error("a schedule is not understood and does not run", KV("task", task->name),
            KV("expression", expression), KV("why", why));
        return;
    }
    entry->armed = schedule_next(&entry->cron, when_now(), &entry->next);
}

static void run_if_due(
    struct schedule *s, const struct schedule_task *task, struct entry *entry, struct ctx *cx)
{
    const struct when now = when_now();
    if (!entry->armed || entry->next.us > now.us) return;
    entry->armed = schedule_next(&entry->cron, now, &entry->next);
    if (!locks_held(s->opts.locks, task->lock)) return;
    log_info("scheduled task", KV("task", task->name));
    err e = task->run(cx);
    if (e) log_error("a scheduled task failed", KV("task", task->name), KV_ERROR(e));
}

/* How long nothing is due. */
static int64_t round_us(const struct schedule *s)
{
    int64_t wait = (int64_t)ROUND_SECONDS * 1000000;
    const struct when now = when_now();
    for (size_t i = 0; i < s->opts.n; i++) {
        const struct entry *entry = &s->entries[i];
        if (entry->armed && entry->next.us - now.us < wait) wait = entry->next.us - now.us;
    }
    return wait > 0 ? wait : 0;
}

static void one_round(struct schedule *s)
{
    ARENA_SCOPE (arena) {
        struct ctx cx = {.arena = arena};
        s->opts.open(s->opts.p, &cx);
        for (size_t i = 0; i < s->opts.n; i++) {
            arm(&s->opts.tasks[i], &s->entries[i], &cx);
            run_if_due(s, &s->opts.tasks[i], &s->entries[i], &cx);
        }
        s->opts.close(s->opts.p, &cx);
    }
}

/* False when the schedule is to end. */
static bool sleep_until_due(struct schedule *s)
{
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    const int64_t ns = end.tv_nsec + round_us(s) * 1000;
    end.tv_sec += ns / 1000000000;
    end.tv_nsec = ns % 1000000000;
    bool go_on = false;
    MUTEX_SCOPE(&s->mutex)
    {
        while (!s->stopping && !s->reloading &&
               pthread_cond_timedwait(&s->wake, &s->mutex, &end) == 0) {
        }
        s->reloading = false;
        go_on = !s->stopping;
    }
    return go_on;
}

static void *watch(void *argument)
{
    struct schedule *s = argument;
    do {
        one_round(s);
    } while (sleep_until_due(s));
    return NULL;
}

static void release(struct schedule *s)
{
    pthread_mutex_destroy(&s->mutex);
    pthread_cond_destroy(&s->wake);
    free(s->entries);
    free(s);
}

fallible schedule_start(struct schedule **out, const struct schedule_opts *opts)
{
    struct schedule *s = calloc(1, sizeof *s);
    struct entry *entries = calloc(opts->n, sizeof *entries);
    if (!s || !entries) log_die("out of memory");
    *s = (struct schedule){.opts = *opts, .entries = entries};
    pthread_mutex_init(&s->mutex, NULL);
    pthread_cond_init(&s->wake, NULL);
    for (size_t i = 0; i < opts->n; i++)
        locks_keep(opts->locks, opts->tasks[i].lock);
    err e = thread_start(&s->thread, "schedule", STACK_BYTES, watch, s);
    if (e) {
        release(s);
        return e;
    }
    *out = s;
    return NULL;
}

static void wake(struct schedule *s, bool *flag)
{
    MUTEX_SCOPE(&s->mutex)
    {
        *flag = true;
        pthread_cond_signal(&s->wake);
    }
}

void schedule_stop(struct schedule *s)
{
    if (!s) return;
    wake(s, &s->stopping);
    pthread_join(s->thread, NULL);
    release(s);
}

void schedule_reload(struct schedule *s)
{
    wake(s, &s->reloading);
}
