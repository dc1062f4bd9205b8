/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sample.h"

#include <math.h>

#include "pack/count.h"

/* Units of a part of the sample, at least: of fewer no error can be told. */
enum { LEAST_UNITS = 32 };

/* Bytes of a unit where no line feed ends it. */
enum { LONGEST = 64 << 10 };

/* Bytes of a sample from which on it gets all of its room. */
enum { SMALL = 64 << 10 };

struct head {
    uint64_t hash;
    uint64_t words;
    uint64_t chars;
    uint64_t n;
};

static bool append(struct tm_sample *sample, const struct tm_sampled *unit)
{
    struct head head = {unit->hash, unit->words, unit->chars, unit->text.n};
    if (sample->bytes.n >= SMALL && !tm_buf_reserve_large(&sample->bytes, TM_SAMPLE_TEXT))
        return false;
    tm_buf_add(&sample->bytes, &head, sizeof head);
    tm_buf_add(&sample->bytes, unit->text.p, unit->text.n);
    sample->n++;
    return !sample->bytes.failed;
}

/* Keeps every second unit, by its hash. */
static void thin(struct tm_sample *sample)
{
    struct tm_buf *bytes = &sample->bytes;
    size_t n = 0;
    sample->one_in *= 2;
    sample->n = 0;
    for (size_t at = 0; at < bytes->n;) {
        struct head head;
        memcpy(&head, bytes->p + at, sizeof head);
        size_t size = sizeof head + (size_t)head.n;
        if (head.hash % sample->one_in == 0) {
            memmove(bytes->p + n, bytes->p + at, size);
            n += size;
            sample->n++;
        }
        at += size;
    }
    bytes->n = n;
}

static bool offer_unit(struct tm_sample *sample, const struct tm_sampled *unit)
{
    size_t size = sizeof(struct head) + unit->text.n;
    while (unit->hash % sample->one_in == 0 && sample->bytes.n + size > TM_SAMPLE_TEXT)
        thin(sample);
    return unit->hash % sample->one_in != 0 || append(sample, unit);
}

/* Bytes of the first unit of a text: sentences and pairs of words do not go over a line feed. */
static size_t unit_length(struct tm_str text)
{
    if (text.p == NULL || text.n <= TM_SAMPLE_UNIT)
        return text.n;
    size_t most = text.n < LONGEST ? text.n : LONGEST;
    const char *feed = memchr(text.p + TM_SAMPLE_UNIT, '\n', most - TM_SAMPLE_UNIT);
    if (feed != NULL)
        return (size_t)(feed - text.p) + 1;
    if (most == text.n)
        return text.n;
    const char *blank = memrchr(text.p, ' ', most);
    if (blank != NULL && blank != text.p)
        return (size_t)(blank - text.p);
    while (((unsigned char)text.p[most] & 0xC0) == 0x80)
        most--;
    return most;
}

/* Hash of a later unit of the same record. */
static uint64_t next_hash(uint64_t hash)
{
    hash += 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDu;
    return hash ^ hash >> 33;
}

bool tm_sample_offer(struct tm_sample *sample, uint64_t hash, struct tm_str text, uint64_t words,
                     uint64_t chars)
{
    struct tm_sampled unit = {.hash = hash, .words = words, .chars = chars, .text = text};
    if (text.n <= TM_SAMPLE_UNIT)
        return offer_unit(sample, &unit);
    bool good = true;
    while (text.n != 0 && good) {
        unit.text.p = text.p;
        unit.text.n = unit_length(text);
        if (unit.hash % sample->one_in == 0) {
            struct tm_counts counts = tm_count_text(unit.text);
            unit.words = counts.words;
            unit.chars = counts.chars;
            good = offer_unit(sample, &unit);
        }
        unit.hash = next_hash(unit.hash);
        text.p += unit.text.n;
        text.n -= unit.text.n;
    }
    return good;
}

