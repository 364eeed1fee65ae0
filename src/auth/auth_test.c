#include "app/test.h"
#include "auth/auth.h"
#include "auth/guess.h"
#include "http/request.h"

static const struct auth_rule any_user = {
    .accepts = AUTH_USER, .permission = STR_INIT("asset.read")};

/* A request with these headers. */
static struct request *request_of(
    struct ctx *cx, const char *method, const struct param *headers, size_t n)
{
    struct request *request = ARENA_NEW(cx->arena, struct request);
    *request = (struct request){.method = str_from(method),
        .path = STR("/api/users/me"),
        .headers = {headers, n},
        .user_agent = STR("")};
    cx->request = request;
    return request;
}

static uuid make_session(struct ctx *cx, uuid user, const char *token)
{
    const uuid id = uuid_v4();
    test_sql(cx, "INSERT INTO session (id, \"userId\", token) VALUES ('%s', '%s', sha256('%s'))",
        test_id(cx, id), test_id(cx, user), token);
    return id;
}

static err asked(struct ctx *cx, const char *method, const struct param *headers, size_t n,
    const struct auth **out)
{
    return auth_request(cx, request_of(cx, method, headers, n), &any_user, out);
}
#define ASK(cx, method, out, ...)                                                                  \
    asked(cx, method, (const struct param[]){__VA_ARGS__},                                         \
        sizeof((const struct param[]){__VA_ARGS__}) / sizeof(struct param), out)
#define HEADER(name_, value_)                                                                      \
    {                                                                                              \
        .name = STR_INIT(name_), .value = STR_INIT(value_)                                         \
    }

static void the_first_credential_decides(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    const uuid alice = test_user(cx, "alice");
    const uuid session = make_session(cx, alice, "good");
    assert_ok(ASK(cx, "GET", &auth, HEADER("authorization", "bEaReR good")));
    assert_true(uuid_eq(auth->user, alice));
    assert_true(uuid_eq(auth->session, session));
    err e = ASK(cx, "GET", &auth, HEADER("x-immich-user-token", "bad"),
        HEADER("authorization", "Bearer good"));
    assert_fails(e, UNAUTHORIZED);
    assert_string_equal(e->message, "Invalid user token");
    assert_fails(ASK(cx, "GET", &auth, HEADER("x-api-key", "no such key")), UNAUTHORIZED);
    assert_fails(ASK(cx, "GET", &auth, HEADER("x-immich-share-key", "no such link")), UNAUTHORIZED);
}

static void sessions_end_with_their_time_and_their_user(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    const uuid alice = test_user(cx, "alice");
    make_session(cx, alice, "good");
    test_sql(cx, "UPDATE session SET \"expiresAt\" = now() - interval '1 second'");
    assert_fails(ASK(cx, "GET", &auth, HEADER("authorization", "Bearer good")), UNAUTHORIZED);
    test_sql(cx, "UPDATE session SET \"expiresAt\" = NULL");
    assert_ok(ASK(cx, "GET", &auth, HEADER("authorization", "Bearer good")));
    test_sql(cx, "UPDATE \"user\" SET \"deletedAt\" = now()");
    assert_fails(ASK(cx, "GET", &auth, HEADER("authorization", "Bearer good")), UNAUTHORIZED);
}

static void a_key_needs_the_permission_and_a_session_does_not(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    const uuid alice = test_user(cx, "alice");
    test_sql(cx,
        "INSERT INTO api_key (name, key, \"userId\", permissions) VALUES ('k', sha256('key'), "
        "'%s', '{album.read}')",
        test_id(cx, alice));
    err e = ASK(cx, "GET", &auth, HEADER("x-api-key", "key"));
    assert_fails(e, FORBIDDEN);
    assert_string_equal(e->message, "Missing required permission: asset.read");
    test_sql(cx, "UPDATE api_key SET permissions = '{all}'");
    assert_ok(ASK(cx, "GET", &auth, HEADER("x-api-key", "key")));
    assert_int_equal(auth->kind, AUTH_API_KEY);
}

static void a_cookie_from_another_site_changes_nothing(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    make_session(cx, test_user(cx, "alice"), "good");
    assert_ok(ASK(cx, "POST", &auth, HEADER("cookie", "immich_access_token=good"),
        HEADER("sec-fetch-site", "same-origin")));
    assert_ok(ASK(cx, "GET", &auth, HEADER("cookie", "immich_access_token=good"),
        HEADER("sec-fetch-site", "cross-site")));
    assert_fails(ASK(cx, "POST", &auth, HEADER("cookie", "immich_access_token=good"),
                     HEADER("sec-fetch-site", "cross-site")),
        FORBIDDEN);
    assert_ok(ASK(cx, "POST", &auth, HEADER("authorization", "Bearer good"),
        HEADER("sec-fetch-site", "cross-site")));
    static const struct param upgrade[] = {
        HEADER("cookie", "immich_access_token=good"), HEADER("sec-fetch-site", "cross-site")};
    assert_fails(auth_websocket(cx, request_of(cx, "GET", upgrade, 2), &auth), FORBIDDEN);
}

