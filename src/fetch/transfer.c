/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transfers: each brings one range of frames of one shard. A server may answer 206 with the
 * range, or 200 with the whole file: then this transfer takes all that is missing from it. Every
 * frame is checked when its last byte has come. What a transfer leaves behind is missing again and
 * goes to the next; a frame that was wrong is asked of the next mirror.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/str.h"
#include "fetch/curl.h"
#include "fetch/fetching.h"

#define MOST_RANGE ((uint64_t)8 << 20)
#define MOST_FAILURES 4u

struct transfer {
    struct fetch *fetch;
    CURL *easy;
    struct curl_slist *headers;
    char *url;
    struct wanted_file *file;
    size_t mirror;
    struct tm_run run;
    uint64_t position;              /* in the published shard, of the next byte */
    uint64_t end;                   /* of what was asked for */
    bool whole;                     /* all of the file comes */
    bool begun;
    bool conditional;               /* If-Range was sent */
    bool again;                     /* ended on purpose: ask once more */
    size_t index;                   /* frame that is coming */
    struct tm_buf packed;
    struct tm_err err;              /* why it was ended by us; fatal unless TM_ERR_READ */
    char error[CURL_ERROR_SIZE];
    char validator[VALIDATOR];
    bool strong;
    uint64_t stated_total;          /* of Content-Range; 0: none */
};

static size_t end_it(struct transfer *t, const char *format, const char *text, uint64_t a,
                     uint64_t b)
{
    char shown[512];
    char message[400];
    tm_address_shown(t->url, shown, sizeof shown);
    (void)snprintf(message, sizeof message, format, text, a, b);
    (void)tm_fail(&t->err, TM_ERR_READ, shown, TM_NO_OFFSET, "%s", message);
    (void)tm_hint(&t->err, "it changed or is no copy of this release; add another mirror, or tell "
                           "its publisher");
    return 0;
}

/* As end_it, of what the manifest cannot mean. */
static size_t refuse(struct transfer *t, const char *format, const char *text, uint64_t a,
                     uint64_t b)
{
    t->fetch->mirrors[t->mirror].contradicts = true;
    return end_it(t, format, text, a, b);
}

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    struct tm_str line = {p, n * size};
    const char *colon = memchr(p, ':', line.n);
    if (tm_str_starts(line, TM_STR("HTTP/"))) {
        t->validator[0] = '\0';
        t->strong = false;
        t->stated_total = 0;
        return line.n;
    }
    if (colon == NULL)
        return line.n;
    size_t name = (size_t)(colon - p);
    struct tm_str value = tm_str_trim((struct tm_str){colon + 1, line.n - name - 1});
    char text[VALIDATOR];
    (void)snprintf(text, sizeof text, "%.*s", (int)(value.n < VALIDATOR ? value.n : 0), value.p);
    if (name == 4 && strncasecmp(p, "ETag", 4) == 0 && text[0] == '"') {    /* weak ones are of no use */
        memcpy(t->validator, text, sizeof text);
        t->strong = true;
    } else if (name == 13 && strncasecmp(p, "Last-Modified", 13) == 0 && !t->strong) {
        memcpy(t->validator, text, sizeof text);
    } else if (name == 13 && strncasecmp(p, "Content-Range", 13) == 0) {
        const char *slash = strchr(text, '/');
        t->stated_total = slash == NULL ? 0 : strtoull(slash + 1, NULL, 10);
    }
    return line.n;
}

/* All that is missing of the file comes with this transfer. */
static void claim_all(struct transfer *t)
{
    for (size_t i = 0; i < t->file->shard.n_frames; i++) {
        struct tm_wanted *frame = &t->file->frames[i];
        if (frame->state == TM_WANT_MISSING) {
            frame->state = TM_WANT_BUSY;
            frame->owner = t;
        }
    }
    t->run = (struct tm_run){0, t->file->shard.n_frames};
    t->index = 0;
    t->position = 0;
    t->end = t->file->remote_size;
    t->whole = true;
    t->file->streamed = true;
}

static void note_validator(struct transfer *t)
{
    char *known = t->file->validators[t->mirror];
    if (t->validator[0] == '\0' || strcmp(known, t->validator) == 0)
        return;
    memcpy(known, t->validator, VALIDATOR);
    tm_state_validator(t->fetch, t->file, t->mirror);
}

