/* SPDX-License-Identifier: Apache-2.0 */
/* look.h - a look at an input before a build: what it is, how large, in which languages. */
#ifndef TM_CLI_LOOK_H
#define TM_CLI_LOOK_H

#include "cli/cli.h"

enum { LOOK_NAMES = 3 };

struct look {
    uint64_t bytes;             /* on disk */
    uint64_t seen;              /* of them */
    uint64_t files;             /* begun */
    uint64_t documents;
    uint64_t text;              /* bytes of text */
    uint64_t by_lang[4];        /* documents, by enum tm_lang */
    uint64_t undated;
    int64_t first;              /* dates, or TM_UNKNOWN */
    int64_t last;
    char formats[LOOK_NAMES][32];
    char channels[LOOK_NAMES][128];
    uint64_t more_channels;     /* changes of channel beyond these */
    bool whole;                 /* all of it was read */
};

/* Reads the input to its end, or as far as `most` bytes. */
enum tm_status look_at(const char *path, const struct tm_input_options *options, uint64_t most,
                       struct look *ret_look, struct tm_err *err);

#endif
