/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sign.h - signatures of releases in the form of minisign (https://jedisct1.github.io/minisign/):
 * Ed25519 over the BLAKE2b-512 digest of SHA256SUMS, which names every file. What is made here,
 * `minisign -Vm SHA256SUMS -p KEY.pub` accepts, and keys and signatures of minisign are read.
 *
 * The same key and release give the same signature: no wall clock enters. One thread at a time may
 * call what takes a password; all else any.
 */
#ifndef TOLMACH_SIGN_H
#define TOLMACH_SIGN_H

#include <tolmach/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A secret key in memory that is locked and wiped. */
struct tm_sign_key;

/* Makes a pair of keys: the files `secret` (mode 0600) and `public`, neither of which may exist.
 * A password (may be NULL: none) encrypts the secret one, as minisign does (scrypt, 32 MiB). */
TM_API enum tm_status tm_keygen(const char *secret, const char *public_path, const char *password,
                                struct tm_err *err);

/* Reads a secret key. TM_ERR_USAGE when it is encrypted and `password` is NULL, with
 * *ret_encrypted (may be NULL) true, or when the password is wrong. */
TM_API enum tm_status tm_sign_key_load(const char *path, const char *password,
                                       bool *ret_encrypted, struct tm_sign_key **ret_key,
                                       struct tm_err *err);
TM_API void tm_sign_key_destroy(struct tm_sign_key *key);

/* Whether SHA256SUMS.minisig in `dir` is a signature of SHA256SUMS by the key in the file
 * `public_path`: TM_OK; TM_ERR_VERIFY when not; TM_ERR_READ when a file cannot be read,
 * TM_ERR_FORMAT when it is none of its kind. That SHA256SUMS holds is what tm_verify checks. */
TM_API enum tm_status tm_verify_signature(const char *dir, const char *public_path,
                                          struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
