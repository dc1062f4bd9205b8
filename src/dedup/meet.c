/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts meet. Keys of one first minimum stand together, those that share more minima closest
 * (the sorted neighbourhood of Hernández and Stolfo, 1995): each text meets the WINDOW before it,
 * and the first ones of those with all minima in common. So a key that half the corpus has costs
 * no more than a rare one.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pages.h"
#include "dedup/likes.h"
#include "dedup/near.h"
#include "dedup/numbers.h"
#include "dedup/sketch.h"

#define READ_BYTES ((size_t)64 << 10)
/* Of minima that are looked up at random; more of them are sooner carried through the sort. */
#define MOST_MINIMA ((size_t)32 << 20)

enum {
    WINDOW = 4,
    FIRST = 2,
    RECURS = 4,             /* texts from which on a last line counts as recurring */
};

#define INDEX_MASK (((uint64_t)1 << TM_KEY_INDEX_BITS) - 1)

struct hall {
    struct tm_near *near;
    struct tm_wide_key window[WINDOW];  /* a ring of those before, of one first minimum and kind */
    size_t n;
    struct tm_wide_key first[FIRST];    /* of one chain of minima */
    size_t first_at[FIRST];
    size_t n_first;
    struct tm_key tail;                 /* of the last line under way */
    uint64_t tails[RECURS];
    unsigned tail_details[RECURS];
    uint64_t n_tails;
};

/* Words that a key carries: marks, then the signature of the numbers. */
enum { NUMBERS_AT = 2, CARRIED = 3 };

static enum tm_key_kind kind_of(struct tm_key key)
{
    return (enum tm_key_kind)(key.low >> TM_KEY_KIND_AT & 7);
}

/*
 * Marks: five bits of each of 24 minima, twelve to a word, and above them four bits of the length,
 * which in eight bits stands for its logarithm. Those of all minima fit a key, so that pairs are
 * told apart where they meet: nothing has to be looked up. Of two different minima 1 in 32 looks
 * equal, which lets some more pairs be compared in full.
 */
enum { MARK = 5, MARKS = 12, MARKS_END = MARK * MARKS };

/* A bit in each mark: its lowest. */
#define MARK_ONES 0x84210842108421u

/* Steps of an eighth of an octave; a straight line within an octave. */
static unsigned log_of(size_t n)
{
    uint64_t x = (uint64_t)n + 8;
    unsigned octave = 0;
    for (; x >= 16; x >>= 1)
        octave++;
    return octave * 8 + (unsigned)(x & 7);
}

void near_mark(const uint8_t lanes[TM_SKETCH_LANES], size_t length, uint64_t ret_marks[2])
{
    unsigned steps = log_of(length);
    for (int half = 0; half < 2; half++) {
        uint64_t word = steps >> 4 * half & 15;
        for (int i = MARKS; i-- > 0;)
            word = word << MARK | (lanes[half * MARKS + i] & 31);
        ret_marks[half] = word;
    }
}

static unsigned length_of(const uint64_t marks[2])
{
    return (unsigned)(marks[0] >> MARKS_END | marks[1] >> MARKS_END << 4);
}

/* A one for each mark in which two words differ. */
static uint64_t differing(uint64_t a, uint64_t b)
{
    static const uint64_t low_bits = MARK_ONES * 15;
    uint64_t x = a ^ b;
    return (((x & low_bits) + low_bits) | x) >> (MARK - 1) & MARK_ONES;
}

/*
 * Minima, of the 24, that two texts have to share, by kind; texts of much the same length share
 * more of them when they are near, and still more when one word is but a small part of them.
 * Unrelated ones share one, the key's, or two or three.
 */
static const unsigned least_shared[2][3] = {
    [TM_KEY_CHARS] = {7, 8, 11},
    [TM_KEY_WORDS] = {5, 7, 7},
};

enum {
    MOST_STEPS = 14,        /* between lengths of texts of which one may hold the other */
    ALIKE_STEPS = 3,        /* between much the same lengths */
    LONG_STEPS = 25,        /* 64 bytes */
};

/* Minima that two texts share, 0 when these are too few or the numbers cannot agree. */
static unsigned shared_of(const struct tm_wide_key *a, const struct tm_wide_key *b)
{
    enum tm_key_kind kind = kind_of(a->key);
    if (!tm_numbers_may_agree((uint32_t)a->more[NUMBERS_AT], (uint32_t)b->more[NUMBERS_AT]))
        return 0;
    if (kind == TM_KEY_WHOLE)
        return TM_SKETCH_LANES;
    unsigned m = length_of(a->more), n = length_of(b->more);
    unsigned apart = m < n ? n - m : m - n;
    if (apart > MOST_STEPS)
        return 0;
    uint64_t ones = differing(a->more[0], b->more[0]) + differing(a->more[1], b->more[1]);
    unsigned shared = TM_SKETCH_LANES - (unsigned)(ones * MARK_ONES >> (MARKS_END - MARK) & 31);
    unsigned alike = apart > ALIKE_STEPS ? 0 : m < LONG_STEPS || n < LONG_STEPS ? 1 : 2;
    return shared >= least_shared[kind][alike] ? shared : 0;
}

