/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.h - from a recipe to a release.
 *
 * A build reads all inputs, sorts their documents, learns what recurs in each source, cleans and
 * segments them, finds duplicates, and packs what stays. The same inputs and recipe give the same
 * bytes whatever the number of threads, the memory, the order and place of the inputs, the locale
 * or the time zone. Memory is bounded by `memory`; the rest lies in unnamed temporary files in the
 * output folder.
 */
#ifndef TOLMACH_BUILD_H
#define TOLMACH_BUILD_H

#include <tolmach/base.h>
#include <tolmach/clean.h>
#include <tolmach/sign.h>
#include <tolmach/source.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version of the library and the command. */
TM_API const char *tm_version(void);

struct tm_recipe;

/* A recipe with all defaults and no inputs. */
TM_API enum tm_status tm_recipe_create(struct tm_recipe **ret_recipe, struct tm_err *err);
TM_API void tm_recipe_destroy(struct tm_recipe *recipe);

/* Reads a YAML recipe. Unknown keys, wrong types and values out of range are TM_ERR_USAGE; then
 * err->file is `PATH:LINE:COLUMN`. Inputs are relative to the recipe's folder; one that does not
 * exist is TM_ERR_READ. */
TM_API enum tm_status tm_recipe_load(struct tm_recipe *recipe, const char *path,
                                     struct tm_err *err);

/* Sets one value by its path: "clean.emoji.flags=iso", "name=harbour". */
TM_API enum tm_status tm_recipe_set(struct tm_recipe *recipe, const char *assignment,
                                    struct tm_err *err);

/* Adds an input by its path; `options` (may be NULL) is copied. */
TM_API enum tm_status tm_recipe_add_input(struct tm_recipe *recipe, const char *path,
                                          const struct tm_input_options *options,
                                          struct tm_err *err);

/* The path of the i-th input, and its options (`ret_options` may be NULL), borrowed; NULL after the
 * last. */
TM_API const char *tm_recipe_input(const struct tm_recipe *recipe, size_t i,
                                   const struct tm_input_options **ret_options);

/* Gives the inputs the names that a build gives them, and puts them in the order of these. A recipe
 * that has not been through this reads its inputs under their paths. */
TM_API enum tm_status tm_recipe_name_inputs(struct tm_recipe *recipe, struct tm_err *err);

/* The whole recipe as YAML, defaults included, inputs by their names in byte order. The text is
 * owned by the recipe until the next call on it; NULL when memory is short. */
TM_API const char *tm_recipe_text(struct tm_recipe *recipe);

/* The cleaner's options of the recipe, borrowed; whether boilerplate is learnt; the threshold
 * between ru/en and other in 1/10000. */
TM_API const struct tm_clean_options *tm_recipe_clean(const struct tm_recipe *recipe);
TM_API bool tm_recipe_learns(const struct tm_recipe *recipe);

/* All keys with kind, default and meaning, as a table for people; static. */
TM_API const char *tm_recipe_reference(struct tm_recipe *recipe);

/* The journal, OUT/NAME/.journal: clean documents, their rows and packed frames, under digests of all
 * that they come from. */
enum tm_journaling {
    TM_JOURNAL_AUTO,            /* for inputs of 256 MiB and more, clean documents alone, so that a
                                   build that is stopped goes on when it is started again; it goes
                                   when the build is done */
    TM_JOURNAL_OFF,
    TM_JOURNAL_ON,              /* the same for any input */
    TM_JOURNAL_KEEP,            /* all of it, always, and it stays for the next build */
};

struct tm_build_options {
    const char *out;            /* folder that holds NAME/VERSION */
    unsigned threads;           /* 0: as many as the machine has */
    uint64_t memory;            /* bytes; 0: 1 GiB */
    bool dry_run;               /* do all but write: `out` may be NULL */
    enum tm_journaling journal;
    const struct tm_sign_key *sign;     /* signs the release (sign.h); NULL: nobody does */
    const char *versions;       /* folder in which a parent that is named by its version lies;
                                   NULL: out/NAME */
    tm_notify_fn *notify;       /* may be NULL */
    void *user;
    /* Called now and then from the caller's thread with bytes done of total; may be NULL. */
    void (*progress)(void *user, const char *step, uint64_t done, uint64_t total);
};

/* What came out. */
struct tm_build_result {
    char folder[4096];          /* of the release; "" for a dry run */
    uint64_t inputs;            /* files and archive members read */
    uint64_t input_bytes;
    uint64_t documents;
    uint64_t from_parent;       /* of these */
    uint64_t superseded;
    uint64_t forgotten;
    uint64_t empty;
    uint64_t records_ru;
    uint64_t records_en;
    uint64_t records_other;
    uint64_t duplicates;        /* segments */
    uint64_t near_duplicates;   /* likewise, contained ones among them */
    uint64_t rejected;          /* segments of other languages */
    uint64_t raw_bytes;
    uint64_t kept_bytes;
    uint64_t rendered;          /* batches whose rows were in the journal, */
    uint64_t cleaned;           /* whose clean documents were, */
    uint64_t worked;            /* and those that were not there; all 0 without a journal */
    uint64_t faults;            /* inputs or parts of them that could not be used */
    struct {
        uint64_t edits;
        uint64_t removed;
    } rules[TM_RULE_COUNT];
};

/* Reads all inputs of the recipe and learns what recurs in each of their sources, as a build does
 * before it cleans. `out` of the options is not used. */
TM_API enum tm_status tm_learn(struct tm_recipe *recipe, const struct tm_build_options *options,
                               struct tm_learnt **ret_learnt, struct tm_err *err);

/* Adds the recipe's inputs to a source, in the order in which they were given. */
TM_API enum tm_status tm_recipe_open(const struct tm_recipe *recipe, struct tm_source *source,
                                     struct tm_err *err);

TM_API enum tm_status tm_build(struct tm_recipe *recipe, const struct tm_build_options *options,
                               struct tm_build_result *ret_result, struct tm_err *err);

#ifdef __cplusplus
}
#endif

#endif