/* The first bytes are there: what kind of answer is it? */
static bool begin(struct transfer *t)
{
    long http = 0;
    curl_off_t length = -1;
    char *type = NULL;
    (void)tm_curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &http);
    (void)tm_curl.easy_getinfo(t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    (void)tm_curl.easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    uint64_t size = t->file->remote_size;
    t->begun = true;
    if (http == 0)
        return true;                            /* file:// */
    if (type != NULL && strncasecmp(type, "text/html", 9) == 0)
        return refuse(t, "a web page came (%s, status %" PRIu64 ") instead of the shard", type,
                      (uint64_t)http, 0) != 0;
    if (http == 206) {
        if (t->stated_total != 0 && t->stated_total != size)
            return refuse(t, "%sthe file has %" PRIu64 " bytes, the manifest states %" PRIu64, "",
                          t->stated_total, size) != 0;
        if (length >= 0 && (uint64_t)length != t->end - t->position)
            return refuse(t, "%s%" PRIu64 " bytes are on their way, %" PRIu64 " were asked for", "",
                          (uint64_t)length, t->end - t->position) != 0;
        note_validator(t);
        return true;
    }
    if (length >= 0 && (uint64_t)length != size)
        return refuse(t, "%sthe file has %" PRIu64 " bytes, the manifest states %" PRIu64, "",
                      (uint64_t)length, size) != 0;
    if (t->conditional) {                       /* another copy; its frames will show what it is */
        t->file->validators[t->mirror][0] = '\0';
        t->again = true;
        return false;
    }
    t->fetch->mirrors[t->mirror].no_ranges = true;
    if (t->file->streamed && !t->whole) {
        t->again = true;                        /* somebody is reading it all */
        return false;
    }
    note_validator(t);
    claim_all(t);
    return true;
}

static bool frame_came(struct transfer *t, struct tm_wanted *frame)
{
    struct tm_err what = {0};
    enum tm_status status = tm_store_frame(t->fetch, t->file, frame, t->packed.p, &what);
    t->packed.n = 0;
    if (status == TM_OK) {
        t->fetch->mirrors[t->mirror].failures = 0;
        return true;
    }
    if (status != TM_ERR_VERIFY) {
        t->err = what;
        return false;
    }
    frame->tries++;
    (void)refuse(t, "wrong bytes: %.200s (frame %" PRIu64 ", from byte %" PRIu64 ")", what.message,
                 (uint64_t)frame->number, frame->remote);
    return false;
}

static size_t on_data(char *p, size_t size, size_t count, void *user)
{
    struct transfer *t = user;
    size_t n = size * count;
    size_t left = n;
    if (!t->begun && !begin(t))
        return 0;
    if (n > t->end - t->position)
        return refuse(t, "%smore than the %" PRIu64 " bytes up to %" PRIu64 " came", "",
                      t->end - t->position, t->end);
    t->fetch->result->downloaded += n;
    while (left != 0 && t->index < t->run.to) {
        struct tm_wanted *frame = &t->file->frames[t->index];
        uint64_t frame_end = frame->remote + frame->info.packed;
        uint64_t stop = t->position < frame->remote ? frame->remote : frame_end;
        size_t k = left < stop - t->position ? left : (size_t)(stop - t->position);
        bool mine = t->position >= frame->remote && frame->owner == t;
        if (mine)
            tm_buf_add(&t->packed, p, k);
        if (t->packed.failed) {
            (void)tm_fail(&t->err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
            return 0;
        }
        p += k;
        left -= k;
        t->position += k;
        if (t->position != frame_end)
            continue;
        if (mine && !frame_came(t, frame))
            return 0;
        t->index++;
    }
    t->position += left;                        /* behind the last frame: the seek table */
    return n;
}

static bool has_busy(const struct wanted_file *file)
{
    for (size_t i = 0; i < file->shard.n_frames; i++)
        if (file->frames[i].state == TM_WANT_BUSY)
            return true;
    return false;
}

static void give_up_frames(struct transfer *t)
{
    bool given_up = false;
    for (size_t i = t->run.from; i < t->run.to; i++) {
        struct tm_wanted *frame = &t->file->frames[i];
        if (frame->owner != t || frame->state != TM_WANT_BUSY)
            continue;
        frame->state = TM_WANT_MISSING;
        frame->owner = NULL;
        given_up = true;
    }
    if (t->whole)
        t->file->streamed = false;
    if (given_up || t->whole)
        t->file->next = 0;
}

/* The mirror to ask for a frame that was tried so often; n_mirrors if none is left. */
static size_t choose_mirror(const struct fetch *fetch, unsigned tries)
{
    size_t alive = 0;
    for (size_t i = 0; i < fetch->n_mirrors; i++)
        alive += !fetch->mirrors[i].dead;
    for (size_t i = 0, k = alive == 0 ? 0 : tries % alive; i < fetch->n_mirrors; i++)
        if (!fetch->mirrors[i].dead && k-- == 0)
            return i;
    return fetch->n_mirrors;
}

static bool start(struct transfer *t, CURLM *multi)
{
    struct tm_wanted *frames = t->file->frames;
    char text[64 + VALIDATOR];
    bool all = t->fetch->mirrors[t->mirror].no_ranges;
    tm_curl.easy_reset(t->easy);
    tm_fetch_set_up(t->fetch, t->easy);
    t->position = frames[t->run.from].remote;
    t->end = frames[t->run.to - 1].remote + frames[t->run.to - 1].info.packed;
    t->index = t->run.from;
    for (size_t i = t->run.from; i < t->run.to; i++) {
        frames[i].state = TM_WANT_BUSY;
        frames[i].owner = t;
    }
    if (all)
        claim_all(t);
    t->url = tm_address_of(t->fetch->mirrors[t->mirror].url, t->file->remote_path);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_URL, t->url);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_data);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
    (void)tm_curl.easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    if (!all) {
        (void)snprintf(text, sizeof text, "%" PRIu64 "-%" PRIu64, t->position, t->end - 1);
        (void)tm_curl.easy_setopt(t->easy, CURLOPT_RANGE, text);
        if (t->file->validators[t->mirror][0] != '\0') {
            (void)snprintf(text, sizeof text, "If-Range: %s", t->file->validators[t->mirror]);
            t->headers = tm_curl.slist_append(NULL, text);
            (void)tm_curl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
            t->conditional = t->headers != NULL;
        }
    }
    return t->url != NULL && tm_curl.multi_add_handle(multi, t->easy) == CURLM_OK;
}

