/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of minisign. All binary fields stand in base64, a line each:
 *   public key:   "Ed", key id, Ed25519 key
 *   secret key:   "Ed", "Sc" or two zeros, "B2", salt, two limits of scrypt, and then, xored with
 *                 what scrypt gives: key id, Ed25519 key, BLAKE2b-256 of "Ed", id and key
 *   signature:    "ED", key id, Ed25519 signature of the BLAKE2b-512 digest of the file; then a
 *                 comment, and the signature of that signature and the comment
 */
#include "pack/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "pack/folder.h"

enum {
    ID = 8,
    PUBLIC = crypto_sign_PUBLICKEYBYTES,
    SECRET = crypto_sign_SECRETKEYBYTES,
    SIGNATURE = crypto_sign_BYTES,
    SALT = crypto_pwhash_scryptsalsa208sha256_SALTBYTES,
    CHECK = 32,
    DIGEST = 64,
    PUBLIC_FILE = 2 + ID + PUBLIC,
    SIGNATURE_FILE = 2 + ID + SIGNATURE,
    LOCKED = ID + SECRET + CHECK,
    SECRET_FILE = 6 + SALT + 16 + LOCKED,
    MOST_FILE = 4096,
};

#define SCRYPT_OPS ((uint64_t)1 << 20)
#define SCRYPT_MEMORY ((uint64_t)32 << 20)
#define MOST_SCRYPT_MEMORY ((uint64_t)1 << 30)

struct tm_sign_key {
    unsigned char id[ID];
    unsigned char secret[SECRET];
};

static enum tm_status start(struct tm_err *err)
{
    return sodium_init() >= 0 ? TM_OK : tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET,
                                                "libsodium cannot be used");
}

static void put_le64(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

static uint64_t get_le64(const unsigned char *from)
{
    uint64_t value = 0;
    for (int i = 7; i >= 0; i--)
        value = value << 8 | from[i];
    return value;
}

static void put_base64(struct tm_buf *buf, const unsigned char *bytes, size_t n)
{
    size_t size = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
    if (!tm_buf_reserve(buf, size))
        return;
    (void)sodium_bin2base64(buf->p + buf->n, size, bytes, n, sodium_base64_VARIANT_ORIGINAL);
    buf->n += size - 1;
    tm_buf_byte(buf, '\n');
}

static struct tm_str take_line(struct tm_str *text)
{
    const char *end = text->n == 0 ? NULL : memchr(text->p, '\n', text->n);
    struct tm_str line = {text->p, end == NULL ? text->n : (size_t)(end - text->p)};
    size_t step = line.n + (end != NULL);
    text->p += step;
    text->n -= step;
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    return line;
}

static bool take_base64(struct tm_str *text, unsigned char *ret, size_t n)
{
    struct tm_str line = take_line(text);
    size_t got = 0;
    return sodium_base642bin(ret, n, line.p, line.n, NULL, &got, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 && got == n;
}

static enum tm_status read_file(const char *path, size_t most, struct tm_buf *buf,
                                struct tm_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    for (size_t n = 1; n != 0 && buf->n <= most && tm_buf_reserve(buf, 65536); buf->n += n)
        n = fread(buf->p + buf->n, 1, 65536, file);
    bool good = ferror(file) == 0;
    (void)fclose(file);
    if (!good)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot read: %s", strerror(errno));
    if (buf->n > most)
        return tm_fail(err, TM_ERR_FORMAT, path, TM_NO_OFFSET, "too long to be what it should be");
    return buf->failed ? tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory") : TM_OK;
}

/* A file that must not exist yet. */
static enum tm_status write_file(const char *path, struct tm_buf *buf, mode_t mode,
                                 struct tm_err *err)
{
    if (buf->failed)
        return tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot make the file: %s",
                       strerror(errno));
    enum tm_status status = tm_fd_write(fd, path, buf->p, buf->n, err);
    if (fsync(fd) != 0 && status == TM_OK)
        status = tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot sync: %s",
                         strerror(errno));
    (void)close(fd);
    return status;
}

