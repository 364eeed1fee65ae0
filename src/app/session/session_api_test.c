#include "app/test.h"
#include "auth/secret.h"
#include "gen/api.h"

static uuid sign_in(struct ctx *cx, const char *name)
{
    const uuid user = test_user(cx, name);
    struct auth *auth = test_sign_in(cx, user);
    auth->session = uuid_v4();
    test_sql(cx, "INSERT INTO session (id, \"userId\", token) VALUES ('%s', '%s', sha256('%s'))",
        test_id(cx, auth->session), test_id(cx, user), name);
    return user;
}

static void a_child_session_is_listed_and_ends_with_its_parent(void **state)
{
    struct ctx *cx = *state;
    const uuid user = sign_in(cx, "alice");
    struct createSession_in in = {
        .body = {.duration = SOME(int, 60), .deviceType = SOME(str, STR("TV"))}};
    struct SessionCreateResponseDto child;
    struct list_SessionResponseDto all;

    assert_ok(op_createSession(cx, &in, &child));
    assert_true(child.token.n >= 32);
    assert_false(child.current);
    assert_int_equal(child.expiresAt.is, PRESENT);
    assert_ok(op_getSessions(cx, &all));
    assert_int_equal(all.n, 2);
    assert_sql(
        cx, "1", "SELECT count(*) FROM session WHERE token = sha256('%.*s')", FMT(child.token));

    assert_ok(op_deleteSession(cx, &(struct deleteSession_in){.id = cx->auth->session}));
    assert_sql(cx, "0", "SELECT count(*) FROM session WHERE \"userId\" = '%s'", test_id(cx, user));
}

static void only_a_session_makes_sessions(void **state)
{
    struct ctx *cx = *state;
    struct auth *key = test_sign_in(cx, test_user(cx, "alice"));
    key->kind = AUTH_API_KEY;
    struct SessionCreateResponseDto out;
    assert_fails(op_createSession(cx, &(struct createSession_in){0}, &out), BAD_REQUEST);
}

static void a_duration_beyond_the_calendar_is_refused(void **state)
{
    struct ctx *cx = *state;
    sign_in(cx, "alice");
    struct SessionCreateResponseDto out;
    const struct createSession_in in = {.body.duration = SOME(int, INT64_MAX)};
    assert_fails(op_createSession(cx, &in, &out), BAD_REQUEST);
}

static void signing_out_elsewhere_keeps_the_own_session_and_other_people(void **state)
{
    struct ctx *cx = *state;
    const uuid bob = sign_in(cx, "bob");
    const uuid alice = sign_in(cx, "alice");
    test_sql(cx, "INSERT INTO session (\"userId\", token) VALUES ('%s', 'a'), ('%s', 'b')",
        test_id(cx, alice), test_id(cx, alice));
    assert_ok(op_deleteAllSessions(cx));
    assert_sql(cx, test_id(cx, cx->auth->session), "SELECT id FROM session WHERE \"userId\" = '%s'",
        test_id(cx, alice));
    assert_sql(cx, "1", "SELECT count(*) FROM session WHERE \"userId\" = '%s'", test_id(cx, bob));
}

static void an_update_needs_a_field(void **state)
{
    struct ctx *cx = *state;
    sign_in(cx, "alice");
    struct SessionResponseDto out;
    struct updateSession_in in = {.id = cx->auth->session};
    assert_fails(op_updateSession(cx, &in, &out), BAD_REQUEST);
    in.body.isPendingSyncReset = SOME(bool, true);
    assert_ok(op_updateSession(cx, &in, &out));
    assert_true(out.isPendingSyncReset);
}

static void locking_ends_the_elevation(void **state)
{
    struct ctx *cx = *state;
    sign_in(cx, "alice");
    test_sql(cx, "UPDATE session SET \"pinExpiresAt\" = now() + interval '1 hour'");
    assert_ok(op_lockSession(cx, &(struct lockSession_in){.id = cx->auth->session}));
    assert_sql(cx, "null", "SELECT \"pinExpiresAt\" FROM session WHERE id = '%s'",
        test_id(cx, cx->auth->session));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_child_session_is_listed_and_ends_with_its_parent),
        TEST(only_a_session_makes_sessions),
        TEST(a_duration_beyond_the_calendar_is_refused),
        TEST(signing_out_elsewhere_keeps_the_own_session_and_other_people),
        TEST(an_update_needs_a_field),
        TEST(locking_ends_the_elevation),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