static void a_protected_link_asks_for_its_password_everywhere(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    const struct auth_rule rule = {.accepts = AUTH_USER_OR_LINK};
    test_sql(cx,
        "INSERT INTO shared_link (id, \"userId\", key, type, password, slug)"
        " VALUES ('3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f', '%s', 'k', 'INDIVIDUAL', 'secret', "
        "'holiday')",
        test_id(cx, test_user(cx, "alice")));
    static const struct param slug[] = {HEADER("x-immich-share-slug", "holiday")};
    err e = auth_request(cx, request_of(cx, "GET", slug, 1), &rule, &auth);
    assert_fails(e, UNAUTHORIZED);
    assert_string_equal(e->message, "Password required");

    /* base64(sha256("3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f-secret")), computed by the database */
    const str token = test_text(
        cx, STR("SELECT encode(sha256('3f0c1f6e-9a5b-4c1d-8e2f-5b6a7c8d9e0f-secret'), 'base64')"));
    const struct param both[] = {slug[0],
        {STR("cookie"), str_fmt(cx->arena, "immich_shared_link_token=other,%.*s", FMT(token))}};
    assert_ok(auth_request(cx, request_of(cx, "GET", both, 2), &rule, &auth));
    assert_int_equal(auth->kind, AUTH_SHARED_LINK);
    assert_fails(ASK(cx, "GET", &auth, HEADER("x-immich-share-slug", "holiday")), UNAUTHORIZED);
}

static void a_link_is_refused_where_links_may_not_go(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    const struct auth_rule admin = {.accepts = AUTH_USER_OR_LINK, .admin_only = true};
    const uuid owner = test_user(cx, "alice");
    test_sql(cx, "UPDATE \"user\" SET \"isAdmin\" = true");
    test_sql(cx,
        "INSERT INTO shared_link (\"userId\", key, type, slug) VALUES ('%s', 'k', 'INDIVIDUAL', "
        "'open')",
        test_id(cx, owner));
    static const struct param slug[] = {HEADER("x-immich-share-slug", "open")};
    assert_fails(ASK(cx, "GET", &auth, HEADER("x-immich-share-slug", "open")), FORBIDDEN);
    assert_fails(auth_request(cx, request_of(cx, "GET", slug, 1), &admin, &auth), FORBIDDEN);
}

static void a_session_is_touched_hourly_and_by_a_new_app(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    make_session(cx, test_user(cx, "alice"), "good");
    test_sql(cx,
        "UPDATE session SET \"updatedAt\" = now() - interval '2 hours', \"deviceType\" = 'old'");
    struct request *request =
        request_of(cx, "GET", (const struct param[]){HEADER("authorization", "Bearer good")}, 1);
    request->user_agent = STR("immich-android/3.1.0");
    assert_ok(auth_request(cx, request, &any_user, &auth));
    assert_sql(cx, "3.1.0", "SELECT \"appVersion\" FROM session");
    assert_sql(cx, "", "SELECT \"deviceType\" FROM session");
}

static void keep_guess(struct ctx *cx, const void *what)
{
    struct auth *kept = (struct auth *)(uintptr_t)what;
    *kept = *cx->auth;
}

static void a_guess_decides_nothing(void **state)
{
    struct ctx *cx = *state;
    const struct auth *auth;
    struct auth guess = {0};
    struct guesses *guesses = guesses_new();
    const struct auth_ahead ahead = {guesses, keep_guess, &guess};
    const struct auth_rule rule = {.accepts = AUTH_USER, .ahead = &ahead};
    static const struct param headers[] = {HEADER("authorization", "Bearer good")};
    const struct request *request = request_of(cx, "GET", headers, 1);
    const uuid alice = test_user(cx, "alice"), bob = test_user(cx, "bob");
    make_session(cx, alice, "good");

    assert_ok(auth_request(cx, request, &rule, &auth));
    assert_true(uuid_is_nil(guess.user)); /* nobody was seen before */
    assert_ok(auth_request(cx, request, &rule, &auth));
    assert_true(uuid_eq(guess.user, alice));

    test_sql(cx, "UPDATE session SET \"userId\" = '%s'", test_id(cx, bob));
    assert_ok(auth_request(cx, request, &rule, &auth));
    assert_true(uuid_eq(guess.user, alice));
    assert_true(uuid_eq(auth->user, bob));
    assert_null(cx->auth);

    test_sql(cx, "DELETE FROM session");
    assert_fails(auth_request(cx, request, &rule, &auth), UNAUTHORIZED);
    assert_true(uuid_eq(guess.user, bob));
    assert_null(auth);
    guesses_free(guesses);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(the_first_credential_decides),
        TEST(sessions_end_with_their_time_and_their_user),
        TEST(a_key_needs_the_permission_and_a_session_does_not),
        TEST(a_cookie_from_another_site_changes_nothing),
        TEST(a_protected_link_asks_for_its_password_everywhere),
        TEST(a_link_is_refused_where_links_may_not_go),
        TEST(a_session_is_touched_hourly_and_by_a_new_app),
        TEST(a_guess_decides_nothing),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
