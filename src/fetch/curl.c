/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

struct tm_curl tm_curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];                       /* "": it is there */

/* POSIX makes the address of a function an object pointer here; C has no cast for that. */
static void find(void *library, const char *name, void *ret_function, size_t size)
{
    void *found = dlsym(library, name);
    if (found == NULL)
        (void)snprintf(failure, sizeof failure, "it has no %s", name);
    memcpy(ret_function, &found, size);
}

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *why = dlerror();
        (void)snprintf(failure, sizeof failure, "%s", why == NULL ? "it cannot be loaded" : why);
        return;
    }
#define FIND(name) find(library, "curl_" #name, &tm_curl.name, sizeof tm_curl.name);
    TM_CURL_FUNCTIONS(FIND)
#undef FIND
}

enum tm_status tm_curl_load(struct tm_err *err)
{
    (void)pthread_once(&once, load);
    if (failure[0] == '\0')
        return TM_OK;
    (void)tm_fail(err, TM_ERR_USAGE, "libcurl", TM_NO_OFFSET, "%s", failure);
    return tm_hint(err, "downloads need libcurl 7.85 or later (Debian: libcurl4)");
}
