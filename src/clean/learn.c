/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Learning what recurs in a source. Documents come source by source, so only the counts of one
 * source are held: a table of line keys, thinned by lossy counting (Manku and Motwani, VLDB 2002)
 * with an error of at most one post in a thousand. Up to a thousand posts the counts are exact.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/hash.h"
#include "clean/boilerplate.h"

enum {
    CLOSING_LINES = 3,
    MIN_POSTS = 5,
    MIN_PERCENT = 1,
    BUCKET_POSTS = 1000,
    MAX_EXAMPLE = 300,
};

enum kind { LEADING, CLOSING, HANDLE };

/* A counted line of the source under way. */
struct entry {
    uint64_t hash;              /* of kind and key; 0: an empty place */
    enum kind kind;
    struct tm_str key;
    struct tm_str example;
    uint64_t posts;
    uint64_t missed;            /* at most so many earlier ones were forgotten */
    uint64_t last_post;
};

struct table {
    struct tm_arena *arena;
    struct entry *places;
    size_t capacity;            /* a power of two */
    size_t n;
};

struct tm_learnt {
    struct tm_arena *arena;     /* of what is learnt */
    struct tm_learnt_source *sources;
    size_t n_sources;
    struct tm_learnt_line *lines;
    size_t n_lines;
    const struct tm_learnt_line **masked;       /* those of them that are, after finish */
    size_t n_masked;
    /* of an earlier version, in byte order */
    struct tm_learnt_source *frozen_sources;
    size_t n_frozen_sources;
    struct tm_learnt_line *frozen_lines;
    size_t n_frozen_lines;
    /* the source under way */
    const struct tm_learnt_source *frozen;      /* it is one of these, or NULL */
    struct table table;
    struct tm_buf channel;      /* its title as last seen */
    uint64_t posts;
    uint64_t marked;            /* posts that look like markdown */
    bool open;
    bool failed;
};

