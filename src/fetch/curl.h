/* SPDX-License-Identifier: Apache-2.0 */
/*
 * curl.h - libcurl, loaded by the first download; private to src/fetch.
 *
 * It brings some 25 libraries along (TLS, LDAP, SSH, Kerberos), and they would be half of the time
 * that any command takes to start. `tm_curl.easy_init()` is curl_easy_init(), and so on.
 */
#ifndef TM_FETCH_CURL_H
#define TM_FETCH_CURL_H

#include <curl/curl.h>

#include <tolmach/base.h>

#define TM_CURL_FUNCTIONS(X)                                                                       \
    X(global_init) X(global_cleanup) X(version_info) X(free)                                       \
    X(easy_init) X(easy_reset) X(easy_setopt) X(easy_getinfo) X(easy_perform) X(easy_cleanup)      \
    X(easy_strerror) X(easy_escape)                                                                \
    X(multi_init) X(multi_add_handle) X(multi_remove_handle) X(multi_perform) X(multi_poll)        \
    X(multi_info_read) X(multi_cleanup)                                                            \
    X(slist_append) X(slist_free_all)                                                              \
    X(url) X(url_set) X(url_get) X(url_cleanup)

#define TM_CURL_MEMBER(name) __typeof__(&curl_##name) name;
struct tm_curl {
    TM_CURL_FUNCTIONS(TM_CURL_MEMBER)
};
#undef TM_CURL_MEMBER

/* Filled by tm_curl_load, constant afterwards. */
extern struct tm_curl tm_curl;

/* Loads the library once; any thread may call it. TM_ERR_USAGE when there is none. */
enum tm_status tm_curl_load(struct tm_err *err);

#endif
