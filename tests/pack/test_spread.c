/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "pack/spread.h"

#define MEMORY ((size_t)1 << 20)

/* A row in short: `dup_of` of one that stays is NULL, `survivor` of a duplicate is nothing. */
struct row {
    const char *id;
    const char *channel;            /* JSON, as the two below */
    const char *forwarded_from;
    const char *date;
    enum tm_reason reason;
    const char *dup_of;
    bool survivor;
};

static struct tm_str view(const char *text)
{
    return (struct tm_str){text, text == NULL ? 0 : strlen(text)};
}

static void note(struct tm_spread *spread, const struct row *row)
{
    struct tm_spread_row in = {
        .id = view(row->id), .channel = view(row->channel == NULL ? "null" : row->channel),
        .forwarded_from = view(row->forwarded_from == NULL ? "null" : row->forwarded_from),
        .date = view(row->date == NULL ? "null" : row->date), .reason = row->reason,
        .dup_of = view(row->dup_of), .survivor = row->survivor};
    assert_int_equal(tm_spread_note(spread, &in, NULL), TM_OK);
}

/* The file of some rows, with a NUL behind it; from the last row on if `reversed`. */
static struct tm_buf write_rows(const struct row *rows, size_t n, size_t memory, bool reversed)
{
    struct tm_spread *spread = NULL;
    struct tm_buf text = {0};
    assert_int_equal(tm_spread_create("/tmp", memory, &spread, NULL), TM_OK);
    for (size_t i = 0; i < n; i++)
        note(spread, &rows[reversed ? n - 1 - i : i]);
    assert_int_equal(tm_spread_write(spread, &text, NULL), TM_OK);
    tm_spread_destroy(spread);
    tm_buf_byte(&text, '\0');
    assert_false(text.failed);
    return text;
}

/* Where a part stands; it has to be there once. */
static size_t find(const struct tm_buf *text, const char *part)
{
    const char *at = strstr(text->p, part);
    if (at == NULL)
        fail_msg("%s is not in %s", part, text->p);
    assert_null(strstr(at + 1, part));
    return (size_t)(at - text->p);
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"tg-1-1-0", "\"One\"", NULL, "\"2020-01-01\"", TM_KEPT, NULL, true},
        {"tg-2-1-0", "\"Two\"", NULL, "\"2020-01-03\"", TM_REASON_DUPLICATE, "tg-1-1-0", false},
        {"tg-2-2-0", "\"Two\"", NULL, "\"2020-01-02\"", TM_REASON_DUPLICATE, "tg-1-1-0", false},
        {"tg-2-3-0", "\"Two\"", NULL, NULL, TM_REASON_NEAR, "tg-1-1-0", false},
        {"tg-3-1-0", "\"Three\"", NULL, "\"2020-01-04\"", TM_REASON_CONTAINED, "tg-1-1-0", false},
        /* Nobody took this one. */
        {"tg-3-2-0", "\"Three\"", NULL, "\"2020-01-05\"", TM_KEPT, NULL, false},
    };
    struct tm_buf text = write_rows(rows, sizeof rows / sizeof *rows, MEMORY, false);
    size_t first = find(&text, "{\"from\": \"One\", \"to\": \"Two\", \"kind\": \"exact\", \"count\": 2, "
                               "\"first\": \"2020-01-02\", \"last\": \"2020-01-03\"}");
    size_t second = find(&text, "{\"from\": \"One\", \"to\": \"Three\", \"kind\": \"contained\", "
                                "\"count\": 1, \"first\": \"2020-01-04\", \"last\": \"2020-01-04\"}");
    size_t third = find(&text, "{\"from\": \"One\", \"to\": \"Two\", \"kind\": \"near\", \"count\": 1, "
                               "\"first\": null, \"last\": null}");
    assert_true(first < second && second < third);
    find(&text, "\"unnamed\": 0");
    const char *edge = text.p;
    size_t n = 0;
    for (; (edge = strstr(edge, "\"from\"")) != NULL; edge++)
        n++;
    assert_int_equal(n, 3);
    tm_buf_finish(&text);
}

/* Of documents that stay and of those that went; the one of two segments counts once. */
static void test_forwards(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"tg-1-1-0", "\"One\"", "\"Source\"", "\"2020-01-01\"", TM_KEPT, NULL, false},
        {"tg-1-1-1", "\"One\"", "\"Source\"", "\"2020-01-01\"", TM_KEPT, NULL, false},
        {"tg-1-2-0", "\"One\"", "\"Source\"", "\"2020-01-02\"", TM_REASON_NEAR, "tg-9-1-0", false},
        {"tg-1-3-0", "\"One\"", NULL, "\"2020-01-03\"", TM_KEPT, NULL, false},
    };
    struct tm_buf text = write_rows(rows, sizeof rows / sizeof *rows, MEMORY, false);
    find(&text, "{\"from\": \"Source\", \"to\": \"One\", \"kind\": \"forward\", \"count\": 2, "
                "\"first\": \"2020-01-01\", \"last\": \"2020-01-02\"}");
    find(&text, "\"unnamed\": 1");      /* the survivor of the third row is not there */
    tm_buf_finish(&text);
}

