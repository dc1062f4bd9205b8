/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SentencePiece is C++ and takes 4 ms to load, so it stands in a module of its own, which is loaded
 * when a model is given: from the folder of this very program or library, or from where it was
 * installed.
 */
#include "report/tokenizer.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "report/sentencepiece.h"

#define MODULE "tolmach-sentencepiece.so"

enum { MOST_MODEL = 64 << 20 };

struct tm_tokenizer {
    void *model;
    bool failed;
    char *name;
    char sha256[TM_SHA256_HEX];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];                       /* "": it is there */
static struct {
    tm_sentencepiece_open_fn *open;
    tm_sentencepiece_close_fn *close;
    tm_sentencepiece_count_fn *count;
} module;

static void *load_beside_us(void)
{
    Dl_info us;
    char path[4096];
    if (dladdr(&once, &us) == 0 || us.dli_fname == NULL)
        return NULL;
    const char *slash = strrchr(us.dli_fname, '/');
    int n = slash == NULL ? 0 : (int)(slash - us.dli_fname) + 1;
    int length = snprintf(path, sizeof path, "%.*s" MODULE, n, us.dli_fname);
    return n == 0 || length >= (int)sizeof path ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

/* POSIX makes the address of a function an object pointer here; C has no cast for that. */
static void find(void *library, const char *name, void *ret_function)
{
    void *found = dlsym(library, name);
    if (found == NULL)
        (void)snprintf(failure, sizeof failure, "it has no %s", name);
    memcpy(ret_function, &found, sizeof found);
}

static void load(void)
{
    void *library = load_beside_us();
    if (library == NULL)
        library = dlopen(TM_MODULE_DIR "/" MODULE, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        (void)snprintf(failure, sizeof failure, "%s", why == NULL ? "it cannot be loaded" : why);
        return;
    }
    find(library, "tm_sentencepiece_open", &module.open);
    find(library, "tm_sentencepiece_close", &module.close);
    find(library, "tm_sentencepiece_count", &module.count);
}

static enum tm_status read_file(const char *path, struct tm_buf *buf, struct tm_err *err)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    char bytes[65536];
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, file)) != 0 && buf->n <= MOST_MODEL;)
        tm_buf_add(buf, bytes, n);
    int error = ferror(file) != 0 ? errno : 0;
    (void)fclose(file);
    if (error != 0)
        return tm_fail(err, TM_ERR_READ, path, TM_NO_OFFSET, "cannot read: %s", strerror(error));
    if (buf->failed)
        return tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    return buf->n <= MOST_MODEL ? TM_OK
                                : tm_fail(err, TM_ERR_LIMIT, path, TM_NO_OFFSET,
                                          "a model of more than %d MiB", MOST_MODEL >> 20);
}

static enum tm_status open_model(struct tm_tokenizer *tokenizer, const char *path,
                                 const struct tm_buf *bytes, struct tm_err *err)
{
    char message[200] = "";
    const char *slash = strrchr(path, '/');
    tokenizer->name = strdup(slash == NULL ? path : slash + 1);
    if (tokenizer->name == NULL || !tm_sha256_of(bytes->p, bytes->n, tokenizer->sha256))
        return tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    tokenizer->model = bytes->n == 0 ? NULL
                                     : module.open(bytes->p, bytes->n, message, sizeof message);
    return tokenizer->model != NULL ? TM_OK
                                    : tm_fail(err, TM_ERR_USAGE, path, TM_NO_OFFSET,
                                              "it is no SentencePiece model%s%s",
                                              message[0] == '\0' ? "" : ": ", message);
}

enum tm_status tm_tokenizer_load(struct tm_err *err)
{
    (void)pthread_once(&once, load);
    if (failure[0] == '\0')
        return TM_OK;
    (void)tm_fail(err, TM_ERR_USAGE, "", TM_NO_OFFSET, "%s", failure);
    return tm_hint(err, "tokens are counted where tolmach was built with SentencePiece "
                   "(Debian: libsentencepiece-dev)");
}

enum tm_status tm_tokenizer_open(const char *path, struct tm_tokenizer **ret_tokenizer,
                                 struct tm_err *err)
{
    struct tm_buf bytes = {0};
    enum tm_status status = tm_tokenizer_load(err);
    if (status != TM_OK)
        return status;
    struct tm_tokenizer *tokenizer = calloc(1, sizeof *tokenizer);
    if (tokenizer == NULL)
        return tm_fail(err, TM_ERR_NOMEM, path, TM_NO_OFFSET, "out of memory");
    status = read_file(path, &bytes, err);
    if (status == TM_OK)
        status = open_model(tokenizer, path, &bytes, err);
    tm_buf_finish(&bytes);
    if (status == TM_OK)
        *ret_tokenizer = tokenizer;
    else
        tm_tokenizer_close(tokenizer);
    return status;
}

void tm_tokenizer_close(struct tm_tokenizer *tokenizer)
{
    if (tokenizer == NULL)
        return;
    if (tokenizer->model != NULL)
        module.close(tokenizer->model);
    free(tokenizer->name);
    free(tokenizer);
}

const char *tm_tokenizer_name(const struct tm_tokenizer *tokenizer)
{
    return tokenizer->name;
}

const char *tm_tokenizer_sha256(const struct tm_tokenizer *tokenizer)
{
    return tokenizer->sha256;
}

uint64_t tm_tokenizer_count(void *user, struct tm_str text)
{
    struct tm_tokenizer *tokenizer = user;
    int64_t n = text.n == 0 ? 0 : module.count(tokenizer->model, text.p, text.n);
    tokenizer->failed |= n < 0;
    return n < 0 ? 0 : (uint64_t)n;
}

bool tm_tokenizer_failed(const struct tm_tokenizer *tokenizer)
{
    return tokenizer->failed;
}
