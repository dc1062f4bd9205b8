#!/usr/bin/env python3
"""CPU time and memory of `tolmach dedup` beside `zstd -3` and `sort -u` on the same file.

usage: near_cost.py TOLMACH FILE[.zst] [ROUNDS]

One thread each, in turn, ROUNDS times (default 3). Machines are noisy: the medians and the least
times are both told. Then growth: a quarter and a sixteenth of the file with --memory 16M; and
whether threads and memory change the output, which must not be.
"""
import hashlib
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile


def measure(command, out=None):
    """CPU seconds and peak RSS in MB of a command; its output goes to `out`."""
    with open(out or os.devnull, "wb") as target:
        child = subprocess.Popen(command, stdout=target, env=dict(os.environ, LC_ALL="C"))
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {command}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tolmach, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmach-bench-"))
    os.environ["TMPDIR"] = str(folder)
    plain = folder / "input"
    try:
        if source.endswith(".zst"):
            with open(plain, "wb") as out:
                subprocess.run(["zstd", "-dcq", source], stdout=out, check=True)
        else:
            shutil.copy(source, plain)
        size = plain.stat().st_size / 1e6
        commands = {
            "zstd -3 --single-thread": ["zstd", "-3", "--single-thread", "-qf", str(plain), "-o",
                                        str(folder / "z.zst")],
            "sort -u --parallel=1": ["sort", "-u", "--parallel=1", str(plain)],
            "tolmach dedup": [tolmach, "dedup", "-j1", str(plain)],
            "tolmach dedup --near": [tolmach, "dedup", "--near", "-j1", str(plain)],
        }
        times = {name: [] for name in commands}
        peaks = dict.fromkeys(commands, 0)
        for _ in range(rounds):
            for name, command in commands.items():
                cpu, peak = measure(command)
                times[name].append(cpu)
                peaks[name] = max(peaks[name], peak)
        print(f"input {size:.1f} MB")
        zstd = statistics.median(times["zstd -3 --single-thread"])
        for name, values in times.items():
            median = statistics.median(values)
            print(f"{name:24} {median:7.2f} s  {size / median:7.1f} MB/s  {median / zstd:5.2f} x zstd, "
                  f"least {min(values):.2f} s  {peaks[name]:5.0f} MB")
        stage = [n - e for n, e in zip(times["tolmach dedup --near"], times["tolmach dedup"])]
        print(f"near stage alone         {statistics.median(stage):7.2f} s  "
              f"{statistics.median(stage) / zstd:.2f} x zstd")
        with open(plain, "rb") as f:
            n_lines = sum(1 for _ in f)
        for part in (16, 4, 1):
            with open(folder / "part", "wb") as out:
                subprocess.run(["head", "-n", str(n_lines // part), str(plain)], stdout=out,
                               check=True)
            cpu, peak = measure([tolmach, "dedup", "--near", "-j1", "--memory", "16M",
                                 str(folder / "part")])
            print(f"1/{part:<2} with --memory 16M    {cpu:7.2f} s  {peak:5.0f} MB")
        digests = set()
        for args in (["-j1"], ["-j2"], ["-j5", "--memory", "64M"], ["-j1", "--memory", "4G"]):
            measure([tolmach, "dedup", "--near", *args, str(plain)], folder / "out")
            digests.add(hashlib.sha256((folder / "out").read_bytes()).hexdigest())
        print("same bytes for -j1, -j2, -j5, 64M, 4G:", len(digests) == 1)
    finally:
        shutil.rmtree(folder)


main()
