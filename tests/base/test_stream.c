/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source_test.h"

static void *make_bytes(size_t n)
{
    char *bytes = malloc(n);
    uint64_t seed = 7;
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = (char)test_random(&seed);
    return bytes;
}

/* Whatever the chunks and the steps, the window shows the bytes in order, and the digest is that
 * of all of them. */
static void window_shows_all(void **state)
{
    static const size_t chunks[] = {1, 7, 4096, SIZE_MAX};
    size_t n = 700001;
    char *bytes = make_bytes(n), want[65], got[65];
    (void)state;
    assert_true(tm_sha256_of(bytes, n, want));
    for (size_t i = 0; i < LENGTH(chunks); i++) {
        struct memory memory = {bytes, n, chunks[i]};
        struct tm_stream stream;
        uint64_t seed = 3;
        assert_int_equal(tm_stream_init(&stream, test_read, &memory, n, NULL), TM_OK);
        while (tm_stream_ensure(&stream, 1)) {
            size_t step = 1 + test_random(&seed) % 50000;
            tm_stream_ensure(&stream, step);
            if (step > stream.n)
                step = stream.n;
            assert_memory_equal(stream.p, bytes + stream.offset, step);
            tm_stream_consume(&stream, step);
        }
        assert_true(stream.offset == n);
        tm_stream_sha256(&stream, got);
        assert_string_equal(got, want);
        tm_stream_finish(&stream);
    }
    free(bytes);
}

static void pad_is_zero(void **state)
{
    static const char zeros[TM_STREAM_PAD] = {0};
    char *bytes = make_bytes(100000);
    struct memory memory = {bytes, 100000, 33333};
    struct tm_stream stream;
    (void)state;
    assert_int_equal(tm_stream_init(&stream, test_read, &memory, 1 << 20, NULL), TM_OK);
    assert_memory_equal(stream.p, zeros, sizeof zeros);
    while (tm_stream_more(&stream) == TM_OK)
        assert_memory_equal(stream.p + stream.n, zeros, sizeof zeros);
    assert_memory_equal(stream.p + stream.n, zeros, sizeof zeros);
    tm_stream_finish(&stream);
    free(bytes);
}

static void window_is_bounded(void **state)
{
    char *bytes = make_bytes(5 << 20);
    struct memory memory = {bytes, 5 << 20, SIZE_MAX};
    struct tm_stream stream;
    (void)state;
    assert_int_equal(tm_stream_init(&stream, test_read, &memory, 1 << 20, NULL), TM_OK);
    assert_false(tm_stream_ensure(&stream, 4 << 20));
    assert_int_equal(tm_stream_more(&stream), TM_ERR_LIMIT);
    assert_in_range(stream.n, 1 << 20, (1 << 20) + (256 << 10));
    tm_stream_consume(&stream, 500000);
    assert_int_equal(tm_stream_more(&stream), TM_OK);
    tm_stream_drain(&stream);
    assert_true(stream.offset == 5 << 20);
    tm_stream_finish(&stream);
    free(bytes);
}

static ssize_t fail_later(void *user, void *p, size_t n, struct tm_err *err)
{
    int *left = user;
    if ((*left)-- > 0) {
        memset(p, 'x', n < 10 ? n : 10);
        return n < 10 ? (ssize_t)n : 10;
    }
    tm_fail(err, TM_ERR_READ, NULL, TM_NO_OFFSET, "the disk is gone");
    return -1;
}

static void failure_is_an_end_with_a_reason(void **state)
{
    struct tm_stream stream;
    int left = 3;
    (void)state;
    assert_int_equal(tm_stream_init(&stream, fail_later, &left, 1 << 20, NULL), TM_OK);
    assert_false(tm_stream_ensure(&stream, 100));
    assert_int_equal(stream.n, 30);
    assert_int_equal(stream.err.status, TM_ERR_READ);
    assert_string_equal(stream.err.message, "the disk is gone");
    assert_int_equal(tm_stream_more(&stream), TM_END);
    tm_stream_finish(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(window_shows_all),
        cmocka_unit_test(pad_is_zero),
        cmocka_unit_test(window_is_bounded),
        cmocka_unit_test(failure_is_an_end_with_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
