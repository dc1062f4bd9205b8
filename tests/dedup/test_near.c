/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include <tolmach/dedup.h>

#include "base/str.h"

#define MEMORY ((size_t)1 << 20)

struct text {
    const char *text;
    int64_t date;
};

/* What became of a text: the number of the one that stays for it, or its own. */
struct fate {
    size_t survivor;
    enum tm_dup_kind kind;
    unsigned similarity;
    uint64_t n_dups;
};

/* Decides about texts; ids are their numbers. */
static struct tm_near_stats decide(const struct text *texts, size_t n, size_t budget,
                                   struct tm_near_options options, struct fate *ret_fates)
{
    struct tm_near *near = NULL;
    struct tm_sketch sketch;
    assert_int_equal(tm_near_create("/tmp", budget, &options, &near, NULL), TM_OK);
    for (size_t i = 0; i < n; i++) {
        char id[24];
        int length = snprintf(id, sizeof id, "%zu", i);
        char *scratch = malloc(strlen(texts[i].text) + TM_FORM_ROOM);
        tm_sketch_of(texts[i].text, strlen(texts[i].text), scratch, &sketch);
        assert_int_equal(tm_near_add(near, &sketch, texts[i].date, i, 7,
                                     (struct tm_str){id, (size_t)length}, NULL), TM_OK);
        free(scratch);
        ret_fates[i] = (struct fate){.survivor = i};
    }
    assert_int_equal(tm_near_decide(near, NULL), TM_OK);
    struct tm_decision d;
    enum tm_status status;
    uint64_t last = 0;
    while ((status = tm_near_next(near, &d, NULL)) == TM_OK) {
        assert_true(d.document >= last && d.document < n && d.segment == 7);
        last = d.document + 1;
        struct fate *fate = &ret_fates[d.document];
        fate->n_dups = d.n_dups;
        if (d.dup_of.p == NULL)
            continue;
        fate->kind = d.kind;
        fate->similarity = d.similarity;
        char id[24] = "";
        memcpy(id, d.dup_of.p, d.dup_of.n);
        fate->survivor = strtoul(id, NULL, 10);
    }
    assert_int_equal(status, TM_END);
    struct tm_near_stats stats = tm_near_stats_of(near);
    tm_near_destroy(near);
    return stats;
}

enum verdict { APART, EXACT, NEAR, HELD };     /* HELD: the first by the second, or the reverse */

static enum verdict verdict_of(const char *a, const char *b, struct tm_near_options options)
{
    struct text texts[] = {{a, 1}, {b, 2}};
    struct fate fates[2];
    decide(texts, 2, MEMORY, options, fates);
    if (fates[0].survivor == 0 && fates[1].survivor == 1)
        return APART;
    size_t gone = fates[0].survivor == 0;
    assert_int_equal(fates[!gone].survivor, !gone);
    assert_int_equal(fates[!gone].n_dups, 1);
    if (fates[gone].kind == TM_DUP_CONTAINED) {
        assert_true(strlen(gone ? b : a) <= strlen(gone ? a : b));
        return HELD;
    }
    assert_int_equal(gone, 1);
    return fates[gone].kind == TM_DUP_EXACT ? EXACT : NEAR;
}

#define STORM "The evening ferry to the island will not sail because of the storm, the harbour master said"
#define LONG STORM ", and those who hold tickets may use them on any other day of the week"

static void test_pairs(void **state)
{
    (void)state;
    static const struct { const char *name, *a, *b; enum verdict want; } rows[] = {
        {"the same", STORM, "THE EVENING ferry: to the island will not sail because of the storm; "
         "the harbour master said!", EXACT},
        {"a word more", LONG, LONG " now", NEAR},
        {"another story", STORM, "Nets are mended on the northern pier every Tuesday morning", APART},
        {"a typing error", "Паром отменен", "Паром отменён", NEAR},
        {"a letter too many", "the ferrry is late", "the ferry is late", NEAR},
        {"a short word is another", "come in now", "come up now", APART},
        {"a name is another", "Ferry to Anapa cancelled", "Ferry to Sochi cancelled", APART},
        {"a negation is missing", "The ferry will not sail today", "The ferry will sail today", APART},
        {"a negation", "это правильно сказано", "это неправильно сказано", APART},
        {"a word is missing", "John Hubbard October 2019", "John October 2019", HELD},
        {"a short text cut off", "The ferry to the island", "The ferry to the island is late today",
         HELD},
        {"a long text cut off", LONG, STORM ", and those who hold tickets", HELD},
        {"a greeting in a longer text", "Good morning", "Good morning to all of the harbour, here is "
         "the news of the day", APART},
        {"paragraphs in another order", LONG ".\nNets are mended on the northern pier every Tuesday.",
         "Nets are mended on the northern pier every Tuesday.\n" LONG ".", NEAR},
        {"empty", "", "", EXACT},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        enum verdict got = verdict_of(rows[i].a, rows[i].b, (struct tm_near_options){0});
        if (got != rows[i].want)
            fail_msg("%s: %d, not %d", rows[i].name, got, rows[i].want);
        got = verdict_of(rows[i].b, rows[i].a, (struct tm_near_options){0});
        if (got != rows[i].want)
            fail_msg("%s, reversed: %d, not %d", rows[i].name, got, rows[i].want);
    }
}

