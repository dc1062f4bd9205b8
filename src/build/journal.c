/* SPDX-License-Identifier: Apache-2.0 */
#include "build/journal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pack/folder.h"

#define MOST_ENTRY ((unsigned long long)1 << 30)

struct tm_journal {
    char folder[TM_PACK_PATH];
    char new[TM_PACK_PATH];
    char old[TM_PACK_PATH];
    struct tm_hash128 program;      /* digest of its file */
};

/* What a file begins with. */
struct file_head {
    uint64_t kind;
    struct tm_hash128 program;
    struct tm_hash128 digest;   /* of the bytes that follow */
};

static bool path_of(const char *folder, struct tm_hash128 key, char ret_path[TM_PACK_PATH])
{
    char name[33];
    tm_hash128_hex(key, name);
    return tm_path_join(ret_path, folder, name);
}

/* Entries of a build that was stopped, or of the last one that kept them, become old ones. */
static void age(const struct tm_journal *journal)
{
    DIR *dir = opendir(journal->new);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        char from[TM_PACK_PATH];
        char to[TM_PACK_PATH];
        if (!tm_path_join(from, journal->new, entry->d_name) ||
            !tm_path_join(to, journal->old, entry->d_name))
            continue;
        if (strlen(entry->d_name) == 32)
            (void)rename(from, to);
        else if (entry->d_name[0] != '.')
            (void)unlink(from);         /* half written */
    }
    (void)closedir(dir);
}

static bool digest_program(struct tm_hash128 *ret_digest)
{
    struct stat st;
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        (void)close(fd);
    if (p == MAP_FAILED)
        return false;
    *ret_digest = tm_hash128_of(p, (size_t)st.st_size);
    (void)munmap(p, (size_t)st.st_size);
    return true;
}

struct tm_journal *tm_journal_open(const char *home)
{
    struct tm_journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return NULL;
    if (!digest_program(&journal->program) ||
        !tm_path_join(journal->folder, home, ".journal") ||
        !tm_path_join(journal->new, journal->folder, "new") ||
        !tm_path_join(journal->old, journal->folder, "old") ||
        tm_folder_make(journal->new, NULL) != TM_OK ||
        tm_folder_make(journal->old, NULL) != TM_OK) {
        free(journal);
        return NULL;
    }
    age(journal);
    return journal;
}

static bool read_all(int fd, char *to, size_t n)
{
    while (n != 0) {
        ssize_t got = read(fd, to, n);
        if (got <= 0)
            return false;
        to += got;
        n -= (size_t)got;
    }
    return true;
}

/* The entry in the file, if it is of this kind and program: from then on its bytes can be read. */
static int open_entry(const struct tm_journal *journal, enum tm_journal_kind kind, const char *path,
                      struct file_head *ret_head)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    if (read_all(fd, (char *)ret_head, sizeof *ret_head) && ret_head->kind == (uint64_t)kind &&
        tm_hash128_order(ret_head->program, journal->program) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static bool read_entry(const struct tm_journal *journal, enum tm_journal_kind kind,
                       const char *path, struct tm_buf *bytes)
{
    struct stat st;
    struct file_head head;
    int fd = open_entry(journal, kind, path, &head);
    if (fd < 0)
        return false;
    bytes->n = 0;
    bool good = fstat(fd, &st) == 0 && st.st_size > (off_t)sizeof head &&
                (unsigned long long)st.st_size < MOST_ENTRY;
    size_t n = good ? (size_t)st.st_size - sizeof head : 0;
    good = good && tm_buf_reserve(bytes, n) && read_all(fd, bytes->p, n) &&
           tm_hash128_order(tm_hash128_of(bytes->p, n), head.digest) == 0;
    (void)close(fd);
    bytes->n = good ? n : 0;
    return good;
}

bool tm_journal_get(const struct tm_journal *journal, enum tm_journal_kind kind,
                    struct tm_hash128 key, struct tm_buf *bytes)
{
    char old[TM_PACK_PATH];
    char new[TM_PACK_PATH];
    return path_of(journal->old, key, old) && path_of(journal->new, key, new) &&
           (read_entry(journal, kind, new, bytes) || read_entry(journal, kind, old, bytes));
}

void tm_journal_use(const struct tm_journal *journal, struct tm_hash128 key)
{
    char old[TM_PACK_PATH];
    char new[TM_PACK_PATH];
    if (path_of(journal->old, key, old) && path_of(journal->new, key, new))
        (void)rename(old, new);         /* it may have been there already */
}

enum tm_status tm_journal_walk(const struct tm_journal *journal, enum tm_journal_kind kind,
                               tm_journal_fn *take, void *user, struct tm_err *err)
{
    enum tm_status status = TM_OK;
    DIR *dir = opendir(journal->old);
    if (dir == NULL)
        return TM_OK;
    for (struct dirent *entry; status == TM_OK && (entry = readdir(dir)) != NULL;) {
        char path[TM_PACK_PATH];
        struct file_head head;
        const char *name = entry->d_name;
        if (strlen(name) != 32 || strspn(name, "0123456789abcdef") != 32 ||
            !tm_path_join(path, journal->old, name))
            continue;
        int fd = open_entry(journal, kind, path, &head);
        if (fd < 0)
            continue;
        status = take(user, tm_hash128_of_hex(name), fd, err);
        (void)close(fd);
    }
    (void)closedir(dir);
    return status;
}

/* Written aside and renamed: what has its name is whole. It need not be synced, the digest tells
 * what a crash of the machine has left of it. */
void tm_journal_put(const struct tm_journal *journal, enum tm_journal_kind kind,
                    struct tm_hash128 key, struct tm_str bytes)
{
    char path[TM_PACK_PATH];
    char aside[TM_PACK_PATH + 8];
    struct file_head head = {(uint64_t)kind, journal->program, tm_hash128_of(bytes.p, bytes.n)};
    if (!path_of(journal->new, key, path))
        return;
    (void)snprintf(aside, sizeof aside, "%s.part", path);
    int fd = open(aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    bool good = tm_fd_write(fd, aside, &head, sizeof head, NULL) == TM_OK &&
                tm_fd_write(fd, aside, bytes.p, bytes.n, NULL) == TM_OK;
    good &= close(fd) == 0;
    if (!good || rename(aside, path) != 0)
        (void)unlink(aside);
}

void tm_journal_end(struct tm_journal *journal, bool keep)
{
    tm_folder_remove(keep ? journal->old : journal->folder);
    tm_journal_close(journal);
}

void tm_journal_close(struct tm_journal *journal)
{
    free(journal);
}
