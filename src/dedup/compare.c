/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/compare.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "base/utf8.h"
#include "dedup/grams.h"
#include "dedup/numbers.h"

enum {
    LONG_WORD = 8,          /* letters of one that may be all of a text with a typing error */
    CONTAINED = 9000,       /* of 10000 of its 5-grams */
    MOST_SHORT = 400,       /* bytes of texts of which all rules are tried */
    MOST_LETTERS = 40,      /* of a word that is looked at for typing errors */
    LEAST_SLOTS = 512,
};

/* A 5-gram, and the marks of the last texts that held it. */
struct slot {
    uint32_t gram;
    uint32_t mine;
    uint32_t other;
};

/* The 5-grams of one text, and of another while it is compared: an open hash table. Slots with other
 * marks are free, so that nothing has to be cleared; those of the first text stand as if there were
 * no other. */
struct table {
    struct slot *slots;
    size_t capacity;        /* a power of two */
    size_t mask;            /* of the part in use */
    uint32_t mark;          /* the last one given */
    uint32_t mine;
    uint32_t other;
    size_t n_mine;          /* different grams of the first text */
    size_t n_other;
    size_t n_shared;
};

struct numbers {
    uint64_t *hashes;
    size_t n;
    size_t capacity;
};

struct tm_compare {
    struct tm_near_options options;
    struct tm_str form;
    struct table table;
    struct numbers numbers[2];
    bool counted;           /* numbers[0] are those of `form` */
};

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_compare_create(const struct tm_near_options *options,
                                 struct tm_compare **ret_compare, struct tm_err *err)
{
    struct tm_compare *compare = calloc(1, sizeof *compare);
    if (compare == NULL)
        return no_memory(err);
    compare->options = *options;
    if (compare->options.threshold == 0)
        compare->options.threshold = TM_NEAR_THRESHOLD;
    *ret_compare = compare;
    return TM_OK;
}

void tm_compare_destroy(struct tm_compare *compare)
{
    if (compare == NULL)
        return;
    free(compare->table.slots);
    free(compare->numbers[0].hashes);
    free(compare->numbers[1].hashes);
    free(compare);
}

