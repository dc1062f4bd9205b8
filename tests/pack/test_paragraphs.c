/* SPDX-License-Identifier: Apache-2.0 */
#include "../cmocka_all.h"

#include "base/json_write.h"
#include "base/str.h"
#include "pack/paragraphs.h"

#define MEMORY ((size_t)1 << 20)

/* Records on their way: rows in a file, and paragraphs of them. */
struct corpus {
    struct tm_tempfile *records;
    struct tm_paragraphs *paragraphs;
    struct tm_buf row;
    struct tm_buf entries;
    struct tm_buf scratch;
};

static void begin(struct corpus *corpus, size_t memory)
{
    *corpus = (struct corpus){.records = NULL};
    assert_int_equal(tm_tempfile_create("/tmp", &corpus->records, NULL), TM_OK);
    assert_int_equal(tm_paragraphs_create("/tmp", memory, &corpus->paragraphs, NULL), TM_OK);
}

static void end(struct corpus *corpus)
{
    tm_tempfile_destroy(corpus->records);
    tm_paragraphs_destroy(corpus->paragraphs);
    tm_buf_finish(&corpus->row);
    tm_buf_finish(&corpus->entries);
    tm_buf_finish(&corpus->scratch);
}

static void add(struct corpus *corpus, uint64_t document, const char *text)
{
    struct tm_str view = {text, strlen(text)};
    uint64_t offset = tm_tempfile_size(corpus->records);
    corpus->row.n = corpus->entries.n = 0;
    tm_buf_printf(&corpus->row, "{\"id\":\"d%d-0\",\"doc_id\":\"d%d\",\"text\":", (int)document,
                  (int)document);
    tm_json_put_str(&corpus->row, view);
    tm_buf_text(&corpus->row, ",\"lang\":\"en\"}\n");
    assert_false(corpus->row.failed);
    assert_int_equal(tm_tempfile_append(corpus->records, corpus->row.p, corpus->row.n, NULL),
                     TM_OK);
    tm_paragraphs_put(&corpus->entries, view, &corpus->scratch);
    assert_false(corpus->entries.failed);
    assert_int_equal(tm_paragraphs_add(corpus->paragraphs, tm_buf_view(&corpus->entries), document,
                                       offset, corpus->row.n, NULL), TM_OK);
}

/* All rows that come out, with a NUL behind them. */
static struct tm_buf list(struct corpus *corpus)
{
    struct tm_buf rows = {0};
    enum tm_status status;
    assert_int_equal(tm_tempfile_flush(corpus->records, NULL), TM_OK);
    assert_int_equal(tm_paragraphs_decide(corpus->paragraphs, corpus->records, NULL), TM_OK);
    while ((status = tm_paragraphs_next(corpus->paragraphs, &rows, NULL)) == TM_OK) {}
    assert_int_equal(status, TM_END);
    tm_buf_byte(&rows, '\0');
    assert_false(rows.failed);
    return rows;
}

#define FORTY "The ferry leaves the old pier at seven 5"        /* its form has 40 letters */

/* The limits themselves and one less: 40 letters, five documents. */
static void test_limits(void **state)
{
    (void)state;
    struct corpus corpus;
    begin(&corpus, MEMORY);
    assert_int_equal(strlen(FORTY), 40);
    for (uint64_t i = 0; i < 5; i++)
        add(&corpus, i, FORTY "\nThe ferry leaves the old pier at seven!!\nshort");
    for (uint64_t i = 5; i < 9; i++)
        add(&corpus, i, "Only four posts hold this line of more than forty letters.");
    struct tm_buf rows = list(&corpus);
    assert_string_equal(rows.p, "{\"text\":\"" FORTY "\",\"documents\":5,\"doc_id\":\"d0\"}\n");
    assert_int_equal(tm_paragraphs_sum(corpus.paragraphs).paragraphs, 1);
    assert_int_equal(tm_paragraphs_sum(corpus.paragraphs).bytes, 5 * 40);
    tm_buf_finish(&rows);
    end(&corpus);
}

/* Case and signs do not count; a document counts once, its bytes each time; the text is the first
 * document's, escapes and all, wherever in it the paragraph stands. */
