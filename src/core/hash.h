/* SHA-1 (asset checksums, ETags) and SHA-256 (tokens) over OpenSSL's EVP.
 *
 * Owns    a struct hash owns its context until hash_end or hash_free.
 * Threads one hash at a time per struct. Never fails: a missing digest ends the process.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hash_kind { HASH_SHA1, HASH_SHA256 };
enum {
    SHA1_SIZE = 20,
    SHA256_SIZE = 32,
    HASH_SIZE_MAX = 32,
};

struct hash;

struct hash *hash_begin(enum hash_kind kind);
void hash_add(struct hash *h, const void *p, size_t n);
/* Writes the digest (SHA1_SIZE or SHA256_SIZE bytes) and frees h. */
void hash_end(struct hash *h, uint8_t *digest);
void hash_free(struct hash *h);

void hash_once(enum hash_kind kind, const void *p, size_t n, uint8_t *digest);
/* Equal length and content, in time that does not depend on where they differ. */
bool secret_eq(const void *a, size_t a_n, const void *b, size_t b_n);
