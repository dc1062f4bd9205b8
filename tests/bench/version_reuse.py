#!/usr/bin/env python3
"""How much of a release its next version shares: `version_reuse.py TOLMACH TEXTS.jsonl [MB]`.

Makes raw inputs of MB megabytes (default 200) in 200 sources out of the texts of a JSONL file, and
a next version of them in which 20 sources have grown by 5 % and 4 have lost posts; then a third one
in which 0.5 % of the posts elsewhere were edited too. Builds all of them, the later ones with the
first as their parent, and prints which share of their bytes stands in frames that the first has:
what `fetch` need not load again. Texts are used several times where the file is small, so
duplicates are not looked for.
"""
import itertools
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

SOURCES, GROW, LOSE = 200, range(0, 20), range(20, 24)


def texts(path):
    for turn in itertools.count():
        with open(path, encoding="utf-8") as file:
            for line in file:
                text = json.loads(line).get("text")
                if text:
                    yield text if turn == 0 else f"{text} {turn}"


def make(path, size):
    """Sources as lists of posts."""
    sources, source = [], []
    limit, used = size / SOURCES, 0
    for text in texts(path):
        source.append([len(source) + 1, text])
        used += len(text.encode())
        if used >= limit:
            sources.append(source)
            source, used = [], 0
            if len(sources) == SOURCES + 1:         # the last one is what others grow by
                return sources[:-1], sources[-1]


def write(folder, sources):
    folder.mkdir(parents=True)
    for i, source in enumerate(sources):
        with open(folder / f"{i:03}.jsonl", "w", encoding="utf-8") as file:
            for number, text in source:
                day, minute = divmod(number, 1440)
                date = f"2024-{1 + day // 28 % 12:02}-{1 + day % 28:02}T" \
                       f"{minute // 60:02}:{minute % 60:02}:00Z"
                file.write(json.dumps({"id": number, "channel": f"s{i}", "channel_id": 1000 + i,
                                       "date": date, "text": text}, ensure_ascii=False) + "\n")


def grown(sources, more):
    more = iter(more)
    result = [list(map(list, s)) for s in sources]
    for i in GROW:
        for _ in range(max(1, len(result[i]) // 20)):
            number, text = next(more, (0, "Ещё одна запись."))
            result[i].append([len(result[i]) + 1, text])
    for i in LOSE:
        random.Random(i).shuffle(result[i])
        result[i] = sorted(result[i][: len(result[i]) * 19 // 20])
    return result


def edited(sources):
    draw = random.Random(7)
    result = [list(map(list, s)) for s in sources]
    for i in range(24, SOURCES):
        for post in result[i]:
            if draw.random() < 0.005:
                post[1] = post[1] + " Исправлено."
    return result


def build(tolmach, root, folder, version, parent):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.time()
    subprocess.run([tolmach, "build", folder, "-o", root / "out", "--name", "r", "--version",
                    version, "--quiet", "--set", "dedup=off", "--set", "licence=other",
                    *(["--parent", parent] if parent else [])], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{version}: {cpu:.1f} s of CPU, {time.time() - start:.1f} s")
    release = root / "out" / "r" / version
    return release, json.loads((release / "manifest.json").read_text())


def shared(old, new):
    known = {f["xxh128"] for s in old["shards"] for f in s["frames"]}
    for kind in ("data", "provenance"):
        frames = [f for s in new["shards"] if s["path"].startswith(kind) for f in s["frames"]]
        total = sum(f["compressed_bytes"] for f in frames)
        again = sum(f["compressed_bytes"] for f in frames if f["xxh128"] in known)
        yield kind, total, again


def report(old, release, new):
    everything = list(shared(old, new))
    for kind, total, again in everything + [("all", sum(e[1] for e in everything),
                                             sum(e[2] for e in everything))]:
        print(f"  {kind:11} {again / total:7.1%} of {total / 1e6:.1f} MB is shared")
    files = list(release.rglob("*.zst"))
    linked = [f for f in files if f.stat().st_nlink > 1]
    print(f"  {len(linked)} of {len(files)} shards are hard links")


def fetch(tolmach, root, release):
    """What `fetch` loads when it has the first version."""
    mirror = root / f"mirror-{release.name}"
    subprocess.run([tolmach, "fetch", root / "out" / "r" / "1.0.0", "-o", mirror, "--quiet"],
                   check=True)
    done = subprocess.run([tolmach, "fetch", release, "-o", mirror, "--json"], check=True,
                          capture_output=True)
    subprocess.run([tolmach, "verify", mirror / "r" / release.name, "--quiet"], check=True)
    print("  fetch:", done.stdout.decode().strip())


def main():
    tolmach, path = sys.argv[1:3]
    size = float(sys.argv[3] if len(sys.argv) > 3 else 200) * 1e6
    sources, more = make(path, size)
    with tempfile.TemporaryDirectory(prefix="tolmach-reuse-") as folder:
        root = pathlib.Path(folder)
        write(root / "v1" / "raw", sources)
        write(root / "v2" / "raw", grown(sources, more))
        write(root / "v3" / "raw", edited(grown(sources, more)))
        _, first = build(tolmach, root, root / "v1" / "raw", "1.0.0", None)
        for version, which in (("1.1.0", "v2"), ("1.1.0-edited", "v3")):
            release, manifest = build(tolmach, root, root / which / "raw", version, "1.0.0")
            report(first, release, manifest)
            fetch(tolmach, root, release)


if __name__ == "__main__":
    main()
