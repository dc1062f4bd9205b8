/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_write.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bytes that can be copied as they stand: up to the first quote, backslash, control, or C2 or E2
 * (which may begin a line separator). Looks at blocks of 16. */
static size_t plain_run(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i slash = _mm_set1_epi8('\\');
    const __m128i control = _mm_set1_epi8(0x1F);
    const __m128i c2 = _mm_set1_epi8((char)0xC2);
    const __m128i e2 = _mm_set1_epi8((char)0xE2);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const void *)(p + i));
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmpeq_epi8(v, c2), _mm_cmpeq_epi8(v, e2)));
        int mask = _mm_movemask_epi8(hit);
        if (mask != 0)
            return i + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; i < n; i++) {
        unsigned char byte = (unsigned char)p[i];
        if (byte == '"' || byte == '\\' || byte < 0x20 || byte == 0xC2 || byte == 0xE2)
            break;
    }
    return i;
}

/* Writes what stands at p as an escape and returns its length; 0 if it needs none. */
static size_t put_escape(struct tm_buf *buf, const unsigned char *p, size_t n)
{
    switch (p[0]) {
    case '"': tm_buf_add(buf, "\\\"", 2); return 1;
    case '\\': tm_buf_add(buf, "\\\\", 2); return 1;
    case '\n': tm_buf_add(buf, "\\n", 2); return 1;
    case '\t': tm_buf_add(buf, "\\t", 2); return 1;
    case '\r': tm_buf_add(buf, "\\r", 2); return 1;
    case '\0': return 1;
    case 0xC2:
        if (n < 2 || p[1] != 0x85)
            return 0;
        tm_buf_add(buf, "\\u0085", 6);
        return 2;
    case 0xE2:
        if (n < 3 || p[1] != 0x80 || (p[2] != 0xA8 && p[2] != 0xA9))
            return 0;
        tm_buf_add(buf, p[2] == 0xA8 ? "\\u2028" : "\\u2029", 6);
        return 3;
    default:
        if (p[0] >= 0x20)
            return 0;
        tm_buf_printf(buf, "\\u%04x", p[0]);
        return 1;
    }
}

void tm_json_put_str(struct tm_buf *buf, struct tm_str text)
{
    if (text.p == NULL) {
        tm_buf_add(buf, "null", 4);
        return;
    }
    tm_buf_byte(buf, '"');
    size_t at = 0;
    while (at < text.n) {
        size_t run = plain_run(text.p + at, text.n - at);
        tm_buf_add(buf, text.p + at, run);
        at += run;
        if (at == text.n)
            break;
        size_t length = put_escape(buf, (const unsigned char *)text.p + at, text.n - at);
        if (length == 0) {
            tm_buf_byte(buf, text.p[at]);
            length = 1;
        }
        at += length;
    }
    tm_buf_byte(buf, '"');
}

void tm_json_put_i64(struct tm_buf *buf, int64_t value)
{
    if (value == INT64_MIN) {
        tm_buf_add(buf, "null", 4);
        return;
    }
    if (value < 0)
        tm_buf_byte(buf, '-');
    tm_buf_u64(buf, value < 0 ? (uint64_t)-value : (uint64_t)value);
}

void tm_json_put_score(struct tm_buf *buf, uint64_t value)
{
    unsigned rest = (unsigned)(value % 10000);
    char digits[5] = {'.', (char)('0' + rest / 1000), (char)('0' + rest / 100 % 10),
                      (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t n = 5;
    while (n > 2 && digits[n - 1] == '0')
        n--;
    tm_buf_u64(buf, value / 10000);
    tm_buf_add(buf, digits, n);
}

/* Days since 1970 to a civil date: H. Hinnant, "chrono-compatible low-level date algorithms". */
void tm_format_time(int64_t seconds, char ret_text[32])
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    int64_t rest = seconds - days * 86400;
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int64_t day = doy - (153 * mp + 2) / 5 + 1;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    int64_t year = yoe + era * 400 + (month <= 2);
    (void)snprintf(ret_text, 32, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02dZ", year, (int)month,
                   (int)day, (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

void tm_json_put_time(struct tm_buf *buf, int64_t seconds)
{
    /* Beyond the years that RFC 3339 can write a date is a broken one. */
    if (seconds == INT64_MIN || seconds < -62167219200 || seconds > 253402300799) {
        tm_buf_add(buf, "null", 4);
        return;
    }
    char text[32];
    tm_format_time(seconds, text);
    tm_buf_byte(buf, '"');
    tm_buf_text(buf, text);
    tm_buf_byte(buf, '"');
}
