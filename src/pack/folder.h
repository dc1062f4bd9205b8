/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - small operations on files and folders; failures are TM_ERR_WRITE with the path. */
#ifndef TM_PACK_FOLDER_H
#define TM_PACK_FOLDER_H

#include <tolmach/base.h>

#include "pack/packer.h"

/* dir/name; false when it is longer than TM_PACK_PATH. `name` may hold slashes. */
bool tm_path_join(char ret_path[TM_PACK_PATH], const char *dir, const char *name);

/* Makes a folder and its parents; one that exists is fine. */
enum tm_status tm_folder_make(const char *path, struct tm_err *err);

/* Removes a folder with all that is in it, as far as it can. */
void tm_folder_remove(const char *path);

/* True if something of that name exists. */
bool tm_path_exists(const char *path);

/* Writes all bytes. */
enum tm_status tm_fd_write(int fd, const char *path, const void *p, size_t n, struct tm_err *err);

/* A new file with these bytes, synced. */
enum tm_status tm_file_write(const char *path, struct tm_str bytes, struct tm_err *err);

/* Syncs the entries of a folder. */
enum tm_status tm_folder_sync(const char *path, struct tm_err *err);

/* Moves a folder to a name that must not exist. */
enum tm_status tm_folder_publish(const char *from, const char *to, struct tm_err *err);

#endif
