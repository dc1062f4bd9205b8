/* SPDX-License-Identifier: Apache-2.0 */
/* Rows taken apart: what stands in each cell, and that damaged rows are refused. */
#include <stdlib.h>

#include "cmocka_all.h"

#include "base/str.h"
#include "report/columns.h"

static const struct tm_str names[] = {TM_COLUMN("id"), TM_COLUMN("tags"), TM_COLUMN("q"),
                                      TM_COLUMN("n")};

enum { NAMES = sizeof names / sizeof *names };

static const char good[] =
    "{\"id\":\"a\\\"b\",\"tags\":[\"]\",\"y\"],\"q\":{\"s\":0.5,\"o\":{\"p\":[1,{}]}},"
    "\"n\":12.345,\"rest\":null}\n";

/* Bytes with the pad behind them in an allocation of their own: a sanitizer sees a step beyond. */
static struct tm_str row_of(const char *text, size_t n)
{
    char *p = calloc(n + TM_COLUMNS_PAD, 1);
    assert_non_null(p);
    memcpy(p, text, n);
    return (struct tm_str){p, n};
}

static void free_row(struct tm_str row)
{
    free((void *)(uintptr_t)row.p);
}

static size_t length_of(const char *text, size_t n)
{
    struct tm_str cells[NAMES];
    struct tm_str row = row_of(text, n);
    size_t length = tm_columns_of(row, names, NAMES, cells);
    free_row(row);
    return length;
}

static void test_cells(void **state)
{
    (void)state;
    static const char *const want[NAMES] = {
        "\"a\\\"b\"", "[\"]\",\"y\"]", "{\"s\":0.5,\"o\":{\"p\":[1,{}]}}", "12.345"};
    char two[2 * sizeof good];
    struct tm_str cells[NAMES];
    memcpy(two, good, sizeof good - 1);
    memcpy(two + sizeof good - 1, good, sizeof good - 1);
    struct tm_str row = row_of(two, 2 * (sizeof good - 1));
    assert_int_equal(tm_columns_of(row, names, NAMES, cells), sizeof good - 1);
    for (int i = 0; i < NAMES; i++)
        assert_true(tm_str_is(cells[i], want[i]));
    free_row(row);
}

