/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <xxhash.h>

struct tm_sha256 {
    EVP_MD_CTX *context;
};

static void hex(const unsigned char *bytes, size_t n, char *ret_hex)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < n; i++) {
        ret_hex[2 * i] = digits[bytes[i] >> 4];
        ret_hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    ret_hex[2 * n] = '\0';
}

struct tm_sha256 *tm_sha256_create(void)
{
    struct tm_sha256 *sha = malloc(sizeof *sha);
    if (sha == NULL)
        return NULL;
    sha->context = EVP_MD_CTX_new();
    if (sha->context == NULL || EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL) != 1) {
        tm_sha256_destroy(sha);
        return NULL;
    }
    return sha;
}

void tm_sha256_destroy(struct tm_sha256 *sha)
{
    if (sha == NULL)
        return;
    EVP_MD_CTX_free(sha->context);
    free(sha);
}

void tm_sha256_update(struct tm_sha256 *sha, const void *p, size_t n)
{
    (void)EVP_DigestUpdate(sha->context, p, n);
}

void tm_sha256_hex(struct tm_sha256 *sha, char ret_hex[TM_SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    (void)EVP_DigestFinal_ex(sha->context, digest, NULL);
    (void)EVP_DigestInit_ex(sha->context, EVP_sha256(), NULL);
    hex(digest, 32, ret_hex);
}

bool tm_sha256_of(const void *p, size_t n, char ret_hex[TM_SHA256_HEX])
{
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    if (EVP_Digest(p, n, digest, NULL, EVP_sha256(), NULL) != 1)
        return false;
    hex(digest, 32, ret_hex);
    return true;
}

struct tm_hash128 tm_hash128_of(const void *p, size_t n)
{
    XXH128_hash_t h = XXH3_128bits(p, n);
    return (struct tm_hash128){h.high64, h.low64};
}

void tm_hash128_hex(struct tm_hash128 hash, char ret_hex[33])
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, (XXH128_hash_t){.low64 = hash.low, .high64 = hash.high});
    hex(canonical.digest, sizeof canonical.digest, ret_hex);
}

static uint64_t hex64(const char *digits)
{
    uint64_t value = 0;
    for (int i = 0; i < 16; i++)
        value = value << 4 | (uint64_t)(digits[i] <= '9' ? digits[i] - '0' : digits[i] - 'a' + 10);
    return value;
}

struct tm_hash128 tm_hash128_of_hex(const char *digits)
{
    return (struct tm_hash128){.high = hex64(digits), .low = hex64(digits + 16)};
}
