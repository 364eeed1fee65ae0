#include "app/test.h"
#include "auth/secret.h"
#include "auth/throttle.h"
#include "config/config.h"
#include "config/env.h"
#include "gen/api.h"
#include "http/request.h"

#include "core/banned.h"

#define PASSWORD "correct horse"

static struct env env;
static struct config_store *store;

static int make_all(void **state)
{
    if (env_load(&env) || config_store_new(&store, &env)) return -1;
    return test_migrate(state);
}

static int remove_all(void **state)
{
    config_store_free(store);
    return test_end(state);
}

/* Nobody is signed in; the client is a phone. */
static int open_test(void **state)
{
    static const struct param headers[] = {{STR_INIT("devicemodel"), STR_INIT("Pixel 9")},
        {STR_INIT("devicetype"), STR_INIT("Android")}};
    test_open(state);
    struct ctx *cx = *state;
    struct request *request = ARENA_NEW(cx->arena, struct request);
    *request = (struct request){.client_ip = STR("192.0.2.7"),
        .user_agent = STR("immich-android/3.1.0"),
        .headers = {headers, 2}};
    cx->request = request;
    cx->app->env = &env;
    cx->config = config_acquire(store);
    return 0;
}

static int close_test(void **state)
{
    struct ctx *cx = *state;
    config_release(store, cx->config);
    return test_close(state);
}

static uuid person(struct ctx *cx, const char *name)
{
    const uuid id = test_user(cx, name);
    str hash;
    assert_ok(password_hash(cx->arena, STR(PASSWORD), &hash));
    test_sql(
        cx, "UPDATE \"user\" SET password = '%.*s' WHERE id = '%s'", FMT(hash), test_id(cx, id));
    return id;
}

static err sign_in(struct ctx *cx, str email, str password, struct LoginResponseDto *out)
{
    return op_login(cx, &(struct login_in){.body = {.email = email, .password = password}}, out);
}

static void the_first_to_sign_up_is_the_administrator(void **state)
{
    struct ctx *cx = *state;
    const struct signUpAdmin_in in = {
        .body = {.email = STR("ann@x.io"), .name = STR("Ann"), .password = STR(PASSWORD)}};
    struct UserAdminResponseDto made;
    assert_ok(op_signUpAdmin(cx, &in, &made));
    assert_true(made.isAdmin);
    assert_true(made.shouldChangePassword);
    assert_str(made.storageLabel.v, "admin");

    err e = op_signUpAdmin(cx, &in, &made);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "The server already has an admin");
}

static void sign_up_can_be_switched_off(void **state)
{
    struct ctx *cx = *state;
    struct env closed = env;
    closed.allow_setup = false;
    cx->app->env = &closed;
    const struct signUpAdmin_in in = {
        .body = {.email = STR("ann@x.io"), .name = STR("Ann"), .password = STR(PASSWORD)}};
    struct UserAdminResponseDto made;
    err e = op_signUpAdmin(cx, &in, &made);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Admin setup is disabled");
    assert_sql(cx, "0", "SELECT count(*) FROM \"user\"");
}