/* Pairs are sorted by the second text, then by the first; those that share most come first of equal
 * ones. */
static enum tm_status pair(struct tm_near *near, const struct tm_wide_key *a,
                           const struct tm_wide_key *b, struct tm_err *err)
{
    uint64_t x = a->key.low & INDEX_MASK;
    uint64_t y = b->key.low & INDEX_MASK;
    near->stats.pairs++;
    unsigned shared = x == y ? 0 : shared_of(a, b);
    if (shared == 0)
        return TM_OK;
    return tm_keys_add(near->pairs, near_key(x < y ? y : x, x < y ? x : y,
                                             TM_SKETCH_LANES - shared), err);
}

/* Whether two keys share the first minimum, or a whole. */
static bool same_first(struct tm_key a, struct tm_key b)
{
    if (kind_of(a) != kind_of(b))
        return false;
    return kind_of(a) == TM_KEY_WHOLE ? a.high == b.high : a.high >> 32 == b.high >> 32;
}

static bool same_chain(struct tm_key a, struct tm_key b)
{
    return a.high == b.high && a.low >> TM_KEY_HASH_AT == b.low >> TM_KEY_HASH_AT;
}

static enum tm_status meet_text(struct hall *hall, const struct tm_wide_key *key,
                                struct tm_err *err)
{
    enum tm_status status = TM_OK;
    if (hall->n != 0 && !same_first(hall->window[(hall->n - 1) % WINDOW].key, key->key)) {
        hall->n = 0;
        hall->n_first = 0;
    }
    size_t near_ones = hall->n < WINDOW ? hall->n : WINDOW;
    for (size_t i = 0; i < near_ones && status == TM_OK; i++)
        status = pair(hall->near, &hall->window[(hall->n - 1 - i) % WINDOW], key, err);
    if (hall->n_first != 0 && !same_chain(hall->first[0].key, key->key))
        hall->n_first = 0;
    /* Those that are not in the window any more. */
    for (size_t i = 0; i < hall->n_first && hall->first_at[i] + WINDOW < hall->n; i++)
        if (status == TM_OK)
            status = pair(hall->near, &hall->first[i], key, err);
    if (hall->n_first < FIRST) {
        hall->first_at[hall->n_first] = hall->n;
        hall->first[hall->n_first++] = *key;
    }
    hall->window[hall->n++ % WINDOW] = *key;
    return status;
}

static void mark_tail(struct hall *hall, uint64_t text, unsigned detail)
{
    near_set(hall->near->tails[detail], text);
}

static void meet_tail(struct hall *hall, struct tm_key key)
{
    uint64_t text = key.low & INDEX_MASK;
    unsigned detail = key.low >> TM_KEY_DETAIL_AT & 1;
    if (hall->n_tails == 0 || !same_chain(hall->tail, key)) {
        hall->tail = key;
        hall->n_tails = 0;
    }
    if (hall->n_tails < RECURS) {
        hall->tails[hall->n_tails] = text;
        hall->tail_details[hall->n_tails] = detail;
    }
    hall->n_tails++;
    if (hall->n_tails == RECURS)
        for (size_t i = 0; i < RECURS; i++)
            mark_tail(hall, hall->tails[i], hall->tail_details[i]);
    else if (hall->n_tails > RECURS)
        mark_tail(hall, text, detail);
}

/* Keys whose minima are asked for before they are needed: these lie anywhere. */
enum { AHEAD = 16 };

/* Keys on their way through the sort: with their marks where these take too much memory, else
 * without. */
struct flow {
    struct tm_near *near;
    struct tm_likes *likes;
    struct tm_keys *sorted;
    struct near_minima *minima;     /* of each text, or NULL */
    struct tm_key ahead[AHEAD];     /* a ring of keys whose minima are on their way */
    size_t n_ahead;                 /* keys that were put in it */
    size_t taken;
};

static struct tm_wide_key widen(struct tm_key key, const struct near_minima *minima)
{
    const uint64_t *marks = minima->marks[kind_of(key) == TM_KEY_WORDS];
    return (struct tm_wide_key){key, {marks[0], marks[1], minima->numbers}};
}

/* The first minimum of a key, or half of another one's hash. */
static uint32_t first_of(struct tm_key key)
{
    return (uint32_t)(key.high >> 32);
}

static bool is_tail(struct tm_key key)
{
    return kind_of(key) == TM_KEY_TAIL;
}

