#!/usr/bin/env python3
"""Share of planted duplicates that `tolmach dedup --near` finds, by kind and length.

usage: near_quality.py TOLMACH DUP.jsonl[.zst] DUP.gold.tsv [--show N] [OPTION...]

The gold file has a line for each row: row, id of the original, kind ("orig" or what was done to a
copy), number of words. A copy is caught when it or its original goes. Rows without a copy of
their own that go are "unplanted"; --show prints N of them beside the row that stays, to be read.
Other options go to the command.
"""
import collections
import json
import random
import subprocess
import sys

BINS = ((20, "<20"), (60, "20-59"), (150, "60-149"), (10**9, ">=150"))


def unpack(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], capture_output=True, check=True).stdout
    with open(path, "rb") as f:
        return f.read()


def bin_of(words):
    return next(i for i, (limit, _) in enumerate(BINS) if words < limit)


def main():
    args = sys.argv[1:]
    if len(args) < 3:
        sys.exit(__doc__)
    show = 0
    if "--show" in args:
        at = args.index("--show")
        show = int(args[at + 1])
        del args[at:at + 2]
    data = unpack(args[1])
    texts = [json.loads(line)["text"] for line in data.decode().split("\n") if line]
    with open(args[2], encoding="utf-8") as f:
        gold = [line.rstrip("\n").split("\t") for line in f]
    out = subprocess.run([args[0], "dedup", "--near", "--explain", *args[3:]], input=data,
                         capture_output=True, check=True).stdout.decode()
    gone = {}
    for line in out.split("\n"):
        if line:
            row, survivor, kind, similarity = line.split("\t")[:4]
            gone[int(row) - 1] = int(survivor) - 1, kind, similarity
    groups = collections.defaultdict(list)
    for row, origin, kind, words in gold:
        groups[origin].append((int(row), kind, int(words)))
    caught, planted, unplanted = collections.Counter(), collections.Counter(), []
    for rows in groups.values():
        origin = next((row for row, kind, _ in rows if kind == "orig"), None)
        inside = {row for row, _, _ in rows}
        for row, kind, words in rows:
            if kind != "orig":
                planted[kind, bin_of(words)] += 1
                caught[kind, bin_of(words)] += row in gone or origin in gone
            if row in gone and gone[row][0] not in inside:
                unplanted.append(row)
    kinds = sorted({kind for kind, _ in planted})
    print("kind       " + "".join(f"{name:>16}" for _, name in BINS))
    for kind in kinds:
        cells = ""
        for i in range(len(BINS)):
            n = planted[kind, i]
            cells += f"{caught[kind, i] / n:8.3f} of {n:4d}" if n else " " * 16
        print(f"{kind:11}{cells}")
    origins = sum(kind == "orig" for _, _, kind, _ in gold)
    by = collections.Counter(gone[row][1] for row in unplanted)
    print(f"{len(gone)} of {len(gold)} rows go; {len(unplanted)} for a row that they were not made "
          f"from ({100 * len(unplanted) / origins:.2f} % of {origins}: {dict(by)})")
    random.seed(1)
    for row in random.sample(unplanted, min(show, len(unplanted))):
        survivor, kind, similarity = gone[row]
        print(f"--- {kind} {similarity}\n- {texts[row][:400]!r}\n+ {texts[survivor][:400]!r}")


main()
