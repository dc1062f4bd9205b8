/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of a release, given as they stand: by number, by id, or a sample.
 *
 * The manifest counts the records of each frame and the seek table says where it lies, so that a
 * record costs one frame. An id `tg-SOURCE-MESSAGE-SEG` names its source, whose records stand
 * together at a place that the manifest's counts by source give; in there they go by date, and
 * numbers of messages nearly always do the same: so a binary search over the first numbers of
 * frames comes first, and all frames of the source are read only when it has found nothing. Other
 * ids are digests, which say nothing of a place: all is read, as for an id that is not there.
 */
#include <tolmach/release.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "pack/frames_read.h"
#include "pack/opened.h"

#define NOWHERE SIZE_MAX

/* A frame among all that are looked at, and the number of its first record. */
struct spot {
    size_t shard;
    size_t frame;
    uint64_t first;
};

/* Frames from..to (without to) of one language, or of one source in it. */
struct run {
    size_t from;
    size_t to;
};

struct cat {
    struct tm_opened opened;
    const struct tm_cat_options *options;
    tm_line_fn *line;
    void *user;
    struct spot *spots;
    size_t n_spots;
    uint64_t total;                 /* records */
    struct tm_frames frames;        /* of the shard that is open */
    size_t shard;                   /* NOWHERE: none is */
    size_t loaded;                  /* spot whose content is at hand */
    struct tm_buf wanted;           /* how a line begins that is looked for */
    bool whole;                     /* `wanted` is all of the id, else segments follow */
    uint64_t found;
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

static bool is_chosen(const struct cat *cat, size_t shard)
{
    enum tm_pack_stream stream = cat->opened.streams[shard];
    const char *lang = cat->options->lang;
    return stream != TM_PACK_PROVENANCE &&
           (lang == NULL || strcmp(lang, tm_pack_stream_lang(stream)) == 0);
}

static enum tm_status list_spots(struct cat *cat, struct tm_err *err)
{
    const struct tm_opened *opened = &cat->opened;
    size_t n = 0;
    for (size_t i = 0; i < opened->n_shards; i++)
        n += is_chosen(cat, i) ? opened->shards[i].n_frames : 0;
    cat->spots = calloc(n + 1, sizeof *cat->spots);
    if (cat->spots == NULL)
        return no_memory(err);
    for (size_t i = 0; i < opened->n_shards; i++) {
        for (size_t k = 0; is_chosen(cat, i) && k < opened->shards[i].n_frames; k++) {
            cat->spots[cat->n_spots++] = (struct spot){i, k, cat->total};
            cat->total += opened->shards[i].frames[k].records;
        }
    }
    cat->spots[cat->n_spots].first = cat->total;
    return TM_OK;
}

/* Last spot that begins with or before a record. */
static size_t spot_of(const struct cat *cat, uint64_t number)
{
    size_t low = 0;
    size_t high = cat->n_spots;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (cat->spots[middle].first <= number)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static enum tm_status load(struct cat *cat, size_t index, struct tm_err *err)
{
    const struct spot *spot = &cat->spots[index];
    if (cat->loaded == index)
        return TM_OK;
    cat->loaded = NOWHERE;
    if (cat->shard != spot->shard) {
        const struct tm_shard *shard = &cat->opened.shards[spot->shard];
        if (cat->shard != NOWHERE)
            tm_frames_close(&cat->frames);
        cat->shard = NOWHERE;
        enum tm_status status = tm_frames_open(&cat->frames, cat->opened.dir, shard->path, shard,
                                               err);
        if (status != TM_OK)
            return status;
        cat->shard = spot->shard;
    }
    enum tm_status status = tm_frames_load(&cat->frames, spot->frame, err);
    if (status == TM_OK)
        cat->loaded = index;
    return status;
}

/* The line that begins at *at, with its newline; *at moves behind it. Frames end with a line. */
static struct tm_str take_line(const struct tm_buf *content, size_t *at)
{
    const char *p = content->p + *at;
    const char *end = memchr(p, '\n', content->n - *at);
    size_t n = (size_t)(end - p) + 1;
    *at += n;
    return (struct tm_str){p, n};
}

static enum tm_status give(struct cat *cat, struct tm_str line, struct tm_err *err)
{
    cat->found++;
    return cat->line(cat->user, line, err);
}

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), as a
 * fraction of one. */
static double draw(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* Records first..last (both included), or `sample` of them: each that is left has the chance that
 * it takes to have so many at the end (Knuth, TAOCP 3.4.2, algorithm S). */
static enum tm_status give_numbers(struct cat *cat, struct tm_err *err)
{
    uint64_t first = cat->options->first;
    uint64_t last = cat->options->last < cat->total ? cat->options->last : cat->total - 1;
    uint64_t state = cat->options->seed;
    if (cat->total == 0 || first > last)
        return TM_OK;
    uint64_t wanted = cat->options->sample;
    bool all = wanted == 0 || wanted > last - first;
    enum tm_status status = TM_OK;
    size_t index = spot_of(cat, first);
    size_t at = 0;
    uint64_t next = cat->spots[index].first;
    for (uint64_t number = first; number <= last && status == TM_OK; number++) {
        if (!all && draw(&state) * (double)(last - number + 1) >= (double)wanted)
            continue;
        while (number >= cat->spots[index + 1].first) {
            next = cat->spots[++index].first;
            at = 0;
        }
        status = load(cat, index, err);
        for (; status == TM_OK && next < number; next++)
            (void)take_line(&cat->frames.content, &at);
        if (status == TM_OK)
            status = give(cat, take_line(&cat->frames.content, &at), err);
        next++;
        wanted--;
        if (!all && wanted == 0)
            break;
    }
    return status;
}

/* Whether a line that begins as wanted is wanted: the id ends there, or nothing but the number of
 * a segment follows. */
static bool ends_well(const struct cat *cat, const char *p, const char *end)
{
    const char *digits = p;
    while (p < end && (unsigned char)*p - 48u <= 9)
        p++;
    return p < end && *p == '"' && (cat->whole ? p == digits : p != digits);
}

static enum tm_status give_matches(struct cat *cat, size_t index, struct tm_err *err)
{
    enum tm_status status = load(cat, index, err);
    if (status != TM_OK)
        return status;
    const struct tm_buf *content = &cat->frames.content;
    for (size_t at = 0; at < content->n && status == TM_OK;) {
        const char *p = memmem(content->p + at, content->n - at, cat->wanted.p, cat->wanted.n);
        if (p == NULL)
            break;
        at = (size_t)(p - content->p);
        bool starts = at == 0 || p[-1] == '\n';
        if (starts && ends_well(cat, p + cat->wanted.n, content->p + content->n))
            status = give(cat, take_line(content, &at), err);
        else
            at++;
    }
    return status;
}

/* Reads a run until all is found: there is one record of an id, and the segments of a document
 * follow each other. */
static enum tm_status scan(struct cat *cat, struct run run, struct tm_err *err)
{
    uint64_t before = cat->found;
    enum tm_status status = TM_OK;
    for (size_t i = run.from; i < run.to && status == TM_OK; i++) {
        uint64_t now = cat->found;
        status = give_matches(cat, i, err);
        if (cat->found != before && (cat->whole || cat->found == now))
            break;
    }
    return status;
}

/* The number of the first message in a frame whose id begins with `name`; false if there is none. */
static enum tm_status first_message(struct cat *cat, size_t index, struct tm_str name,
                                    uint64_t *ret_number, bool *ret_found, struct tm_err *err)
{
    enum tm_status status = load(cat, index, err);
    *ret_found = false;
    for (size_t at = 0; status == TM_OK && at < cat->frames.content.n && !*ret_found;) {
        struct tm_str line = take_line(&cat->frames.content, &at);
        if (!tm_str_starts(line, name))
            continue;
        *ret_number = strtoull(line.p + name.n, NULL, 10);
        *ret_found = true;
    }
    return status;
}

/* The frames of a run that hold a message if their first numbers rise: from the last one that
 * begins before it to the first one that begins behind it. */
static enum tm_status narrow(struct cat *cat, struct tm_str name, uint64_t number, struct run *run,
                             struct tm_err *err)
{
    size_t low = run->from;
    size_t high = run->to;
    size_t end = run->to;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        uint64_t first = 0;
        bool found;
        enum tm_status status = first_message(cat, middle, name, &first, &found, err);
        if (status != TM_OK)
            return status;
        if (found && first < number) {
            low = middle;
        } else {
            high = middle;
            end = found && first == number ? end : middle;
        }
    }
    *run = (struct run){low, end};
    return TM_OK;
}

/* The records of a source, which is one of the manifest's; `name` is how their lines begin. */
static enum tm_status search_source(struct cat *cat, struct run run, struct tm_str name,
                                    struct tm_err *err)
{
    struct run near = run;
    const char *digits = cat->wanted.p + name.n;
    uint64_t before = cat->found;
    enum tm_status status = TM_OK;
    if ((unsigned char)digits[0] - 48u <= 9) {
        status = narrow(cat, name, strtoull(digits, NULL, 10), &near, err);
        if (status == TM_OK)
            status = scan(cat, near, err);
    }
    if (status == TM_OK && cat->found == before)
        status = scan(cat, run, err);
    return status;
}

/* How the lines of a source's records begin, if the wanted one begins so too; else empty. */
static struct tm_str name_of(const struct cat *cat, struct tm_str key)
{
    char hex[33];
    struct tm_str found = TM_STR_UNKNOWN;
    struct tm_buf name = {0};
    tm_hash128_hex(tm_hash128_of(key.p, key.n), hex);
    const struct tm_str names[] = {key, {hex, 16}};
    for (size_t i = 0; i < 2 && found.n == 0; i++) {
        name.n = 0;
        tm_buf_text(&name, "{\"id\":\"tg-");
        tm_buf_str(&name, names[i]);
        tm_buf_byte(&name, '-');
        if (!name.failed && tm_str_starts(tm_buf_view(&cat->wanted), tm_buf_view(&name)))
            found = (struct tm_str){cat->wanted.p, name.n};
    }
    tm_buf_finish(&name);
    return found;
}

/* Looks where the manifest says that the sources of the language are which the id can mean. */
static enum tm_status search_sources(struct cat *cat, const char *lang, struct run run,
                                     struct tm_err *err)
{
    const struct tm_value *sources = tm_value_get(cat->opened.manifest, "sources");
    uint64_t at = cat->spots[run.from].first;
    enum tm_status status = TM_OK;
    for (const struct tm_value *s = sources == NULL ? NULL : sources->first;
         s != NULL && status == TM_OK; s = s->next) {
        uint64_t n = 0;
        (void)tm_value_u64(tm_value_get(tm_value_get(s, "records"), lang), &n);
        struct tm_str name = name_of(cat, tm_value_text(tm_value_get(s, "key")));
        if (n != 0 && name.n != 0 && n <= cat->spots[run.to].first - at) {
            struct run part = {spot_of(cat, at), spot_of(cat, at + n - 1) + 1};
            status = search_source(cat, part, name, err);
        }
        at += n;
    }
    return status;
}

static enum tm_status search_language(struct cat *cat, struct run run, struct tm_err *err)
{
    uint64_t before = cat->found;
    enum tm_pack_stream stream = cat->opened.streams[cat->spots[run.from].shard];
    enum tm_status status = TM_OK;
    if (cat->opened.partial == NULL)        /* else the counts of the sources are of other places */
        status = search_sources(cat, tm_pack_stream_lang(stream), run, err);
    if (status == TM_OK && cat->found == before)
        status = scan(cat, run, err);
    return status;
}

static enum tm_status give_id(struct cat *cat, struct tm_err *err)
{
    const char *id = cat->options->id != NULL ? cat->options->id : cat->options->doc_id;
    cat->whole = cat->options->id != NULL;
    tm_buf_printf(&cat->wanted, "{\"id\":\"%s%s", id, cat->whole ? "" : "-");
    tm_buf_byte(&cat->wanted, '\0');
    if (cat->wanted.failed)
        return no_memory(err);
    cat->wanted.n--;
    enum tm_status status = TM_OK;
    for (struct run run = {0, 0}; run.from < cat->n_spots && status == TM_OK; run.from = run.to) {
        enum tm_pack_stream stream = cat->opened.streams[cat->spots[run.from].shard];
        while (run.to < cat->n_spots && cat->opened.streams[cat->spots[run.to].shard] == stream)
            run.to++;
        if (!cat->whole || cat->found == 0)
            status = search_language(cat, run, err);
    }
    if (status == TM_OK && cat->found == 0)
        return tm_fail(err, TM_ERR_USAGE, cat->opened.dir, TM_NO_OFFSET, "no record has the %s %s",
                       cat->whole ? "id" : "doc_id", id);
    return status;
}

enum tm_status tm_cat(const char *dir, const struct tm_cat_options *options, tm_line_fn *line,
                      void *user, struct tm_err *err)
{
    struct cat cat = {.options = options, .line = line, .user = user, .shard = NOWHERE,
                      .loaded = NOWHERE};
    enum tm_status status = tm_opened_init(&cat.opened, dir, "", err);
    if (status != TM_OK)
        return status;
    status = list_spots(&cat, err);
    if (status == TM_OK)
        status = options->id != NULL || options->doc_id != NULL ? give_id(&cat, err)
                                                                : give_numbers(&cat, err);
    if (cat.shard != NOWHERE)
        tm_frames_close(&cat.frames);
    tm_buf_finish(&cat.wanted);
    free(cat.spots);
    tm_opened_finish(&cat.opened);
    return status;
}