static void a_login_makes_a_session_of_the_device(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = person(cx, "ann");
    struct LoginResponseDto out;
    assert_ok(sign_in(cx, STR("ann@example.com"), STR(PASSWORD), &out));
    assert_true(uuid_eq(out.userId, ann));
    assert_false(out.isOnboarded);
    assert_sql(cx, "Pixel 9, Android, 3.1.0",
        "SELECT concat_ws(', ', \"deviceType\", \"deviceOS\", \"appVersion\") FROM session"
        " WHERE \"userId\" = '%s' AND token = sha256('%.*s')",
        test_id(cx, ann), FMT(out.accessToken));
    assert_int_equal(cx->reply->headers_n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_str(cx->reply->headers[i].name, "Set-Cookie");
}

static void who_has_no_password_cannot_use_one(void **state)
{
    struct ctx *cx = *state;
    struct LoginResponseDto out;
    const uuid ann = test_user(cx, "ann"); /* signs in through OAuth */
    assert_fails(sign_in(cx, STR("ann@example.com"), STR(""), &out), UNAUTHORIZED);
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now() WHERE id = '%s'", test_id(cx, ann));
    err e = sign_in(cx, STR("ann@example.com"), STR(PASSWORD), &out);
    assert_fails(e, UNAUTHORIZED);
    assert_string_equal(e->message, "Incorrect email or password");
    assert_sql(cx, "0", "SELECT count(*) FROM session");
    assert_int_equal(cx->reply->headers_n, 0);
}

static void passwords_can_be_switched_off(void **state)
{
    struct ctx *cx = *state;
    struct LoginResponseDto out;
    person(cx, "ann");
    test_sql(cx, "INSERT INTO system_metadata (key, value)"
                 " VALUES ('system-config', '{\"passwordLogin\": {\"enabled\": false}}')");
    assert_ok(config_refresh(cx, store));
    const struct config *config = config_acquire(store);
    struct ctx later = *cx;
    later.config = config;
    err e = sign_in(&later, STR("ann@example.com"), STR(PASSWORD), &out);
    assert_fails(e, UNAUTHORIZED);
    assert_string_equal(e->message, "Password login has been disabled");
    config_release(store, config);

    /* A request that began before still sees what held then. */
    assert_ok(sign_in(cx, STR("ann@example.com"), STR(PASSWORD), &out));
    test_sql(cx, "DELETE FROM system_metadata");
    assert_ok(config_refresh(cx, store));
}

static void after_ten_wrong_passwords_the_client_is_told_to_wait(void **state)
{
    struct ctx *cx = *state;
    struct LoginResponseDto out;
    person(cx, "guessed"); /* counted for as long as the process lives */
    ;
    for (int i = 0; i < 10; i++)
        assert_fails(sign_in(cx, STR("guessed@example.com"), STR("guess"), &out), UNAUTHORIZED);
    assert_int_equal(cx->reply->headers_n, 0);
    assert_fails(sign_in(cx, STR("guessed@example.com"), STR(PASSWORD), &out), RATE_LIMITED);
    assert_str(cx->reply->headers[0].name, "Retry-After");
    assert_str(cx->reply->headers[0].value, "5");
    assert_sql(cx, "0", "SELECT count(*) FROM session");
}

/* A session of its own for the caller, and another device's. */
static struct auth *two_devices(struct ctx *cx, uuid user)
{
    struct auth *auth = test_sign_in(cx, user);
    auth->session = uuid_v4();
    test_sql(cx,
        "INSERT INTO session (id, \"userId\", token) VALUES ('%s', '%s', 'mine'),"
        " (uuid_generate_v4(), '%s', 'other')",
        test_id(cx, auth->session), test_id(cx, user), test_id(cx, user));
    return auth;
}

static void a_new_password_ends_the_other_sessions(void **state)
{
    struct ctx *cx = *state;
    const uuid ann = person(cx, "ann");
    const struct auth *auth = two_devices(cx, ann);
    struct UserAdminResponseDto out;
    const struct changePassword_in in = {
        .body = {.password = STR(PASSWORD), .newPassword = STR("battery staple")}};
    assert_ok(op_changePassword(cx, &in, &out));
    assert_sql(cx, test_id(cx, auth->session), "SELECT id FROM session");
    struct LoginResponseDto login;
    assert_ok(sign_in(cx, STR("ann@example.com"), STR("battery staple"), &login));

    err e = op_changePassword(cx, &in, &out); /* the old one is no longer right */
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Wrong password");
}

static void a_key_that_changes_the_password_has_no_session_to_keep(void **state)
{
    struct ctx *cx = *state;
    two_devices(cx, person(cx, "ann"))->kind = AUTH_API_KEY;
    struct UserAdminResponseDto out;
    const struct changePassword_in in = {
        .body = {.password = STR(PASSWORD), .newPassword = STR("battery staple")}};
    assert_ok(op_changePassword(cx, &in, &out));
    assert_sql(cx, "0", "SELECT count(*) FROM session");
}

static void a_logout_ends_this_session_only(void **state)
{
    struct ctx *cx = *state;
    struct auth *auth = two_devices(cx, person(cx, "ann"));
    struct LogoutResponseDto out;
    assert_ok(op_logout(cx, &out));
    assert_sql(cx, "other", "SELECT encode(token, 'escape') FROM session");
    assert_int_equal(cx->reply->headers_n, 3);

    auth->kind = AUTH_API_KEY;
    assert_ok(op_logout(cx, &out));
    assert_sql(cx, "1", "SELECT count(*) FROM session");
}

static void the_status_tells_what_is_set_and_what_is_open(void **state)
{
    struct ctx *cx = *state;
    struct auth *auth = two_devices(cx, person(cx, "ann"));
    struct AuthStatusResponseDto out;
    assert_ok(op_getAuthStatus(cx, &out));
    assert_true(out.password);
    assert_false(out.pinCode);
    assert_false(out.isElevated);
    assert_int_equal(out.expiresAt.is, ABSENT);
    assert_int_equal(out.pinExpiresAt.is, ABSENT);

    test_sql(cx, "UPDATE \"user\" SET \"pinCode\" = 'hash', password = ''");
    test_sql(cx, "UPDATE session SET \"pinExpiresAt\" = now(), \"expiresAt\" = now()");
    auth->elevated = true;
    assert_ok(op_getAuthStatus(cx, &out));
    assert_false(out.password);
    assert_true(out.pinCode);
    assert_true(out.isElevated);
    assert_int_equal(out.expiresAt.is, PRESENT);
    assert_int_equal(out.pinExpiresAt.is, PRESENT);

    auth->kind = AUTH_API_KEY;
    assert_ok(op_getAuthStatus(cx, &out));
    assert_int_equal(out.pinExpiresAt.is, ABSENT);
}

#define PIN "123456"
#define OTHER_PIN "654321"

static fallible set_up_pin(struct ctx *cx, const char *pin)
{
    const struct setupPinCode_in in = {.body = {.pinCode = str_from(pin)}};
    return op_setupPinCode(cx, &in);
}

static fallible unlock(struct ctx *cx, const char *pin)
{
    const struct unlockAuthSession_in in = {.body = {.pinCode = SOME(str, str_from(pin))}};
    return op_unlockAuthSession(cx, &in);
}

static void assert_says(err e, const char *message)
{
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, message);
}

