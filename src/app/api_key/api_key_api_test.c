#include "app/test.h"
#include "gen/api.h"

#define PERMISSIONS(...)                                                                           \
    {                                                                                              \
        .v = (enum Permission[]){__VA_ARGS__},                                                     \
        .n = sizeof((enum Permission[]){__VA_ARGS__}) / sizeof(enum Permission)                    \
    }

static void a_key_is_shown_once_and_listed_without_its_secret(void **state)
{
    struct ctx *cx = *state;
    test_sign_in(cx, test_user(cx, "alice"));
    const struct createApiKey_in in = {.body.permissions = PERMISSIONS(PERMISSION_ASSET_READ)};
    struct ApiKeyCreateResponseDto made;
    struct list_ApiKeyResponseDto all;

    assert_ok(op_createApiKey(cx, &in, &made));
    assert_str(made.apiKey.name, "API Key");
    assert_sql(
        cx, "1", "SELECT count(*) FROM api_key WHERE key = sha256('%.*s')", FMT(made.secret));
    assert_ok(op_getApiKeys(cx, &all));
    assert_int_equal(all.n, 1);
    assert_int_equal(all.v[0].permissions.v[0], PERMISSION_ASSET_READ);
}

static void a_key_cannot_make_a_mightier_one(void **state)
{
    struct ctx *cx = *state;
    struct auth *auth = test_sign_in(cx, test_user(cx, "alice"));
    auth->kind = AUTH_API_KEY;
    auth->permissions =
        (struct list_str){.v = (str[]){STR_INIT("apiKey.create"), STR_INIT("asset.read")}, .n = 2};
    struct ApiKeyCreateResponseDto made;
    struct createApiKey_in in = {.body.permissions = PERMISSIONS(PERMISSION_ASSET_READ)};
    assert_ok(op_createApiKey(cx, &in, &made));
    in.body.permissions = (struct list_Permission)PERMISSIONS(PERMISSION_ALL);
    assert_fails(op_createApiKey(cx, &in, &made), BAD_REQUEST);
}

static void somebody_elses_key_is_not_found(void **state)
{
    struct ctx *cx = *state;
    test_sign_in(cx, test_user(cx, "alice"));
    const struct createApiKey_in in = {.body.permissions = PERMISSIONS(PERMISSION_ALL)};
    struct ApiKeyCreateResponseDto made;
    struct ApiKeyResponseDto key;
    assert_ok(op_createApiKey(cx, &in, &made));

    test_sign_in(cx, test_user(cx, "bob"));
    const uuid id = made.apiKey.id;
    const struct updateApiKey_in rename = {.id = id, .body.name = SOME(str, STR("mine"))};
    assert_fails(op_getApiKey(cx, &(struct getApiKey_in){.id = id}, &key), BAD_REQUEST);
    assert_fails(op_updateApiKey(cx, &rename, &key), BAD_REQUEST);
    assert_fails(op_deleteApiKey(cx, &(struct deleteApiKey_in){.id = id}), BAD_REQUEST);
    assert_fails(op_getMyApiKey(cx, &key), FORBIDDEN);
}

static void an_update_keeps_what_it_does_not_name(void **state)
{
    struct ctx *cx = *state;
    test_sign_in(cx, test_user(cx, "alice"));
    const struct createApiKey_in in = {.body = {.name = SOME(str, STR("phone")),
                                           .permissions = PERMISSIONS(PERMISSION_ASSET_READ)}};
    struct ApiKeyCreateResponseDto made;
    struct ApiKeyResponseDto key;
    assert_ok(op_createApiKey(cx, &in, &made));
    struct updateApiKey_in update = {.id = made.apiKey.id};
    assert_fails(op_updateApiKey(cx, &update, &key), BAD_REQUEST);
    update.body.name = SOME(str, STR("tablet"));
    assert_ok(op_updateApiKey(cx, &update, &key));
    assert_str(key.name, "tablet");
    assert_int_equal(key.permissions.n, 1);
    assert_ok(op_deleteApiKey(cx, &(struct deleteApiKey_in){.id = made.apiKey.id}));
    assert_sql(cx, "0", "SELECT count(*) FROM api_key");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(a_key_is_shown_once_and_listed_without_its_secret),
        TEST(a_key_cannot_make_a_mightier_one),
        TEST(somebody_elses_key_is_not_found),
        TEST(an_update_keeps_what_it_does_not_name),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
