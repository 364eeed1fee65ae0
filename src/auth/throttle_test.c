#include "auth/throttle.h"
#include "core/test.h"

static void the_eleventh_wrong_password_waits(void **state)
{
    int64_t wait_s = 0;
    for (int i = 0; i < THROTTLE_FREE_FAILURES - 1; i++) {
        throttle_failed(STR("a@x.io"), STR("192.0.2.1"));
        assert_ok(throttle_check(STR("a@x.io"), STR("192.0.2.1"), &wait_s));
    }
    throttle_failed(STR("a@x.io"), STR("192.0.2.1"));
    assert_fails(throttle_check(STR("a@x.io"), STR("192.0.2.1"), &wait_s), RATE_LIMITED);
    assert_int_equal(wait_s, THROTTLE_FIRST_WAIT_S);
    throttle_failed(STR("a@x.io"), STR("192.0.2.1"));
    assert_fails(throttle_check(STR("a@x.io"), STR("192.0.2.1"), &wait_s), RATE_LIMITED);
    assert_int_equal(wait_s, 2 * THROTTLE_FIRST_WAIT_S);
}

static void others_are_not_slowed_down(void **state)
{
    int64_t wait_s = 0;
    for (int i = 0; i < 20; i++)
        throttle_failed(STR("b@x.io"), STR("192.0.2.1"));
    assert_ok(throttle_check(STR("b@x.io"), STR("192.0.2.2"), &wait_s));
    assert_ok(throttle_check(STR("c@x.io"), STR("192.0.2.1"), &wait_s));
}

static void a_success_forgets_and_the_wait_is_bounded(void **state)
{
    int64_t wait_s = 0;
    for (int i = 0; i < 100; i++)
        throttle_failed(STR("d@x.io"), STR("192.0.2.1"));
    assert_fails(throttle_check(STR("d@x.io"), STR("192.0.2.1"), &wait_s), RATE_LIMITED);
    assert_int_equal(wait_s, THROTTLE_MAX_WAIT_S);
    throttle_succeeded(STR("d@x.io"), STR("192.0.2.1"));
    assert_ok(throttle_check(STR("d@x.io"), STR("192.0.2.1"), &wait_s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eleventh_wrong_password_waits),
        cmocka_unit_test(others_are_not_slowed_down),
        cmocka_unit_test(a_success_forgets_and_the_wait_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
