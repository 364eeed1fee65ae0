/* Product keys: a key's text is signed by its seller; whoever has the signature (the activation
 * key) may show the key.
 *
 * Memory  the arena. Threads any.
 * Fails   BAD_REQUEST "Invalid license key" for a wrong prefix, signature or encoding.
 */
#pragma once

#include "core/ctx.h"
#include "gen/api.h"

enum license_kind {
    LICENSE_SERVER, /* IMSV-… */
    LICENSE_CLIENT, /* IMCL-… */
};

/* Whether the activation key is the signature of the license key by the seller of that kind of key.
 */
fallible license_verify(struct ctx *cx, const struct LicenseKeyDto *dto, enum license_kind kind);
/* RSASSA-PKCS1-v1_5 with SHA-256 over the key's text; a public key that is none has signed nothing.
 */
bool license_is_signed(struct bytes pem, str message, struct bytes signature);
/* {"licenseKey":…, "activationKey":…, "activatedAt":…}: how a verified key is stored and answered.
 */
struct UserLicense license_activated(const struct LicenseKeyDto *dto);
str license_document(struct arena *a, const struct UserLicense *license);
