#!/usr/bin/env python3
"""What a build costs that `--journal keep` has helped: journal_ratio.py TOLMACH INPUT.jsonl [ROUNDS]

CPU time of the next build over that of the first, one thread, the least of ROUNDS (default 3): the
same again, with another threshold of duplicates, 5 % more input, another threshold of languages, and
another rule of cleaning.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

CHANGES = [
    ("the same again", []),
    ("dedup.near.threshold=0.85", ["--set", "dedup.near.threshold=0.85"]),
    ("5 % more input", None),
    ("lang.threshold=0.9", ["--set", "lang.threshold=0.9"]),
    ("clean.emoji=off", ["--set", "clean.emoji=off"]),
]


def seconds(*command):
    child = subprocess.Popen([str(c) for c in command], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"failed: {command}")
    return usage.ru_utime + usage.ru_stime


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    tolmach, lines = sys.argv[1], pathlib.Path(sys.argv[2]).read_bytes().splitlines(keepends=True)
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    least = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            cut = len(lines) * 20 // 21
            (folder / "a.jsonl").write_bytes(b"".join(lines[:cut]))

            def build(version, *more):
                return seconds(tolmach, "build", folder / "a.jsonl", "-o", folder / "out", "--name",
                               "j", "--version", version, "-j1", "-q", "--set", "licence=other",
                               *more)

            times = {"no journal": build("0.0", "--journal", "off"),
                     "for a stop alone (on)": build("0.1", "--journal", "on")}
            for number, (name, settings) in enumerate(CHANGES):
                # One a round is counted: the least of more would be less.
                times.setdefault("for builds to come (keep)", build(f"1.{number}", "--journal", "keep"))
                more = settings or []
                if settings is None:
                    (folder / "b.jsonl").write_bytes(b"".join(lines[cut:]))
                    more = [folder / "b.jsonl"]
                times[name] = build(f"2.{number}", "--journal", "keep", *more)
                shutil.rmtree(folder / "out")
            for name, time in times.items():
                least[name] = min(time, least.get(name, time))
    for name, time in least.items():
        print(f"{name:<28} {time:6.2f} s  {time / least['no journal']:5.2f} x")


main()
