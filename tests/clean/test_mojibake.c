/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/encoding.h"
#include "base/scan.h"
#include "base/str.h"
#include "base/utf8.h"
#include "clean/mojibake.h"
#include "clean_test.h"

static const char *const texts[] = {
    "Сегодня утром над гаванью стоит туман, паром уйдёт в полдень.",
    "Игорь и Раиса обещали тёплую погоду – «до среды», не дольше… И дождь.",
    "В субботу на рынке: яблоки, тыквы, свежий хлеб №1.\nПриходите с корзинами!",
};

static const struct tm_encoding *page(const char *name)
{
    for (size_t i = 0; tm_encoding_page(i) != NULL; i++)
        if (strcmp(tm_encoding_page(i)->name, name) == 0)
            return tm_encoding_page(i);
    fail_msg("no page %s", name);
    return NULL;
}

/* The bytes of a text read as if they were in a page; a byte that stands for nothing is read as a
 * control, as browsers do. */
static void misread(struct tm_str text, const struct tm_encoding *as, struct tm_buf *out)
{
    out->n = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char byte = (unsigned char)text.p[i];
        char bytes[4];
        uint32_t cp = byte < 128 ? byte : as->high[byte - 128];
        tm_buf_add(out, bytes, tm_utf8_put(cp == 0xFFFD ? byte : cp, bytes));
    }
}

/* False if the page has not all of the characters. */
static bool write_in(const char *text, const struct tm_encoding *in, struct tm_buf *out)
{
    out->n = 0;
    for (size_t n = strlen(text), at = 0; at < n;) {
        uint32_t cp = tm_utf8_next(text, n, &at), byte = cp;
        for (uint32_t k = 0; k < 128 && cp >= 128; k++)
            if (in->high[k] == cp)
                byte = 128 + k;
        if (byte > 255)
            return false;
        tm_buf_byte(out, (char)byte);
    }
    return true;
}

/* The text with all that is repaired in it, over and over. */
static void repair(struct tm_buf *text)
{
    struct tm_buf out = {0}, spans = {0};
    for (int level = 0; level < 4; level++) {
        struct tm_buf next = {0};
        size_t at = 0;
        out.n = spans.n = 0;
        bool doubtful;
        size_t n = tm_mojibake_repair(tm_buf_view(text), &out, &spans, &doubtful);
        const struct tm_mojibake_span *span = (const void *)spans.p;
        for (size_t i = 0; i < n; i++) {
            assert_true(span[i].from >= at && span[i].to <= text->n);
            tm_buf_add(&next, text->p + at, span[i].from - at);
            tm_buf_add(&next, out.p + span[i].at, span[i].n);
            at = span[i].to;
        }
        tm_buf_add(&next, text->p + at, text->n - at);
        assert_int_equal(tm_scan_utf8(next.p, next.n), next.n);
        tm_buf_finish(text);
        *text = next;
    }
    tm_buf_finish(&out);
    tm_buf_finish(&spans);
}

static void expect(const char *why, struct tm_buf *text, const char *want)
{
    repair(text);
    if (!tm_str_equal(tm_buf_view(text), tm_str_of(want)))
        fail_msg("%s: %.*s", why, (int)text->n, text->p);
}

static void repairs_utf8(void **state)
{
    static const char *const pages[] = {"windows-1251", "windows-1252"};
    (void)state;
    for (size_t i = 0; i < LENGTH(texts); i++) {
        for (size_t p = 0; p < LENGTH(pages); p++) {
            struct tm_buf once = {0}, twice = {0};
            misread(tm_str_of(texts[i]), page(pages[p]), &once);
            misread(tm_buf_view(&once), page(pages[p]), &twice);
            assert_true(tm_mojibake_suspect(tm_buf_view(&once)));
            expect(pages[p], &once, texts[i]);
            expect("twice", &twice, texts[i]);
            tm_buf_finish(&once);
            tm_buf_finish(&twice);
        }
    }
}

/* One Russian page read as another, in five of the six ways: KOI8-R read as IBM866 is box drawing
 * and nothing else, which real texts hold too. */
