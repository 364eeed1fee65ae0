#include "config/env.h"
#include "core/arena.h"
#include "core/fd.h"
#include "core/test.h"

#include <stdlib.h>

static int a_clean_environment(void **state)
{
    clearenv();
    return 0;
}

static void defaults_are_those_of_the_contract(void **state)
{
    struct env env;
    assert_ok(env_load(&env));
    assert_int_equal(env.port, 2283);
    assert_string_equal(env.db_hostname, "database");
    assert_true(env.allow_setup);
    assert_true(env.run_api);
    assert_true(env.run_microservices);
    assert_false(env.has_database);
    assert_false(env.log_level_is_set);
    assert_int_equal(env.vector_extension, VECTOR_AUTO);
}

static void every_problem_is_named(void **state)
{
    setenv("IMMICH_PORT", "http", 1);
    setenv("IMMICH_ALLOW_SETUP", "", 1);
    setenv("IMMICH_WORKERS_INCLUDE", "api, cron", 1);
    setenv("IMMICH_MEDIA_LOCATION", "photos", 1);
    struct env env;
    err e = env_load(&env);
    assert_fails(e, BAD_REQUEST);
    assert_non_null(strstr(e->message, "[IMMICH_PORT]"));
    assert_non_null(strstr(e->message, "[IMMICH_ALLOW_SETUP]"));
    assert_non_null(strstr(e->message, "Invalid worker(s) found: cron"));
    assert_non_null(strstr(e->message, "[IMMICH_MEDIA_LOCATION]"));
}

static void workers_are_include_without_exclude(void **state)
{
    setenv("IMMICH_WORKERS_EXCLUDE", "microservices", 1);
    struct env env;
    assert_ok(env_load(&env));
    assert_true(env.run_api);
    assert_false(env.run_microservices);
}

static void a_password_may_come_from_a_file_and_is_quoted(void **state)
{
    char path[] = "/tmp/env_test.XXXXXX";
    auto_fd fd = mkstemp(path);
    assert_ok(fd_write_all(fd, "it's\n", 5));
    setenv("DB_PASSWORD_FILE", path, 1);
    struct env env;
    assert_ok(env_load(&env));
    unlink(path);
    assert_true(env.has_database);
    struct arena *a = arena_new();
    assert_str(env_db_conninfo(a, &env),
        "host='database' port='5432' user='postgres' password='it\\'s' dbname='immich'");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(defaults_are_those_of_the_contract, a_clean_environment),
        cmocka_unit_test_setup(every_problem_is_named, a_clean_environment),
        cmocka_unit_test_setup(workers_are_include_without_exclude, a_clean_environment),
        cmocka_unit_test_setup(a_password_may_come_from_a_file_and_is_quoted, a_clean_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
