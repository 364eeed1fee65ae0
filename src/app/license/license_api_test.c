#include "app/license/license.h"
#include "app/system/system.h"
#include "app/test.h"
#include "config/env.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/banned.h"

#define KEY "IMSV-AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH"

static struct bytes public_pem(struct ctx *cx, EVP_PKEY *key)
{
    BIO *out = BIO_new(BIO_s_mem());
    char *text;
    assert_int_equal(PEM_write_bio_PUBKEY(out, key), 1);
    const size_t n = (size_t)BIO_get_mem_data(out, &text);
    const str pem = str_dup(cx->arena, (str){text, n});
    BIO_free(out);
    return (struct bytes){(const uint8_t *)pem.p, pem.n};
}

static struct bytes sign(struct ctx *cx, EVP_PKEY *key, str message)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t n = (size_t)EVP_PKEY_size(key);
    uint8_t *signature = arena_alloc(cx->arena, n);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, signature, &n, (const uint8_t *)message.p, message.n), 1);
    EVP_MD_CTX_free(context);
    return (struct bytes){signature, n};
}

static void only_the_sellers_signature_of_this_key_counts(void **state)
{
    struct ctx *cx = *state;
    EVP_PKEY *seller = EVP_RSA_gen(2048), *forger = EVP_RSA_gen(2048);
    const struct bytes pem = public_pem(cx, seller), good = sign(cx, seller, STR(KEY));
    assert_true(license_is_signed(pem, STR(KEY), good));
    assert_false(license_is_signed(pem, STR("IMSV-" KEY), good));
    assert_false(license_is_signed(pem, STR(KEY), sign(cx, forger, STR(KEY))));
    assert_false(license_is_signed(pem, STR(KEY), (struct bytes){good.p, good.n - 1}));
    assert_false(license_is_signed(pem, STR(KEY), (struct bytes){0}));
    assert_false(license_is_signed((struct bytes){(const uint8_t *)"none", 4}, STR(KEY), good));
    EVP_PKEY_free(seller);
    EVP_PKEY_free(forger);
}

static void open_env(struct ctx *cx)
{
    struct env *env = ARENA_NEW(cx->arena, struct env);
    assert_ok(env_load(env));
    cx->app->env = env;
    test_sign_in(cx, test_user(cx, "ann"));
}

static void a_key_that_is_not_signed_is_not_stored(void **state)
{
    struct ctx *cx = *state;
    open_env(cx);
    struct UserLicense out;
    struct setServerLicense_in server = {
        .body = {.licenseKey = STR(KEY), .activationKey = STR("c2lnbmVk")}};
    assert_fails(op_setServerLicense(cx, &server, &out), BAD_REQUEST);
    server.body.activationKey = STR("no base64!");
    assert_fails(op_setServerLicense(cx, &server, &out), BAD_REQUEST);
    const struct setUserLicense_in user = {.body = server.body};
    err e = op_setUserLicense(cx, &user, &out);
    assert_fails(e, BAD_REQUEST);
    assert_string_equal(e->message, "Invalid license key");
    assert_sql(cx, "0",
        "SELECT (SELECT count(*) FROM system_metadata)"
        " + (SELECT count(*) FROM user_metadata)");
}

static void a_stored_key_is_shown_and_taken_back(void **state)
{
    struct ctx *cx = *state;
    open_env(cx);
    struct UserLicense out;
    assert_fails(op_getServerLicense(cx, &out), NOT_FOUND);
    const struct UserLicense license = license_activated(
        &(struct LicenseKeyDto){.licenseKey = STR(KEY), .activationKey = STR("c2lnbmVk")});
    assert_ok(system_document_set(cx, STR("license"), license_document(cx->arena, &license)));
    assert_ok(op_getServerLicense(cx, &out));
    assert_str(out.licenseKey, KEY);
    assert_str(out.activationKey, "c2lnbmVk");
    assert_true(out.activatedAt.us / 1000 == license.activatedAt.us / 1000);
    assert_fails(op_getUserLicense(cx, &out), NOT_FOUND); /* the server's is not the user's */

    assert_ok(op_deleteServerLicense(cx));
    assert_fails(op_getServerLicense(cx, &out), NOT_FOUND);
    assert_ok(op_deleteServerLicense(cx)); /* nothing to take back is fine */
}

static void a_user_sees_the_own_key(void **state)
{
    struct ctx *cx = *state;
    open_env(cx);
    struct UserLicense out;
    struct UserAdminResponseDto me;
    test_sql(cx,
        "INSERT INTO user_metadata (\"userId\", key, value) SELECT id, 'license', '{\"licenseKey\":"
        " \"" KEY "\", \"activationKey\": \"abc\", \"activatedAt\": \"2024-05-03T10:11:12.345Z\"}'"
        " FROM \"user\"");
    assert_ok(op_getUserLicense(cx, &out));
    assert_str(out.licenseKey, KEY);
    assert_ok(op_getMyUser(cx, &me));
    assert_int_equal(me.license.is, PRESENT);
    assert_str(me.license.v.activationKey, "abc");
    assert_ok(op_deleteUserLicense(cx));
    assert_ok(op_getMyUser(cx, &me));
    assert_int_equal(me.license.is, IS_NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, test_open, test_close)
    const struct CMUnitTest tests[] = {
        TEST(only_the_sellers_signature_of_this_key_counts),
        TEST(a_key_that_is_not_signed_is_not_stored),
        TEST(a_stored_key_is_shown_and_taken_back),
        TEST(a_user_sees_the_own_key),
    };
    return cmocka_run_group_tests(tests, test_migrate, test_end);
}
