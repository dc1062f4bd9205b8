/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include <tolmach/base.h>

enum tm_status tm_fail(struct tm_err *err, enum tm_status status, const char *file,
                       uint64_t offset, const char *format, ...)
{
    if (err == NULL)
        return status;
    err->status = status;
    err->offset = offset;
    err->hint[0] = '\0';
    (void)snprintf(err->file, sizeof err->file, "%s", file == NULL ? "" : file);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return status;
}

enum tm_status tm_hint(struct tm_err *err, const char *format, ...)
{
    if (err == NULL)
        return TM_ERR_INTERNAL;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return err->status;
}
