/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_blocks.h - which blocks of text of a web page are its content: jusText (Pomikálek, Removing
 * Boilerplate and Duplicate Content from Web Corpora, 2011), by length, links and function words of
 * a block and by its neighbours.
 */
#ifndef TM_SOURCE_HTML_BLOCKS_H
#define TM_SOURCE_HTML_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

enum tm_html_verdict { TM_BLOCK_BAD, TM_BLOCK_SHORT, TM_BLOCK_NEAR_GOOD, TM_BLOCK_GOOD };

struct tm_html_block {
    uint32_t start;             /* in the text of all blocks */
    uint32_t n;
    uint32_t raw;
    uint32_t chars;
    uint32_t linked;            /* characters of them in links */
    uint32_t words;
    uint32_t common;            /* function words */
    uint8_t heading;
    uint8_t form;
    uint8_t copyright;
    uint8_t verdict;            /* enum tm_html_verdict; the judge sets it */
    uint8_t before;             /* verdict of the last good or bad block before it */
    uint8_t near_before;        /* the same, near-good ones included */
};

/* Judges all blocks of a page: good ones and bad ones are left. */
void tm_html_judge(struct tm_html_block *blocks, size_t n);

#endif