enum tm_status tm_learnt_create(struct tm_learnt **ret_learnt, struct tm_err *err)
{
    struct tm_learnt *learnt = calloc(1, sizeof *learnt);
    if (learnt != NULL)
        learnt->arena = tm_arena_create();
    if (learnt == NULL || learnt->arena == NULL) {
        free(learnt);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    *ret_learnt = learnt;
    return TM_OK;
}

static void table_finish(struct table *table)
{
    tm_arena_destroy(table->arena);
    free(table->places);
    *table = (struct table){0};
}

void tm_learnt_destroy(struct tm_learnt *learnt)
{
    if (learnt == NULL)
        return;
    table_finish(&learnt->table);
    tm_buf_finish(&learnt->channel);
    tm_arena_destroy(learnt->arena);
    free(learnt->sources);
    free(learnt->lines);
    free(learnt->masked);
    free(learnt->frozen_sources);
    free(learnt->frozen_lines);
    free(learnt);
}

/* Grows `list` (elements of `size` bytes, n in use) when n is a power of two or zero. */
static void *room_for_one(void *list, size_t n, size_t size)
{
    if ((n & (n - 1)) != 0)
        return list;
    return realloc(list, (n == 0 ? 1 : 2 * n) * size);
}

static bool table_init(struct table *table, size_t capacity)
{
    *table = (struct table){.capacity = capacity};
    table->arena = tm_arena_create();
    table->places = calloc(capacity, sizeof *table->places);
    return table->arena != NULL && table->places != NULL;
}

static struct entry *find_place(struct table *table, uint64_t hash, enum kind kind,
                                struct tm_str key)
{
    size_t at = (size_t)hash & (table->capacity - 1);
    while (table->places[at].hash != 0) {
        struct entry *e = &table->places[at];
        if (e->hash == hash && e->kind == kind && tm_str_equal(e->key, key))
            break;
        at = (at + 1) & (table->capacity - 1);
    }
    return &table->places[at];
}

/* Moves the entries whose count is above `floor` to a table of fitting size. */
static bool rebuild(struct table *table, uint64_t floor)
{
    size_t kept = 0;
    for (size_t i = 0; i < table->capacity; i++)
        kept += table->places[i].hash != 0 &&
                table->places[i].posts + table->places[i].missed > floor;
    size_t capacity = 1024;
    while (capacity < kept * 4)
        capacity *= 2;
    struct table fresh;
    bool good = table_init(&fresh, capacity);
    for (size_t i = 0; i < table->capacity && good; i++) {
        const struct entry *e = &table->places[i];
        if (e->hash == 0 || e->posts + e->missed <= floor)
            continue;
        struct entry *place = find_place(&fresh, e->hash, e->kind, e->key);
        *place = *e;
        place->key = tm_arena_copy(fresh.arena, e->key);
        place->example = tm_arena_copy(fresh.arena, e->example);
        good = place->key.p != NULL && place->example.p != NULL;
        fresh.n++;
    }
    table_finish(table);
    *table = fresh;
    return good;
}

static void count(struct tm_learnt *learnt, enum kind kind, struct tm_str key,
                  struct tm_str example)
{
    struct table *table = &learnt->table;
    if (table->n * 2 >= table->capacity && !rebuild(table, 0)) {
        learnt->failed = true;
        return;
    }
    uint64_t hash = XXH3_64bits_withSeed(key.p, key.n, (XXH64_hash_t)kind) | 1;
    struct entry *e = find_place(table, hash, kind, key);
    if (e->hash == 0) {
        size_t n = example.n;
        while (n > MAX_EXAMPLE || (n < example.n && ((unsigned char)example.p[n] & 0xC0) == 0x80))
            n = n > MAX_EXAMPLE ? MAX_EXAMPLE : n - 1;
        *e = (struct entry){.hash = hash, .kind = kind,
                            .key = tm_arena_copy(table->arena, key),
                            .example = tm_arena_copy(table->arena, slice(example, 0, n)),
                            .missed = learnt->posts / BUCKET_POSTS};
        learnt->failed |= e->key.p == NULL || e->example.p == NULL;
        table->n++;
    }
    if (e->posts == 0 || e->last_post != learnt->posts) {
        e->posts++;
        e->last_post = learnt->posts;
    }
}

static int order_lines(const void *a, const void *b)
{
    const struct tm_learnt_line *x = a;
    const struct tm_learnt_line *y = b;
    int order = tm_str_order(x->source_key, y->source_key);
    if (order == 0)
        order = (x->leading > y->leading) - (x->leading < y->leading);
    if (order == 0)
        order = (x->handle > y->handle) - (x->handle < y->handle);
    return order != 0 ? order : tm_str_order(x->line, y->line);
}

/* Evidence is looked for in the line as it first stood, and only where it recurs enough. A call
 * alone does not make an opening line boilerplate: people open posts with all kinds of calls. */
static unsigned evidence_of(const struct tm_learnt *learnt, const struct entry *e)
{
    struct line_key key;
    make_line_key(e->example, &key);
    unsigned shown = line_evidence(e->example, &key, tm_buf_view(&learnt->channel));
    return e->kind == LEADING && shown == SHOWS_CALL ? 0 : shown;
}

static bool add_line(struct tm_learnt *learnt, const struct entry *e, struct tm_str source)
{
    struct tm_learnt_line *lines = room_for_one(learnt->lines, learnt->n_lines, sizeof *lines);
    if (lines == NULL)
        return false;
    learnt->lines = lines;
    struct tm_learnt_line *line = &lines[learnt->n_lines++];
    unsigned shown = evidence_of(learnt, e);
    struct tm_hash128 digest = tm_hash128_of(e->key.p, e->key.n);
    *line = (struct tm_learnt_line){
        .source_key = source,
        .line = tm_arena_copy(learnt->arena, e->key),
        .example = tm_arena_copy(learnt->arena, e->example),
        .posts = e->posts,
        .source_posts = learnt->posts,
        .leading = e->kind == LEADING,
        .handle = e->kind == HANDLE,
        .evident = (shown & ~(unsigned)SHOWS_CALL) != 0,
        .removed = e->kind == HANDLE || shown != 0,
        .digest = {digest.high, digest.low},
    };
    return line->line.p != NULL && line->example.p != NULL;
}

static int order_sources(const void *a, const void *b)
{
    return tm_str_order(((const struct tm_learnt_source *)a)->key,
                        ((const struct tm_learnt_source *)b)->key);
}

enum tm_status tm_learnt_freeze(struct tm_learnt *learnt, const struct tm_learnt_source *sources,
                                size_t n_sources, const struct tm_learnt_line *lines,
                                size_t n_lines, struct tm_err *err)
{
    learnt->frozen_sources = calloc(n_sources + 1, sizeof *sources);
    learnt->frozen_lines = calloc(n_lines + 1, sizeof *lines);
    bool good = learnt->frozen_sources != NULL && learnt->frozen_lines != NULL;
    for (size_t i = 0; i < n_sources && good; i++) {
        struct tm_learnt_source *source = &learnt->frozen_sources[i];
        *source = sources[i];
        source->key = tm_arena_copy(learnt->arena, source->key);
        good = source->key.p != NULL;
    }
    for (size_t i = 0; i < n_lines && good; i++) {
        struct tm_learnt_line *line = &learnt->frozen_lines[i];
        *line = lines[i];
        line->source_key = tm_arena_copy(learnt->arena, line->source_key);
        line->line = tm_arena_copy(learnt->arena, line->line);
        line->example = tm_arena_copy(learnt->arena, line->example);
        good = line->source_key.p != NULL && line->line.p != NULL && line->example.p != NULL;
    }
    if (!good)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    learnt->n_frozen_sources = n_sources;
    learnt->n_frozen_lines = n_lines;
    qsort(learnt->frozen_lines, n_lines, sizeof *lines, order_lines);
    qsort(learnt->frozen_sources, n_sources, sizeof *sources, order_sources);
    return TM_OK;
}

/* The first frozen line of a source, or of the next one. */
static size_t first_frozen(const struct tm_learnt *learnt, struct tm_str source_key)
{
    size_t low = 0;
    size_t high = learnt->n_frozen_lines;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tm_str_order(learnt->frozen_lines[middle].source_key, source_key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What the earlier version says of the source that ends. */
static bool add_frozen(struct tm_learnt *learnt, struct tm_learnt_source *source)
{
    struct tm_str key = source->key;
    *source = *learnt->frozen;
    source->key = key;
    for (size_t i = first_frozen(learnt, key); i < learnt->n_frozen_lines; i++) {
        const struct tm_learnt_line *line = &learnt->frozen_lines[i];
        if (!tm_str_equal(line->source_key, key))
            break;
        struct tm_learnt_line *lines = room_for_one(learnt->lines, learnt->n_lines, sizeof *lines);
        if (lines == NULL)
            return false;
        learnt->lines = lines;
        lines[learnt->n_lines++] = *line;
        learnt->n_masked += line->masked;
    }
    return true;
}

/* Markdown is never taken from a single post. A channel that hardly ever sets anything bold has
 * it in one post of a hundred. */
static bool is_markdown(const struct tm_learnt *learnt)
{
    return learnt->marked >= 2 && learnt->marked * 100 >= learnt->posts;
}

static void end_source(struct tm_learnt *learnt)
{
    if (!learnt->open)
        return;
    struct tm_learnt_source *source = &learnt->sources[learnt->n_sources - 1];
    learnt->open = false;
    if (learnt->frozen != NULL) {
        learnt->failed |= !add_frozen(learnt, source);
        table_finish(&learnt->table);
        return;
    }
    source->posts = learnt->posts;
    source->marked = learnt->marked;
    source->markup = is_markdown(learnt) ? TM_MARKUP_MARKDOWN : TM_MARKUP_NONE;
    for (size_t i = 0; i < learnt->table.capacity; i++) {
        const struct entry *e = &learnt->table.places[i];
        if (e->hash != 0 && e->posts >= MIN_POSTS &&
            e->posts * 100 >= learnt->posts * MIN_PERCENT && !add_line(learnt, e, source->key))
            learnt->failed = true;
    }
    table_finish(&learnt->table);
}

static void begin_source(struct tm_learnt *learnt, struct tm_str key)
{
    struct tm_learnt_source *sources = room_for_one(learnt->sources, learnt->n_sources, sizeof *sources);
    if (sources == NULL || !table_init(&learnt->table, 1024)) {
        learnt->failed = true;
        return;
    }
    learnt->sources = sources;
    struct tm_learnt_source *source = &sources[learnt->n_sources++];
    *source = (struct tm_learnt_source){.key = tm_arena_copy(learnt->arena, key)};
    learnt->failed |= source->key.p == NULL && key.p != NULL;
    learnt->posts = 0;
    learnt->marked = 0;
    learnt->channel.n = 0;
    learnt->open = true;
    learnt->frozen = learnt->n_frozen_sources == 0
        ? NULL
        : bsearch(source, learnt->frozen_sources, learnt->n_frozen_sources, sizeof *source,
                  order_sources);
}

static void count_line(struct tm_learnt *learnt, enum kind kind, struct tm_str line,
                       const struct line_key *key)
{
    count(learnt, kind, (struct tm_str){key->text, key->n}, line);
}

static bool is_noise(struct tm_str line)
{
    line = tm_str_trim(line);
    return line.n == 0 || line.p[0] == '#' || placeholder_end(line, 0) != 0 ||
           tm_str_starts(line, TM_STR("Forwarded from ")) ||
           tm_str_starts(line, TM_STR("Переслано от "));
}

static void count_ends(struct tm_learnt *learnt, struct tm_str text)
{
    size_t end = text.n;
    bool handle = true;         /* only of the last line of text */
    for (int seen = 0; seen < CLOSING_LINES && end > 0;) {
        struct line line = line_before(text, end);
        struct tm_str view = tm_str_trim(slice(text, line.start, line.end));
        end = line.start == 0 ? 0 : line.start - 1;
        if (is_noise(view))
            continue;
        struct line_key key;
        make_line_key(view, &key);
        struct tm_str name = handle ? closing_handle(view) : TM_STR_UNKNOWN;
        if (name.p != NULL)
            count(learnt, HANDLE, name, view);
        if (!key.whole)
            break;
        if (key.n != 0)
            count_line(learnt, CLOSING, view, &key);
        handle = false;
        seen++;
    }
    for (size_t at = 0; at < text.n;) {
        struct line line = line_at(text, at);
        struct tm_str view = tm_str_trim(slice(text, line.start, line.end));
        at = line.next;
        if (is_noise(view))
            continue;
        struct line_key key;
        make_line_key(view, &key);
        if (key.whole && key.n != 0 && line.next < text.n)
            count_line(learnt, LEADING, view, &key);
        break;
    }
}

enum tm_status tm_learnt_add(struct tm_learnt *learnt, const struct tm_doc *doc,
                             struct tm_err *err)
{
    if (!learnt->open ||
        !tm_str_equal(learnt->sources[learnt->n_sources - 1].key, doc->source_key)) {
        end_source(learnt);
        begin_source(learnt, doc->source_key);
    }
    if (!learnt->failed && doc->text.n != 0 && learnt->frozen == NULL) {
        learnt->posts++;
        struct tm_str title = source_title(doc);
        if (title.p != NULL && !tm_str_equal(title, tm_buf_view(&learnt->channel))) {
            learnt->channel.n = 0;
            tm_buf_str(&learnt->channel, title);
            learnt->failed |= learnt->channel.failed;
        }
        learnt->marked += doc->markup == TM_MARKUP_AUTO && looks_like_markdown(doc->text);
        count_ends(learnt, doc->text);
        if (learnt->posts % BUCKET_POSTS == 0 &&
            !rebuild(&learnt->table, learnt->posts / BUCKET_POSTS))
            learnt->failed = true;
    }
    return learnt->failed ? tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory") : TM_OK;
}

enum tm_status tm_learnt_finish(struct tm_learnt *learnt, struct tm_err *err)
{
    end_source(learnt);
    if (learnt->failed)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    if (learnt->n_lines > 1)
        qsort(learnt->lines, learnt->n_lines, sizeof *learnt->lines, order_lines);
    learnt->masked = calloc(learnt->n_masked + 1, sizeof *learnt->masked);
    if (learnt->masked == NULL)
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    for (size_t i = 0, n = 0; i < learnt->n_lines; i++)
        if (learnt->lines[i].masked)
            learnt->masked[n++] = &learnt->lines[i];
    return TM_OK;
}

const struct tm_learnt_line *tm_learnt_lines(const struct tm_learnt *learnt, size_t *ret_n)
{
    *ret_n = learnt->n_lines;
    return learnt->lines;
}

const struct tm_learnt_source *tm_learnt_sources(const struct tm_learnt *learnt, size_t *ret_n)
{
    *ret_n = learnt->n_sources;
    return learnt->sources;
}

const struct tm_learnt_source *tm_learnt_find(const struct tm_learnt *learnt,
                                              struct tm_str source_key)
{
    struct tm_learnt_source wanted = {.key = source_key};
    return learnt->n_sources == 0 ? NULL
                                  : bsearch(&wanted, learnt->sources, learnt->n_sources,
                                            sizeof wanted, order_sources);
}

enum tm_markup tm_learnt_markup(const struct tm_learnt *learnt, struct tm_str source_key)
{
    const struct tm_learnt_source *source = tm_learnt_find(learnt, source_key);
    return source == NULL ? TM_MARKUP_NONE : source->markup;
}

/* A line of which a frozen list shows a masked form only. */
static const struct tm_learnt_line *masked_line(const struct tm_learnt *learnt,
                                                const struct tm_learnt_line *wanted)
{
    struct tm_hash128 digest = tm_hash128_of(wanted->line.p, wanted->line.n);
    for (size_t i = 0; i < learnt->n_masked; i++) {
        const struct tm_learnt_line *line = learnt->masked[i];
        if (line->digest[0] == digest.high && line->digest[1] == digest.low &&
            line->leading == wanted->leading && line->handle == wanted->handle &&
            tm_str_equal(line->source_key, wanted->source_key))
            return line;
    }
    return NULL;
}

const struct tm_learnt_line *learnt_line(const struct tm_learnt *learnt, struct tm_str source_key,
                                         bool leading, bool handle, struct tm_str line)
{
    struct tm_learnt_line wanted = {.source_key = source_key, .line = line, .leading = leading,
                                    .handle = handle};
    const struct tm_learnt_line *found = learnt == NULL || learnt->n_lines == 0
        ? NULL
        : bsearch(&wanted, learnt->lines, learnt->n_lines, sizeof *found, order_lines);
    if (found == NULL && learnt != NULL && learnt->n_masked != 0)
        found = masked_line(learnt, &wanted);
    return found != NULL && found->removed ? found : NULL;
}
