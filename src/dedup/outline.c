/* SPDX-License-Identifier: Apache-2.0 */
#include "dedup/outline.h"

#include "base/hash.h"
#include "dedup/compare.h"
#include "dedup/grams.h"
#include "dedup/numbers.h"

/* Bits are counted ten times as fast where the processor has an instruction for it. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                            \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTING __attribute__((target_clones("popcnt", "default")))
#else
#define COUNTING
#endif

/* Grams that a form has alone at the most when it lacks a word of another: those over the gap; and
 * when it has a typing error of two letters: five for each of them. */
enum { MOST_BY_GAP = 4, MOST_BY_LETTERS = 10 };

static void take_grams(struct tm_str form, struct tm_outline *outline)
{
    uint64_t grams[TM_GRAMS_MOST];
    struct tm_grams walk;
    tm_grams_begin(&walk, form);
    for (size_t n; (n = tm_grams_next(&walk, grams)) != 0; outline->grams += n)
        for (size_t i = 0; i < n; i++)
            outline->bits[grams[i] / 64 % TM_OUTLINE_WORDS] |= (uint64_t)1 << grams[i] % 64;
}

static void take_numbers(struct tm_str form, struct tm_outline *outline)
{
    struct tm_str number;
    for (size_t at = 0; tm_number_next(form, &at, &number); outline->numbers++) {
        uint64_t hash = tm_hash128_of(number.p, number.n).low;
        outline->number_bits |= (uint64_t)1 << (hash >> 58);
        outline->number_sum += hash;
    }
}

void tm_outline_of(struct tm_str form, struct tm_outline *ret_outline)
{
    *ret_outline = (struct tm_outline){.bytes = form.n, .words = 1};
    for (size_t i = 0; i < form.n; i++)
        ret_outline->words += form.p[i] == ' ';
    take_grams(form, ret_outline);
    take_numbers(form, ret_outline);
}

/* Whether the numbers of a may all be among those of b. */
static bool may_hold_numbers(const struct tm_outline *a, const struct tm_outline *b)
{
    return (a->number_bits & ~b->number_bits) == 0 &&
           (a->numbers < b->numbers ||
            (a->numbers == b->numbers && a->number_sum == b->number_sum));
}

/* Bits that a has alone, and b. */
COUNTING static void count_alone(const struct tm_outline *a, const struct tm_outline *b,
                                 unsigned *ret_a, unsigned *ret_b)
{
    unsigned x = 0, y = 0;
    for (size_t i = 0; i < TM_OUTLINE_WORDS; i++) {
        x += (unsigned)__builtin_popcountll(a->bits[i] & ~b->bits[i]);
        y += (unsigned)__builtin_popcountll(b->bits[i] & ~a->bits[i]);
    }
    *ret_a = x;
    *ret_b = y;
}

/* Whether what differs between a and b, which have x and y bits alone, may be a word or less. */
static bool may_differ_in_word(const struct tm_outline *a, unsigned x, const struct tm_outline *b,
                               unsigned y)
{
    if (a->words > TM_FEW_WORDS || b->words > TM_FEW_WORDS)
        return false;
    if (a->words == b->words)
        return x <= MOST_BY_LETTERS && y <= MOST_BY_LETTERS;
    return a->words + 1 == b->words && a->words >= TM_LEAST_LEFT && x <= MOST_BY_GAP;
}

/* Of the grams of a, x of them alone, the most are shared; the fewer there are beside these, the
 * better for their share, and repeated ones do no harm. */
static bool may_be_near(const struct tm_outline *a, unsigned x, unsigned y, unsigned threshold)
{
    return (a->grams - x) * 10000 >= threshold * (a->grams + y);
}

static bool may_be_held(const struct tm_outline *a, unsigned x, const struct tm_outline *b,
                        unsigned threshold)
{
    if (x == 0 && a->bytes >= TM_LEAST_END && a->bytes < b->bytes && b->bytes <= 2 * a->bytes)
        return true;
    return a->grams >= TM_LEAST_GRAMS && b->grams >= TM_LEAST_GRAMS &&
           (a->grams - x) * 10000 >= a->grams * tm_compare_share(threshold);
}

bool tm_outlines_may_agree(const struct tm_outline *a, const struct tm_outline *b,
                           const struct tm_near_options *options)
{
    unsigned threshold = options->threshold;
    if (!options->ignore_numbers && !may_hold_numbers(a, b) && !may_hold_numbers(b, a))
        return false;
    unsigned x, y;
    count_alone(a, b, &x, &y);
    return may_differ_in_word(a, x, b, y) || may_differ_in_word(b, y, a, x) ||
           (may_be_near(a, x, y, threshold) && may_be_near(b, y, x, threshold)) ||
           may_be_held(a, x, b, threshold) || may_be_held(b, y, a, threshold);
}
