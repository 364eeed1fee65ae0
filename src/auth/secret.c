#include "auth/secret.h"
#include "core/arena.h"
#include "core/codec.h"
#include "core/hash.h"
#include "core/rand.h"
#include "core/size.h"

#include <crypt.h>

#include "core/banned.h"

enum {
    BCRYPT_COST = 10,
    BCRYPT_SALT_BYTES = 16,
    BCRYPT_PASSWORD_MAX =
        72, /* bcrypt looks at no more; longer ones are cut as upstream's library does */
};

/* The hash of a random text that nobody knows: what unknown accounts are compared with. */
static const char dummy_hash[] = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

str secret_token(struct arena *a)
{
    uint8_t bytes[SECRET_TOKEN_BYTES];
    rand_bytes(bytes, sizeof bytes);
    const str text = base64_encode(a, (struct bytes){bytes, sizeof bytes});
    char *out = arena_alloc_raw(a, text.n);
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (!strchr("+/=", text.p[i])) out[n++] = text.p[i];
    }
    return (str){out, n};
}

struct bytes secret_digest(struct arena *a, str token)
{
    uint8_t *digest = arena_alloc_raw(a, SHA256_SIZE);
    hash_once(HASH_SHA256, token.p, token.n, digest);
    return (struct bytes){digest, SHA256_SIZE};
}

/* crypt_r's scratch space holds what is derived from the password: it is wiped. */
static bool run_crypt(struct arena *a, str password, const char *setting, str *out)
{
    char key[BCRYPT_PASSWORD_MAX + 1] = {0};
    const size_t n = MIN(password.n, (size_t)BCRYPT_PASSWORD_MAX);
    memcpy(key, password.p, n);
    struct crypt_data *data = ARENA_NEW(a, struct crypt_data);
    const char *hash = crypt_r(key, setting, data);
    const bool fine = hash && hash[0] != '*';
    if (fine) *out = str_dup(a, str_from(hash));
    explicit_bzero(key, sizeof key);
    explicit_bzero(data, sizeof *data);
    return fine;
}

fallible password_hash(struct arena *a, str password, str *out)
{
    char salt[BCRYPT_SALT_BYTES];
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    rand_bytes(salt, sizeof salt);
    if (!crypt_gensalt_rn("$2b$", BCRYPT_COST, salt, sizeof salt, setting, sizeof setting))
        FAIL(INTERNAL, "libcrypt has no bcrypt");
    if (!run_crypt(a, password, setting, out)) FAIL(INTERNAL, "bcrypt failed");
    return NULL;
}

bool password_matches(struct arena *a, str password, str hash)
{
    const bool known = str_starts(hash, STR("$2"));
    str made;
    if (!run_crypt(a, password, known ? cstr(a, hash) : dummy_hash, &made)) return false;
    return known && secret_eq(made.p, made.n, hash.p, hash.n);
}
