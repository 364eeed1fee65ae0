#include "core/test.h"
#include "db/locks.h"
#include "db/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/banned.h"

static const char *url(void)
{
    return getenv("TINTYPE_TEST_DB_URL");
}

static struct locks *process(void)
{
    struct locks *l;
    assert_ok(locks_start(&l, url()));
    return l;
}

/* Waits until the lock is held (or not) as expected; keeping it again makes its process look. */
static void assert_becomes(struct locks *l, enum lock which, bool expected)
{
    for (int i = 0; i < 500; i++) {
        if (locks_held(l, which) == expected) return;
        locks_keep(l, which);
        usleep(10 * 1000);
    }
    fail_msg("lock %d is %s", lock_number(which), expected ? "not held" : "held");
}

static void run(const char *sql)
{
    PGconn *pg = PQconnectdb(url());
    assert_ok(session_run(pg, sql));
    PQfinish(pg);
}

static void the_numbers_are_those_of_the_contract(void **state)
{
    (void)state;
    assert_int_equal(lock_number(LOCK_MIGRATIONS), 200);
    assert_int_equal(lock_number(LOCK_NIGHTLY_JOBS), 600);
    assert_int_equal(lock_number(LOCK_LIBRARY), 1337);
}

static void one_process_keeps_a_lock_and_a_survivor_takes_it_over(void **state)
{
    (void)state;
    struct locks *first = process(), *second = process();
    locks_keep(first, LOCK_NIGHTLY_JOBS);
    assert_becomes(first, LOCK_NIGHTLY_JOBS, true);
    locks_keep(second, LOCK_NIGHTLY_JOBS);
    usleep(100 * 1000);
    assert_false(locks_held(second, LOCK_NIGHTLY_JOBS));
    locks_stop(first);
    assert_becomes(second, LOCK_NIGHTLY_JOBS, true);
    locks_stop(second);
}

static void a_lock_that_immich_holds_is_not_ours(void **state)
{
    (void)state;
    PGconn *immich = PQconnectdb(url());
    assert_ok(session_run(immich, "SELECT pg_advisory_lock(1337)"));
    struct locks *l = process();
    locks_keep(l, LOCK_LIBRARY);
    usleep(100 * 1000);
    assert_false(locks_held(l, LOCK_LIBRARY));
    PQfinish(immich);
    assert_becomes(l, LOCK_LIBRARY, true);
    locks_stop(l);
}

static void a_lost_connection_is_noticed_and_its_locks_are_taken_again(void **state)
{
    (void)state;
    struct locks *l = process();
    locks_keep(l, LOCK_BACKUP);
    assert_becomes(l, LOCK_BACKUP, true);
    run("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = "
        "42");
    assert_becomes(l, LOCK_BACKUP, false);
    assert_becomes(l, LOCK_BACKUP, true);
    locks_stop(l);
}

static void a_lock_is_taken_for_a_while(void **state)
{
    (void)state;
    struct locks *first = process(), *second = process();
    assert_ok(locks_take(first, LOCK_GEODATA_IMPORT, 1000));
    assert_true(locks_held(first, LOCK_GEODATA_IMPORT));
    assert_fails(locks_take(second, LOCK_GEODATA_IMPORT, 100), TIMED_OUT);
    locks_release(first, LOCK_GEODATA_IMPORT);
    assert_false(locks_held(first, LOCK_GEODATA_IMPORT));
    assert_ok(locks_take(second, LOCK_GEODATA_IMPORT, 1000));
    locks_release(second, LOCK_GEODATA_IMPORT);
    locks_stop(first);
    locks_stop(second);
}

static void without_a_database_nothing_is_held(void **state)
{
    (void)state;
    struct locks *l;
    assert_ok(locks_start(&l, "host=/nonexistent dbname=x"));
    locks_keep(l, LOCK_BACKUP);
    assert_fails(locks_take(l, LOCK_LIBRARY, 50), UNAVAILABLE);
    assert_false(locks_held(l, LOCK_BACKUP));
    locks_stop(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_numbers_are_those_of_the_contract),
        cmocka_unit_test(one_process_keeps_a_lock_and_a_survivor_takes_it_over),
        cmocka_unit_test(a_lock_that_immich_holds_is_not_ours),
        cmocka_unit_test(a_lost_connection_is_noticed_and_its_locks_are_taken_again),
        cmocka_unit_test(a_lock_is_taken_for_a_while),
        cmocka_unit_test(without_a_database_nothing_is_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
