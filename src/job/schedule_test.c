#include "core/arena.h"
#include "core/size.h"
#include "core/test.h"
#include "job/schedule.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "core/banned.h"

static void in_zone(const char *name)
{
    setenv("TZ", name, 1);
    tzset();
}

static void assert_next(const char *expression, const char *after, const char *wanted)
{
    struct arena *arena = arena_new();
    struct cron cron;
    struct when from, next;
    str why;
    char text[WHEN_TEXT];
    assert_true(cron_parse(arena, str_from(expression), &cron, &why));
    assert_true(when_parse(str_from(after), &from));
    assert_true(schedule_next(&cron, from, &next));
    when_format_z(next, text);
    assert_string_equal(text, wanted);
    arena_free(arena);
}

static void times_are_those_of_the_clock_on_the_wall(void **state)
{
    (void)state;
    in_zone("UTC");
    assert_next("0 2 * * *", "2026-11-24T01:59:59Z", "2026-11-24T02:00:00.000Z");
    assert_next("0 2 * * *", "2026-11-24T02:00:00Z", "2026-11-25T02:00:00.000Z");
    in_zone("Europe/Vienna");
    assert_next("0 2 * * *", "2026-07-01T12:00:00Z", "2026-07-02T00:00:00.000Z");
    assert_next("0 2 * * *", "2026-12-01T12:00:00Z", "2026-12-02T01:00:00.000Z");
}

static void a_change_of_the_clock_leaves_no_night_out_and_doubles_none(void **state)
{
    (void)state;
    in_zone("Europe/Vienna");
    /* On 29 March 2026 there is no 02:30. */
    assert_next("30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00.000Z");
    assert_next("30 2 * * *", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00.000Z");
    /* On 25 October 2026 it comes twice. */
    assert_next("30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00.000Z");
    assert_next("30 2 * * *", "2026-10-25T00:45:00Z", "2026-10-26T01:30:00.000Z");
}

/* ---- the thread ---- */

static atomic_int runs;
static _Atomic(const char *) expression_now;

static str expression(const struct ctx *cx)
{
    return str_from(atomic_load(&expression_now));
}

static fallible count(struct ctx *cx)
{
    if (atomic_fetch_add(&runs, 1) == 0) FAIL(INTERNAL, "the first run fails");
    return NULL;
}

static void open_ctx(void *p, struct ctx *cx)
{
}

static const struct schedule_task tasks[] = {{"test", LOCK_NIGHTLY_JOBS, expression, count}};

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static struct locks *start_locks(void)
{
    struct locks *locks;
    assert_ok(locks_start(&locks, getenv("TINTYPE_TEST_DB_URL")));
    return locks;
}

static struct schedule *start_schedule(struct locks *locks)
{
    struct schedule *schedule;
    assert_ok(schedule_start(&schedule, &(struct schedule_opts){.tasks = tasks,
                                            .n = LENGTH(tasks),
                                            .locks = locks,
                                            .open = open_ctx,
                                            .close = open_ctx}));
    return schedule;
}

static void wait_for_runs(int n)
{
    for (int i = 0; i < 500 && atomic_load(&runs) < n; i++)
        pause_ms(10);
    assert_in_range(atomic_load(&runs), n, n + 2);
}

/* A session that has just ended may keep it until the second try. */
static void wait_for_lock(struct locks *locks)
{
    for (int i = 0; i < 2 * LOCKS_CHECK_MS / 10 && !locks_held(locks, LOCK_NIGHTLY_JOBS); i++)
        pause_ms(10);
    assert_true(locks_held(locks, LOCK_NIGHTLY_JOBS));
}

static void a_task_runs_on_time_and_after_a_failure(void **state)
{
    (void)state;
    atomic_store(&runs, 0);
    atomic_store(&expression_now, "");
    struct locks *locks = start_locks();
    struct schedule *schedule = start_schedule(locks);
    wait_for_lock(locks);
    pause_ms(1100);
    assert_int_equal(atomic_load(&runs), 0); /* switched off */

    atomic_store(&expression_now, "* * * * * *");
    schedule_reload(schedule);
    wait_for_runs(2);

    atomic_store(&expression_now, "what is this");
    schedule_reload(schedule);
    pause_ms(100);
    const int so_far = atomic_load(&runs);
    pause_ms(1500);
    assert_int_equal(atomic_load(&runs), so_far);
    schedule_stop(schedule);
    locks_stop(locks);
}

static void only_the_holder_of_the_lock_runs_it(void **state)
{
    (void)state;
    struct locks *first = start_locks(), *second = start_locks();
    locks_keep(first, LOCK_NIGHTLY_JOBS);
    wait_for_lock(first);
    atomic_store(&runs, 1);
    atomic_store(&expression_now, "* * * * * *");
    struct schedule *schedule = start_schedule(second);
    pause_ms(2200);
    assert_int_equal(atomic_load(&runs), 1);
    schedule_stop(schedule);
    locks_stop(second);
    locks_stop(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_those_of_the_clock_on_the_wall),
        cmocka_unit_test(a_change_of_the_clock_leaves_no_night_out_and_doubles_none),
        cmocka_unit_test(a_task_runs_on_time_and_after_a_failure),
        cmocka_unit_test(only_the_holder_of_the_lock_runs_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