/* Sorts a key if it may have a like: a last line needs more of them. */
static enum tm_status sort_key(struct flow *flow, struct tm_key key, uint64_t number,
                               const struct near_minima *minima, struct tm_err *err)
{
    bool may = false;
    enum tm_status status = tm_likes_next(flow->likes, first_of(key), is_tail(key), &may, err);
    if (status != TM_OK || !may)
        return status;
    key.low |= number;
    if (flow->minima != NULL)
        return tm_keys_add(flow->sorted, key, err);
    struct tm_wide_key wide = widen(key, minima);
    return tm_keys_add_wide(flow->sorted, &wide, err);
}

/* Counts the keys of texts that are still there, or sorts them. */
static enum tm_status read_minima(struct flow *flow, bool count, struct tm_err *err)
{
    struct tm_near *near = flow->near;
    struct tm_tempreader reader;
    enum tm_status status = tm_tempreader_open(&reader, near->minima, 0,
                                               tm_tempfile_size(near->minima), READ_BYTES, err);
    for (uint64_t number = 0; number < near->n && status == TM_OK; number++) {
        const char *p;
        struct near_minima minima;
        status = tm_tempreader_take(&reader, sizeof minima, &p, err);
        if (status != TM_OK)
            break;
        memcpy(&minima, p, sizeof minima);
        if (flow->minima != NULL)
            flow->minima[number] = minima;
        size_t n = minima.n_keys;
        struct tm_key keys[TM_SKETCH_KEYS];
        status = tm_tempreader_take(&reader, n * sizeof *keys, &p, err);
        if (status != TM_OK || near_bit(near->gone, number))
            continue;
        memcpy(keys, p, n * sizeof *keys);
        for (size_t i = 0; i < n; i++)
            tm_likes_expect(flow->likes, first_of(keys[i]));
        for (size_t i = 0; i < n && status == TM_OK; i++)
            status = count ? tm_likes_add(flow->likes, first_of(keys[i]), is_tail(keys[i]), err)
                           : sort_key(flow, keys[i], number, &minima, err);
    }
    tm_tempreader_close(&reader);
    return status;
}

/* Fills the ring of keys. */
static enum tm_status look_ahead(struct flow *flow, struct tm_err *err)
{
    while (flow->n_ahead - flow->taken < AHEAD) {
        struct tm_key *key = &flow->ahead[flow->n_ahead % AHEAD];
        enum tm_status status = tm_keys_next(flow->sorted, key, err);
        if (status != TM_OK)
            return status;
        flow->n_ahead++;
#if defined(__GNUC__)
        __builtin_prefetch(&flow->minima[key->low & INDEX_MASK]);
#endif
    }
    return TM_OK;
}

static enum tm_status next_key(struct flow *flow, struct tm_wide_key *ret_key, struct tm_err *err)
{
    if (flow->minima == NULL)
        return tm_keys_next_wide(flow->sorted, ret_key, err);
    enum tm_status status = look_ahead(flow, err);
    if (status < TM_OK || flow->taken == flow->n_ahead)
        return status;
    struct tm_key key = flow->ahead[flow->taken++ % AHEAD];
    *ret_key = widen(key, &flow->minima[key.low & INDEX_MASK]);
    return TM_OK;
}

/* Texts that meet are paired; last lines are counted. */
static enum tm_status walk(struct flow *flow, struct tm_err *err)
{
    struct hall hall = {.near = flow->near};
    enum tm_status status = tm_keys_rewind(flow->sorted, err);
    while (status == TM_OK) {
        struct tm_wide_key key;
        status = next_key(flow, &key, err);
        if (status != TM_OK)
            break;
        if (kind_of(key.key) == TM_KEY_TAIL)
            meet_tail(&hall, key.key);
        else
            status = meet_text(&hall, &key, err);
    }
    return status == TM_END ? TM_OK : status;
}

enum tm_status near_meet(struct tm_near *near, struct tm_err *err)
{
    struct flow flow = {.near = near};
    size_t room = near->budget / 8 < MOST_MINIMA ? near->budget / 8 : MOST_MINIMA;
    if (near->n <= room / sizeof *flow.minima)
        flow.minima = tm_pages_alloc(((size_t)near->n + 1) * sizeof *flow.minima);
    enum tm_status status = tm_likes_create(near->folder, near->stats.keys, near->budget / 4,
                                            &flow.likes, err);
    if (status == TM_OK)
        status = read_minima(&flow, true, err);
    if (status == TM_OK)
        status = tm_likes_settle(flow.likes, err);
    if (status == TM_OK)
        status = tm_keys_create(near->folder, near->budget / 2, flow.minima == NULL ? CARRIED : 0,
                                &flow.sorted, err);
    if (status == TM_OK)
        status = read_minima(&flow, false, err);
    tm_likes_destroy(flow.likes);
    tm_tempfile_destroy(near->minima);
    near->minima = NULL;
    if (status == TM_OK)
        status = tm_keys_create(near->folder, near->budget / 4, 0, &near->pairs, err);
    if (status == TM_OK)
        status = walk(&flow, err);
    tm_keys_destroy(flow.sorted);
    free(flow.minima);
    return status;
}
