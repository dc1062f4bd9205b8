/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Personal data become a mark. Precision comes before recall: a number has to look like what it is
 * taken for (length, prefix, grouping, check digits), so that dates, prices, scores, ids and ISBNs
 * stay. Check digits: Luhn (ISO/IEC 7812-1); INN and SNILS by the rules of the Russian tax service
 * and pension fund.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "clean/cleaning.h"

enum { MAX_DIGITS = 19 };

/* A run of digits with the blanks, dashes, dots and brackets of a written number between them. */
struct number {
    size_t start;
    size_t end;
    size_t n;                   /* digits */
    char digits[MAX_DIGITS + 1];
    unsigned groups;            /* of digits parted by something */
    unsigned lengths[8];        /* of the first groups */
    bool plus;
    bool brackets;
    bool dots;
    bool dashes;
    bool blanks;
    bool too_long;
};

static bool is_ascii_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static void add_group_digit(struct number *number, char digit, bool begins)
{
    if (begins)
        number->groups++;
    if (number->groups <= 8)
        number->lengths[number->groups - 1]++;
    if (number->n < MAX_DIGITS)
        number->digits[number->n] = digit;
    else
        number->too_long = true;
    number->n++;
}

/* Length of one separator at `at`, noted in the number; 0 if the number ends here. */
static size_t separator(struct tm_str text, size_t at, struct number *number)
{
    switch (text.p[at]) {
    case ' ': number->blanks = true; return 1;
    case '-': number->dashes = true; return 1;
    case '.': number->dots = true; return 1;
    case '(': case ')': number->brackets = true; return 1;
    default: break;
    }
    uint32_t cp = tm_utf8_at(text.p, text.n, at);
    if (cp == 0x2011 || cp == 0x2013 || cp == 0x2010) {
        number->dashes = true;
        return 3;
    }
    return 0;
}

static struct number number_at(struct tm_str text, size_t at)
{
    struct number number = {.start = at};
    if (text.p[at] == '+') {
        number.plus = true;
        at++;
    }
    bool begins = true;
    while (at < text.n) {
        if (is_ascii_digit(text.p[at])) {
            add_group_digit(&number, text.p[at], begins);
            begins = false;
            number.end = ++at;
            continue;
        }
        struct number tried = number;
        size_t next = at;
        for (int i = 0; i < 2 && next < text.n && !is_ascii_digit(text.p[next]); i++) {
            size_t length = separator(text, next, &tried);
            if (length == 0)
                break;
            next += length;
        }
        if (next == at || next >= text.n || !is_ascii_digit(text.p[next]))
            break;
        number = tried;
        begins = true;
        at = next;
    }
    return number;
}

/* 12 345 678 901: thousands parted by blanks alone. A telephone number that begins with 7 or 8 is
 * grouped so too, but its first group is that digit. */
static bool is_amount(const struct number *number)
{
    if (!number->blanks || number->dashes || number->brackets || number->groups < 3 ||
        number->groups > 8)
        return false;
    for (unsigned i = 1; i < number->groups; i++)
        if (number->lengths[i] != 3)
            return false;
    return true;
}

static bool is_phone(const struct number *number)
{
    const char *d = number->digits;
    const unsigned *l = number->lengths;
    if (number->too_long || (number->dots && !number->plus) || is_amount(number))
        return false;
    bool written = number->groups >= 3 || number->brackets;
    if (number->plus)
        return !(number->dots && number->blanks) && number->n >= 11 && number->n <= 15 && d[0] != '0' &&
               (d[0] != '7' || number->n == 11) && (written || d[0] == '7');
    /* No area of the country code 7 begins with 0, 1, 2 or 5: years do. */
    if (number->n == 11 && (d[0] == '8' || d[0] == '7')) {
        if (strchr("346789", d[1]) == NULL)
            return false;
        bool mobile = d[1] == '9' && (number->groups == 1 || (written && l[0] == 1));
        bool grouped = written && l[0] == 1 && l[1] >= 3;
        return mobile || grouped;
    }
    bool marked = number->dashes || number->brackets;
    if (number->n == 11 && d[0] == '1')         /* 1-800-555-0199 */
        return number->dashes && number->groups == 4 && l[0] == 1 && l[1] == 3 && l[2] == 3;
    if (number->n != 10 || !written || !marked || l[0] != 3 || l[1] != 3)
        return false;
    /* (4xx) xxx-xx-xx without the 8, or xxx-xxx-xxxx */
    bool russian = number->groups == 4 && l[2] == 2 && strchr("3489", d[0]) != NULL;
    bool american = number->groups == 3 && l[2] == 4 && d[0] >= '2' && d[3] >= '2';
    return russian || american;
}