/* Finds work; false when there is none now. */
static bool next_work(struct fetch *fetch, struct transfer *t, bool *ret_waiting)
{
    for (size_t i = 0; i < fetch->n_files; i++) {
        struct wanted_file *file = &fetch->files[i];
        struct tm_run run;
        if (file->linked || file->streamed)
            continue;
        if (!tm_plan_next(file->frames, file->shard.n_frames, file->next, MOST_RANGE, &run)) {
            file->next = file->shard.n_frames;      /* until something is given up */
            continue;
        }
        file->next = run.from;
        size_t mirror = choose_mirror(fetch, file->frames[run.from].tries);
        if (mirror == fetch->n_mirrors)
            return false;
        if (fetch->mirrors[mirror].wait_until > tm_clock_ms()) {
            *ret_waiting = true;
            continue;
        }
        CURL *easy = t->easy;
        struct tm_buf packed = t->packed;
        packed.n = 0;
        *t = (struct transfer){.fetch = fetch, .easy = easy, .packed = packed, .file = file,
                               .mirror = mirror, .run = run};
        return true;
    }
    return false;
}

static bool is_final(CURLcode code, long http)
{
    return code == CURLE_FILE_COULDNT_READ_FILE || code == CURLE_UNSUPPORTED_PROTOCOL ||
           (code == CURLE_HTTP_RETURNED_ERROR && http < 500 && http != 408 && http != 429);
}

static void mirror_failed(struct transfer *t, bool final, const struct tm_err *what)
{
    struct mirror *mirror = &t->fetch->mirrors[t->mirror];
    mirror->failures++;
    mirror->wait_until = tm_clock_ms() + (125 << mirror->failures);
    mirror->dead = final || mirror->failures >= MOST_FAILURES;
    if (mirror->dead && choose_mirror(t->fetch, 0) != t->fetch->n_mirrors)
        tm_fetch_tell(t->fetch, TM_WARNING, what);
}