static void check_of(const struct tm_sign_key *key, unsigned char ret[CHECK])
{
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CHECK);
    (void)crypto_generichash_update(&state, (const unsigned char *)"Ed", 2);
    (void)crypto_generichash_update(&state, key->id, ID);
    (void)crypto_generichash_update(&state, key->secret, SECRET);
    (void)crypto_generichash_final(&state, ret, CHECK);
}

/* Xors what a password protects with what scrypt makes of the password. */
static enum tm_status scramble(unsigned char file[SECRET_FILE], const char *password,
                               struct tm_err *err)
{
    unsigned char stream[LOCKED];
    unsigned char *salt = file + 6;
    uint64_t memory = get_le64(salt + SALT + 8);
    if (memory > MOST_SCRYPT_MEMORY ||
        crypto_pwhash_scryptsalsa208sha256(stream, sizeof stream, password, strlen(password), salt,
                                           get_le64(salt + SALT), (size_t)memory) != 0)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET,
                       "scrypt cannot have the memory that the key asks for");
    for (size_t i = 0; i < LOCKED; i++)
        file[6 + SALT + 16 + i] ^= stream[i];
    sodium_memzero(stream, sizeof stream);
    return TM_OK;
}

static enum tm_status write_secret(const struct tm_sign_key *key, const char *path,
                                   const char *password, struct tm_err *err)
{
    unsigned char file[SECRET_FILE] = {'E', 'd', 0, 0, 'B', '2'};
    unsigned char *salt = file + 6;
    unsigned char *locked = salt + SALT + 16;
    struct tm_buf text = {0};
    enum tm_status status = TM_OK;
    memcpy(locked, key->id, ID);
    memcpy(locked + ID, key->secret, SECRET);
    check_of(key, locked + ID + SECRET);
    if (password != NULL) {
        memcpy(file + 2, "Sc", 2);
        randombytes_buf(salt, SALT);
        put_le64(salt + SALT, SCRYPT_OPS);
        put_le64(salt + SALT + 8, SCRYPT_MEMORY);
        status = scramble(file, password, err);
    }
    tm_buf_text(&text, "untrusted comment: tolmach secret key, keep it\n");
    put_base64(&text, file, sizeof file);
    if (status == TM_OK)
        status = write_file(path, &text, 0600, err);
    sodium_memzero(file, sizeof file);
    if (text.p != NULL)
        sodium_memzero(text.p, text.n);
    tm_buf_finish(&text);
    return status;
}

enum tm_status tm_keygen(const char *secret, const char *public_path, const char *password,
                         struct tm_err *err)
{
    struct tm_sign_key key;
    unsigned char file[PUBLIC_FILE] = {'E', 'd'};
    char id[2 * ID + 1];
    struct tm_buf text = {0};
    enum tm_status status = start(err);
    if (status != TM_OK)
        return status;
    randombytes_buf(key.id, ID);
    (void)crypto_sign_keypair(file + 2 + ID, key.secret);
    memcpy(file + 2, key.id, ID);
    (void)sodium_bin2hex(id, sizeof id, key.id, ID);
    tm_buf_printf(&text, "untrusted comment: tolmach public key %s\n", id);
    put_base64(&text, file, sizeof file);
    status = write_secret(&key, secret, password, err);
    if (status == TM_OK)
        status = write_file(public_path, &text, 0666, err);
    sodium_memzero(&key, sizeof key);
    tm_buf_finish(&text);
    return status;
}

static enum tm_status no_key(const char *path, const char *what, struct tm_err *err)
{
    (void)tm_fail(err, TM_ERR_FORMAT, path, TM_NO_OFFSET, "no %s of minisign's form", what);
    return tm_hint(err, "`tolmach keygen` makes a pair of keys");
}

/* Whether the two halves of an Ed25519 key belong together. */
static bool is_whole(const struct tm_sign_key *key)
{
    unsigned char public[PUBLIC];
    unsigned char secret[SECRET];
    (void)crypto_sign_seed_keypair(public, secret, key->secret);
    bool whole = sodium_memcmp(secret, key->secret, SECRET) == 0;
    sodium_memzero(secret, sizeof secret);
    return whole;
}