/* A unit or a currency behind a number makes it an amount. */
static bool is_counted(struct tm_str text, size_t end)
{
    static const struct tm_str units[] = {
        TM_STR_INIT("руб"), TM_STR_INIT("₽"), TM_STR_INIT("$"), TM_STR_INIT("€"),
        TM_STR_INIT("тыс"), TM_STR_INIT("млн"), TM_STR_INIT("млрд"), TM_STR_INIT("очк"),
        TM_STR_INIT("долл"), TM_STR_INIT("евро"), TM_STR_INIT("USD"), TM_STR_INIT("RUB")};
    while (end < text.n && text.p[end] == ' ')
        end++;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (tm_str_starts(slice(text, end, text.n), units[i]))
            return true;
    return false;
}

static bool is_card(const struct number *number)
{
    const char *d = number->digits;
    bool issuer = d[0] == '4' || (d[0] == '5' && d[1] >= '1' && d[1] <= '5') ||
                  (d[0] == '2' && d[1] >= '2' && d[1] <= '7') || (d[0] == '6' && d[1] == '2');
    bool grouped = number->groups == 1 ||
                   (number->groups == 4 && number->lengths[0] == 4 && number->lengths[1] == 4 &&
                    number->lengths[2] == 4 && !(number->blanks && number->dashes));
    /* Four round numbers in a row are prices. */
    if (number->groups == 4 && d[3] == '0' && d[7] == '0' && d[11] == '0' && d[15] == '0')
        return false;
    if (number->n != 16 || !issuer || !grouped || number->dots || number->plus)
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 16; i++) {
        unsigned digit = (unsigned)(d[i] - '0');
        if (i % 2 == 0)
            digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
        sum += digit;
    }
    return sum % 10 == 0;
}

static unsigned weighted(const char *digits, const unsigned char *weights, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned)(digits[i] - '0') * weights[i];
    return sum % 11 % 10;
}

