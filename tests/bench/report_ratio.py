#!/usr/bin/env python3
"""CPU time of the report on a release over that of `zstd -3 --single-thread` on its texts.

usage: report_ratio.py TOLMACH RELEASE [ROUNDS]

The texts are those of the records, each with a line feed behind it. Both run in turn ROUNDS times
(default 7); the ratio of the medians and that of the least times are told.
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


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tolmach, release = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 7
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmach-bench-"))
    try:
        plain = folder / "texts"
        with open(plain, "w", encoding="utf-8") as out:
            for shard in sorted(release.glob("data/*/*.zst")):
                lines = subprocess.run(["zstd", "-dcq", shard], stdout=subprocess.PIPE, check=True)
                for line in lines.stdout.split(b"\n")[:-1]:
                    out.write(json.loads(line)["text"] + "\n")
        zstd, report = [], []
        for _ in range(rounds):
            zstd.append(measure(["zstd", "-3", "--single-thread", "-qf", str(plain), "-o",
                                 str(folder / "z.zst")])[0])
            report.append(measure([tolmach, "stats", str(release), "--html",
                                   str(folder / "page.html")])[0])
        size = plain.stat().st_size / 1e6
        z, r = statistics.median(zstd), statistics.median(report)
        print(f"texts {size:.1f} MB")
        print(f"zstd -3 --single-thread  {z:6.3f} s  {size / z:6.1f} MB/s")
        print(f"tolmach stats --html     {r:6.3f} s  {size / r:6.1f} MB/s")
        print(f"ratio of medians {r / z:.2f}, of the least {min(report) / min(zstd):.2f}")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
