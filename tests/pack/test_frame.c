/* SPDX-License-Identifier: Apache-2.0 */
#include "pack_test.h"

#include <zstd.h>

#include "pack/frame.h"
#include "pack/rows_read.h"
#include "pack/shard.h"

static uint32_t le32(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static void add_line(struct tm_frame *frame, unsigned i)
{
    tm_buf_printf(&frame->content, "{\"id\":\"x-%u\",\"text\":\"%u ships, %u sails\"}\n", i,
                  i * 7919u, i * 104729u);
    frame->info.records++;
}

static void test_a_frame_says_how_long_it_is(void **state)
{
    (void)state;
    struct tm_frame frame = {0};
    struct tm_err err;
    for (unsigned i = 0; i < 1000; i++)
        add_line(&frame, i);
    assert_int_equal(tm_frame_compress(&frame, 3, &err), TM_OK);
    assert_int_equal(ZSTD_getFrameContentSize(frame.packed.p, frame.packed.n), frame.content.n);
    assert_true((frame.packed.p[4] & 4) != 0);          /* has a checksum */
    char *again = malloc(frame.content.n);
    assert_int_equal(ZSTD_decompress(again, frame.content.n, frame.packed.p, frame.packed.n),
                     frame.content.n);
    assert_memory_equal(again, frame.content.p, frame.content.n);
    free(again);
    tm_frame_finish(&frame);
}

static void test_a_used_context_gives_the_same_bytes(void **state)
{
    (void)state;
    struct tm_frame used = {0};
    struct tm_frame fresh = {0};
    for (unsigned size = 10; size < 100000; size *= 9) {
        tm_frame_reset(&used);
        for (unsigned i = 0; i < size; i++)
            add_line(&used, i);
        tm_buf_add(&fresh.content, used.content.p, used.content.n);
        assert_int_equal(tm_frame_compress(&used, 9, NULL), TM_OK);
        assert_int_equal(tm_frame_compress(&fresh, 9, NULL), TM_OK);
        assert_int_equal(used.packed.n, fresh.packed.n);
        assert_memory_equal(used.packed.p, fresh.packed.p, used.packed.n);
        tm_frame_finish(&fresh);
    }
    tm_frame_finish(&used);
}

/* Cuts so many lines and returns the number of frames; *ret_digest is made of where they end. */
static unsigned cut_lines(unsigned first, unsigned n, uint64_t mean, uint64_t *ret_longest,
                          unsigned ends[], unsigned capacity)
{
    uint64_t bytes = 0;
    unsigned frames = 0;
    *ret_longest = 0;
    for (unsigned i = first; i < first + n; i++) {
        char line[200];
        int length = snprintf(line, sizeof line, "{\"id\":\"x-%u\",\"text\":\"%*u\"}\n", i,
                              (int)(i * 31 % 100 + 1), i);
        bytes += (uint64_t)length;
        if (!tm_frame_ends_after(bytes, (struct tm_str){line, (size_t)length}, mean))
            continue;
        if (bytes > *ret_longest)
            *ret_longest = bytes;
        if (frames < capacity)
            ends[frames] = i;
        frames++;
        bytes = 0;
    }
    return frames;
}

static void test_frames_are_of_the_mean_and_fall_in_step(void **state)
{
    (void)state;
    enum { N = 200000, MEAN = 16384 };
    static unsigned a[2000];
    static unsigned b[2000];
    uint64_t longest;
    unsigned n = cut_lines(0, N, MEAN, &longest, a, LENGTH(a));
    uint64_t bytes = (uint64_t)N * 75;
    assert_true(bytes / n > MEAN * 7 / 10 && bytes / n < MEAN * 13 / 10);
    assert_true(longest < 2 * MEAN + 200);
    /* Lines that go at the beginning: soon the frames end where they did. */
    unsigned m = cut_lines(1000, N - 1000, MEAN, &longest, b, LENGTH(b));
    unsigned shared = 0;
    for (unsigned i = 0, k = 0; i < n && k < m;) {
        shared += a[i] == b[k];
        if (a[i] <= b[k])
            i++;
        else
            k++;
    }
    assert_true(shared > m * 95 / 100);
}

static void write_shard(struct tm_shard_set *set, unsigned frames, unsigned lines)
{
    struct tm_frame frame = {0};
    struct tm_err err;
    assert_int_equal(tm_shard_set_init(set, test_dir, "data/ru", "train", ".jsonl.zst", false, &err), TM_OK);
    for (unsigned i = 0; i < frames; i++) {
        tm_frame_reset(&frame);
        for (unsigned k = 0; k < lines; k++)
            add_line(&frame, i * lines + k);
        assert_int_equal(tm_frame_compress(&frame, 3, &err), TM_OK);
        assert_int_equal(tm_shard_set_add(set, &frame, &err), TM_OK);
    }
    assert_int_equal(tm_shard_set_close(set, &err), TM_OK);
    assert_int_equal(set->n, 1);
    tm_frame_finish(&frame);
}

static void test_seek_table(void **state)
{
    (void)state;
    struct tm_shard_set set;
    write_shard(&set, 5, 100);
    assert_string_equal(set.shards[0].path, "data/ru/train-00000-of-00001.jsonl.zst");
    char path[256];
    size_t n;
    (void)snprintf(path, sizeof path, "%s/%s", test_dir, set.shards[0].path);
    char *bytes = slurp(path, &n);
    assert_int_equal(n, set.shards[0].packed);
    /* As contrib/seekable_format/zstd_seekable_compression_format.md describes it. */
    assert_int_equal(le32(bytes + n - 4), 0x8F92EAB1u);
    assert_int_equal((unsigned char)bytes[n - 5], 0x80);
    assert_int_equal(le32(bytes + n - 9), 5);
    const char *table = bytes + n - 9 - 5 * 12 - 8;
    assert_int_equal(le32(table), 0x184D2A5Eu);
    assert_int_equal(le32(table + 4), 5 * 12 + 9);
    const char *frame = bytes;
    for (int i = 0; i < 5; i++) {
        uint32_t packed = le32(table + 8 + i * 12);
        assert_int_equal(le32(table + 12 + i * 12), ZSTD_getFrameContentSize(frame, packed));
        assert_int_equal(le32(table + 16 + i * 12), le32(frame + packed - 4));
        assert_int_equal(ZSTD_findFrameCompressedSize(frame, packed), packed);
        frame += packed;
    }
    assert_ptr_equal(frame, table);
    free(bytes);
    tm_shard_set_finish(&set);
}

static void test_any_zstd_reads_a_shard(void **state)
{
    (void)state;
    struct tm_shard_set set;
    char command[256];
    char want[64];
    write_shard(&set, 3, 50);
    (void)snprintf(command, sizeof command, "zstd -dcq %s/%s | sha256sum", test_dir,
                   set.shards[0].path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_non_null(fgets(want, sizeof want, pipe));
    (void)pclose(pipe);
    assert_memory_equal(want, set.shards[0].content_sha256, 63);
    tm_shard_set_finish(&set);
}

static void test_rows_come_back(void **state)
{
    (void)state;
    struct tm_shard_set set;
    struct tm_rows rows;
    struct tm_err err = {0};
    const struct tm_value *row;
    uint64_t offset;
    unsigned n = 0;
    write_shard(&set, 4, 3000);
    assert_int_equal(tm_rows_open(&rows, test_dir, set.shards[0].path, &set.shards[0], &err),
                     TM_OK);
    enum tm_status status;
    while ((status = tm_rows_next(&rows, &row, &offset, &err)) == TM_OK) {
        char id[32];
        (void)snprintf(id, sizeof id, "x-%u", n++);
        assert_true(tm_str_is(tm_value_text(tm_value_get(row, "id")), id));
    }
    assert_int_equal(status, TM_END);
    assert_int_equal(n, 12000);
    char digest[TM_SHA256_HEX];
    tm_rows_digest(&rows, digest);
    assert_string_equal(digest, set.shards[0].content_sha256);
    tm_rows_close(&rows);
    tm_shard_set_finish(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_frame_says_how_long_it_is),
        cmocka_unit_test(test_a_used_context_gives_the_same_bytes),
        cmocka_unit_test(test_frames_are_of_the_mean_and_fall_in_step),
        cmocka_unit_test_setup_teardown(test_seek_table, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_any_zstd_reads_a_shard, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(test_rows_come_back, make_dir, remove_dir),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
