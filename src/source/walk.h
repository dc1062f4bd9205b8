/* SPDX-License-Identifier: Apache-2.0 */
/* walk.h - the files below a folder, in byte order of their relative names. */
#ifndef TM_SOURCE_WALK_H
#define TM_SOURCE_WALK_H

#include <tolmach/base.h>

struct tm_walk {
    char **names;           /* relative to the folder, owned */
    size_t n;
    size_t capacity;
    uint64_t passed_over;   /* files that hold no posts */
};

/* Regular files and links to such; hidden names are passed over, linked folders not entered.
 * TM_ERR_READ when the folder cannot be opened. */
enum tm_status tm_walk_folder(const char *path, struct tm_walk *walk, struct tm_err *err);
void tm_walk_finish(struct tm_walk *walk);

/* Is this, by its name, a file that comes along with dumps and holds no posts: pictures, sound,
 * style sheets; README, LICENCE and their kin? */
bool tm_walk_is_other(const char *name);

#endif