static enum tm_status unlock(const char *path, unsigned char file[SECRET_FILE],
                             const char *password, bool *ret_encrypted, struct tm_sign_key *key,
                             struct tm_err *err)
{
    unsigned char check[CHECK];
    const unsigned char *locked = file + 6 + SALT + 16;
    bool encrypted = memcmp(file + 2, "Sc", 2) == 0;
    if (memcmp(file, "Ed", 2) != 0 || memcmp(file + 4, "B2", 2) != 0 ||
        (!encrypted && memcmp(file + 2, "\0\0", 2) != 0))
        return no_key(path, "secret key", err);
    if (ret_encrypted != NULL)
        *ret_encrypted = encrypted;
    if (encrypted && password == NULL)
        return tm_fail(err, TM_ERR_USAGE, path, TM_NO_OFFSET, "the key needs its password");
    enum tm_status status = encrypted ? scramble(file, password, err) : TM_OK;
    if (status != TM_OK)
        return status;
    memcpy(key->id, locked, ID);
    memcpy(key->secret, locked + ID, SECRET);
    check_of(key, check);
    /* minisign gives no checksum to a key without a password. */
    if (encrypted ? sodium_memcmp(check, locked + ID + SECRET, CHECK) == 0 : is_whole(key))
        return TM_OK;
    return encrypted ? tm_fail(err, TM_ERR_USAGE, path, TM_NO_OFFSET, "the password is wrong")
                     : no_key(path, "secret key", err);
}

enum tm_status tm_sign_key_load(const char *path, const char *password, bool *ret_encrypted,
                                struct tm_sign_key **ret_key, struct tm_err *err)
{
    struct tm_buf text = {0};
    unsigned char file[SECRET_FILE];
    enum tm_status status = start(err);
    if (status == TM_OK)
        status = read_file(path, MOST_FILE, &text, err);
    if (status != TM_OK) {
        tm_buf_finish(&text);
        return status;
    }
    struct tm_sign_key *key = sodium_malloc(sizeof *key);
    struct tm_str rest = tm_buf_view(&text);
    (void)take_line(&rest);
    if (key == NULL)
        status = tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    else if (!take_base64(&rest, file, sizeof file))
        status = no_key(path, "secret key", err);
    else
        status = unlock(path, file, password, ret_encrypted, key, err);
    sodium_memzero(file, sizeof file);
    if (text.p != NULL)
        sodium_memzero(text.p, text.n);
    tm_buf_finish(&text);
    if (status == TM_OK)
        *ret_key = key;
    else
        tm_sign_key_destroy(key);
    return status;
}

void tm_sign_key_destroy(struct tm_sign_key *key)
{
    sodium_free(key);
}

static void digest_of(struct tm_str text, unsigned char ret[DIGEST])
{
    (void)crypto_generichash(ret, DIGEST, (const unsigned char *)text.p, text.n, NULL, 0);
}

/* What the second signature is over: the first one, and the comment. */
static size_t put_global(const unsigned char signature[SIGNATURE], struct tm_str comment,
                         unsigned char *to)
{
    memcpy(to, signature, SIGNATURE);
    if (comment.n != 0)
        memcpy(to + SIGNATURE, comment.p, comment.n);
    return SIGNATURE + comment.n;
}

enum tm_status tm_signature_write(const struct tm_sign_key *key, struct tm_str text,
                                  const char *comment, struct tm_buf *buf, struct tm_err *err)
{
    unsigned char digest[DIGEST];
    unsigned char file[SIGNATURE_FILE] = {'E', 'D'};
    unsigned char global[SIGNATURE];
    unsigned char both[SIGNATURE + 512];
    if (strlen(comment) > 512)
        return tm_fail(err, TM_ERR_INTERNAL, "", TM_NO_OFFSET, "a comment is too long");
    digest_of(text, digest);
    memcpy(file + 2, key->id, ID);
    (void)crypto_sign_detached(file + 2 + ID, NULL, digest, DIGEST, key->secret);
    size_t n = put_global(file + 2 + ID, tm_str_of(comment), both);
    (void)crypto_sign_detached(global, NULL, both, n, key->secret);
    tm_buf_text(buf, "untrusted comment: signature of a release by tolmach\n");
    put_base64(buf, file, sizeof file);
    tm_buf_printf(buf, "trusted comment: %s\n", comment);
    put_base64(buf, global, sizeof global);
    return buf->failed ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory") : TM_OK;
}

