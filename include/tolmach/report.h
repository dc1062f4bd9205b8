/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report.h - the statistics of a release: as text, as JSON, as one self-contained HTML page.
 *
 * One walk over the provenance and one over the records. Words are those of n_words: runs of
 * letters and digits. Memory is bounded (about 60 MB, plus the largest frame and the manifest)
 * whatever the size of the corpus:
 *  - documents, records, words, characters, bytes, months, lengths, quality signals, confidence and
 *    duplicates are exact (lengths of 65,535 and more share one place);
 *  - words, pairs of words, hashtags and forwards are kept in tables of fixed size (Misra and Gries
 *    1982, pruned in batches: Anderson et al. 2017). As long as nothing was pruned counts are exact;
 *    after that each is at most `error` too low, which is stated beside it;
 *  - the number of different words is exact until then, and an estimate of HyperLogLog (Flajolet et
 *    al. 2007, estimator of Ertl 2017, 2^14 registers, standard error 0.81 %) afterwards;
 *  - in a language of more than 2 MiB of text, words, their stems, pairs, sentences, characters and the
 *    tokens of a model are counted in one record of 2, 4, 8 ..., chosen by the hash of its id
 *    (report/sample.h), and scaled up; the rate and the standard errors are stated. What ICU's word
 *    iterator would count is told from a quarter of that.
 * src/report/METHOD.md has the algorithm and the error of each figure.
 * The result depends on the bytes of the release alone.
 */
#ifndef TOLMACH_REPORT_H
#define TOLMACH_REPORT_H

#include <tolmach/release.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most examples of a language that a page can hold. */
#define TM_REPORT_EXAMPLES 100

struct tm_report_options {
    unsigned examples;      /* random records of each language, at most TM_REPORT_EXAMPLES */
    const char *tokenizer;  /* file of a SentencePiece model by which tokens are counted, or NULL */
};

struct tm_report;

/* Reads the release `dir` and counts. `options` may be NULL: 20 examples. TM_ERR_READ, TM_ERR_FORMAT
 * or TM_ERR_VERIFY for what is no release or cannot be read, TM_ERR_USAGE for a
 * tokenizer that cannot be had, TM_ERR_NOMEM. */
TM_API enum tm_status tm_report_create(const char *dir, const struct tm_report_options *options,
                                       struct tm_report **ret_report, struct tm_err *err);

/* NULL is allowed. */
TM_API void tm_report_destroy(struct tm_report *report);

/* The report as a text or as JSON (corpora/schema/stats.schema.json); as a page. *ret_text is
 * NUL-terminated and freed by tm_text_free. TM_ERR_NOMEM is the only failure. */
TM_API enum tm_status tm_report_text(const struct tm_report *report, enum tm_form form,
                                     char **ret_text, struct tm_err *err);

/* HTML 5 without script, of less than 1 MB, which asks nothing of the network. */
TM_API enum tm_status tm_report_page(const struct tm_report *report, char **ret_text,
                                     struct tm_err *err);

/* Several releases side by side; as JSON an object whose "releases" are their reports. */
TM_API enum tm_status tm_report_compare(const struct tm_report *const *reports, size_t n,
                                        enum tm_form form, char **ret_text, struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
