#!/usr/bin/env python3
"""How long `tolmach cat` takes for one record of a large shard: random_access.py TOLMACH [MB]

Makes MB (default 1100) of invented Russian posts in ten channels, builds them into one shard, and
reads single records by number and by id, in an order that a fixed seed gives. The wall time of the
whole process, in milliseconds: median and worst of 100. The page cache is warm.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

WORDS = """утром паром вышел из порта и вернулся к вечеру туман над водой стоит уже третий день
капитан говорит что погода скоро изменится жители города ждут открытия рынка на площади у моря
сегодня состоится собрание совета по вопросам ремонта причала все желающие могут прийти""".split()
SYLLABLES = [a + b for a in "бвгдзклмнпрстфхш" for b in "аеиоуя"]


def make_posts(path, megabytes):
    pick = random.Random(1)
    words = ["".join(pick.choices(SYLLABLES, k=pick.randint(1, 4))) for _ in range(20000)]
    with open(path, "w", encoding="utf-8") as file:
        for channel in range(10):
            for number in range(megabytes * 100):
                text = " ".join(pick.choices(words, k=45) + pick.choices(WORDS, k=45)).capitalize() + "."
                file.write(json.dumps(
                    {"id": number + 1, "channel": "Канал", "channel_id": 1000 + channel,
                     "date": 1700000000 + 60 * number, "text": text}, ensure_ascii=False) + "\n")


def milliseconds(*command):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=True)
    return (time.perf_counter() - start) * 1000, done.stdout


def show(name, times):
    times.sort()
    print(f"{name:<24} median {times[len(times) // 2]:6.1f} ms, worst {times[-1]:6.1f} ms")


def main():
    tolmach = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        make_posts(folder / "posts.jsonl", int(sys.argv[2]) if len(sys.argv) > 2 else 1100)
        subprocess.run([tolmach, "build", folder / "posts.jsonl", "-o", folder / "out", "--name",
                        "big", "-q", "-j", "2", "--set", "pack.shard=2G", "--set", "dedup=off"],
                       check=True)
        release = folder / "out/big/1.0.0"
        shards = json.loads((release / "manifest.json").read_text())["shards"]
        shard = next(s for s in shards if s["lang"] == "ru")
        print(f"one shard of {shard['bytes'] / 1e6:.0f} MB ({shard['compressed_bytes'] / 1e6:.0f} "
              f"compressed), {shard['records']} records in {len(shard['frames'])} frames")
        pick = random.Random(2)
        by_number, by_id = [], []
        for _ in range(100):
            number = str(pick.randrange(shard["records"]))
            took, row = milliseconds(tolmach, "cat", release, "--lang", "ru", "--range", number)
            by_number.append(took)
            took, again = milliseconds(tolmach, "cat", release, "--id", json.loads(row)["id"])
            by_id.append(took)
            assert row == again
        show("cat --range N", by_number)
        show("cat --id tg-...", by_id)
        missing = f"! {tolmach} cat {release} --id raw-none 2>/dev/null"
        took = [milliseconds("sh", "-c", missing)[0] for _ in range(3)]
        show("cat --id, not there", took)


if __name__ == "__main__":
    main()
