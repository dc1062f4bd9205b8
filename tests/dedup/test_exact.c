/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <tolmach/dedup.h>

#include "base/str.h"
#include "dedup/normal.h"
#include "dedup/seen.h"

static void test_normal_form(void **state)
{
    (void)state;
    static const struct { const char *name, *text, *want; } rows[] = {
        {"case and punctuation", "The Ferry, at 9:30!", "the ferry at 9:30"},
        {"decimal comma", "1,5 and 1.5", "1.5 and 1.5"},
        {"comparison", "<5 %", "<5 %"},
        {"Cyrillic case", "ПАРОМ Ёлка Й", "паром ёлка й"},
        {"spacing", "  a \n\n b\t", "a b"},
        {"money and shares stay", "5 % of 10 $ and 3 €", "5 % of 10 $ and 3 €"},
        {"stress mark goes", "замо\u0301к", "замок"},
        {"quotes", "«a» “b”", "a b"},
        {"nothing but signs is itself", "?!", "?!"},
        {"other scripts", "ΑΒΓ", "αβγ"},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char form[256];
        size_t n = tm_normal_form(rows[i].text, strlen(rows[i].text), form);
        if (n != strlen(rows[i].want) || memcmp(form, rows[i].want, n) != 0)
            fail_msg("%s: \"%.*s\"", rows[i].name, (int)n, form);
    }
}

static void test_letters_that_differ_stay_apart(void **state)
{
    (void)state;
    static const struct { const char *a, *b; } rows[] = {
        {"все", "всё"}, {"мои", "мой"}, {"rate 91.2", "rate 91.3"}, {"10 $", "10 €"},
        {"now -5", "now 5"}, {"C# news", "C news"}, {"1:5", "1.5"}, {"<5", ">5"}};
    char scratch[64];
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct tm_fingerprint a = tm_fingerprint_of(rows[i].a, strlen(rows[i].a), scratch);
        struct tm_fingerprint b = tm_fingerprint_of(rows[i].b, strlen(rows[i].b), scratch);
        assert_true(a.high != b.high || a.low != b.low);
    }
}

/* Many bytes at a time or one by one: with and without lines, at every length and every place of a
 * block. */
static void test_ways_agree(void **state)
{
    (void)state;
    static const char *const pieces[] = {"a", "Z", "q", "7", " ", "  ", "\n", "\u0430", "\u044F",
        "\u0410", "\u042F", "\u0451", "\u0401", "\u043F", "\u0440", "\u20AC", "\u00DF", "?",
        ".", ",", ":", "-", "#", "%", "=", "\u2212", "\u2014", "\u00AB", "\u00BB", "\u00A0",
        "\u2026", "\u200B", "\u0301", "\u041F", "\u0420", "\U0001F600", "\xD0", "\xE2\x80", "1.5",
        "9:30", "\u0130", "\u0456", "\x7F", "@", "[", "`", "{", "/"};
    uint64_t random = 7;
    for (int round = 0; round < 40000; round++) {
        char text[600], a[640], b[640];
        size_t n = 0;
        int length = round % 70;
        for (int i = 0; i < length; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            /* Mostly small letters, so that whole blocks are folded. */
            size_t which = (random >> 40) % 4 == 0 ? (random >> 33) % LENGTH(pieces)
                                                  : (random >> 33) % 2 * 7;
            size_t size = strlen(pieces[which]);
            memcpy(text + n, pieces[which], size);
            n += size;
        }
        bool lines = round % 2 != 0;
        size_t x = lines ? tm_normal_lines(text, n, a) : tm_normal_form(text, n, a);
        size_t y = tm_normal_slowly(text, n, b, lines);
        if (x != y || memcmp(a, b, x) != 0)
            fail_msg("\"%.*s\": \"%.*s\", not \"%.*s\"", (int)n, text, (int)x, a, (int)y, b);
    }
}

/* Letters that grow in lower case must not leave the room that the caller gave. */
static void test_room(void **state)
{
    (void)state;
    char text[400];
    char *form = malloc(sizeof text + 8);
    for (size_t i = 0; i + 1 < sizeof text; i += 2)
        memcpy(text + i, "\xC8\xBA", 2);
    size_t n = tm_normal_form(text, sizeof text, form);
    assert_true(n <= sizeof text + 8);
    free(form);
}

/* Where the room ends the form does, the same on every machine. */
static void test_ways_agree_without_room(void **state)
{
    (void)state;
    for (size_t round = 0; round < 60 * 60; round++) {
        char text[200], a[240], b[240];
        size_t growing = 2 * (round / 60);
        size_t n = growing + round % 60;
        for (size_t i = 0; i < growing; i += 2)
            memcpy(text + i, "\u023A", 2);
        for (size_t i = growing; i < n; i++)
            text[i] = (char)('a' + i % 26);
        bool lines = round % 2 != 0;
        size_t x = lines ? tm_normal_lines(text, n, a) : tm_normal_form(text, n, a);
        assert_int_equal(x, tm_normal_slowly(text, n, b, lines));
        assert_memory_equal(a, b, x);
    }
}

struct text {
    const char *text;
    int64_t date;
};