static void test_forms(void **state)
{
    (void)state;
    static const char first[] = "Intro\n\nBilling: \"C:\\pier\" takes tickets, passports and lamps.\nEnd";
    static const char other[] = "BILLING \u2014 c:\\PIER takes tickets; passports, and lamps";
    struct corpus corpus;
    begin(&corpus, MEMORY);
    add(&corpus, 7, first);
    for (uint64_t i = 8; i < 12; i++)
        add(&corpus, i, other);
    add(&corpus, 11, other);            /* another segment of the last one */
    struct tm_buf rows = list(&corpus);
    assert_string_equal(rows.p, "{\"text\":\"Billing: \\\"C:\\\\pier\\\" takes tickets, passports and "
                                "lamps.\",\"documents\":5,\"doc_id\":\"d7\"}\n");
    assert_int_equal(tm_paragraphs_sum(corpus.paragraphs).bytes,
                     strlen(first) - strlen("Intro\n\n") - strlen("\nEnd") + 5 * strlen(other));
    tm_buf_finish(&rows);
    end(&corpus);
}

/* Letters are counted, not bytes: 38 of them are too few, though they are 70 bytes. */
static void test_letters(void **state)
{
    (void)state;
    struct corpus corpus;
    begin(&corpus, MEMORY);
    for (uint64_t i = 0; i < 6; i++)
        add(&corpus, i, "Паром уходит от старого причала в семь\nПаром уходит от старого причала в восемь");
    struct tm_buf rows = list(&corpus);
    assert_string_equal(rows.p, "{\"text\":\"Паром уходит от старого причала в восемь\","
                                "\"documents\":6,\"doc_id\":\"d0\"}\n");
    tm_buf_finish(&rows);
    end(&corpus);
}

enum { LINES = 300, DOCUMENTS = 2000, EACH = 4 };

/* Line number `line` of those that documents are made of. */
static unsigned line_of(unsigned document, unsigned k)
{
    unsigned x = document * 2654435761u + k * 40503u;
    x ^= x >> 13;
    return x * x % LINES * (x % 3) % LINES;
}

static void make_many(struct corpus *corpus, size_t memory)
{
    begin(corpus, memory);
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        char text[EACH * 80] = "";
        for (unsigned k = 0; k < EACH; k++)
            (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                           "Line number %03u of those of which the posts are made\n",
                           line_of(i, k));
        add(corpus, i, text);
    }
}

/* Against counting in an array; with memory and, spilled, without. */
static void test_many(void **state)
{
    (void)state;
    unsigned documents[LINES] = {0}, occurrences[LINES] = {0};
    for (unsigned i = 0; i < DOCUMENTS; i++)
        for (unsigned k = 0; k < EACH; k++) {
            bool again = false;
            for (unsigned j = 0; j < k; j++)
                again = again || line_of(i, j) == line_of(i, k);
            documents[line_of(i, k)] += !again;
            occurrences[line_of(i, k)]++;
        }
    uint64_t recurring = 0, bytes = 0;
    for (unsigned i = 0; i < LINES; i++)
        if (documents[i] >= TM_PARAGRAPH_DOCUMENTS) {
            recurring++;
            bytes += occurrences[i] * strlen("Line number 000 of those of which the posts are made");
        }
    assert_true(recurring > 50 && recurring < LINES);
    struct corpus wide, narrow;
    make_many(&wide, (size_t)64 << 20);
    make_many(&narrow, 1);
    struct tm_buf rows = list(&wide), again = list(&narrow);
    assert_string_equal(rows.p, again.p);
    assert_int_equal(tm_paragraphs_sum(wide.paragraphs).paragraphs, recurring);
    assert_int_equal(tm_paragraphs_sum(wide.paragraphs).bytes, bytes);
    unsigned last = UINT32_MAX;
    for (const char *row = rows.p; *row != '\0'; row = strchr(row, '\n') + 1) {
        unsigned line = 0, n = 0;
        assert_int_equal(sscanf(row, "{\"text\":\"Line number %u of those of which the posts are made\","
                                     "\"documents\":%u", &line, &n), 2);
        assert_int_equal(n, documents[line]);
        assert_true(n <= last);
        last = n;
    }
    tm_buf_finish(&rows);
    tm_buf_finish(&again);
    end(&wide);
    end(&narrow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits), cmocka_unit_test(test_forms),
        cmocka_unit_test(test_letters), cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