static bool is_inn(const struct number *number)
{
    static const unsigned char first[] = {7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    static const unsigned char second[] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
    return number->n == 12 && number->groups == 1 && !number->plus &&
           weighted(number->digits, first, 10) == (unsigned)(number->digits[10] - '0') &&
           weighted(number->digits, second, 11) == (unsigned)(number->digits[11] - '0');
}

static bool is_snils(const struct number *number)
{
    if (number->n != 11 || number->groups != 4 || number->lengths[0] != 3 ||
        number->lengths[1] != 3 || number->lengths[2] != 3 || number->plus || number->brackets)
        return false;
    unsigned sum = 0;
    for (unsigned i = 0; i < 9; i++)
        sum += (unsigned)(number->digits[i] - '0') * (9 - i);
    unsigned check = sum % 101 % 100;
    return check == (unsigned)(number->digits[9] - '0') * 10 + (unsigned)(number->digits[10] - '0');
}

/* An octet at `at` without leading zeros; its length, 0 if none. */
static size_t octet_at(struct tm_str text, size_t at, unsigned *ret_value)
{
    size_t n = 0;
    unsigned value = 0;
    while (n < 4 && at + n < text.n && is_ascii_digit(text.p[at + n]))
        value = value * 10 + (unsigned)(text.p[at + n++] - '0');
    *ret_value = value;
    return n <= 3 && value <= 255 && (n == 1 || (n != 0 && text.p[at] != '0')) ? n : 0;
}

/* Private, local, documentary and reserved addresses (RFC 6890) are nobody's. */
static bool is_nobodys(const unsigned o[4])
{
    return o[0] == 0 || o[0] == 10 || o[0] == 127 || o[0] >= 224 || (o[0] == 169 && o[1] == 254) ||
           (o[0] == 172 && o[1] >= 16 && o[1] < 32) || (o[0] == 192 && o[1] == 168) ||
           (o[0] == 192 && o[1] == 0) || (o[0] == 198 && (o[1] == 18 || o[1] == 19)) ||
           (o[0] == 198 && o[1] == 51 && o[2] == 100) || (o[0] == 203 && o[1] == 0 && o[2] == 113);
}

/* Whether a word before the number says that it is a version or a section. */
static bool is_numbered(struct tm_str text, size_t start)
{
    static const struct tm_str words[] = {
        TM_STR_INIT("верси"), TM_STR_INIT("сборк"), TM_STR_INIT("ersion"), TM_STR_INIT("uild"),
        TM_STR_INIT("пункт"), TM_STR_INIT("аздел"), TM_STR_INIT("ection"), TM_STR_INIT("п."),
        TM_STR_INIT("ст."), TM_STR_INIT("v."), TM_STR_INIT("ver")};
    size_t from = start > 24 ? start - 24 : 0;
    struct tm_str before = slice(text, from, start);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (memmem(before.p, before.n, words[i].p, words[i].n) != NULL)
            return true;
    return false;
}

/* Length of a public IPv4 address at `at`. Numbers of versions and sections have small parts: an
 * address has one of three digits (98 % of all have) and another of two. */
static size_t address_length(struct tm_str text, size_t at)
{
    unsigned octets[4];
    size_t end = at;
    unsigned wide = 0;
    bool large = false;
    for (int i = 0; i < 4; i++) {
        size_t n = octet_at(text, end, &octets[i]);
        if (n == 0 || (i < 3 && (end + n >= text.n || text.p[end + n] != '.')))
            return 0;
        wide += n >= 2;
        large |= n == 3;
        end += n + (i < 3);
    }
    uint32_t before = tm_utf8_before(text.p, at);
    uint32_t after = tm_utf8_at(text.p, text.n, end);
    bool more = after == '.' && end + 1 < text.n && is_ascii_digit(text.p[end + 1]);
    if (wide < 2 || !large || more || is_nobodys(octets) || before == '.' || before == '-' || after == '-' ||
        after == '/' ||
        is_numbered(text, at))
        return 0;
    return end - at;
}

static bool touches_word(struct tm_str text, size_t start, size_t end)
{
    uint32_t before = tm_utf8_before(text.p, start);
    uint32_t after = tm_utf8_at(text.p, text.n, end);
    return tm_is_letter(before) || tm_is_digit(before) || before == '_' || before == '/' ||
           before == '#' || before == '=' || before == '+' || tm_is_letter(after) || after == '_' ||
           after == '%';
}

static bool mask_number(struct cleaning *c, const struct number *number)
{
    if (number->n < 10 || touches_word(c->text, number->start, number->end))
        return false;
    /* № 79123456789: of a contract or an account */
    uint32_t sign = tm_utf8_before(c->text.p, back_blanks(c->text, number->start, 0));
    if (is_card(number))
        cut_put(c, TM_RULE_PII_CARD, number->start, number->end, TM_STR("<CARD>"));
    else if (is_snils(number))
        cut_put(c, TM_RULE_PII_SNILS, number->start, number->end, TM_STR("<SNILS>"));
    else if (is_phone(number) && !is_counted(c->text, number->end) &&
             !(sign == 0x2116 && number->groups == 1))
        cut_put(c, TM_RULE_PII_PHONE, number->start, number->end, TM_STR("<PHONE>"));
    else if (is_inn(number))
        cut_put(c, TM_RULE_PII_INN, number->start, number->end, TM_STR("<INN>"));
    else
        return false;
    return true;
}

static bool is_address_byte(uint32_t cp)
{
    return tm_is_letter(cp) || tm_is_digit(cp) || cp == '.' || cp == '_' || cp == '-' || cp == '+' ||
           cp == '%';
}

/* The address around the @ at `at`, in Latin or Cyrillic letters; false if it is none. */
static bool address_around(struct tm_str text, size_t at, size_t *ret_start, size_t *ret_end)
{
    size_t start = at;
    while (start > 0 && at - start < 128 && is_address_byte(tm_utf8_before(text.p, start)))
        start = tm_utf8_back(text.p, start);
    while (start < at && strchr(".-+%", text.p[start]) != NULL)
        start++;
    size_t end = at + 1;
    size_t dot = 0;
    while (end < text.n && end - at < 256) {
        size_t next = end;
        uint32_t cp = tm_utf8_next(text.p, text.n, &next);
        if (!tm_is_letter(cp) && !tm_is_digit(cp) && cp != '-' && cp != '.')
            break;
        if (cp == '.')
            dot = end;
        end = next;
    }
    while (end > at + 1 && (text.p[end - 1] == '.' || text.p[end - 1] == '-')) {
        end--;
        dot = 0;
        for (size_t i = at + 1; i < end; i++)
            dot = text.p[i] == '.' ? i : dot;
    }
    /* git@host:path is an account on a machine. */
    if (end + 1 < text.n && text.p[end] == ':' && (unsigned char)text.p[end + 1] > ' ')
        return false;
    *ret_start = start;
    *ret_end = end;
    return start < at && dot > at + 1 && tm_utf8_length(text.p + dot + 1, end - dot - 1) >= 2 &&
           tm_is_letter(tm_utf8_at(text.p, text.n, dot + 1));
}

/* First position from `at` of a digit, @, + or (. */
static size_t next_candidate(struct tm_str text, size_t at)
{
#ifdef __SSE2__
    const __m128i zero = _mm_set1_epi8('0');
    const __m128i nine = _mm_set1_epi8(9);
    for (; at + 16 <= text.n; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)(text.p + at));
        __m128i digit = _mm_sub_epi8(v, zero);
        __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit);
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(v, _mm_set1_epi8('@')));
        hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('+')),
                                             _mm_cmpeq_epi8(v, _mm_set1_epi8('('))));
        int mask = _mm_movemask_epi8(hit);
        if (mask != 0)
            return at + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    while (at < text.n && !is_ascii_digit(text.p[at]) && text.p[at] != '@' && text.p[at] != '+' &&
           text.p[at] != '(')
        at++;
    return at;
}

