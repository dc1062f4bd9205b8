/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lower_lanes.h - lower case of LANES bytes at once; words.c includes it once for each kind of
 * processor, with LANES, TARGET (an attribute or nothing) and NAMED, which makes names its own.
 *
 * Bytes are signed: continuation bytes are the least ones. The letters U+0400 to U+042F become
 * U+0430 to U+045F: their first byte D0 may become D1, the second one moves.
 */
typedef signed char NAMED(lanes) __attribute__((vector_size(LANES), aligned(1), may_alias));

TARGET static inline NAMED(lanes) NAMED(below)(NAMED(lanes) bytes, int limit)
{
    return bytes < (NAMED(lanes)){0} + (signed char)limit;
}

/* Of a run of n bytes those between the first and the last; the last lanes go over some that were
 * done. Runs of less than LANES + 2 are left to the caller; returns how far it came. */
TARGET static size_t NAMED(lower)(const char *p, size_t n, char *to)
{
    const NAMED(lanes) zero = {0};
    size_t i = 1;
    while (n >= LANES + 2 && i + 1 < n) {
        size_t at = i + LANES + 1 <= n ? i : n - 1 - LANES;
        NAMED(lanes) before = *(const NAMED(lanes) *)(p + at - 1);
        NAMED(lanes) bytes = *(const NAMED(lanes) *)(p + at);
        NAMED(lanes) after = *(const NAMED(lanes) *)(p + at + 1);
        NAMED(lanes) is_d0 = bytes == zero + (signed char)0xD0;
        NAMED(lanes) is_d1 = bytes == zero + (signed char)0xD1;
        NAMED(lanes) behind_d0 = before == zero + (signed char)0xD0;
        NAMED(lanes) capital = NAMED(below)(bytes, 'Z' + 1) & ~NAMED(below)(bytes, 'A');
        NAMED(lanes) below_90 = NAMED(below)(bytes, 0x90 - 256);
        NAMED(lanes) below_a0 = NAMED(below)(bytes, 0xA0 - 256);
        NAMED(lanes) below_b0 = NAMED(below)(bytes, 0xB0 - 256);
        NAMED(lanes) after_90 = NAMED(below)(after, 0x90 - 256);
        NAMED(lanes) after_a0 = NAMED(below)(after, 0xA0 - 256);
        NAMED(lanes) after_b0 = NAMED(below)(after, 0xB0 - 256);
        NAMED(lanes) step = (below_b0 & -0x20) ^ (below_a0 & (-0x20 ^ 0x20)) ^
                            (below_90 & (0x20 ^ 0x10));
        NAMED(lanes) crosses = after_90 | (after_b0 & ~after_a0);
        NAMED(lanes) lead = NAMED(below)(bytes, 0) & ~NAMED(below)(bytes, 0xC0 - 256);
        NAMED(lanes) other = (lead & ~is_d0 & ~is_d1) | (is_d1 & ~after_a0);
        *(NAMED(lanes) *)(to + at) = (bytes + (capital & 0x20) + (behind_d0 & step) +
                                      (is_d0 & crosses & 1)) | other;
        i = at + LANES;
    }
    return i;
}
