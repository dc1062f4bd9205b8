/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.h - a release from a web server, a mirror or a folder, checked frame by frame while it comes.
 *
 * OUT/NAME/VERSION appears by one rename when every frame has the digest of the manifest and every
 * file that of SHA256SUMS. Until then all lies in OUT/NAME/.VERSION.fetch, with a journal of what is
 * done: the same call goes on where it was stopped. Network traffic is libcurl's, which honours
 * http_proxy, https_proxy, all_proxy and no_proxy; http, https and file are allowed.
 */
#ifndef TOLMACH_FETCH_H
#define TOLMACH_FETCH_H

#include <tolmach/source.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tm_fetch_options {
    const char *const *urls;    /* of the folder that holds manifest.json; the first is asked first,
                                   the others when it fails. Without "://" a local folder */
    size_t n_urls;
    const char *out;            /* folder that holds NAME/VERSION */
    const char *const *have;    /* local releases, whose frames are copied instead of asked for;
                                   other versions in OUT/NAME are always looked at */
    size_t n_have;
    const char *lang;           /* "ru", "en" or "other": a partial copy; NULL: all */
    bool some_shards;           /* a partial copy of the shards first..last of each language */
    uint64_t first_shard;
    uint64_t last_shard;
    uint64_t sample;            /* whole frames with at least so many records of each language, those
                                   of the smallest digests: everybody gets the same; 0: all */
    unsigned connections;       /* 0: 4 */
    unsigned timeout;           /* seconds without an answer, or nearly without data; 0: 30 */
    tm_notify_fn *notify;       /* may be NULL */
    /* Called a few times a second with bytes there of bytes wanted; may be NULL. */
    void (*progress)(void *user, uint64_t done, uint64_t total);
    void *user;
};

struct tm_fetch_result {
    char folder[4096];
    uint64_t downloaded;        /* bytes of shards that came over the wire in this call */
    uint64_t copied;            /* bytes of frames found in local releases */
    uint64_t linked;            /* bytes of files that are hard links to local ones */
    uint64_t resumed;           /* bytes that an earlier call had brought */
    uint64_t shards;
    uint64_t shards_published;
    bool was_there;             /* nothing had to be done */
};

/* Fetches a release. A copy by `lang`, shards or `sample` is a partial one (see partial.json in the
 * README): manifest and SHA256SUMS as published; provenance comes with `lang` alone, in whole.
 * TM_ERR_READ: no address gives what the manifest states, or it changed since the download began;
 * TM_ERR_FORMAT: what came is no release, or one of a newer form; TM_ERR_WRITE: the output, or too
 * little room on its disk; TM_ERR_USAGE, TM_ERR_NOMEM. Nothing is published then. */
TM_API enum tm_status tm_fetch(const struct tm_fetch_options *options,
                               struct tm_fetch_result *ret_result, struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
