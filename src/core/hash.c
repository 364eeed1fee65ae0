#include "core/hash.h"
#include "core/log.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "core/banned.h"

static const EVP_MD *digest_of(enum hash_kind kind)
{
    return kind == HASH_SHA1 ? EVP_sha1() : EVP_sha256();
}

struct hash *hash_begin(enum hash_kind kind)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (!context || !EVP_DigestInit_ex(context, digest_of(kind), NULL))
        log_die("OpenSSL has no SHA");
    return (struct hash *)context;
}

void hash_add(struct hash *h, const void *p, size_t n)
{
    if (!EVP_DigestUpdate((EVP_MD_CTX *)h, p, n)) log_die("a digest failed");
}

void hash_end(struct hash *h, uint8_t *digest)
{
    if (!EVP_DigestFinal_ex((EVP_MD_CTX *)h, digest, NULL)) log_die("a digest failed");
    hash_free(h);
}

void hash_free(struct hash *h)
{
    EVP_MD_CTX_free((EVP_MD_CTX *)h);
}

void hash_once(enum hash_kind kind, const void *p, size_t n, uint8_t *digest)
{
    if (!EVP_Digest(p, n, digest, NULL, digest_of(kind), NULL)) log_die("a digest failed");
}

bool secret_eq(const void *a, size_t a_n, const void *b, size_t b_n)
{
    return a_n == b_n && CRYPTO_memcmp(a, b, a_n) == 0;
}
