/* SPDX-License-Identifier: Apache-2.0 */
/* Two walks over a release: its provenance, for the duplicates, and then its records. */
#include "report/columns.h"
#include "report/report.h"

static enum tm_status walk_provenance(struct tm_report *report, struct tm_err *err)
{
    struct tm_columns columns;
    enum tm_status status;
    tm_columns_begin(&columns, &report->opened, TM_PACK_PROVENANCE, tm_provenance_columns,
                     tm_provenance_columns_n);
    while ((status = tm_columns_next(&columns, err)) == TM_OK &&
           (status = tm_count_provenance(report, columns.cells, err)) == TM_OK)
        ;
    tm_columns_end(&columns);
    return status;
}

static enum tm_status walk_records(struct tm_report *report, enum tm_pack_stream stream,
                                   struct tm_err *err)
{
    struct tm_columns columns;
    enum tm_status status;
    tm_columns_begin(&columns, &report->opened, stream, tm_record_columns, tm_record_columns_n);
    while ((status = tm_columns_next(&columns, err)) == TM_OK) {
        status = tm_count_row(report, stream, columns.cells, err);
        if (status == TM_ERR_FORMAT)
            status = tm_fail(err, status, columns.name, columns.offset,
                             "content: id or text is no string");
        if (status != TM_OK)
            break;
    }
    tm_columns_end(&columns);
    return status;
}

enum tm_status tm_report_walk(struct tm_report *report, struct tm_err *err)
{
    enum tm_status status = walk_provenance(report, err);
    for (int i = TM_PACK_RU; i <= TM_PACK_OTHER && status == TM_END; i++)
        status = walk_records(report, (enum tm_pack_stream)i, err);
    return status == TM_END ? TM_OK : status;
}