void rule_pii(struct cleaning *c)
{
    struct tm_str text = c->text;
    size_t done = 0;            /* a number is not looked for before it */
    size_t masked = 0;          /* end of the last mask */
    for (size_t at = next_candidate(text, 0); at < text.n; at = next_candidate(text, at + 1)) {
        char byte = text.p[at];
        if (byte == '@') {
            size_t start, end;
            if (address_around(text, at, &start, &end) && start >= masked) {
                cut_put(c, TM_RULE_PII_EMAIL, start, end, TM_STR("<EMAIL>"));
                done = end;
                masked = end;
            }
        } else if (at >= done && (is_ascii_digit(byte) || byte == '+' || byte == '(')) {
            size_t start = byte == '(' ? at + 1 : at;
            if (start >= text.n || (byte != '+' && !is_ascii_digit(text.p[start])) ||
                (byte == '+' && (start + 1 >= text.n || !is_ascii_digit(text.p[start + 1]))))
                continue;
            size_t link = url_length(text, start);
            if (link != 0) {
                done = start + link;
                continue;
            }
            size_t address = address_length(text, start);
            if (address != 0 && !touches_word(text, start, start + address)) {
                masked = done = start + address;
                cut_put(c, TM_RULE_PII_IP, start, done, TM_STR("<IP>"));
                continue;
            }
            struct number number = number_at(text, start);
            done = number.end;
            /* An address that begins with digits is found at its @. */
            if (number.end < text.n && text.p[number.end] == '@')
                continue;
            if (byte == '(' && number.brackets)
                number.start = at;
            if (mask_number(c, &number))
                masked = number.end;
        }
    }
}