static void test_damaged(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *row;
    } cases[] = {
        {"empty line", "\n"},
        {"no object", "[\"id\",\"tags\"]\n"},
        {"other order", "{\"tags\":[],\"id\":\"a\",\"q\":{},\"n\":1}\n"},
        {"key missing", "{\"id\":\"a\",\"tags\":[],\"n\":1}\n"},
        {"key longer", "{\"id\":\"a\",\"tags\":[],\"q\":{},\"nn\":1}\n"},
        {"no value", "{\"id\":\"a\",\"tags\":[],\"q\":,\"n\":1}\n"},
        {"string open", "{\"id\":\"a,\"tags\":[],\"q\":{},\"n\":1}\n"},
        {"array open", "{\"id\":\"a\",\"tags\":[\"x\",\"q\":{},\"n\":1}\n"},
        {"brackets crossed", "{\"id\":\"a\",\"tags\":[\"x\"},\"q\":{],\"n\":1}\n"},
        {"line feed in a string", "{\"id\":\"a\nb\",\"tags\":[],\"q\":{},\"n\":1}\n"},
        {"control behind a backslash", "{\"id\":\"a\\\n\",\"tags\":[],\"q\":{},\"n\":1}\n"},
        {"blank between", "{\"id\": \"a\",\"tags\":[],\"q\":{},\"n\":1}\n"},
        {"object open", "{\"id\":\"a\",\"tags\":[],\"q\":{},\"n\":1\n"},
        {"something behind it", "{\"id\":\"a\",\"tags\":[],\"q\":{},\"n\":1}x\n"},
        {"no comma", "{\"id\":\"a\",\"tags\":[],\"q\":{},\"n\":1\"rest\":2}\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (length_of(cases[i].row, strlen(cases[i].row)) != 0)
            fail_msg("taken: %s", cases[i].name);
    static const char whole[] = "{\"id\":\"a\",\"tags\":[],\"q\":{},\"n\":1}\n";
    assert_int_equal(length_of(whole, sizeof whole - 1), sizeof whole - 1);
}

static void test_cut(void **state)
{
    (void)state;
    char row[sizeof good];
    for (size_t n = 0; n + 2 < sizeof good; n++) {
        memcpy(row, good, n);
        row[n] = '\n';
        assert_int_equal(length_of(row, n), 0);
        assert_int_equal(length_of(row, n + 1), 0);
    }
    assert_int_equal(length_of(good, sizeof good - 2), 0);      /* all but the line feed */
}

/* Steps through the values of a cell and those in them. */
static size_t walk(struct tm_str cell, struct tm_buf *scratch)
{
    size_t n = 1;
    size_t at = 0;
    struct tm_str key = {0};
    struct tm_str value;
    (void)tm_cell_text(cell, scratch);
    (void)tm_cell_fixed(cell, 3);
    while (tm_cell_next(cell, &at, &key, &value)) {
        assert_true(value.p > cell.p && value.p + value.n < cell.p + cell.n);
        assert_true(at < cell.n);
        n += walk(value, scratch);
    }
    return n;
}

/* Any byte in any place: what is taken lies within the line. */
static void test_any_byte(void **state)
{
    (void)state;
    static const char bytes[] = "\"\\{}[],:\n\0u0x \xFF";
    struct tm_buf scratch = {0};
    char text[sizeof good];
    size_t taken = 0;
    for (size_t at = 0; at + 1 < sizeof good; at++)
        for (size_t k = 0; k + 1 < sizeof bytes; k++) {
            struct tm_str cells[NAMES];
            memcpy(text, good, sizeof good);
            text[at] = bytes[k];
            struct tm_str row = row_of(text, sizeof good - 1);
            size_t length = tm_columns_of(row, names, NAMES, cells);
            assert_true(length <= row.n);
            taken += length != 0;
            for (int i = 0; length != 0 && i < NAMES; i++) {
                assert_true(cells[i].p > row.p && cells[i].p + cells[i].n < row.p + length);
                (void)walk(cells[i], &scratch);
            }
            free_row(row);
        }
    assert_true(taken > sizeof good);
    tm_buf_finish(&scratch);
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        const char *text;           /* NULL: no text */
    } cases[] = {
        {"\"\"", ""}, {"\"plain\"", "plain"}, {"\"a\\nb\"", "a\nb"},
        {"\"\\b\\f\\n\\r\\t\\\"\\\\\\/\"", "\b\f\n\r\t\"\\/"},
        {"\"\\u0041\\u0416\\u20ac\"", "A\xD0\x96\xE2\x82\xAC"},
        {"\"x\\ud83d\\ude00y\"", "x\xF0\x9F\x98\x80y"},
        {"\"\\ud83d\"", "\xEF\xBF\xBD"}, {"\"\\ude00z\"", "\xEF\xBF\xBDz"},
        {"\"\\ud83d\\u0041\"", "\xEF\xBF\xBD" "A"}, {"\"\\ud83dx\"", "\xEF\xBF\xBDx"},
        {"12", NULL}, {"null", NULL}, {"[\"a\"]", NULL}, {"{}", NULL},
    };
    static const struct tm_str only[] = {TM_COLUMN("t")};
    struct tm_buf scratch = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tm_buf line = {0};
        struct tm_str cell;
        tm_buf_printf(&line, "{\"t\":%s}\n", cases[i].json);
        struct tm_str row = row_of(line.p, line.n);
        assert_int_equal(tm_columns_of(row, only, 1, &cell), line.n);
        struct tm_str text = tm_cell_text(cell, &scratch);
        if (cases[i].text == NULL)
            assert_null(text.p);
        else
            assert_true(tm_str_is(text, cases[i].text));
        free_row(row);
        tm_buf_finish(&line);
    }
    tm_buf_finish(&scratch);
}

static void test_fixed(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        unsigned decimals;
        uint64_t want;
    } cases[] = {
        {"0", 0, 0}, {"12", 0, 12}, {"12", 3, 12000}, {"12.345", 3, 12345}, {"12.345", 2, 1234},
        {"12.345", 0, 12}, {"0.5", 4, 5000}, {"1.0000", 4, 10000}, {"0.00019", 4, 1},
        {"-1", 0, 0}, {"1e3", 0, 0}, {"1.2.3", 2, 0}, {"null", 0, 0}, {"\"7\"", 0, 0},
        {"99999999999999999999999", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tm_cell_fixed(tm_str_of(cases[i].json), cases[i].decimals),
                         cases[i].want);
}

static void test_next(void **state)
{
    (void)state;
    struct tm_str row = row_of(good, sizeof good - 1);
    struct tm_str cells[NAMES];
    struct tm_str key = {0};
    struct tm_str value;
    struct tm_buf scratch = {0};
    size_t at = 0;
    assert_int_not_equal(tm_columns_of(row, names, NAMES, cells), 0);
    assert_true(tm_cell_next(cells[1], &at, &key, &value) && tm_str_is(value, "\"]\""));
    assert_true(tm_cell_next(cells[1], &at, &key, &value) && tm_str_is(value, "\"y\""));
    assert_false(tm_cell_next(cells[1], &at, &key, &value));
    at = 0;
    assert_true(tm_cell_next(cells[2], &at, &key, &value));
    assert_true(tm_str_is(key, "s") && tm_str_is(value, "0.5"));
    assert_true(tm_cell_next(cells[2], &at, &key, &value));
    assert_true(tm_str_is(key, "o") && tm_str_is(value, "{\"p\":[1,{}]}"));
    assert_false(tm_cell_next(cells[2], &at, &key, &value));
    assert_int_equal(walk(cells[2], &scratch), 6);
    at = 0;
    assert_false(tm_cell_next(cells[3], &at, &key, &value));
    free_row(row);
    tm_buf_finish(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),   cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_any_byte),
        cmocka_unit_test(test_text),    cmocka_unit_test(test_fixed),
        cmocka_unit_test(test_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
