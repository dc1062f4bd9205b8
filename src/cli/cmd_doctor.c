/* SPDX-License-Identifier: Apache-2.0 */
/* doctor: the versions that a release depends on, and the limits of the machine. */
#include <archive.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <zstd.h>

#include <tolmach/dedup.h>
#include <tolmach/lang.h>

#include "base/icu.h"
#include "cli/cli.h"
#include "fetch/curl.h"
#include "report/tokenizer.h"

static const struct cli_option options[] = {CLI_COMMON_OPTIONS};

static void print_versions(void)
{
    char icu[U_MAX_VERSION_STRING_LENGTH];
    char unicode[U_MAX_VERSION_STRING_LENGTH];
    tm_icu_version(icu);
    tm_unicode_version(unicode);
    (void)printf("tolmach         %s\n", tm_version());
    (void)printf("  cleaning      %s\n", TM_CLEAN_VERSION);
    (void)printf("  duplicates    %s\n", TM_DEDUP_VERSION);
    (void)printf("  languages     %s\n", tm_lang_model_version());
    (void)printf("  emoji         %s\n", tm_emoji_version());
    (void)printf("ICU             %s (Unicode %s)\n", icu, unicode);
    (void)printf("zstd            %s\n", ZSTD_versionString());
    (void)printf("libarchive      %s\n", archive_version_string() + sizeof "libarchive");
    (void)printf("libcurl         %s\n", tm_curl_load(NULL) == TM_OK
                     ? tm_curl.version_info(CURLVERSION_NOW)->version
                     : "none: releases cannot be fetched");
    (void)printf("libsodium       %s\n", sodium_version_string());
    (void)printf("SentencePiece   %s\n", tm_tokenizer_load(NULL) == TM_OK
                     ? "yes" : "none: stats --tokenizer cannot be used");
#ifdef TM_HAVE_BROTLI
    (void)printf("brotli          yes\n");
#else
    (void)printf("brotli          no: pages of WARC files that are compressed so cannot be read\n");
#endif
}

static void print_disk(const char *what, const char *folder)
{
    struct statvfs fs;
    if (statvfs(folder, &fs) != 0)
        (void)printf("%-15s %s cannot be used\n", what, folder);
    else
        (void)printf("%-15s %" PRIu64 " GB free in %s\n", what,
                     (uint64_t)fs.f_bavail * fs.f_frsize / 1000000000, folder);
}

static void print_machine(void)
{
    const char *temp = getenv("TMPDIR");
    struct rlimit files;
    long pages = sysconf(_SC_PHYS_PAGES);
    long page = sysconf(_SC_PAGESIZE);
    (void)printf("cores           %ld\n", sysconf(_SC_NPROCESSORS_ONLN));
    if (pages > 0 && page > 0)
        (void)printf("memory          %" PRIu64 " MB (a build takes --memory, 1024 MB by itself)\n",
                     (uint64_t)pages * (uint64_t)page / 1000000);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
        (void)printf("open files      %" PRIu64 "%s\n", (uint64_t)files.rlim_cur,
                     files.rlim_cur < 256 ? ": few; raise it with `ulimit -n 1024`" : "");
    print_disk("here", ".");
    print_disk("temporary files", temp != NULL && temp[0] != '\0' ? temp : "/tmp");
}

static int run(struct cli *cli)
{
    print_versions();
    print_machine();
    return cli_finish(cli, EXIT_DONE);
}

const struct cli_command cli_doctor = {
    .name = "doctor",
    .operands = "",
    .summary = "Tell versions and limits",
    .details = "The same versions and inputs give the same bytes; a report of a fault should\n"
               "have this with it.",
    .example = "  tolmach doctor",
    .options = options,
    .least = 0,
    .most = 0,
    .run = run,
};
