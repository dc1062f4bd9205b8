/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - digests: SHA-256 (OpenSSL EVP) for identity, XXH3-128 for tables and duplicates. */
#ifndef TM_BASE_HASH_H
#define TM_BASE_HASH_H

#include <tolmach/base.h>

#define TM_SHA256_HEX 65

struct tm_sha256;

struct tm_sha256 *tm_sha256_create(void);
void tm_sha256_destroy(struct tm_sha256 *sha);
void tm_sha256_update(struct tm_sha256 *sha, const void *p, size_t n);

/* Writes 64 hexadecimal digits and a NUL, and starts afresh. */
void tm_sha256_hex(struct tm_sha256 *sha, char ret_hex[TM_SHA256_HEX]);

/* The same of one run of bytes. */
bool tm_sha256_of(const void *p, size_t n, char ret_hex[TM_SHA256_HEX]);

struct tm_hash128 {
    uint64_t high;
    uint64_t low;
};

struct tm_hash128 tm_hash128_of(const void *p, size_t n);

static inline int tm_hash128_order(struct tm_hash128 a, struct tm_hash128 b)
{
    int high = (a.high > b.high) - (a.high < b.high);
    return high != 0 ? high : (a.low > b.low) - (a.low < b.low);
}

/* 32 hexadecimal digits and a NUL. */
void tm_hash128_hex(struct tm_hash128 hash, char ret_hex[33]);

/* The same back, of digits that were looked at before. */
struct tm_hash128 tm_hash128_of_hex(const char *digits);

#endif
