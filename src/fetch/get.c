/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <time.h>

#include "fetch/curl.h"
#include "fetch/fetching.h"

#define ATTEMPTS 3u

struct small {
    struct tm_buf *buf;
    size_t most;
    bool too_long;
};

void tm_fetch_set_up(const struct fetch *fetch, void *easy)
{
    unsigned timeout = fetch->options->timeout == 0 ? 30 : fetch->options->timeout;
    (void)tm_curl.easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https,file");
    (void)tm_curl.easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    (void)tm_curl.easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    (void)tm_curl.easy_setopt(easy, CURLOPT_MAXREDIRS, 10L);
    (void)tm_curl.easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    (void)tm_curl.easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    (void)tm_curl.easy_setopt(easy, CURLOPT_USERAGENT, "tolmach/" TM_VERSION);
    (void)tm_curl.easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, (long)timeout);
    (void)tm_curl.easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 100L);
    (void)tm_curl.easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)timeout);
}

static size_t take(char *p, size_t size, size_t n, void *user)
{
    struct small *small = user;
    n *= size;
    small->too_long = n > small->most - small->buf->n;
    if (small->too_long)
        return 0;
    tm_buf_add(small->buf, p, n);
    return small->buf->failed ? 0 : n;
}

/* Whether the same question may be answered another time. */
static bool may_pass(CURLcode code, long http)
{
    return code == CURLE_HTTP_RETURNED_ERROR ? http >= 500 || http == 408 || http == 429
                                             : code != CURLE_FILE_COULDNT_READ_FILE;
}

static CURLcode get_once(const struct fetch *fetch, const char *url, struct small *small,
                         long *ret_http, char error[CURL_ERROR_SIZE])
{
    CURL *easy = tm_curl.easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (easy == NULL)
        return code;
    tm_fetch_set_up(fetch, easy);
    small->buf->n = 0;
    (void)tm_curl.easy_setopt(easy, CURLOPT_URL, url);
    (void)tm_curl.easy_setopt(easy, CURLOPT_WRITEFUNCTION, take);
    (void)tm_curl.easy_setopt(easy, CURLOPT_WRITEDATA, small);
    (void)tm_curl.easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    code = tm_curl.easy_perform(easy);
    (void)tm_curl.easy_getinfo(easy, CURLINFO_RESPONSE_CODE, ret_http);
    tm_curl.easy_cleanup(easy);
    return code;
}

static enum tm_status check_digest(const struct mirror *mirror, const char *relative,
                                   const char *sha256, const struct tm_buf *buf,
                                   struct tm_err *err)
{
    char digest[TM_SHA256_HEX];
    if (!tm_sha256_of(buf->p == NULL ? "" : buf->p, buf->n, digest))
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (strcmp(digest, sha256) == 0)
        return TM_OK;
    (void)tm_fail(err, TM_ERR_READ, mirror->shown, TM_NO_OFFSET,
                  "its %s has not the SHA-256 of its SHA256SUMS", relative);
    return tm_hint(err, "it is being changed, or damaged: try later, or tell its publisher");
}

static enum tm_status get_from(struct fetch *fetch, struct mirror *mirror, const char *relative,
                               struct small *small, bool *ret_absent, struct tm_err *err)
{
    char shown[512];
    char error[CURL_ERROR_SIZE] = "";
    long http = 0;
    CURLcode code = CURLE_OK;
    char *url = tm_address_of(mirror->url, relative);
    if (url == NULL)
        return tm_fail(err, TM_ERR_USAGE, mirror->shown, TM_NO_OFFSET, "no address of a folder");
    tm_address_shown(url, shown, sizeof shown);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        error[0] = '\0';
        code = get_once(fetch, url, small, &http, error);
        if (code == CURLE_OK || small->too_long || small->buf->failed || !may_pass(code, http) ||
            i + 1 == ATTEMPTS)
            break;
        struct timespec pause = {(time_t)i, 250000000};
        (void)nanosleep(&pause, NULL);
    }
    tm_curl.free(url);
    *ret_absent = (code == CURLE_HTTP_RETURNED_ERROR && (http == 404 || http == 410)) ||
                  code == CURLE_FILE_COULDNT_READ_FILE;
    if (code == CURLE_OK)
        return TM_OK;
    if (small->buf->failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (small->too_long)
        return tm_fail(err, TM_ERR_READ, shown, TM_NO_OFFSET,
                       "more than %zu bytes came, which it cannot have", small->most);
    (void)tm_fail(err, TM_ERR_READ, shown, TM_NO_OFFSET, "cannot fetch it: %s",
                  error[0] != '\0' ? error : tm_curl.easy_strerror(code));
    return *ret_absent ? tm_hint(err, "give the folder that holds manifest.json")
                       : tm_hint(err, "try again later: what is done is kept; or add a mirror");
}

enum tm_status tm_fetch_small(struct fetch *fetch, const char *relative, const char *sha256,
                              size_t most, struct tm_buf *buf, struct tm_err *err)
{
    struct small small = {.buf = buf, .most = most};
    enum tm_status status = tm_fail(err, TM_ERR_READ, relative, TM_NO_OFFSET,
                                    "no mirror is left that it could come from");
    for (size_t i = 0; i < fetch->n_mirrors && status == TM_ERR_READ; i++) {
        struct mirror *mirror = &fetch->mirrors[i];
        bool absent = false;
        if (mirror->dead)
            continue;
        status = get_from(fetch, mirror, relative, &small, &absent, err);
        bool answered = status == TM_OK || absent;
        if (status == TM_OK && sha256 != NULL)
            status = check_digest(mirror, relative, sha256, buf, err);
        mirror->contradicts = mirror->contradicts || (answered && status == TM_ERR_READ);
        if (status == TM_OK)
            fetch->answered = i;
        if (status != TM_ERR_READ || i + 1 == fetch->n_mirrors)
            continue;
        mirror->dead = !answered;               /* while another may be alive */
        if (!absent)
            tm_fetch_tell(fetch, TM_WARNING, err);
    }
    return status;
}
