#!/usr/bin/env python3
"""CPU time and memory of a whole build over those of `zstd -3 --single-thread` on the same bytes.

usage: build_ratio.py TOLMACH INPUT.jsonl[.zst] [ROUNDS]

Both run in turn ROUNDS times (default 5), one thread each. Machines are noisy: the ratio of the
medians and that of the least times are both told.
"""
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile


def measure(command):
    """CPU seconds and peak RSS in MB of a command."""
    with open(os.devnull, "wb") as null:
        child = subprocess.Popen(command, stdout=null, stderr=null)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"failed: {command}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tolmach, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmach-bench-"))
    try:
        plain = folder / "input.jsonl"
        if source.endswith(".zst"):
            with open(plain, "wb") as out:
                subprocess.run(["zstd", "-dcq", source], stdout=out, check=True)
        else:
            shutil.copy(source, plain)
        zstd, build, rss = [], [], 0
        for i in range(rounds):
            zstd.append(measure(["zstd", "-3", "--single-thread", "-qf", str(plain), "-o",
                                 str(folder / "z.zst")])[0])
            cpu, peak = measure([tolmach, "build", str(plain), "-o", str(folder / f"o{i}"),
                                 "--name", "bench", "-j1"])
            build.append(cpu)
            rss = max(rss, peak)
            shutil.rmtree(folder / f"o{i}")
        size = plain.stat().st_size / 1e6
        z, b = statistics.median(zstd), statistics.median(build)
        print(f"input {size:.1f} MB")
        print(f"zstd -3 --single-thread  {z:6.2f} s  {size / z:6.1f} MB/s")
        print(f"tolmach build -j1        {b:6.2f} s  {size / b:6.1f} MB/s")
        print(f"ratio of medians {b / z:.2f}, of the least {min(build) / min(zstd):.2f}   "
              f"peak RSS {rss:.0f} MB")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
