#include "auth/secret.h"
#include "core/arena.h"
#include "core/test.h"

static void a_password_matches_its_own_hash_only(void **state)
{
    struct arena *a = arena_new();
    str hash, again;
    assert_ok(password_hash(a, STR("correct horse"), &hash));
    assert_true(str_starts(hash, STR("$2b$10$")));
    assert_int_equal(hash.n, 60);
    assert_true(password_matches(a, STR("correct horse"), hash));
    assert_false(password_matches(a, STR("correct horsf"), hash));
    assert_ok(password_hash(a, STR("correct horse"), &again));
    assert_false(str_eq(hash, again));
    arena_free(a);
}

static void hashes_of_upstream_are_accepted(void **state)
{
    struct arena *a = arena_new();
    /* A published vector of OpenBSD's bcrypt ("U*U", $2a$, cost 5). */
    const str hash = STR("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW");
    assert_true(password_matches(a, STR("U*U"), hash));
    assert_false(password_matches(a, STR("U*V"), hash));
    arena_free(a);
}

static void nobody_signs_in_without_a_hash(void **state)
{
    struct arena *a = arena_new();
    assert_false(password_matches(a, STR(""), STR("")));
    assert_false(password_matches(a, STR("x"), STR("x")));
    arena_free(a);
}

static void tokens_are_long_plain_and_different(void **state)
{
    struct arena *a = arena_new();
    for (int i = 0; i < 50; i++) {
        const str token = secret_token(a);
        assert_true(token.n >= 32 && token.n <= 43);
        for (size_t k = 0; k < token.n; k++)
            assert_null(strchr("+/=", token.p[k]));
        assert_false(str_eq(token, secret_token(a)));
    }
    assert_int_equal(secret_digest(a, STR("token")).n, 32);
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_matches_its_own_hash_only),
        cmocka_unit_test(hashes_of_upstream_are_accepted),
        cmocka_unit_test(nobody_signs_in_without_a_hash),
        cmocka_unit_test(tokens_are_long_plain_and_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
