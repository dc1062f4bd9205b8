/* SPDX-License-Identifier: Apache-2.0 */
#include <tolmach/release.h>

#include <stdlib.h>

#include "pack/text.h"

enum tm_status tm_text_give(struct tm_buf *buf, char **ret_text, struct tm_err *err)
{
    tm_buf_byte(buf, '\0');
    if (buf->failed) {
        tm_buf_finish(buf);
        return tm_fail(err, TM_ERR_NOMEM, "", TM_NO_OFFSET, "out of memory");
    }
    *ret_text = buf->p;
    return TM_OK;
}

void tm_text_free(char *text)
{
    free(text);
}

void tm_text_line(struct tm_buf *buf, struct tm_str text, unsigned indent)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\n') {
            tm_buf_byte(buf, '\n');
            for (unsigned k = 0; k < indent; k++)
                tm_buf_byte(buf, ' ');
        } else {
            tm_buf_byte(buf, c < 0x20 || c == 0x7F ? '?' : (char)c);
        }
    }
    tm_buf_byte(buf, '\n');
}
