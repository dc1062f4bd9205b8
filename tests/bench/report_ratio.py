#!/usr/bin/env python3
"""CPU time of the report over that of `zstd -3 --single-thread` on the texts that it is about.

usage: report_ratio.py TOLMACH RELEASE [ROUNDS]
       report_ratio.py TOLMACH INPUT.jsonl [ROUNDS [BUILD OPTION...]]

Of a release: `tolmach stats --html`. Of an input: what the report costs in a build, which is built
with it and with `report: off` (one thread; more options go to both). The texts are those of the
records, each with a line feed behind it. All run in turn ROUNDS times (default 7). Told are medians
(of the differences between the two builds of a round, too) and the ratio of the least times.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

from build_ratio import measure


def write_texts(release, plain):
    with open(plain, "w", encoding="utf-8") as out:
        for shard in sorted(release.glob("data/*/*.zst")):
            lines = subprocess.run(["zstd", "-dcq", shard], stdout=subprocess.PIPE, check=True)
            for line in lines.stdout.split(b"\n")[:-1]:
                out.write(json.loads(line)["text"] + "\n")


class Bench:
    def __init__(self, tolmach, folder):
        self.tolmach, self.folder, self.texts = tolmach, folder, folder / "texts"

    def zstd(self):
        return measure(["zstd", "-3", "--single-thread", "-qf", str(self.texts), "-o",
                        str(self.folder / "z.zst")])[0]

    def stats(self, release):
        return measure([self.tolmach, "stats", str(release), "--html",
                        str(self.folder / "page.html")])[0]

    def build(self, source, *options):
        out = self.folder / "out"
        cpu, _ = measure([self.tolmach, "build", source, "-o", str(out), "--name", "bench", "-j1",
                          *options])
        if not self.texts.exists():
            write_texts(out / "bench" / "1.0.0", self.texts)
        shutil.rmtree(out)
        return cpu


def tell(name, seconds, size):
    print(f"{name:28} {seconds:7.3f} s  {size / seconds:6.1f} MB/s")


def run_stats(bench, release, rounds):
    write_texts(release, bench.texts)
    runs = [(bench.zstd(), bench.stats(release)) for _ in range(rounds)]
    zstd, report = zip(*runs)
    size = bench.texts.stat().st_size / 1e6
    print(f"texts {size:.1f} MB")
    tell("zstd -3 --single-thread", statistics.median(zstd), size)
    tell("tolmach stats --html", statistics.median(report), size)
    print(f"ratio of medians {statistics.median(report) / statistics.median(zstd):.2f}, "
          f"of the least {min(report) / min(zstd):.2f}")


def run_builds(bench, source, rounds, options):
    bench.build(source, *options)
    off = ["--set", "report=off"]
    runs = []
    for i in range(rounds):         # who is first finds other memory free: they take turns
        zstd = bench.zstd()
        one, two = (bench.build(source, *options, *more) for more in ([[], off][::(-1) ** i]))
        runs.append((zstd, one, two) if i % 2 == 0 else (zstd, two, one))
    zstd, with_report, without = zip(*runs)
    difference = statistics.median(a - b for _, a, b in runs)
    size = bench.texts.stat().st_size / 1e6
    print(f"texts {size:.1f} MB")
    tell("zstd -3 --single-thread", statistics.median(zstd), size)
    tell("tolmach build", statistics.median(with_report), size)
    tell("tolmach build, report: off", statistics.median(without), size)
    print(f"ratio of medians {difference / statistics.median(zstd):.2f}, "
          f"of the least {(min(with_report) - min(without)) / min(zstd):.2f}")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    source = pathlib.Path(sys.argv[2]).absolute()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmach-bench-"))
    bench = Bench(os.path.abspath(sys.argv[1]), folder)
    try:
        if source.is_dir():
            run_stats(bench, source, rounds)
        else:
            run_builds(bench, str(source), rounds, sys.argv[4:])
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
