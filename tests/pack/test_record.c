/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_test.h"

#include "base/utf8.h"
#include "pack/check.h"
#include "pack/count.h"

static void test_counts(void **state)
{
    static const struct {
        const char *text;
        uint64_t chars;
        uint64_t words;
    } cases[] = {
        {"", 0, 0},
        {" \n", 2, 0},
        {"one", 3, 1},
        {"Мир, труд; май!", 15, 3},
        {"из-за", 5, 1},
        {"из- за", 6, 2},
        {"-за -", 5, 1},
        {"don't d\xE2\x80\x99" "accord", 14, 2},
        {"'quoted'", 8, 1},
        {"2020-2021", 9, 2},
        {"a-1", 3, 2},
        {"1-a", 3, 2},
        {"a--b", 4, 2},
        {"COVID19", 7, 1},
        {"\xC2\xABДа\xC2\xBB \xE2\x80\x94 сказал", 13, 2},
        {"за\xCC\x81мок", 6, 1},            /* a stressed vowel stays in its word */
        {"\xCC\x81", 1, 0},
        {"\xE4\xBD\xA0\xE5\xA5\xBD", 2, 1},
        {"\xF0\x9F\x9A\xA2 x", 3, 1},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tm_counts counts = tm_count_text(tm_str_of(cases[i].text));
        if (counts.chars != cases[i].chars || counts.words != cases[i].words)
            fail_msg("\"%s\": %u chars, %u words", cases[i].text, (unsigned)counts.chars,
                     (unsigned)counts.words);
    }
}

/* The rule as it is told, a character at a time. */
static struct tm_counts count_slowly(const char *text, size_t n)
{
    enum { APART, LETTER, DIGIT, JOINER } before = APART;
    struct tm_counts counts = {0, 0};
    for (size_t at = 0; at < n; counts.chars++) {
        uint32_t cp = tm_utf8_next(text, n, &at);
        if (tm_is_letter(cp)) {
            counts.words += before == APART;
            before = LETTER;
        } else if (tm_is_digit(cp)) {
            counts.words += before == APART || before == JOINER;
            before = DIGIT;
        } else if (cp == '\'' || cp == '-' || cp == 0x2019) {
            before = before == LETTER ? JOINER : APART;
        } else if (cp != 0x301 || before == JOINER) {
            before = APART;
        }
    }
    return counts;
}