/* Makes room for so many grams, forgetting all. */
static bool begin_table(struct table *table, size_t n)
{
    size_t capacity = LEAST_SLOTS;
    while (capacity < 2 * n)
        capacity *= 2;
    if (capacity > table->capacity) {
        free(table->slots);
        table->slots = calloc(capacity, sizeof *table->slots);
        table->capacity = table->slots == NULL ? 0 : capacity;
        table->mark = 0;
    }
    if (table->mark > UINT32_MAX / 2 && table->slots != NULL) {
        memset(table->slots, 0, table->capacity * sizeof *table->slots);
        table->mark = 0;
    }
    table->mask = capacity - 1;
    table->n_mine = 0;
    return table->slots != NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t most(size_t a, size_t b)
{
    return a < b ? b : a;
}

/* The slot of a gram, or the free one where it would stand. */
static inline struct slot *find(const struct table *table, uint32_t gram)
{
    size_t at = gram & table->mask;
    for (;; at = (at + 1) & table->mask) {
        struct slot *slot = &table->slots[at];
        bool taken = slot->mine == table->mine || slot->other == table->other;
        if (!taken || slot->gram == gram)
            return slot;
    }
}

static void add_mine(struct table *table, struct tm_str form)
{
    uint64_t grams[TM_GRAMS_MOST];
    struct tm_grams walk;
    tm_grams_begin(&walk, form);
    for (size_t n; (n = tm_grams_next(&walk, grams)) != 0;)
        for (size_t i = 0; i < n; i++) {
            uint32_t gram = (uint32_t)grams[i];
            struct slot *slot = find(table, gram);
            table->n_mine += slot->mine != table->mine;
            *slot = (struct slot){gram, table->mine, 0};
        }
}

static inline void add_other(struct table *table, uint32_t gram)
{
    struct slot *slot = find(table, gram);
    bool shared = slot->mine == table->mine;
    bool again = slot->other == table->other;
    table->n_shared += shared && !again;
    table->n_other += !again;
    slot->gram = gram;
    slot->other = table->other;
}

enum outcome { COUNTED, GIVEN_UP, CROWDED };

/* Counts the grams of another text, as long as it has no more than so many of its own. */
static enum outcome count_other(struct table *table, struct tm_str form, size_t most_new)
{
    uint64_t grams[TM_GRAMS_MOST];
    struct tm_grams walk;
    table->other = ++table->mark;
    table->n_other = 0;
    table->n_shared = 0;
    tm_grams_begin(&walk, form);
    for (size_t n; (n = tm_grams_next(&walk, grams)) != 0;) {
        if (table->n_mine + table->n_other + n > table->mask / 4 * 3)
            return CROWDED;
        for (size_t i = 0; i < n; i++)
            add_other(table, (uint32_t)grams[i]);
        if (table->n_other - table->n_shared > most_new)
            return GIVEN_UP;
    }
    return COUNTED;
}

/* The first text, with room for so many grams. */
static enum tm_status fill_table(struct tm_compare *compare, size_t n, struct tm_err *err)
{
    struct table *table = &compare->table;
    if (!begin_table(table, n))
        return no_memory(err);
    table->mine = ++table->mark;
    table->other = table->mine;
    add_mine(table, compare->form);
    return TM_OK;
}

enum tm_status tm_compare_load(struct tm_compare *compare, struct tm_str form, struct tm_err *err)
{
    compare->form = form;
    compare->counted = false;
    return fill_table(compare, form.n + TM_GRAM, err);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static int order_hashes(const void *a, const void *b)
{
    const uint64_t *x = a;
    const uint64_t *y = b;
    return *x < *y ? -1 : *x > *y;
}

static bool add_number(struct numbers *numbers, const char *p, size_t n)
{
    if (numbers->n == numbers->capacity) {
        size_t capacity = numbers->capacity == 0 ? 64 : 2 * numbers->capacity;
        uint64_t *hashes = realloc(numbers->hashes, capacity * sizeof *hashes);
        if (hashes == NULL)
            return false;
        numbers->hashes = hashes;
        numbers->capacity = capacity;
    }
    numbers->hashes[numbers->n++] = tm_hash128_of(p, n).low;
    return true;
}

/* Numbers of a form in ascending order of their hashes. */
static bool find_numbers(struct numbers *numbers, struct tm_str form)
{
    numbers->n = 0;
    struct tm_str number;
    for (size_t at = 0; tm_number_next(form, &at, &number);)
        if (!add_number(numbers, number.p, number.n))
            return false;
    if (numbers->n > 1)
        qsort(numbers->hashes, numbers->n, sizeof *numbers->hashes, order_hashes);
    return true;
}

static bool numbers_agree(const struct numbers *a, const struct numbers *b)
{
    size_t i = 0, k = 0;
    bool only_a = false, only_b = false;
    while (i < a->n && k < b->n) {
        if (a->hashes[i] == b->hashes[k]) {
            i++;
            k++;
        } else if (a->hashes[i] < b->hashes[k]) {
            only_a = true;
            i++;
        } else {
            only_b = true;
            k++;
        }
    }
    only_a |= i < a->n;
    only_b |= k < b->n;
    return !only_a || !only_b;
}

struct words {
    struct tm_str list[TM_FEW_WORDS];
    size_t n;
};

/* False when there are too many. */
static bool split_words(struct tm_str form, struct words *ret_words)
{
    ret_words->n = 0;
    while (form.n != 0) {
        const char *blank = memchr(form.p, ' ', form.n);
        size_t n = blank == NULL ? form.n : (size_t)(blank - form.p);
        if (ret_words->n == TM_FEW_WORDS)
            return false;
        ret_words->list[ret_words->n++] = (struct tm_str){form.p, n};
        n += blank != NULL;
        form = (struct tm_str){form.p + n, form.n - n};
    }
    return true;
}

static bool has_digit(struct tm_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (is_digit(word.p[i]))
            return true;
    return false;
}

/* Code points of a word; 0 when it is too long. */
static size_t letters_of(struct tm_str word, uint32_t letters[MOST_LETTERS])
{
    size_t n = 0;
    for (size_t at = 0; at < word.n;) {
        if (n == MOST_LETTERS)
            return 0;
        letters[n++] = tm_utf8_next(word.p, word.n, &at);
    }
    return n;
}

/* Levenshtein distance. */
static size_t distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
    size_t row[MOST_LETTERS + 1];
    for (size_t k = 0; k <= m; k++)
        row[k] = k;
    for (size_t i = 1; i <= n; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t k = 1; k <= m; k++) {
            size_t above = row[k];
            row[k] = least(least(above, row[k - 1]) + 1, corner + (a[i - 1] != b[k - 1]));
            corner = above;
        }
    }
    return row[m];
}

static bool ends_with(struct tm_str text, struct tm_str end)
{
    return end.n <= text.n && memcmp(text.p + text.n - end.n, end.p, end.n) == 0;
}

static bool begins_with(const uint32_t *letters, const char *text)
{
    for (; *text != '\0'; text++, letters++)
        if (*letters != (uint32_t)(unsigned char)*text)
            return false;
    return true;
}

/* Whether the longer of two words is a negation of the shorter. */
static bool negates(const uint32_t *letters, size_t n, size_t m)
{
    static const uint32_t ne[] = {0x43D, 0x435};
    return n == m + 2 && ((letters[0] == ne[0] && letters[1] == ne[1]) ||
                          begins_with(letters, "un") || begins_with(letters, "in") ||
                          begins_with(letters, "im") || begins_with(letters, "ir"));
}

/* One letter in four, two in six, or two more at an end of a short word; and no digits. */
static bool is_typing_error(struct tm_str a, struct tm_str b)
{
    uint32_t x[MOST_LETTERS], y[MOST_LETTERS];
    if (a.n < b.n) {
        struct tm_str swap = a;
        a = b;
        b = swap;
    }
    size_t n = letters_of(a, x);
    size_t m = letters_of(b, y);
    if (n == 0 || m == 0 || has_digit(a) || has_digit(b) || negates(x, n, m))
        return false;
    if (n < 4)
        return n <= m + 2 && (tm_str_starts(a, b) || ends_with(a, b));
    return distance(x, n, y, m) <= (n < 6 ? 1u : 2u);
}