static void assert_open(struct ctx *cx, const char *sessions)
{
    assert_sql(cx, sessions, "SELECT count(*) FROM session WHERE \"pinExpiresAt\" > now()");
}

static void a_pin_is_set_up_once(void **state)
{
    struct ctx *cx = *state;
    two_devices(cx, person(cx, "ann"));
    assert_ok(set_up_pin(cx, PIN));
    assert_says(set_up_pin(cx, OTHER_PIN), "User already has a PIN code");
    assert_sql(cx, "$2b$10$", "SELECT left(\"pinCode\", 7) FROM \"user\"");
}

static void the_pin_opens_this_session_for_a_quarter_of_an_hour(void **state)
{
    struct ctx *cx = *state;
    struct auth *auth = two_devices(cx, person(cx, "ann"));
    assert_says(unlock(cx, PIN), "User does not have a PIN code");
    assert_ok(set_up_pin(cx, PIN));
    assert_says(unlock(cx, OTHER_PIN), "Wrong PIN code");
    assert_open(cx, "0");

    const struct unlockAuthSession_in by_password = {
        .body = {.password = SOME(str, STR(PASSWORD))}};
    assert_says(op_unlockAuthSession(cx, &by_password), "Either password or pinCode is required");

    assert_ok(unlock(cx, PIN));
    assert_sql(cx, test_id(cx, auth->session),
        "SELECT id FROM session WHERE \"pinExpiresAt\" BETWEEN now() + interval '14 min' AND now() "
        "+ "
        "interval '15 min'");
    assert_ok(op_lockAuthSession(cx));
    assert_open(cx, "0");

    auth->kind = AUTH_API_KEY;
    assert_says(unlock(cx, PIN), "This endpoint can only be used with a session token");
    assert_says(op_lockAuthSession(cx), "This endpoint can only be used with a session token");
}