/* A transfer has ended. TM_OK: the others go on. */
static enum tm_status ended(struct transfer *t, CURLcode code, struct tm_err *err)
{
    struct fetch *fetch = t->fetch;
    long http = 0;
    unsigned most = fetch->n_mirrors < 2 ? 2 : (unsigned)fetch->n_mirrors;
    char shown[512];
    (void)tm_curl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &http);
    if (code == CURLE_OK && t->index < t->run.to)
        (void)end_it(t, "%sit ended at byte %" PRIu64 " of %" PRIu64, "", t->position, t->end);
    give_up_frames(t);
    if (!has_busy(t->file))
        tm_store_close(t->file);                /* there may be more shards than descriptors */
    tm_address_shown(t->url, shown, sizeof shown);
    tm_curl.free(t->url);
    t->url = NULL;
    tm_curl.slist_free_all(t->headers);
    t->headers = NULL;
    if (t->again || (code == CURLE_OK && t->err.status == TM_OK))
        return TM_OK;
    if (t->err.status == TM_OK) {
        (void)tm_fail(&t->err, TM_ERR_READ, shown, TM_NO_OFFSET, "%s",
                      t->error[0] != '\0' ? t->error : tm_curl.easy_strerror(code));
        (void)tm_hint(&t->err, "run the same command again to go on: what is done is kept; or add "
                               "a mirror");
    }
    if (t->err.status != TM_ERR_READ) {
        *err = t->err;
        return err->status;
    }
    *err = t->err;
    bool bad_frame = t->index < t->run.to && t->file->frames[t->index].tries != 0 &&
                     strncmp(t->err.message, "wrong bytes", 11) == 0;
    if (is_final(code, http))
        fetch->mirrors[t->mirror].contradicts = true;
    if (!bad_frame)
        mirror_failed(t, is_final(code, http) || (t->begun && code == CURLE_WRITE_ERROR), &t->err);
    else if (t->file->frames[t->index].tries >= most)
        return TM_ERR_READ;
    else
        tm_fetch_tell(fetch, TM_WARNING, &t->err);
    return choose_mirror(fetch, 0) == fetch->n_mirrors ? TM_ERR_READ : TM_OK;
}

static enum tm_status read_messages(CURLM *multi, struct transfer *list, size_t n, bool *busy,
                                    bool *ret_ended, struct tm_err *err)
{
    int left;
    *ret_ended = false;
    enum tm_status status = TM_OK;
    for (CURLMsg *m; status == TM_OK && (m = tm_curl.multi_info_read(multi, &left)) != NULL;) {
        if (m->msg != CURLMSG_DONE)
            continue;
        for (size_t i = 0; i < n; i++) {
            if (list[i].easy != m->easy_handle)
                continue;
            CURLcode code = m->data.result;
            (void)tm_curl.multi_remove_handle(multi, list[i].easy);
            busy[i] = false;
            *ret_ended = true;
            status = ended(&list[i], code, err);
            break;
        }
    }
    return status;
}

static enum tm_status run(struct fetch *fetch, CURLM *multi, struct transfer *list, size_t n,
                          struct tm_err *err)
{
    bool busy[MOST_CONNECTIONS] = {false};
    enum tm_status status = TM_OK;
    struct tm_err last = {0};
    for (;;) {
        size_t active = 0;
        bool waiting = false;
        bool one_ended;
        int running;
        for (size_t i = 0; i < n && status == TM_OK; i++) {
            if (!busy[i] && next_work(fetch, &list[i], &waiting)) {
                busy[i] = start(&list[i], multi);
                if (!busy[i])
                    status = tm_fail(&last, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
            }
            active += busy[i];
        }
        if (status != TM_OK || (active == 0 && !waiting))
            break;
        (void)tm_curl.multi_perform(multi, &running);
        status = read_messages(multi, list, n, busy, &one_ended, &last);
        if (status == TM_OK && !one_ended)
            (void)tm_curl.multi_poll(multi, NULL, 0, 100, NULL);
        tm_fetch_progress(fetch);
    }
    for (size_t i = 0; i < n; i++) {
        if (!busy[i])
            continue;
        (void)tm_curl.multi_remove_handle(multi, list[i].easy);
        give_up_frames(&list[i]);
        tm_curl.free(list[i].url);
        tm_curl.slist_free_all(list[i].headers);
    }
    if (status != TM_OK && err != NULL)
        *err = last;
    return status;
}

enum tm_status tm_transfer_all(struct fetch *fetch, struct tm_err *err)
{
    struct transfer list[MOST_CONNECTIONS];
    size_t n = fetch->options->connections == 0 ? 4 : fetch->options->connections;
    n = n < MOST_CONNECTIONS ? n : MOST_CONNECTIONS;
    memset(list, 0, sizeof list);
    CURLM *multi = tm_curl.multi_init();
    bool good = multi != NULL;
    for (size_t i = 0; i < n; i++) {
        list[i].easy = tm_curl.easy_init();
        good = good && list[i].easy != NULL;
    }
    enum tm_status status = good ? run(fetch, multi, list, n, err)
        : tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    for (size_t i = 0; i < n; i++) {
        tm_curl.easy_cleanup(list[i].easy);
        tm_buf_finish(&list[i].packed);
    }
    (void)tm_curl.multi_cleanup(multi);
    return status;
}
