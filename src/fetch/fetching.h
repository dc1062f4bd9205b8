/* SPDX-License-Identifier: Apache-2.0 */
/* fetching.h - a download under way; private to src/fetch. */
#ifndef TM_FETCH_FETCHING_H
#define TM_FETCH_FETCHING_H

#include <stdio.h>

#include <tolmach/fetch.h>

#include "fetch/plan.h"
#include "pack/frames_read.h"
#include "pack/opened.h"
#include "pack/sums.h"

#define MOST_MIRRORS 16
#define MOST_CONNECTIONS 16
#define VALIDATOR 160

struct mirror {
    char *url;
    char shown[512];                /* without user and password, for messages */
    bool dead;
    bool left;                      /* what it says of the release led nowhere */
    bool contradicts;               /* it answered with something else than the manifest says */
    bool no_ranges;                 /* it sends whole files whatever is asked */
    unsigned failures;              /* since a frame came */
    int64_t wait_until;             /* milliseconds of the monotonic clock */
};

/* A shard that is wanted. */
struct wanted_file {
    size_t index;                   /* in the manifest */
    struct tm_shard shard;          /* as it will be: of a sample, of its frames */
    const char *remote_path;
    uint64_t remote_size;
    struct tm_wanted *frames;
    size_t next;                    /* no frame before it is missing */
    int fd;                         /* -1: closed */
    bool linked;
    bool streamed;                  /* a transfer is reading all of it */
    char validators[MOST_MIRRORS][VALIDATOR];       /* ETag or Last-Modified */
};

struct fetch {
    const struct tm_fetch_options *options;
    struct tm_fetch_result *result;
    struct mirror mirrors[MOST_MIRRORS];
    size_t n_mirrors;
    size_t lead;                    /* the mirror whose SHA256SUMS hold; n_mirrors: none yet */
    size_t answered;                /* the mirror that the last small file came from */
    char home[TM_PACK_PATH];        /* OUT/NAME */
    char dir[TM_PACK_PATH];         /* OUT/NAME/VERSION */
    char box[TM_PACK_PATH];         /* OUT/NAME/.VERSION.fetch */
    char hidden[TM_PACK_PATH];      /* the release to be, in there */
    struct tm_buf manifest;
    struct tm_buf sums_text;
    char manifest_sha256[TM_SHA256_HEX];
    char refused_box[TM_PACK_PATH]; /* of a mirror that was left; "": none */
    char refused_manifest[TM_SHA256_HEX];
    struct tm_sums sums;
    struct tm_opened opened;
    bool is_open;
    bool partial;
    struct wanted_file *files;
    size_t n_files;
    FILE *journal;
    void *context;                  /* ZSTD_DCtx */
    struct tm_buf content;
    uint64_t total;
    uint64_t done;
    int64_t told;                   /* when progress was last told */
};

/* address.c: the address of a file of the release, freed by curl_free; NULL when memory is short or
 * the base is no address. */
char *tm_address_of(const char *base, const char *relative);

/* A local folder as file://, anything else as it is; freed by free. */
char *tm_address_from(const char *operand);
void tm_address_shown(const char *url, char *ret_text, size_t size);

/* get.c: a whole small file from the first mirror that has it, and has it with this digest (NULL: any
 * will do). What the others did wrong is told. */
enum tm_status tm_fetch_small(struct fetch *fetch, const char *relative, const char *sha256,
                              size_t most, struct tm_buf *buf, struct tm_err *err);

/* manifest.c: SHA256SUMS and the manifest of the first mirror that answers, which leads then. */
enum tm_status tm_manifest_get(struct fetch *fetch, struct tm_err *err);
enum tm_status tm_manifest_open(struct fetch *fetch, struct tm_err *err);

/* rest.c: the files that are no shards; the rename of the whole. */
enum tm_status tm_rest_bring(struct fetch *fetch, struct tm_err *err);
enum tm_status tm_rest_publish(struct fetch *fetch, struct tm_err *err);

/* Writes a small file, over what an earlier call left. */
enum tm_status tm_store_small(const char *dir, const char *name, struct tm_str text,
                              struct tm_err *err);

/* What all requests have in common; `easy` is a CURL. */
void tm_fetch_set_up(const struct fetch *fetch, void *easy);

/* check.c: does the manifest hold together, and can nothing in it lead elsewhere? */
enum tm_status tm_fetch_check(const struct fetch *fetch, struct tm_err *err);

/* state.c: the hidden folder with its lock and journal. */
enum tm_status tm_state_open(struct fetch *fetch, struct tm_err *err);
void tm_state_done(struct fetch *fetch, const struct wanted_file *file,
                   const struct tm_wanted *frame);
void tm_state_validator(struct fetch *fetch, const struct wanted_file *file, size_t mirror);

/* store.c: the files that are made. */
enum tm_status tm_store_open(struct fetch *fetch, struct wanted_file *file, struct tm_err *err);
void tm_store_close(struct wanted_file *file);

/* Checks a compressed frame and writes it in its place. TM_ERR_VERIFY when it is not this one. */
enum tm_status tm_store_frame(struct fetch *fetch, struct wanted_file *file,
                              struct tm_wanted *frame, const char *packed, struct tm_err *err);

/* Ends a file whose frames are all there and compares its digest. TM_ERR_VERIFY when it is another:
 * the frames that are wrong, or not beyond doubt, are missing again then. */
enum tm_status tm_store_seal(struct fetch *fetch, struct wanted_file *file, struct tm_err *err);

/* local.c: what local releases have of it. */
enum tm_status tm_local_take(struct fetch *fetch, struct tm_err *err);

/* transfer.c: brings all that is missing. */
enum tm_status tm_transfer_all(struct fetch *fetch, struct tm_err *err);

/* Whether what is left has room. */
enum tm_status tm_fetch_check_disk(const struct fetch *fetch, struct tm_err *err);
void tm_fetch_progress(struct fetch *fetch);
void tm_fetch_tell(struct fetch *fetch, enum tm_severity severity, const struct tm_err *what);

#endif