static bool is_negation(struct tm_str word)
{
    static const char *const words[] = {"не", "ни", "нет", "без", "no", "not", "never", "without"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (tm_str_is(word, words[i]))
            return true;
    return false;
}

/* The only word in which two short texts differ decides. */
static bool compare_words(const struct words *a, const struct words *b, enum tm_dup_kind *ret_kind)
{
    if (a->n < b->n) {
        const struct words *swap = a;
        a = b;
        b = swap;
    }
    size_t head = 0;
    while (head < b->n && tm_str_equal(a->list[head], b->list[head]))
        head++;
    size_t tail = 0;
    while (tail < b->n - head && tm_str_equal(a->list[a->n - 1 - tail], b->list[b->n - 1 - tail]))
        tail++;
    if (a->n - head - tail != 1)
        return false;
    struct tm_str word = a->list[head];
    *ret_kind = a->n == b->n ? TM_DUP_NEAR : TM_DUP_CONTAINED;
    if (a->n == b->n)
        return (b->n > 1 || word.n >= LONG_WORD) && is_typing_error(word, b->list[head]);
    return b->n >= TM_LEAST_LEFT && !has_digit(word) && !is_negation(word);
}

/* Whether a short text is one end of another that is at most twice as long. */
static bool is_end_of(struct tm_str part, struct tm_str whole)
{
    if (part.n < TM_LEAST_END || part.n >= whole.n || whole.n > 2 * part.n)
        return false;
    return (tm_str_starts(whole, part) && whole.p[part.n] == ' ') ||
           (ends_with(whole, part) && whole.p[whole.n - part.n - 1] == ' ');
}

unsigned tm_compare_share(unsigned threshold)
{
    return threshold > CONTAINED ? threshold : CONTAINED;
}

static bool judge(const struct tm_compare *compare, struct tm_str form, unsigned similarity,
                  size_t shared, enum tm_dup_kind *ret_kind)
{
    *ret_kind = TM_DUP_NEAR;
    if (similarity >= compare->options.threshold)
        return true;
    struct words mine, other;
    if (split_words(compare->form, &mine) && split_words(form, &other) &&
        compare_words(&mine, &other, ret_kind))
        return true;
    size_t fewer = least(compare->table.n_mine, compare->table.n_other);
    size_t more = compare->table.n_mine + compare->table.n_other - fewer;
    *ret_kind = TM_DUP_CONTAINED;
    if (is_end_of(form, compare->form) || is_end_of(compare->form, form))
        return true;
    return fewer >= TM_LEAST_GRAMS && more <= TM_MOST_LONGER * fewer &&
           shared * 10000 >= fewer * tm_compare_share(compare->options.threshold);
}

static size_t letters_in(struct tm_str form)
{
    size_t n = 0;
    for (size_t i = 0; i < form.n; i++)
        n += ((unsigned char)form.p[i] & 0xC0) != 0x80;
    return n;
}

/* How many grams of its own another text may have, at most n in all, when it is similar: near, a
 * part of the first one, or the whole of which that is a part. Short ones may differ in a word. */
static size_t most_new(const struct tm_compare *compare, struct tm_str form)
{
    if (least(form.n, compare->form.n) <= MOST_SHORT)
        return SIZE_MAX;
    size_t t = compare->options.threshold;
    size_t mine = compare->table.n_mine;
    size_t n = letters_in(form);
    size_t whole = n > mine / 10 * 9 ? n - mine / 10 * 9 : 0;
    size_t near = n * 10000 > mine * t ? (n * 10000 - mine * t) / (10000 + t) : 0;
    return most(most(near, n / 10 + 1), whole);
}

enum tm_status tm_compare_with(struct tm_compare *compare, struct tm_str form, bool *ret_found,
                               enum tm_dup_kind *ret_kind, unsigned *ret_similarity,
                               struct tm_err *err)
{
    struct table *table = &compare->table;
    size_t limit = most_new(compare, form);
    enum outcome outcome;
    while ((outcome = count_other(table, form, limit)) == CROWDED) {
        enum tm_status status = fill_table(compare, table->mask + 1, err);
        if (status != TM_OK)
            return status;
    }
    *ret_found = false;
    if (outcome == GIVEN_UP)
        return TM_OK;
    size_t shared = table->n_shared;
    size_t all = table->n_mine + table->n_other - shared;
    unsigned similarity = all == 0 ? 10000 : (unsigned)(shared * 10000 / all);
    *ret_similarity = similarity;
    *ret_found = judge(compare, form, similarity, shared, ret_kind);
    if (!*ret_found || compare->options.ignore_numbers)
        return TM_OK;
    if (!compare->counted && !find_numbers(&compare->numbers[0], compare->form))
        return no_memory(err);
    compare->counted = true;
    if (!find_numbers(&compare->numbers[1], form))
        return no_memory(err);
    *ret_found = numbers_agree(&compare->numbers[0], &compare->numbers[1]);
    return TM_OK;
}
