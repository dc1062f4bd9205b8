/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a download, OUT/NAME/.VERSION.fetch/state: which manifest it follows, which frames
 * are in their place, and by what each address names its copy (ETag or Last-Modified). Lines are
 * only appended; one that was cut off is no line. A frame is noted after it was written.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "fetch/fetching.h"
#include "pack/folder.h"

static uint64_t mirror_key(const struct fetch *fetch, size_t mirror)
{
    const char *url = fetch->mirrors[mirror].url;
    return tm_hash128_of(url, strlen(url)).low;
}

/* Numbers rise, so that a shard stands at its number or before it, and so does a frame. */
static struct wanted_file *find_file(struct fetch *fetch, size_t index)
{
    size_t i = index < fetch->n_files ? index + 1 : fetch->n_files;
    while (i-- > 0 && fetch->files[i].index >= index)
        if (fetch->files[i].index == index)
            return &fetch->files[i];
    return NULL;
}

static void take_done(struct fetch *fetch, size_t index, size_t number)
{
    struct wanted_file *file = find_file(fetch, index);
    if (file == NULL)
        return;
    size_t k = number < file->shard.n_frames ? number + 1 : file->shard.n_frames;
    while (k-- > 0 && file->frames[k].number >= number)
        if (file->frames[k].number == number)
            file->frames[k].state = TM_WANT_DONE;
}

static void take_validator(struct fetch *fetch, size_t index, uint64_t key, const char *text)
{
    struct wanted_file *file = find_file(fetch, index);
    for (size_t k = 0; file != NULL && k < fetch->n_mirrors; k++)
        if (mirror_key(fetch, k) == key)
            (void)snprintf(file->validators[k], VALIDATOR, "%s", text);
}

static void take_line(struct fetch *fetch, const char *line)
{
    size_t index;
    size_t number;
    uint64_t key;
    int at = 0;
    if (sscanf(line, "done %zu %zu", &index, &number) == 2)
        take_done(fetch, index, number);
    else if (sscanf(line, "copy %zu %" SCNx64 " %n", &index, &key, &at) == 2 && at != 0)
        take_validator(fetch, index, key, line + at);
}

static enum tm_status changed(const struct fetch *fetch, struct tm_err *err)
{
    (void)tm_fail(err, TM_ERR_READ, fetch->mirrors[fetch->lead].shown, TM_NO_OFFSET,
                  "the release has changed since this download began: it has another manifest");
    return tm_hint(err, "published versions do not change: ask its publisher; to begin anew, "
                        "remove %.120s", fetch->box);
}

static enum tm_status read_journal(struct fetch *fetch, struct tm_err *err)
{
    char line[512];
    char first[128];
    (void)snprintf(first, sizeof first, "tolmach-fetch 1 %s\n", fetch->manifest_sha256);
    rewind(fetch->journal);
    if (fgets(line, sizeof line, fetch->journal) == NULL || strchr(line, '\n') == NULL) {
        if (ftruncate(fileno(fetch->journal), 0) != 0 || fseek(fetch->journal, 0, SEEK_END) != 0)
            return tm_fail(err, TM_ERR_WRITE, fetch->box, TM_NO_OFFSET, "cannot write: %s",
                           strerror(errno));
        (void)fputs(first, fetch->journal);
        (void)fflush(fetch->journal);
        return TM_OK;
    }
    if (strcmp(line, first) != 0)
        return changed(fetch, err);
    while (fgets(line, sizeof line, fetch->journal) != NULL) {
        size_t n = strcspn(line, "\n");
        if (line[n] == '\n') {
            line[n] = '\0';
            take_line(fetch, line);
        }
    }
    (void)fseek(fetch->journal, 0, SEEK_END);
    (void)fputc('\n', fetch->journal);      /* ends a line that was cut off */
    return TM_OK;
}

enum tm_status tm_state_open(struct fetch *fetch, struct tm_err *err)
{
    char path[TM_PACK_PATH];
    enum tm_status status = tm_folder_make(fetch->hidden, err);
    if (status != TM_OK)
        return status;
    if (!tm_path_join(path, fetch->box, "state"))
        return tm_fail(err, TM_ERR_WRITE, fetch->box, TM_NO_OFFSET, "the path is too long");
    fetch->journal = fopen(path, "a+e");
    if (fetch->journal == NULL)
        return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "cannot open: %s", strerror(errno));
    if (flock(fileno(fetch->journal), LOCK_EX | LOCK_NB) != 0) {
        (void)tm_fail(err, TM_ERR_WRITE, fetch->box, TM_NO_OFFSET,
                      "another fetch of this version is running");
        return tm_hint(err, "wait for it, or fetch into another folder");
    }
    return read_journal(fetch, err);
}

void tm_state_done(struct fetch *fetch, const struct wanted_file *file,
                   const struct tm_wanted *frame)
{
    (void)fprintf(fetch->journal, "done %zu %zu\n", file->index, frame->number);
    (void)fflush(fetch->journal);
}

void tm_state_validator(struct fetch *fetch, const struct wanted_file *file, size_t mirror)
{
    (void)fprintf(fetch->journal, "copy %zu %" PRIx64 " %s\n", file->index,
                  mirror_key(fetch, mirror), file->validators[mirror]);
    (void)fflush(fetch->journal);
}
