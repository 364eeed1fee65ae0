#include "app/health/probe.h"
#include "core/test.h"
#include "core/time.h"

#include <stdatomic.h>
#include <time.h>

#include "core/banned.h"

static atomic_int runs, hold;

static void check(const char *subject, struct probe_answer *out)
{
    atomic_fetch_add(&runs, 1);
    while (atomic_load(&hold))
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    out->ok = true;
    snprintf(out->detail, sizeof out->detail, "seen %s", subject);
}

static void an_answer_is_passed_on(void **state)
{
    (void)state;
    static struct probe probe = PROBE(check);
    struct probe_answer answer;
    probe_start(&probe, "one");
    probe_wait(&probe, monotonic_ms() + PROBE_WAIT_MS, &answer);
    assert_true(answer.ok);
    assert_string_equal(answer.detail, "seen one");
    probe_start(&probe, "two");
    probe_wait(&probe, monotonic_ms() + PROBE_WAIT_MS, &answer);
    assert_string_equal(answer.detail, "seen two");
}

static void silence_is_an_answer_too_and_runs_once(void **state)
{
    (void)state;
    static struct probe probe = PROBE(check);
    struct probe_answer answer;
    atomic_store(&runs, 0);
    atomic_store(&hold, 1);
    const int64_t start = monotonic_ms();
    probe_start(&probe, "mount");
    probe_wait(&probe, monotonic_ms() + PROBE_WAIT_MS, &answer);
    const int64_t took = monotonic_ms() - start;
    assert_in_range(took, PROBE_WAIT_MS - 100, PROBE_WAIT_MS + 1000);
    assert_false(answer.ok);
    assert_non_null(strstr(answer.detail, "no answer for "));

    probe_start(&probe, "mount");
    atomic_store(&hold, 0);
    probe_wait(&probe, monotonic_ms() + PROBE_WAIT_MS, &answer);
    assert_true(answer.ok);
    assert_int_equal(atomic_load(&runs), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_passed_on),
        cmocka_unit_test(silence_is_an_answer_too_and_runs_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
