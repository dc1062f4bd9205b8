/* SPDX-License-Identifier: Apache-2.0 */
#include "source/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/str.h"

#define DEEPEST 64

bool tm_walk_is_other(const char *name)
{
    static const char *const begins[] = {"readme", "license", "licence", "copying"};
    static const char *const ends[] = {
        "jpg", "jpeg", "png", "gif", "webp", "bmp", "ico", "svg", "tif", "tiff", "heic", "avif",
        "mp4", "mov", "avi", "mkv", "webm", "m4v", "3gp", "mpg", "mpeg", "mp3", "ogg", "oga",
        "opus", "wav", "flac", "m4a", "aac", "tgs", "lottie", "pdf", "doc", "docx", "xls", "xlsx",
        "ppt", "pptx", "odt", "epub", "djvu", "exe", "apk", "css", "js", "ttf", "woff", "woff2",
    };
    const char *slash = strrchr(name, '/');
    name = slash == NULL ? name : slash + 1;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        if (tm_ascii_alike(name, begins[i], strlen(begins[i])))
            return true;
    }
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot != NULL && i < sizeof ends / sizeof *ends; i++) {
        if (tm_ascii_alike(dot + 1, ends[i], strlen(ends[i]) + 1))
            return true;
    }
    return false;
}

static bool add(struct tm_walk *walk, const char *name)
{
    if (walk->n == walk->capacity) {
        size_t capacity = walk->capacity == 0 ? 64 : 2 * walk->capacity;
        char **names = realloc(walk->names, capacity * sizeof *names);
        if (names == NULL)
            return false;
        walk->names = names;
        walk->capacity = capacity;
    }
    walk->names[walk->n] = strdup(name);
    return walk->names[walk->n] != NULL && ++walk->n != 0;
}

/* `path` is the folder's path with a slash at the end, of which `root` bytes are not part of the
 * names; both the path and what is appended to it are one buffer. */
static enum tm_status enter(struct tm_buf *path, size_t root, int depth, struct tm_walk *walk,
                            struct tm_err *err)
{
    enum tm_status status = TM_OK;
    struct dirent *entry;
    size_t n = path->n;
    tm_buf_byte(path, '\0');
    if (path->failed)
        return tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
    DIR *folder = opendir(path->p);
    if (folder == NULL)
        return tm_fail(err, TM_ERR_READ, path->p, TM_NO_OFFSET, "cannot open the folder: %s",
                       strerror(errno));
    while (status == TM_OK && (entry = readdir(folder)) != NULL) {
        struct stat link, target;
        if (entry->d_name[0] == '.')
            continue;
        path->n = n;
        tm_buf_add(path, entry->d_name, strlen(entry->d_name) + 1);
        if (path->failed) {
            status = tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
        } else if (lstat(path->p, &link) != 0 || stat(path->p, &target) != 0) {
            continue;
        } else if (S_ISDIR(link.st_mode) && depth < DEEPEST) {
            path->p[path->n - 1] = '/';
            status = enter(path, root, depth + 1, walk, err);
        } else if (S_ISREG(target.st_mode) && tm_walk_is_other(entry->d_name)) {
            walk->passed_over++;
        } else if (S_ISREG(target.st_mode) && !add(walk, path->p + root)) {
            status = tm_fail(err, TM_ERR_NOMEM, NULL, TM_NO_OFFSET, "out of memory");
        }
    }
    closedir(folder);
    path->n = n;
    return status;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes, but numbers by their value: messages10.html comes after messages9.html. */
static int by_bytes_and_numbers(const void *a, const void *b)
{
    const char *p = *(char *const *)a, *q = *(char *const *)b;
    const char *first = p, *second = q;
    for (; *p != '\0' && *q != '\0'; p++, q++) {
        if (is_digit(*p) && is_digit(*q)) {
            p += strspn(p, "0");
            q += strspn(q, "0");
            size_t n = strspn(p, "0123456789"), k = strspn(q, "0123456789");
            int order = n != k ? (n > k) - (n < k) : memcmp(p, q, n);
            if (order != 0)
                return order;
            p += n;
            q += k;
        }
        if (*p != *q || *p == '\0')
            break;
    }
    int order = (unsigned char)*p - (unsigned char)*q;
    return order != 0 ? order : strcmp(first, second);
}

enum tm_status tm_walk_folder(const char *path, struct tm_walk *walk, struct tm_err *err)
{
    struct tm_buf buf = {0};
    memset(walk, 0, sizeof *walk);
    tm_buf_text(&buf, path);
    if (buf.n == 0 || buf.p[buf.n - 1] != '/')
        tm_buf_byte(&buf, '/');
    enum tm_status status = enter(&buf, buf.n, 0, walk, err);
    tm_buf_finish(&buf);
    if (status != TM_OK)
        tm_walk_finish(walk);
    else if (walk->n > 1)
        qsort(walk->names, walk->n, sizeof *walk->names, by_bytes_and_numbers);
    return status;
}

void tm_walk_finish(struct tm_walk *walk)
{
    for (size_t i = 0; i < walk->n; i++)
        free(walk->names[i]);
    free(walk->names);
    memset(walk, 0, sizeof *walk);
}
