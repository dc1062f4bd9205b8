/* SPDX-License-Identifier: Apache-2.0 */
#include "source/html_blocks.h"

#include <stdbool.h>

/* Thresholds of jusText; those of function words are for the short list of html_words.h. */
#define SHORT 70                /* characters */
#define LONG 200
#define MANY_LINKS 5            /* link text is more than one part in so many */
#define FEW_WORDS 8             /* percent of words that are function words */
#define MANY_WORDS 15

static bool mostly_links(const struct tm_html_block *block)
{
    return (uint64_t)block->linked * MANY_LINKS > block->chars;
}

/* The verdict on a block alone. */
static enum tm_html_verdict judge(const struct tm_html_block *block)
{
    if (mostly_links(block) || block->copyright)
        return TM_BLOCK_BAD;
    if (block->chars < SHORT)
        return block->linked != 0 ? TM_BLOCK_BAD : TM_BLOCK_SHORT;
    if (block->common * 100u >= block->words * (uint64_t)MANY_WORDS)
        return block->chars > LONG ? TM_BLOCK_GOOD : TM_BLOCK_NEAR_GOOD;
    return block->common * 100u >= block->words * (uint64_t)FEW_WORDS ? TM_BLOCK_NEAR_GOOD : TM_BLOCK_BAD;
}

/* Between two blocks that are not short: of near-good ones their own step decides. */
static enum tm_html_verdict judge_short(const struct tm_html_block *block, enum tm_html_verdict after,
                                enum tm_html_verdict near_after)
{
    if (block->before == after)
        return after;
    bool near = block->before == TM_BLOCK_BAD ? block->near_before == TM_BLOCK_NEAR_GOOD : near_after == TM_BLOCK_NEAR_GOOD;
    return near ? TM_BLOCK_GOOD : TM_BLOCK_BAD;
}

/* Judges the blocks whose verdict is `wanted` by the good and bad ones around them; what they
 * become is not seen by those of the same pass. */
static void judge_by_neighbours(struct tm_html_block *blocks, size_t n, enum tm_html_verdict wanted)
{
    enum tm_html_verdict last = TM_BLOCK_BAD, near = TM_BLOCK_BAD;        /* outside the page all is bad */
    for (size_t i = 0; i < n; i++) {
        enum tm_html_verdict own = (enum tm_html_verdict)blocks[i].verdict;
        blocks[i].before = (uint8_t)last;
        blocks[i].near_before = (uint8_t)near;
        if (own == TM_BLOCK_GOOD || own == TM_BLOCK_BAD)
            last = own;
        if (own != TM_BLOCK_SHORT)
            near = own;
    }
    last = near = TM_BLOCK_BAD;
    for (size_t i = n; i-- != 0;) {
        enum tm_html_verdict own = (enum tm_html_verdict)blocks[i].verdict;
        if (own == wanted && wanted == TM_BLOCK_SHORT)
            blocks[i].verdict = (uint8_t)judge_short(&blocks[i], last, near);
        else if (own == wanted)
            blocks[i].verdict = (uint8_t)(blocks[i].before == TM_BLOCK_BAD && last == TM_BLOCK_BAD ? TM_BLOCK_BAD : TM_BLOCK_GOOD);
        if (own == TM_BLOCK_GOOD || own == TM_BLOCK_BAD)
            last = own;
        if (own != TM_BLOCK_SHORT)
            near = own;
    }
}

/* A heading stays when something good begins within LONG characters after it. */
static void judge_headings(struct tm_html_block *blocks, size_t n)
{
    uint32_t distance = LONG + 1;
    for (size_t i = n; i-- != 0;) {
        if (blocks[i].heading && distance <= LONG && !mostly_links(&blocks[i]))
            blocks[i].verdict = TM_BLOCK_GOOD;
        if (blocks[i].verdict == TM_BLOCK_GOOD)
            distance = 0;
        else if (distance <= LONG)
            distance += blocks[i].chars;
    }
}

/* Forms hold search boxes, or, on some servers, the whole page. */
static bool forms_are_the_page(const struct tm_html_block *blocks, size_t n)
{
    uint64_t inside = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        all += blocks[i].chars;
        inside += blocks[i].form ? blocks[i].chars : 0;
    }
    return inside * 2 > all;
}

void tm_html_judge(struct tm_html_block *blocks, size_t n)
{
    bool forms = forms_are_the_page(blocks, n), any = false;
    for (size_t i = 0; i < n; i++)
        blocks[i].verdict = (uint8_t)(blocks[i].form && !forms ? TM_BLOCK_BAD : judge(&blocks[i]));
    judge_by_neighbours(blocks, n, TM_BLOCK_SHORT);
    judge_by_neighbours(blocks, n, TM_BLOCK_NEAR_GOOD);
    judge_headings(blocks, n);
    for (size_t i = 0; i < n; i++)
        any |= blocks[i].verdict == TM_BLOCK_GOOD;
    for (size_t i = 0; i < n && !any; i++) {
        bool links = (uint64_t)blocks[i].linked * 2 > blocks[i].chars;
        blocks[i].verdict = (uint8_t)(links || (blocks[i].form && !forms) ? TM_BLOCK_BAD : TM_BLOCK_GOOD);
    }
}