static void the_password_comes_before_the_pin(void **state)
{
    struct ctx *cx = *state;
    two_devices(cx, person(cx, "ann"));
    struct changePinCode_in in = {.body = {.newPinCode = STR(OTHER_PIN)}};
    assert_says(op_changePinCode(cx, &in), "User does not have a PIN code");
    assert_ok(set_up_pin(cx, PIN));
    assert_says(op_changePinCode(cx, &in), "Either password or pinCode is required");
    in.body.password = SOME(str, STR("wrong"));
    in.body.pinCode = SOME(str, STR(PIN));
    assert_says(op_changePinCode(cx, &in), "Wrong password");
    in.body.password = NOTHING(str);
    assert_ok(op_changePinCode(cx, &in));
    assert_says(op_changePinCode(cx, &in), "Wrong PIN code");
    in.body.password = SOME(str, STR(PASSWORD));
    assert_ok(op_changePinCode(cx, &in));
    assert_ok(unlock(cx, OTHER_PIN));
}

static void a_reset_closes_all_sessions(void **state)
{
    struct ctx *cx = *state;
    two_devices(cx, person(cx, "ann"));
    assert_ok(set_up_pin(cx, PIN));
    test_sql(cx, "UPDATE session SET \"pinExpiresAt\" = now() + interval '1 min'");
    const struct resetPinCode_in wrong = {.body = {.pinCode = SOME(str, STR(OTHER_PIN))}};
    assert_says(op_resetPinCode(cx, &wrong), "Wrong PIN code");
    assert_open(cx, "2");
    const struct resetPinCode_in in = {.body = {.pinCode = SOME(str, STR(PIN))}};
    assert_ok(op_resetPinCode(cx, &in));
    assert_open(cx, "0");
    assert_says(unlock(cx, PIN), "User does not have a PIN code");
}

static void pins_cannot_be_guessed_at_leisure(void **state)
{
    struct ctx *cx = *state;
    two_devices(cx, person(cx, "ann"));
    assert_ok(set_up_pin(cx, PIN));
    for (int i = 0; i < THROTTLE_FREE_FAILURES; i++)
        assert_says(unlock(cx, OTHER_PIN), "Wrong PIN code");
    assert_fails(unlock(cx, PIN), RATE_LIMITED);
    assert_open(cx, "0");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, close_test)
    const struct CMUnitTest tests[] = {
        TEST(the_first_to_sign_up_is_the_administrator),
        TEST(sign_up_can_be_switched_off),
        TEST(a_login_makes_a_session_of_the_device),
        TEST(who_has_no_password_cannot_use_one),
        TEST(passwords_can_be_switched_off),
        TEST(after_ten_wrong_passwords_the_client_is_told_to_wait),
        TEST(a_new_password_ends_the_other_sessions),
        TEST(a_key_that_changes_the_password_has_no_session_to_keep),
        TEST(a_logout_ends_this_session_only),
        TEST(the_status_tells_what_is_set_and_what_is_open),
        TEST(a_pin_is_set_up_once),
        TEST(the_pin_opens_this_session_for_a_quarter_of_an_hour),
        TEST(the_password_comes_before_the_pin),
        TEST(a_reset_closes_all_sessions),
        TEST(pins_cannot_be_guessed_at_leisure),
    };
    return cmocka_run_group_tests(tests, make_all, remove_all);
}
