/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch/plan.h"

bool tm_plan_next(const struct tm_wanted *frames, size_t n, size_t from, uint64_t most,
                  struct tm_run *ret_run)
{
    while (from < n && frames[from].state != TM_WANT_MISSING)
        from++;
    if (from >= n)
        return false;
    uint64_t bytes = frames[from].info.packed;
    size_t to = from + 1;
    while (to < n && frames[to].state == TM_WANT_MISSING &&
           frames[to].tries == frames[from].tries &&
           frames[to].remote == frames[from].remote + bytes &&
           bytes + frames[to].info.packed <= most)
        bytes += frames[to++].info.packed;
    *ret_run = (struct tm_run){from, to};
    return true;
}