/* Without a title a channel goes by its number; without either an edge is counted alone. */
static void test_names(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"tg-15-7-0", NULL, NULL, NULL, TM_KEPT, NULL, true},
        {"tg-16-8-0", "\"\"", NULL, NULL, TM_REASON_DUPLICATE, "tg-15-7-0", false},
        {"page-3-0", NULL, NULL, NULL, TM_REASON_DUPLICATE, "tg-15-7-0", false},
        {"page-4-0", NULL, "\"A \\\"quoted\\\" name\"", NULL, TM_KEPT, NULL, false},
        {"tg-17-1-0", NULL, "\"A \\\"quoted\\\" name\"", NULL, TM_KEPT, NULL, false},
    };
    struct tm_buf text = write_rows(rows, sizeof rows / sizeof *rows, MEMORY, false);
    find(&text, "{\"from\": \"tg-15\", \"to\": \"tg-16\", \"kind\": \"exact\"");
    find(&text, "{\"from\": \"A \\\"quoted\\\" name\", \"to\": \"tg-17\", \"kind\": \"forward\"");
    find(&text, "\"unnamed\": 2");
    tm_buf_finish(&text);
}

static void test_nothing(void **state)
{
    (void)state;
    struct tm_buf text = write_rows(NULL, 0, MEMORY, false);
    find(&text, "\"edges\": []");
    find(&text, "\"rest\": {\n    \"edges\": 0,\n    \"count\": 0\n  }");
    tm_buf_finish(&text);
}

/* Channels 0 to N - 1: number i took i + 1 posts from the first. */
enum { CHANNELS = TM_SPREAD_EDGES + 60, NAME = 24 };

#define MOST_ROWS ((size_t)CHANNELS * (CHANNELS + 1) / 2 + 1)

static size_t fill_rows(struct row *rows, char (*ids)[NAME], char (*names)[NAME])
{
    size_t n = 0;
    rows[n] = (struct row){"tg-0-0-0", "\"first\"", NULL, NULL, TM_KEPT, NULL, true};
    for (int i = 0; i < CHANNELS; i++) {
        (void)snprintf(names[i], NAME, "\"channel %d\"", i);
        for (int k = 0; k <= i; k++) {
            n++;
            (void)snprintf(ids[n], NAME, "tg-%d-%d-0", i + 1, k);
            rows[n] = (struct row){ids[n], names[i], NULL, NULL, TM_REASON_DUPLICATE, "tg-0-0-0",
                                   false};
        }
    }
    return n + 1;
}

/* The edges used most are told, the others summed; neither memory nor order matters. */
static void test_rest(void **state)
{
    (void)state;
    struct row *rows = calloc(MOST_ROWS, sizeof *rows);
    char (*ids)[NAME] = malloc(MOST_ROWS * sizeof *ids);
    char (*names)[NAME] = malloc(CHANNELS * sizeof *names);
    assert_true(rows != NULL && ids != NULL && names != NULL);
    size_t n = fill_rows(rows, ids, names);
    struct tm_buf text = write_rows(rows, n, (size_t)256 << 20, false);
    struct tm_buf small = write_rows(rows, n, 1 << 16, true);
    assert_int_equal(text.n, small.n);
    assert_memory_equal(text.p, small.p, text.n);
    char edge[160];
    (void)snprintf(edge, sizeof edge, "\"to\": \"channel %d\", \"kind\": \"exact\", \"count\": %d,",
                   CHANNELS - 1, CHANNELS);
    size_t most = find(&text, edge);
    (void)snprintf(edge, sizeof edge, "\"to\": \"channel 60\", \"kind\": \"exact\", \"count\": 61,");
    assert_true(most < find(&text, edge));
    assert_null(strstr(text.p, "\"channel 59\""));
    (void)snprintf(edge, sizeof edge, "\"rest\": {\n    \"edges\": 60,\n    \"count\": %d\n", 60 * 61 / 2);
    find(&text, edge);
    tm_buf_finish(&text);
    tm_buf_finish(&small);
    free(rows);
    free(ids);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_forwards),
        cmocka_unit_test(test_names), cmocka_unit_test(test_nothing),
        cmocka_unit_test(test_rest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
