#include "app/app.h"
#include "app/license/license.h"
#include "config/env.h"
#include "core/codec.h"
#include "gen/embed.h"
#include "json/value.h"
#include "json/writer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "core/banned.h"

static void free_key(EVP_PKEY **key)
{
    EVP_PKEY_free(*key);
}

static void free_context(EVP_MD_CTX **context)
{
    EVP_MD_CTX_free(*context);
}

/* The seller's public key as PEM. */
static fallible public_key(struct ctx *cx, enum license_kind kind, struct bytes *out)
{
    const struct json_value *keys;
    str text;
    TRY(json_parse(cx->arena, embed_license_keys, &keys));
    const str stage = cx->app->env->kind == ENV_PRODUCTION ? STR("production") : STR("staging");
    const str name = kind == LICENSE_SERVER ? STR("server") : STR("client");
    if (!json_string(json_get(json_get(keys, stage), name), &text) ||
        !base64_decode(cx->arena, text, out))
        FAIL(INTERNAL, "the embedded license keys are damaged");
    return NULL;
}

bool license_is_signed(struct bytes pem, str message, struct bytes signature)
{
    BIO *source = BIO_new_mem_buf(pem.p, (int)pem.n);
    EVP_PKEY *key __attribute__((cleanup(free_key))) =
        PEM_read_bio_PUBKEY(source, NULL, NULL, NULL);
    EVP_MD_CTX *context __attribute__((cleanup(free_context))) = EVP_MD_CTX_new();
    BIO_free(source);
    return key && context && EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
           EVP_DigestVerify(
               context, signature.p, signature.n, (const unsigned char *)message.p, message.n) == 1;
}

fallible license_verify(struct ctx *cx, const struct LicenseKeyDto *dto, enum license_kind kind)
{
    struct bytes pem, signature;
    const str prefix = kind == LICENSE_SERVER ? STR("IMSV-") : STR("IMCL-");
    TRY(public_key(cx, kind, &pem));
    if (!str_starts(dto->licenseKey, prefix) ||
        !base64_decode(cx->arena, dto->activationKey, &signature) ||
        !license_is_signed(pem, dto->licenseKey, signature))
        FAIL(BAD_REQUEST, "Invalid license key");
    return NULL;
}

struct UserLicense license_activated(const struct LicenseKeyDto *dto)
{
    return (struct UserLicense){.licenseKey = dto->licenseKey,
        .activationKey = dto->activationKey,
        .activatedAt = when_now()};
}

str license_document(struct arena *a, const struct UserLicense *license)
{
    struct buf text = {0};
    json_write(&text, &UserLicense_fields, license, DATES_Z);
    return buf_take(&text, a);
}
