/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fetch/curl.h"
#include "fetch/fetching.h"

char *tm_address_from(const char *operand)
{
    if (strstr(operand, "://") != NULL)
        return strdup(operand);
    char *path = realpath(operand, NULL);
    char *escaped = path == NULL ? NULL : tm_curl.easy_escape(NULL, path, 0);
    char *url = escaped == NULL ? NULL : malloc(strlen(escaped) + 8);
    if (url != NULL) {
        char *to = url + sprintf(url, "file://");
        for (const char *p = escaped; *p != '\0'; to++) {
            bool slash = strncmp(p, "%2F", 3) == 0;
            *to = slash ? '/' : *p;
            p += slash ? 3 : 1;
        }
        *to = '\0';
    }
    free(path);
    tm_curl.free(escaped);
    return url;
}

/* The file goes to the end of the path; a query stays behind it. */
char *tm_address_of(const char *base, const char *relative)
{
    static const char manifest[] = "/manifest.json";
    CURLU *url = tm_curl.url();
    char *path = NULL;
    char *whole = NULL;
    char longer[4096];
    if (url != NULL && tm_curl.url_set(url, CURLUPART_URL, base, 0) == CURLUE_OK &&
        tm_curl.url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK) {
        size_t n = strlen(path);
        if (n >= sizeof manifest && strcmp(path + n - sizeof manifest + 1, manifest) == 0)
            n -= sizeof manifest - 1;
        while (n != 0 && path[n - 1] == '/')
            n--;
        int length = snprintf(longer, sizeof longer, "%.*s/%s", (int)n, path, relative);
        if (length > 0 && length < (int)sizeof longer &&
            tm_curl.url_set(url, CURLUPART_PATH, longer, 0) == CURLUE_OK)
            (void)tm_curl.url_get(url, CURLUPART_URL, &whole, 0);
    }
    tm_curl.free(path);
    tm_curl.url_cleanup(url);
    return whole;
}

void tm_address_shown(const char *address, char *ret_text, size_t size)
{
    CURLU *url = tm_curl.url();
    char *shown = NULL;
    if (url != NULL && tm_curl.url_set(url, CURLUPART_URL, address, 0) == CURLUE_OK) {
        (void)tm_curl.url_set(url, CURLUPART_USER, NULL, 0);
        (void)tm_curl.url_set(url, CURLUPART_PASSWORD, NULL, 0);
        (void)tm_curl.url_set(url, CURLUPART_QUERY, NULL, 0);
        (void)tm_curl.url_get(url, CURLUPART_URL, &shown, 0);
    }
    (void)snprintf(ret_text, size, "%s", shown == NULL ? "(an address)" : shown);
    tm_curl.free(shown);
    tm_curl.url_cleanup(url);
}