#define RATE(usd, eur) "Official rates of the harbour bank for tomorrow, as published this evening: " \
    "one dollar " usd ", one euro " eur ". Rates hold until noon"

static void test_numbers(void **state)
{
    (void)state;
    static const struct { const char *name, *a, *b; enum verdict agree, ignore; } rows[] = {
        {"another rate", RATE("91.20", "99.10"), RATE("91.25", "99.10"), APART, NEAR},
        {"another sign", RATE("5", "6"), RATE("-5", "6"), APART, NEAR},
        {"a decimal comma", RATE("91.2", "6"), RATE("91,2", "6"), EXACT, EXACT},
        {"a number behind it", RATE("91.2", "6"), RATE("91.2", "6") ". Call 555", NEAR, NEAR},
        {"a number is missing", RATE("91.2", "6"), RATE("91.2", "six"), NEAR, NEAR},
        {"numbers change places", RATE("91.2", "6"), RATE("6", "91.2"), NEAR, NEAR},
        {"a number more often", RATE("6", "7"), RATE("6", "6"), APART, NEAR},
        {"a number and a word", RATE("91.2", "6") " for A", RATE("91.3", "6") " for B", APART, NEAR},
        {"cut off before numbers", LONG ". Call 555 or 556", LONG, NEAR, NEAR},
    };
    struct tm_near_options ignore = {.ignore_numbers = true};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        enum verdict got = verdict_of(rows[i].a, rows[i].b, (struct tm_near_options){0});
        if (got != rows[i].agree)
            fail_msg("%s: %d, not %d", rows[i].name, got, rows[i].agree);
        got = verdict_of(rows[i].a, rows[i].b, ignore);
        if (got != rows[i].ignore)
            fail_msg("%s, ignored: %d, not %d", rows[i].name, got, rows[i].ignore);
    }
}

/* A last line that four texts have is none of a text's own. */
static void test_footers(void **state)
{
    (void)state;
#define FOOTER "\nRead more in our channel, subscribe now"
    static const struct text texts[] = {
        {"1872", 1}, {"1872" FOOTER, 2}, {"Fish is cheap today" FOOTER, 3},
        {"Three boats came home" FOOTER, 4}, {"Nobody saw the cat" FOOTER, 5},
        {"Three boats came home", 6}, {"1873\nOnly here", 7},
    };
    static const size_t want[] = {0, 0, 2, 3, 4, 3, 6};
    struct fate fates[LENGTH(texts)];
    decide(texts, LENGTH(texts), MEMORY, (struct tm_near_options){0}, fates);
    for (size_t i = 0; i < LENGTH(texts); i++)
        assert_int_equal(fates[i].survivor, want[i]);
    assert_int_equal(fates[1].similarity, 10000);
}

/* Nor are the numbers in it, even where those of two texts differ. */
static void test_numbers_in_footers(void **state)
{
    (void)state;
#define CALL(number) "\nCall the harbour office: " number
    static const struct text texts[] = {
        {LONG CALL("555"), 1}, {LONG " now" CALL("777"), 2},
        {"Fish is cheap today" CALL("555"), 3}, {"Three boats came home" CALL("555"), 4},
        {"Nobody saw the cat" CALL("555"), 5}, {"The pier is closed" CALL("777"), 6},
        {"Nets are mended here" CALL("777"), 7}, {"Lamps burn all night" CALL("777"), 8},
    };
    struct fate fates[LENGTH(texts)];
    decide(texts, LENGTH(texts), MEMORY, (struct tm_near_options){0}, fates);
    assert_int_equal(fates[1].survivor, 0);
    assert_int_equal(fates[1].kind, TM_DUP_NEAR);
}

