/* SPDX-License-Identifier: Apache-2.0 */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "pack/pretty.h"
#include "pack/text.h"

enum { EXAMPLES = 20 };

static enum tm_status no_memory(struct tm_err *err)
{
    return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
}

enum tm_status tm_report_begin(const struct tm_report_options *options,
                               struct tm_report **ret_report, struct tm_err *err)
{
    struct tm_report *report = calloc(1, sizeof *report);
    if (report == NULL)
        return no_memory(err);
    report->options.examples = options == NULL ? EXAMPLES : options->examples;
    if (report->options.examples > TM_REPORT_EXAMPLES)
        report->options.examples = TM_REPORT_EXAMPLES;
    if (options != NULL && options->tokenizer != NULL) {
        enum tm_status status = tm_tokenizer_open(options->tokenizer, &report->tokenizer, err);
        if (status != TM_OK) {
            free(report);
            return status;
        }
    }
    report->arena = tm_arena_create();
    if (report->arena == NULL || !tm_counter_create(report)) {
        tm_report_destroy(report);
        return no_memory(err);
    }
    *ret_report = report;
    return TM_OK;
}

static enum tm_status open_release(struct tm_report *report, const char *dir, struct tm_err *err)
{
    enum tm_status status = tm_opened_init(&report->opened, dir, "", err);
    if (status == TM_OK)
        (void)tm_value_u64(tm_value_get(tm_value_get(report->opened.manifest, "counts"),
                                        "documents"), &report->documents);
    return status;
}

static enum tm_status close_sums(struct tm_report *report, struct tm_err *err)
{
    bool good = tm_count_close(report);
    tm_counter_destroy(report->counter);
    report->counter = NULL;
    return good ? TM_OK : no_memory(err);
}

enum tm_status tm_report_settle(struct tm_report *report, const char *dir, struct tm_err *err)
{
    enum tm_status status = open_release(report, dir, err);
    return status == TM_OK ? close_sums(report, err) : status;
}

enum tm_status tm_report_create(const char *dir, const struct tm_report_options *options,
                                struct tm_report **ret_report, struct tm_err *err)
{
    struct tm_report *report = NULL;
    enum tm_status status = tm_report_begin(options, &report, err);
    if (status != TM_OK)
        return status;
    status = open_release(report, dir, err);
    if (status == TM_OK)
        status = tm_report_walk(report, err);
    if (status == TM_OK)
        status = close_sums(report, err);
    if (status == TM_OK)
        *ret_report = report;
    else
        tm_report_destroy(report);
    return status;
}

void tm_report_destroy(struct tm_report *report)
{
    if (report == NULL)
        return;
    for (int i = 0; i < TM_REPORT_LANGS; i++) {
        struct tm_report_lang *lang = &report->langs[i];
        free(lang->by_chars);
        free(lang->characters);
        tm_buf_finish(&lang->registers);
        tm_buf_finish(&lang->seen);
        tm_buf_finish(&lang->sample.bytes);
        tm_tally_finish(&lang->forwards);
        tm_tally_finish(&lang->hashtags);
        tm_tally_finish(&lang->top);
        tm_tally_finish(&lang->stems);
        tm_tally_finish(&lang->pairs);
        tm_picks_finish(&lang->examples);
        tm_picks_finish(&lang->doubtful);
        tm_picks_finish(&lang->longest);
        tm_picks_finish(&lang->shortened);
    }
    tm_tally_finish(&report->forwards);
    tm_mix_finish(&report->mix);
    tm_counter_destroy(report->counter);
    tm_tokenizer_close(report->tokenizer);
    if (report->opened.arena != NULL)
        tm_opened_finish(&report->opened);
    tm_arena_destroy(report->arena);
    free(report);
}

enum tm_status tm_report_text(const struct tm_report *report, enum tm_form form, char **ret_text,
                              struct tm_err *err)
{
    struct tm_buf buf = {0};
    struct tm_pretty json = {.buf = &buf};
    if (form == TM_FORM_JSON)
        tm_report_put_json(&json, report);
    else
        tm_report_put_text(&buf, report);
    return tm_text_give(&buf, ret_text, err);
}

enum tm_status tm_report_page(const struct tm_report *report, char **ret_text, struct tm_err *err)
{
    struct tm_buf buf = {0};
    tm_report_put_page(&buf, report);
    return tm_text_give(&buf, ret_text, err);
}

enum tm_status tm_report_compare(const struct tm_report *const *reports, size_t n,
                                 enum tm_form form, char **ret_text, struct tm_err *err)
{
    struct tm_buf buf = {0};
    struct tm_pretty json = {.buf = &buf};
    if (form == TM_FORM_JSON) {
        tm_pretty_open(&json, NULL, '{');
        tm_pretty_open(&json, "releases", '[');
        for (size_t i = 0; i < n; i++)
            tm_report_put_json(&json, reports[i]);
        tm_pretty_close(&json, '[');
        tm_pretty_close(&json, '{');
    } else {
        tm_report_put_comparison(&buf, reports, n);
    }
    return tm_text_give(&buf, ret_text, err);
}
