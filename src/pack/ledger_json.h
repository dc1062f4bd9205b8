/* SPDX-License-Identifier: Apache-2.0 */
/* ledger_json.h - the ledger as it stands in a manifest: every column by its name. */
#ifndef TM_PACK_LEDGER_JSON_H
#define TM_PACK_LEDGER_JSON_H

#include "core/ledger.h"
#include "pack/pretty.h"

void tm_ledger_put(struct tm_pretty *json, const char *key, const struct tm_ledger *ledger);

/* One plain column: its name, and where it stands in the struct. */
struct tm_ledger_column {
    const char *name;
    size_t offset;
    bool is_signed;
};

/* All of them, ended by a NULL name. */
extern const struct tm_ledger_column tm_ledger_columns[];

#endif