/* A, B and C: neighbours are similar, the ends are not. C goes for nobody when B has gone. */
static void test_no_chain(void **state)
{
    (void)state;
#define PART "nets are mended on the pier and boats are painted white before spring comes"
    static const struct text texts[] = {
        {PART " red ropes hang low", 1}, {PART " red ropes", 2}, {PART " green ropes", 3},
        {PART " green lamps", 4}, {PART " green lamps burn on", 5}};
    struct fate fates[LENGTH(texts)];
    struct tm_near_options options = {.threshold = 8600};
    decide(texts, LENGTH(texts), MEMORY, options, fates);
    size_t gone = 0;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        gone += fates[i].survivor != i;
        assert_int_equal(fates[fates[i].survivor].survivor, fates[i].survivor);
        struct fate pair[2];
        struct text two[] = {texts[fates[i].survivor], texts[i]};
        if (fates[i].survivor == i)
            continue;
        decide(two, 2, MEMORY, options, pair);
        assert_true(pair[0].survivor != 0 || pair[1].survivor != 1);
    }
    assert_in_range(gone, 1, LENGTH(texts) - 2);
}

/* Copies of a text that goes name the one for which it goes. */
static void test_copies(void **state)
{
    (void)state;
    static const struct text texts[] = {
        {LONG " now", 30}, {LONG, 10}, {LONG " NOW!", 40}, {LONG, INT64_MIN}};
    struct fate fates[LENGTH(texts)];
    decide(texts, LENGTH(texts), MEMORY, (struct tm_near_options){0}, fates);
    static const enum tm_dup_kind kinds[] = {TM_DUP_NEAR, TM_DUP_EXACT, TM_DUP_NEAR, TM_DUP_EXACT};
    for (size_t i = 0; i < LENGTH(texts); i++) {
        assert_int_equal(fates[i].survivor, 1);
        assert_int_equal(fates[i].kind, kinds[i]);
    }
    assert_int_equal(fates[1].n_dups, 3);
}

enum { MANY = 3000 };

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

/* Invented texts: half of them are edited copies of others, all have their own date. */
static void make_texts(struct text *texts, char (*room)[512])
{
    static const char *const words[] = {
        "ferry", "pier", "boat", "tide", "lamp", "паром", "причал", "лодка", "прилив", "маяк",
        "sail", "rope", "net", "fish", "storm", "якорь", "сеть", "рыба", "шторм", "парус"};
    uint64_t random = 1;
    for (size_t i = 0; i < MANY; i++) {
        size_t n = 0;
        if (i % 2 == 1 && next_random(&random) % 4 != 0) {
            size_t at = strlen(room[i - 1]) / 2;
            n = (size_t)snprintf(room[i], 512, "%.*s%s", (int)at, room[i - 1], room[i - 1] + at);
            if (next_random(&random) % 2)
                n += (size_t)snprintf(room[i] + n, 512 - n, " %s", words[next_random(&random) % 20]);
        } else {
            for (size_t k = 3 + next_random(&random) % 30; k > 0; k--)
                n += (size_t)snprintf(room[i] + n, 512 - n, "%s%llu ",
                                      words[next_random(&random) % 20],
                                      (unsigned long long)next_random(&random) % 7);
        }
        texts[i] = (struct text){room[i], (int64_t)(i * 7919 % MANY)};
    }
}

static void test_memory_and_order(void **state)
{
    (void)state;
    char (*room)[512] = calloc(MANY, sizeof *room);
    struct text *texts = calloc(2 * MANY, sizeof *texts);
    struct fate *fates = calloc(3 * MANY, sizeof *fates);
    make_texts(texts, room);
    struct tm_near_options options = {0};
    struct tm_near_stats stats = decide(texts, MANY, (size_t)64 << 20, options, fates);
    assert_in_range(stats.found, MANY / 10, 40 * MANY);
    size_t gone = 0;
    for (size_t i = 0; i < MANY; i++) {
        gone += fates[i].survivor != i;
        assert_int_equal(fates[fates[i].survivor].survivor, fates[i].survivor);
    }
    assert_in_range(gone, MANY / 4, MANY * 3 / 4);
    /* So little memory that all spills. */
    decide(texts, MANY, 1, options, fates + MANY);
    assert_memory_equal(fates, fates + MANY, MANY * sizeof *fates);
    /* Places are turned round; survivors are told by dates, of which none is there twice. */
    for (size_t i = 0; i < MANY; i++)
        texts[MANY + i] = texts[MANY - 1 - i];
    decide(texts + MANY, MANY, MEMORY, options, fates + 2 * MANY);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(fates[2 * MANY + MANY - 1 - i].survivor, MANY - 1 - fates[i].survivor);
    free(room);
    free(texts);
    free(fates);
}

