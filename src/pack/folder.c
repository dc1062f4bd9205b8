/* SPDX-License-Identifier: Apache-2.0 */
#include "pack/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum tm_status write_failed(const char *path, const char *what, struct tm_err *err)
{
    return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "%s: %s", what, strerror(errno));
}

bool tm_path_join(char ret_path[TM_PACK_PATH], const char *dir, const char *name)
{
    size_t n = strlen(dir);
    const char *slash = n != 0 && dir[n - 1] == '/' ? "" : "/";
    int length = snprintf(ret_path, TM_PACK_PATH, "%s%s%s", dir, slash, name);
    return length > 0 && length < TM_PACK_PATH;
}

enum tm_status tm_folder_make(const char *path, struct tm_err *err)
{
    char part[TM_PACK_PATH];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part)
        return tm_fail(err, TM_ERR_WRITE, path, TM_NO_OFFSET, "the path is empty or too long");
    for (size_t i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return write_failed(part, "cannot make the folder", err);
    }
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return TM_OK;
    errno = ENOTDIR;
    return write_failed(path, "cannot make the folder", err);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    (void)remove(path);
    return 0;
}

void tm_folder_remove(const char *path)
{
    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

bool tm_path_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

enum tm_status tm_fd_write(int fd, const char *path, const void *p, size_t n, struct tm_err *err)
{
    const char *from = p;
    while (n != 0) {
        ssize_t wrote = write(fd, from, n);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote == 0)
            errno = ENOSPC;
        if (wrote <= 0)
            return write_failed(path, "cannot write", err);
        from += wrote;
        n -= (size_t)wrote;
    }
    return TM_OK;
}

enum tm_status tm_file_write(const char *path, struct tm_str bytes, struct tm_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return write_failed(path, "cannot make the file", err);
    enum tm_status status = tm_fd_write(fd, path, bytes.p, bytes.n, err);
    if (status == TM_OK && fsync(fd) != 0)
        status = write_failed(path, "cannot sync", err);
    if (close(fd) != 0 && status == TM_OK)
        status = write_failed(path, "cannot close", err);
    return status;
}

enum tm_status tm_folder_sync(const char *path, struct tm_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return write_failed(path, "cannot open the folder", err);
    enum tm_status status = TM_OK;
    /* Some file systems cannot sync a folder and say EINVAL: then there is nothing to be done. */
    if (fsync(fd) != 0 && errno != EINVAL)
        status = write_failed(path, "cannot sync the folder", err);
    (void)close(fd);
    return status;
}

enum tm_status tm_folder_publish(const char *from, const char *to, struct tm_err *err)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return TM_OK;
    /* A file system that knows no flags: the lock keeps other builds away between the two calls. */
    if (errno == EINVAL && !tm_path_exists(to) && rename(from, to) == 0)
        return TM_OK;
    return write_failed(to, "cannot publish", err);
}