bool tm_sample_next(const struct tm_sample *sample, size_t *at, struct tm_sampled *ret_unit)
{
    struct head head;
    if (*at >= sample->bytes.n)
        return false;
    const char *p = sample->bytes.p + *at;
    memcpy(&head, p, sizeof head);
    *ret_unit = (struct tm_sampled){head.hash, head.words, head.chars,
                                 {p + sizeof head, (size_t)head.n}};
    *at += sizeof head + (size_t)head.n;
    return true;
}

static void add_sizes(struct tm_sample *sample, const struct tm_sampled *unit)
{
    sample->words += unit->words;
    sample->chars += unit->chars;
    sample->words_squared += (double)unit->words * (double)unit->words;
    sample->chars_squared += (double)unit->chars * (double)unit->chars;
}

void tm_sample_close(struct tm_sample *sample)
{
    struct tm_sampled unit;
    size_t at = 0;
    while (tm_sample_next(sample, &at, &unit))
        add_sizes(sample, &unit);
}

uint64_t tm_sample_scale(const struct tm_sample *sample, uint64_t total, bool by_chars,
                         uint64_t count)
{
    uint64_t size = by_chars ? sample->chars : sample->words;
    if (sample->one_in == 1 || size == 0)
        return count;
    return (uint64_t)((double)count * (double)total / (double)size + 0.5);
}

uint64_t tm_sample_error(const struct tm_sample *sample, uint64_t total, bool by_chars,
                         uint64_t count, struct tm_moments moments)
{
    double size = (double)(by_chars ? sample->chars : sample->words);
    double n = (double)sample->n;
    if (sample->one_in == 1 || size <= 0)
        return 0;
    double ratio = (double)count / size;
    double squares = by_chars ? sample->chars_squared : sample->words_squared;
    double sum = moments.squares - 2 * ratio * moments.cross + ratio * ratio * squares;
    double rest = 1 - 1 / (double)sample->one_in;
    return sum <= 0 ? 0 : (uint64_t)ceil((double)total / size *
                                         sqrt(rest * sum * (n < 2 ? 1 : n / (n - 1))));
}

/* Units and bytes of the part that `one_in` chooses. */
static void measure_part(const struct tm_sample *sample, uint64_t one_in, size_t *ret_n,
                         size_t *ret_bytes)
{
    struct tm_sampled unit;
    *ret_n = 0;
    *ret_bytes = 0;
    for (size_t at = 0; tm_sample_next(sample, &at, &unit);) {
        bool chosen = unit.hash % one_in == 0;
        *ret_n += chosen;
        *ret_bytes += chosen ? unit.text.n : 0;
    }
}

static uint64_t choose_part(const struct tm_sample *sample, size_t most)
{
    uint64_t one_in = sample->one_in;
    size_t n, bytes, next_n, next_bytes;
    measure_part(sample, one_in, &n, &bytes);
    while (bytes > most) {
        measure_part(sample, 2 * one_in, &next_n, &next_bytes);
        if (next_n < LEAST_UNITS)
            break;
        one_in *= 2;
        bytes = next_bytes;
    }
    return one_in;
}

struct tm_estimate tm_sample_estimate(const struct tm_sample *sample, size_t most, bool by_chars,
                                      uint64_t total, tm_unit_fn *count, void *user)
{
    struct tm_sample part = {.one_in = choose_part(sample, most)};
    struct tm_moments moments = {.squares = 0};
    struct tm_sampled unit;
    uint64_t sum = 0;
    for (size_t at = 0; tm_sample_next(sample, &at, &unit);) {
        if (unit.hash % part.one_in != 0)
            continue;
        uint64_t y = count(user, unit.text);
        sum += y;
        moments.squares += (double)y * (double)y;
        moments.cross += (double)y * (double)(by_chars ? unit.chars : unit.words);
        part.n++;
        add_sizes(&part, &unit);
    }
    return (struct tm_estimate){tm_sample_scale(&part, total, by_chars, sum),
                                tm_sample_error(&part, total, by_chars, sum, moments), part.one_in};
}
