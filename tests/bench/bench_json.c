/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_json FILE... - our JSON reader beside yajl's SAX parser on the same bytes in memory, best
 * of seven rounds each, taken in turn. Exit 1 if ours is slower anywhere.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <yajl/yajl_parse.h>

#include "base/json.h"

#define ROUNDS 7
#define CHUNK ((size_t)256 << 10)

struct bytes {
    char *p;
    size_t n;
    size_t at;
    uint64_t events;
    uint64_t text;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int on_event(void *user)
{
    ((struct bytes *)user)->events++;
    return 1;
}

static int on_boolean(void *user, int value)
{
    (void)value;
    return on_event(user);
}

static int on_string(void *user, const unsigned char *p, size_t n)
{
    (void)p;
    ((struct bytes *)user)->text += n;
    return on_event(user);
}

static int on_number(void *user, const char *p, size_t n)
{
    return on_string(user, (const unsigned char *)p, n);
}

static bool yajl_round(struct bytes *bytes)
{
    static const yajl_callbacks callbacks = {
        .yajl_null = on_event, .yajl_boolean = on_boolean, .yajl_number = on_number,
        .yajl_string = on_string, .yajl_map_key = on_string, .yajl_start_map = on_event,
        .yajl_end_map = on_event, .yajl_start_array = on_event, .yajl_end_array = on_event,
    };
    yajl_handle handle = yajl_alloc(&callbacks, NULL, bytes);
    yajl_config(handle, yajl_allow_multiple_values, 1);
    yajl_status status = yajl_status_ok;
    for (size_t at = 0; at < bytes->n && status == yajl_status_ok; at += CHUNK) {
        size_t n = bytes->n - at < CHUNK ? bytes->n - at : CHUNK;
        status = yajl_parse(handle, (const unsigned char *)bytes->p + at, n);
    }
    if (status == yajl_status_ok)
        status = yajl_complete_parse(handle);
    yajl_free(handle);
    return status == yajl_status_ok;
}

static ssize_t read_bytes(void *user, void *p, size_t n, struct tm_err *err)
{
    struct bytes *bytes = user;
    (void)err;
    if (n > bytes->n - bytes->at)
        n = bytes->n - bytes->at;
    memcpy(p, bytes->p + bytes->at, n);
    bytes->at += n;
    return (ssize_t)n;
}

/* The stream also takes the SHA-256 of all bytes; `plain` reads from one window without it. */
static bool our_round(struct bytes *bytes, bool plain)
{
    struct tm_stream stream = {.p = bytes->p, .n = bytes->n, .ended = true};
    struct tm_json json;
    enum tm_json_event event;
    bytes->at = 0;
    if (!plain && tm_stream_init(&stream, read_bytes, bytes, (size_t)64 << 20, NULL) != TM_OK)
        return false;
    tm_json_init(&json, &stream, false);
    while ((event = tm_json_next(&json)) > 0) {
        bytes->events++;
        if (event >= TM_JSON_KEY && event <= TM_JSON_NUMBER)
            bytes->text += json.value.n;
        if (!plain && json.depth <= 1)
            tm_json_commit(&json);
    }
    tm_json_finish(&json);
    if (!plain)
        tm_stream_finish(&stream);
    return event == TM_JSON_END;
}

static bool load(const char *path, struct bytes *bytes)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        return false;
    bytes->n = (size_t)ftell(file);
    bytes->p = calloc(1, bytes->n + TM_STREAM_PAD);
    rewind(file);
    bool good = bytes->p != NULL && fread(bytes->p, 1, bytes->n, file) == bytes->n;
    fclose(file);
    return good;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"yajl", "tolmach, in memory", "tolmach, stream + SHA-256"};
    int slower = 0;
    for (int i = 1; i < argc; i++) {
        struct bytes bytes = {0};
        double best[3] = {1e9, 1e9, 1e9};
        uint64_t events[3] = {0}, text[3] = {0};
        if (!load(argv[i], &bytes)) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return 3;
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int k = 0; k < 3; k++) {
                bytes.events = bytes.text = 0;
                double begin = seconds();
                bool good = k == 0 ? yajl_round(&bytes) : our_round(&bytes, k == 1);
                double took = seconds() - begin;
                best[k] = took < best[k] ? took : best[k];
                events[k] = bytes.events;
                text[k] = bytes.text;
                if (!good)
                    printf("%s: %s rejects it\n", argv[i], names[k]);
            }
        }
        printf("%s, %zu bytes%s\n", argv[i], bytes.n,
               events[0] == events[1] && text[0] == text[1] ? "" : ": THE EVENTS DIFFER");
        for (int k = 0; k < 3; k++)
            printf("  %-28s %7.0f MB/s  %.2f x\n", names[k], (double)bytes.n / best[k] / 1e6,
                   best[0] / best[k]);
        slower |= best[1] > best[0];
        free(bytes.p);
    }
    return slower;
}