/* Thousands of texts that have most words in common meet only so many others each. */
static void test_boilerplate(void **state)
{
    (void)state;
    char (*room)[512] = calloc(MANY, sizeof *room);
    struct text *texts = calloc(MANY, sizeof *texts);
    struct fate *fates = calloc(MANY, sizeof *fates);
    for (size_t i = 0; i < MANY; i++) {
        (void)snprintf(room[i], 512, LONG " number %zu", i);
        texts[i] = (struct text){room[i], (int64_t)i};
    }
    struct tm_near_stats stats = decide(texts, MANY, MEMORY, (struct tm_near_options){0}, fates);
    assert_in_range(stats.pairs, 0, (uint64_t)MANY * 80);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(fates[i].survivor, i);
    free(room);
    free(texts);
    free(fates);
}

/* Texts that all share most of their words cost a bounded number of comparisons each; the nearest are
 * among them. */
static void test_crowd(void **state)
{
    (void)state;
    static const char *const words[] = {"pier", "boat", "tide", "sail", "rope", "lamp", "fish"};
    enum { N = 3000, MOST = 16 };
    struct text *texts = calloc(N, sizeof *texts);
    struct fate *fates = calloc(N, sizeof *fates);
    char (*bodies)[200] = calloc(N, sizeof *bodies);
    uint64_t random = 1;
    for (size_t i = 0; i < N; i++) {
        char *end = bodies[i];
        for (int k = 0; k < 14; k++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            end += sprintf(end, "%s ", words[(random >> 40) % LENGTH(words)]);
        }
        if (i % 100 == 99)
            (void)snprintf(bodies[i], sizeof bodies[i], "%sagain", bodies[i - 50]);
        texts[i] = (struct text){bodies[i], (int64_t)i};
    }
    struct tm_near_stats stats = decide(texts, N, MEMORY, (struct tm_near_options){0}, fates);
    /* No last lines are there, so a pair is compared once. */
    assert_in_range(stats.compared, N, N * MOST);
    for (size_t i = 99; i < N; i += 100)
        assert_true(fates[i].survivor != i || fates[i - 50].survivor != i - 50);
    free(bodies);
    free(texts);
    free(fates);
}

/* Numbers in a last line do not tell texts apart where it recurs; in others they do, before texts are
 * compared. */
static void test_numbers_apart(void **state)
{
    (void)state;
    struct fate fates[2];
    struct text apart[] = {{LONG " 17", 1}, {LONG " 18", 2}};
    assert_int_equal(decide(apart, 2, MEMORY, (struct tm_near_options){0}, fates).compared, 0);
    assert_int_equal(fates[1].survivor, 1);
    struct tm_near_options ignore = {.ignore_numbers = true};
    assert_in_range(decide(apart, 2, MEMORY, ignore, fates).compared, 1, 2);
    assert_int_equal(fates[1].survivor, 0);
    struct text held[] = {{LONG " 17", 1}, {LONG " 17 18", 2}};
    assert_in_range(decide(held, 2, MEMORY, (struct tm_near_options){0}, fates).compared, 1, 2);
    assert_int_equal(fates[1].survivor, 0);
}

/* Keys are the same on every processor. */
static void test_sketch_is_fixed(void **state)
{
    (void)state;
    struct tm_sketch sketch;
    char scratch[1024];
    const char *text = LONG "\nПаром на остров вечером не пойдёт, сказал капитан порта";
    tm_sketch_of(text, strlen(text), scratch, &sketch);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < sketch.n_keys; i++)
        sum = (sum ^ sketch.keys[i].high) * 31 + sketch.keys[i].low;
    assert_int_equal(sketch.n_keys, 11);
    assert_int_equal(sum, 0xEE8EFFBE99097C16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_footers),
        cmocka_unit_test(test_numbers_in_footers),
        cmocka_unit_test(test_no_chain),
        cmocka_unit_test(test_copies),
        cmocka_unit_test(test_memory_and_order),
        cmocka_unit_test(test_boilerplate),
        cmocka_unit_test(test_crowd),
        cmocka_unit_test(test_numbers_apart),
        cmocka_unit_test(test_sketch_is_fixed),
    };
    return cmocka_run_group_tests_name("near", tests, NULL, NULL);
}