/* Characters of every kind in every order, over the borders of blocks. */
static void test_counts_in_blocks(void **state)
{
    static const char *const pieces[] = {"a", "Z", "7", " ", "-", "'", "\n", "я", "Ё", "—", "«",
                                         "\xE2\x80\x99", "\xCC\x81", "\xC3\xA9", "\xD9\xA3",
                                         "\xE4\xBD\xA0", "\xF0\x9F\x9A\xA2", "\xF0\x90\x90\x80"};
    uint64_t seed = 1;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[1024];
        size_t n = 0;
        size_t want = (size_t)(round % 260);
        while (n < want) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            const char *piece = pieces[(seed >> 33) % LENGTH(pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        struct tm_counts fast = tm_count_text((struct tm_str){text, n});
        struct tm_counts slow = count_slowly(text, n);
        if (fast.chars != slow.chars || fast.words != slow.words)
            fail_msg("\"%.*s\": %u words, not %u", (int)n, text, (unsigned)fast.words,
                     (unsigned)slow.words);
    }
}

static struct tm_segment segments[] = {{0, 17, TM_LANG_RU, 9987}, {18, 9, TM_LANG_UND, 0}};

static struct tm_doc sample(void)
{
    static struct tm_str tags[] = {{"порт", 8}, {"a\"b", 3}};
    return (struct tm_doc){
        .doc_id = TM_STR("tg-1900000001-4"), .channel = TM_STR("A\\B\n"), .date = 1700000000,
        .edited = TM_UNKNOWN, .views = 12, .media = TM_STR("photo"),
        .source_file = TM_STR("dump.zip!result.json"), .source_offset = 17, .source_length = 240,
        .text = TM_STR("Катер ушёл\n12 + 30 !"), .raw_length = 40, .hashtags = tags,
        .n_hashtags = 2, .ad = true, .segments = segments, .n_segments = 2,
        .extra = TM_STR("{\"mood\":\"good\"}"),
    };
}

static void check_line(struct tm_buf *buf, const char *want)
{
    assert_false(buf->failed);
    tm_buf_byte(buf, '\0');
    assert_string_equal(buf->p, want);
    tm_buf_finish(buf);
}

static void test_record(void **state)
{
    (void)state;
    struct tm_doc doc = sample();
    struct tm_buf buf = {0};
    segments[0].length = strlen("Катер ушёл");
    segments[1].offset = segments[0].length + 1;
    segments[1].length = doc.text.n - segments[1].offset;
    write_record(&buf, &doc, 0);
    check_line(&buf,
               "{\"id\":\"tg-1900000001-4-0\",\"text\":\"Катер ушёл\",\"lang\":\"ru\","
               "\"lang_score\":0.9987,\"doc_id\":\"tg-1900000001-4\",\"seg\":0,\"n_segs\":2,"
               "\"channel\":\"A\\\\B\\n\",\"forwarded_from\":null,\"author\":null,"
               "\"date\":\"2023-11-14T22:13:20Z\",\"url\":null,"
               "\"hashtags\":[\"порт\",\"a\\\"b\"],\"n_chars\":10,\"n_words\":2,"
               "\"quality\":{\"ad\":true,\"kept\":0.725,\"stop_words\":0,\"sentences\":0,"
               "\"mean_word\":4.5,\"alpha_words\":1.0,\"symbols\":0.0,\"bullets\":0.0,\"ellipses\":0.0,"
               "\"punct_lines\":0.0,\"short_lines\":1.0,\"newlines\":0.0,\"dup_lines\":0.0,"
               "\"top_ngram\":0.0,\"dup_ngram\":0.0},"
               "\"extra\":\"{\\\"mood\\\":\\\"good\\\"}\"}\n");
    write_record(&buf, &doc, 1);
    assert_non_null(strstr(buf.p, "\"id\":\"tg-1900000001-4-1\",\"text\":\"12 + 30 !\","
                                  "\"lang\":\"other\",\"lang_score\":0.0,"));
    tm_buf_finish(&buf);
}

static void test_provenance_and_reject(void **state)
{
    (void)state;
    struct tm_doc doc = sample();
    struct tm_buf buf = {0};
    tm_provenance_write(&buf, &doc, 1, 3, TM_STR("tg-1-1-0"));
    check_line(&buf,
               "{\"id\":\"tg-1900000001-4-1\",\"source_file\":\"dump.zip!result.json\","
               "\"source_offset\":17,\"source_length\":240,\"n_dups\":3,"
               "\"cluster_id\":\"tg-1-1-0\",\"n_versions\":1,\"reply_to\":null,\"views\":12,\"edited\":null,"
               "\"media\":\"photo\",\"urls\":[]}\n");
    tm_reject_write(&buf, &doc, 1, TM_REASON_OTHER_LANG, TM_STR_UNKNOWN);
    check_line(&buf,
               "{\"id\":\"tg-1900000001-4-1\",\"reason\":\"lang_other\",\"dup_of\":null,\"similarity\":null,"
               "\"channel\":\"A\\\\B\\n\",\"forwarded_from\":null,\"date\":\"2023-11-14T22:13:20Z\","
               "\"lang\":\"other\",\"lang_score\":0.0,\"text\":\"12 + 30 !\"}\n");
    tm_reject_write(&buf, &doc, 2, TM_REASON_EMPTY, TM_STR_UNKNOWN);
    check_line(&buf,
               "{\"id\":\"tg-1900000001-4\",\"reason\":\"empty\",\"dup_of\":null,\"similarity\":null,"
               "\"channel\":\"A\\\\B\\n\",\"forwarded_from\":null,\"date\":\"2023-11-14T22:13:20Z\",\"lang\":null,"
               "\"lang_score\":null,\"text\":null}\n");
    doc.drop = TM_REASON_FORGOTTEN;
    doc.n_segments = 0;
    tm_reject_write(&buf, &doc, 0, TM_REASON_FORGOTTEN, TM_STR_UNKNOWN);
    check_line(&buf,
               "{\"id\":\"tg-1900000001-4\",\"reason\":\"forgotten\",\"dup_of\":null,\"similarity\":null,"
               "\"channel\":null,\"forwarded_from\":null,\"date\":null,\"lang\":null,"
               "\"lang_score\":null,\"text\":null}\n");
}

/* raw: "Hi @port call +79161234567\n" + footer. First pass: the phone is masked; second: the
 * last line is cut; third: blanks at the end. */
static void test_audit(void **state)
{
    (void)state;
    static const char raw[] = "Call +79161234567 now\nSubscribe: x@example.com\n";
    static const char text[] = "Call <PHONE> now";
    struct tm_edit edits[] = {
        {.at = 5, .removed = 12, .added = 7, .rule = TM_RULE_PII_PHONE, .cut = 1, .pass = 0},
        {.at = 17, .removed = 24, .added = 0, .rule = TM_RULE_FOOTER_LEARNT, .cut = 1, .pass = 1},
        {.at = 16, .removed = 2, .added = 0, .rule = TM_RULE_BLANK, .cut = 1, .pass = 2},
    };
    edits[1].removed = (uint32_t)strlen("Subscribe: x@example.com");
    struct tm_segment segment = {0, sizeof text - 1, TM_LANG_EN, 10000};
    enum tm_reason kept = TM_KEPT;
    struct tm_doc doc = {
        .doc_id = TM_STR("raw-1"), .source_file = TM_STR("a.txt"), .source_length = 50,
        .reading = {.markup = 3, .body = sizeof raw - 1}, .text = TM_STR(text),
        .raw = TM_STR(raw), .raw_length = sizeof raw - 1, .edits = edits, .n_edits = 3,
        .segments = &segment, .n_segments = 1,
    };
    struct tm_buf buf = {0};
    tm_audit_document_write(&buf, &doc, &kept);
    check_line(&buf,
               "{\"doc_id\":\"raw-1\",\"source\":null,\"author\":null,\"source_file\":\"a.txt\",\"source_offset\":0,"
               "\"source_length\":50,\"reading\":{\"markup\":3,\"metadata\":0,\"body\":47,"
               "\"decode\":0,\"recode\":0},\"raw\":47,\"text\":16,\"drop\":null,"
               "\"rules\":{\"footer_learnt\":[1,24,0],\"pii_phone\":[1,12,7],\"blank\":[1,2,0]},"
               "\"separators\":0,\"segments\":[[\"en\",16,\"kept\"]],"
               "\"removed\":[[\"footer_learnt\",\"Subscribe: <EMAIL>\"]]}\n");
    doc.drop = TM_REASON_SUPERSEDED;
    doc.n_edits = 0;
    doc.n_segments = 0;
    doc.raw_length = 16;
    tm_audit_document_write(&buf, &doc, NULL);
    assert_non_null(strstr(buf.p, "\"raw\":16,\"text\":0,\"drop\":\"superseded\",\"rules\":{},"
                                  "\"separators\":0,\"segments\":[],\"removed\":[]}\n"));
    tm_buf_finish(&buf);
}

static void test_audit_shows_no_more_than_its_limits(void **state)
{
    (void)state;
    enum { CUTS = 150, EACH = 3000 };
    static char raw[CUTS * EACH];
    static struct tm_edit edits[CUTS];
    for (size_t i = 0; i + 1 < sizeof raw; i += 2)
        memcpy(raw + i, "\xD1\x8F", 2);
    for (unsigned i = 0; i < CUTS; i++)
        edits[i] = (struct tm_edit){.at = i * EACH, .removed = EACH, .rule = TM_RULE_EMOJI,
                                    .cut = 1};
    struct tm_doc doc = {.doc_id = TM_STR("raw-2"), .text = TM_STR(""),
                         .raw = {raw, sizeof raw}, .raw_length = sizeof raw, .edits = edits,
                         .n_edits = CUTS, .drop = TM_REASON_EMPTY};
    struct tm_buf buf = {0};
    tm_audit_document_write(&buf, &doc, NULL);
    tm_buf_byte(&buf, '\0');
    assert_true(buf.n < 101 * (TM_AUDIT_REMOVED_BYTES + 32) + 400);
    size_t shown = 0;
    for (const char *p = buf.p; (p = strstr(p, "[\"emoji\"")) != NULL; p++)
        shown++;
    assert_int_equal(shown, TM_AUDIT_REMOVED);
    tm_buf_finish(&buf);
}

/* Whatever a document holds, its row is one line of JSON that the check accepts. */
static void test_hostile(void **state)
{
    (void)state;
    static char wide[1 << 16];
    memset(wide, 'x', sizeof wide);
    const struct {
        struct tm_str text;
        int64_t date;
    } cases[] = {
        {{wide, sizeof wide}, INT64_MAX},
        {{"a\0b", 3}, INT64_MIN + 1},
        {TM_STR("a\xE2\x80\xA8" "b\xC2\x85" "c\r\nd\te\x01\x7F"), -62167219201},
        {TM_STR("\"\\\"}{\\u0000"), TM_UNKNOWN},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tm_segment segment = {0, cases[i].text.n, TM_LANG_EN, 5000};
        struct tm_doc doc = {.doc_id = TM_STR("raw-3"), .text = cases[i].text,
                             .raw_length = cases[i].text.n, .date = cases[i].date,
                             .segments = &segment, .n_segments = 1};
        char path[128];
        struct tm_buf buf = {0};
        struct tm_err err = {0};
        struct tm_value *row = NULL;
        struct tm_record_facts facts;
        struct tm_arena *arena = tm_arena_create();
        write_record(&buf, &doc, 0);
        assert_ptr_equal(memchr(buf.p, '\n', buf.n), buf.p + buf.n - 1);
        (void)snprintf(path, sizeof path, "%s/row", test_dir);
        spit(path, buf.p, buf.n);
        assert_int_equal(tm_value_load(path, "row", arena, &row, &err), TM_OK);
        assert_null(tm_check_record(row, "en", &facts));
        assert_null(facts.date.p);
        tm_arena_destroy(arena);
        tm_buf_finish(&buf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_counts_in_blocks),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_provenance_and_reject),
        cmocka_unit_test(test_audit),
        cmocka_unit_test(test_audit_shows_no_more_than_its_limits),
        cmocka_unit_test_setup_teardown(test_hostile, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