static void repairs_swapped_pages(void **state)
{
    static const char *const pages[] = {"windows-1251", "KOI8-R", "IBM866"};
    unsigned tried = 0;
    (void)state;
    for (size_t i = 0; i < 9; i++) {
        struct tm_buf bytes = {0}, text = {0};
        if (i / 3 == i % 3 || i == 5 || !write_in(texts[0], page(pages[i / 3]), &bytes))
            continue;
        misread(tm_buf_view(&bytes), page(pages[i % 3]), &text);
        expect(pages[i / 3], &text, texts[0]);
        tried++;
        tm_buf_finish(&bytes);
        tm_buf_finish(&text);
    }
    assert_int_equal(tried, 5);
}

static const struct {
    const char *why;
    const char *text;
    const char *want;           /* NULL: it stays as it is */
} cases[] = {
    {"quotes in English", "I don\xC3\xA2\xE2\x82\xAC\xE2\x84\xA2t know", "I don\xE2\x80\x99t know"},
    {"a dash read as 1251", "fog \xD0\xB2\xD0\x82\xE2\x80\x9D rain", "fog \xE2\x80\x94 rain"},
    {"И lost its byte", "РџСЂРёРІРµС‚, Р\xEF\xBF\xBDРіРѕСЂСЊ Рё Р\xEF\xBF\xBDРЅРЅР°", "Привет, Игорь и Инна"},
    {"only a part is broken", "Сказал: РџСЂРёРІРµС‚, РґСЂСѓР·СЊСЏ", "Сказал: Привет, друзья"},
    {"Serbian", "Ђорђе и Љиљана иду у Рај, Џон свира Ћао", NULL},
    {"Ukrainian", "Її поїзд з Їжакевича прибув; Європа ґанок", NULL},
    {"Belarusian", "Ўсе ў Ёўі, Аўстрыя", NULL},
    {"French", "Naïve café à la crème, déjà-vu – «Ça va»", NULL},
    {"Spanish", "Ñandú y Ñoño… «Ñ»", NULL},
    {"Portuguese", "NÃO, SÃO JOÃO", NULL},
    {"stutter", "С… нет, Р… да, В» и С»", NULL},
    {"one pair", "Рё и Р° и С‚", NULL},
    {"company names", "МосЭнерго, РосАтом, ГазПром, СберБанк, ВкусВилл", NULL},
    {"Ё within", "моЁ, твоЁ, своЁ, ЕЁ", NULL},
    {"degrees", "в В° и Р° по Цельсию", NULL},
    {"all capitals", "ВНИМАНИЕ ВСЕМ ПАССАЖИРАМ ПАРОМА РАСПИСАНИЕ ИЗМЕНИЛОСЬ", NULL},
    {"empty", "", NULL},
};

static void knows_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tm_buf text = {0};
        tm_buf_text(&text, cases[i].text);
        expect(cases[i].why, &text, cases[i].want != NULL ? cases[i].want : cases[i].text);
        tm_buf_finish(&text);
    }
}

/* What reads back as UTF-8 but not as likely Russian is left alone, and the document says so. */
static void test_doubtful(void **state)
{
    (void)state;
    static const char odd[] =       /* ѢѤѨѪѬ as windows-1251 */
        "\u0421\u045E\u0421\u00A4\u0421\u0401\u0421\u0404\u0421\u00AC";
    static const char sound[] = "Паром отменён до утра из-за шторма, касса открыта.";
    struct tm_batch *batch = tm_batch_create();
    struct tm_doc *doc = clean_doc(batch, odd, strlen(odd), NULL, NULL, "s");
    assert_true(doc->suspect);
    assert_true(tm_str_is(doc->text, odd));
    assert_false(clean_doc(batch, sound, strlen(sound), NULL, NULL, "s")->suspect);
    tm_batch_destroy(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doubtful),
        cmocka_unit_test(repairs_utf8),
        cmocka_unit_test(repairs_swapped_pages),
        cmocka_unit_test(knows_when),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