static enum tm_status wrong(const char *path, const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_VERIFY, path, TM_NO_OFFSET, "%s", what);
}

static enum tm_status check_signature(const char *path, struct tm_str minisig, struct tm_str text,
                                      const unsigned char key[PUBLIC_FILE], struct tm_err *err)
{
    static const char mark[] = "trusted comment: ";
    unsigned char file[SIGNATURE_FILE];
    unsigned char global[SIGNATURE];
    unsigned char digest[DIGEST];
    unsigned char both[SIGNATURE + MOST_FILE];
    (void)take_line(&minisig);
    if (!take_base64(&minisig, file, sizeof file) || file[0] != 'E' ||
        (file[1] != 'D' && file[1] != 'd'))
        return no_key(path, "signature", err);
    struct tm_str comment = take_line(&minisig);
    if (!tm_str_starts(comment, tm_str_of(mark)) || !take_base64(&minisig, global, sizeof global))
        return no_key(path, "signature", err);
    comment.p += sizeof mark - 1;
    comment.n -= sizeof mark - 1;
    if (memcmp(file + 2, key + 2, ID) != 0)
        return wrong(path, "it is signed with another key", err);
    digest_of(text, digest);
    const unsigned char *message = digest;
    size_t n = DIGEST;
    if (file[1] == 'd') {           /* the older form, over the file itself */
        message = (const unsigned char *)text.p;
        n = text.n;
    }
    if (crypto_sign_verify_detached(file + 2 + ID, message, n, key + 2 + ID) != 0)
        return wrong(path, "the signature is not of this SHA256SUMS", err);
    n = put_global(file + 2 + ID, comment, both);
    if (crypto_sign_verify_detached(global, both, n, key + 2 + ID) != 0)
        return wrong(path, "the trusted comment was changed", err);
    return TM_OK;
}

enum tm_status tm_verify_signature(const char *dir, const char *public_path, struct tm_err *err)
{
    enum { MOST_SUMS = 1 << 30 };
    char sums_path[TM_PACK_PATH];
    char path[TM_PACK_PATH];
    unsigned char key[PUBLIC_FILE];
    struct tm_buf public = {0};
    struct tm_buf sums = {0};
    struct tm_buf minisig = {0};
    enum tm_status status = start(err);
    if (status == TM_OK)
        status = read_file(public_path, MOST_FILE, &public, err);
    if (status == TM_OK) {
        struct tm_str rest = tm_buf_view(&public);
        (void)take_line(&rest);
        if (!take_base64(&rest, key, sizeof key) || memcmp(key, "Ed", 2) != 0)
            status = no_key(public_path, "public key", err);
    }
    if (status == TM_OK && (!tm_path_join(sums_path, dir, "SHA256SUMS") ||
                            !tm_path_join(path, dir, "SHA256SUMS.minisig")))
        status = tm_fail(err, TM_ERR_READ, dir, TM_NO_OFFSET, "the path is too long");
    if (status == TM_OK && !tm_path_exists(path))
        status = wrong(path, "the release is not signed", err);
    if (status == TM_OK)
        status = read_file(sums_path, MOST_SUMS, &sums, err);
    if (status == TM_OK)
        status = read_file(path, MOST_FILE, &minisig, err);
    if (status == TM_OK)
        status = check_signature(path, tm_buf_view(&minisig), tm_buf_view(&sums), key, err);
    tm_buf_finish(&public);
    tm_buf_finish(&sums);
    tm_buf_finish(&minisig);
    return status;
}
