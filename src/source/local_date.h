/* SPDX-License-Identifier: Apache-2.0 */
/* local_date.h - dates as a Russian or English clock shows them. */
#ifndef TM_SOURCE_LOCAL_DATE_H
#define TM_SOURCE_LOCAL_DATE_H

#include <tolmach/document.h>

/* Seconds since 1970 of a date with a time of day, taken as UTC: 01.12.2021 17:59:03,
 * 12/1/21 5:59 PM, 2021-12-01 17:59, 1 Dec 2021 at 17:59, December 1, 2021 5:59 PM,
 * 1 декабря 2021 г., 17:59. Of two numbers parted by slashes the month comes first if AM or PM
 * stands there or the second is no month. TM_UNKNOWN if the whole of it is no such date. */
int64_t tm_local_date(struct tm_str text);

#endif