/* Of equal texts the earliest stays, undated ones last; of those of one date the first. */
static void check_survivors(size_t budget)
{
    static const struct { struct text text; uint64_t dups; const char *of; } rows[] = {
        {{"Ferry at nine", 300}, 0, "t1"}, {{"ferry at nine!", 100}, 2, NULL},
        {{"Another", 50}, 1, NULL}, {{"FERRY AT NINE", INT64_MIN}, 0, "t1"},
        {{"Nothing like it", 10}, 0, NULL}, {{"Another.", 50}, 0, "t2"},
    };
    struct tm_exact *exact = NULL;
    char scratch[64];
    assert_int_equal(tm_exact_create("/tmp", budget, &exact, NULL), TM_OK);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        char id[16];
        int n = snprintf(id, sizeof id, "t%zu", i);
        const char *text = rows[i].text.text;
        struct tm_fingerprint print = tm_fingerprint_of(text, strlen(text), scratch);
        assert_int_equal(tm_exact_add(exact, print, rows[i].text.date, i, 7,
                                      (struct tm_str){id, (size_t)n}, NULL), TM_OK);
    }
    assert_int_equal(tm_exact_decide(exact, NULL), TM_OK);
    struct tm_decision d;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (rows[i].dups == 0 && rows[i].of == NULL)
            continue;
        assert_int_equal(tm_exact_next(exact, &d, NULL), TM_OK);
        assert_true(d.document == i && d.segment == 7);
        assert_int_equal(d.n_dups, rows[i].dups);
        assert_true(rows[i].of == NULL ? d.dup_of.p == NULL : tm_str_is(d.dup_of, rows[i].of));
    }
    assert_int_equal(tm_exact_next(exact, &d, NULL), TM_END);
    tm_exact_destroy(exact);
}

static void test_survivors(void **state)
{
    (void)state;
    check_survivors((size_t)1 << 20);
    check_survivors(1);
}

/* With and without room for counting, in memory and spilled: of 20000 texts every third is the
 * same as the one 3 x 1000 before. */
static void check_many(size_t budget)
{
    enum { MANY = 20000, BACK = 3000 };
    struct tm_exact *exact = NULL;
    assert_int_equal(tm_exact_create("/tmp", budget, &exact, NULL), TM_OK);
    for (uint64_t i = 0; i < MANY; i++) {
        char scratch[64], text[16];
        int n = snprintf(text, sizeof text, "%d", (int)(i % 3 == 0 ? i % BACK : i));
        assert_int_equal(tm_exact_add(exact, tm_fingerprint_of(text, (size_t)n, scratch), 5, i, 0,
                                      (struct tm_str){(const char *)&i, sizeof i}, NULL), TM_OK);
    }
    assert_int_equal(tm_exact_decide(exact, NULL), TM_OK);
    struct tm_decision d;
    for (uint64_t i = 0; i < MANY; i += 3) {
        uint64_t survivor = i;
        assert_int_equal(tm_exact_next(exact, &d, NULL), TM_OK);
        assert_int_equal(d.document, i);
        if (d.dup_of.p != NULL)
            memcpy(&survivor, d.dup_of.p, sizeof survivor);
        assert_int_equal(survivor, i % BACK);
        assert_int_equal(d.n_dups, i >= BACK ? 0 : (MANY - 1 - i) / BACK);
    }
    assert_int_equal(tm_exact_next(exact, &d, NULL), TM_END);
    tm_exact_destroy(exact);
}

static void test_many(void **state)
{
    (void)state;
    check_many((size_t)64 << 20);
    check_many((size_t)64 << 10);
    check_many(1);
}

/* How many of n prints, each put twice, find room; the second time those must be old. */
static size_t put_twice(uint64_t reserved, uint64_t n)
{
    struct tm_seen *seen = NULL;
    enum tm_seen_answer answer;
    size_t room = 0;
    assert_int_equal(tm_seen_create((size_t)1 << 20, &seen, NULL), TM_OK);
    assert_int_equal(tm_seen_reserve(seen, reserved, NULL), TM_OK);
    for (uint64_t i = 0; i < n; i++) {
        struct tm_fingerprint print = {i, i * 0x9E3779B97F4A7C15u};
        assert_int_equal(tm_seen_put(seen, print, &answer, NULL), TM_OK);
        room += answer == TM_SEEN_NEW;
        assert_int_equal(answer, room == i + 1 ? TM_SEEN_NEW : TM_SEEN_FULL);
        assert_int_equal(tm_seen_put(seen, print, &answer, NULL), TM_OK);
        assert_int_equal(answer, room == i + 1 ? TM_SEEN_OLD : TM_SEEN_FULL);
    }
    tm_seen_destroy(seen);
    return room;
}

/* Room that was asked for is no other room: neither too little nor more than memory allows. */
static void test_seen_with_room(void **state)
{
    (void)state;
    assert_int_equal(put_twice(0, 20000), 20000);
    assert_int_equal(put_twice(20000, 20000), 20000);
    size_t most = put_twice(0, 60000);
    assert_in_range(most, 20000, 59999);
    assert_int_equal(put_twice(10, 60000), most);
    assert_int_equal(put_twice(UINT64_MAX, 60000), most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_normal_form),
        cmocka_unit_test(test_letters_that_differ_stay_apart),
        cmocka_unit_test(test_ways_agree),
        cmocka_unit_test(test_seen_with_room),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_ways_agree_without_room),
        cmocka_unit_test(test_survivors),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests_name("exact", tests, NULL, NULL);
}
