#!/usr/bin/env python3
"""How often an exact count lies within the standard errors that a report states.

usage: report_coverage.py TOLMACH RELEASE

Words, pairs of words and characters are counted here in all of the shards, sentences by `tolmach
split`; each number of the report that was scaled up from a sample is compared with its count. Told are
the shares within 1, 2 and 3 standard errors (a normal error: 68, 95 and 99.7 %) and the greatest
distance, in standard errors.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

STOP = set(re.findall(r'"([^"]+)"', (pathlib.Path(__file__).parents[2] / "src" / "report" /
                                     "stop_words.h").read_text()))
WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*|(?<=[^\W\d_])['\u2019\u02bc\u2010\u2011-](?=[^\W\d_]))+")
KINDS = {"L": "other_letters", "N": "digits", "Z": "blanks", "P": "punctuation", "S": "symbols"}
ALPHABETS = {"ru": set(map(chr, [*range(0x410, 0x450), 0x401, 0x451])),
             "en": set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")}


def texts_of(release, lang):
    for shard in sorted(release.glob(f"data/{lang}/*.zst")):
        lines = subprocess.run(["zstd", "-dcq", shard], stdout=subprocess.PIPE, check=True).stdout
        for line in lines.split(b"\n")[:-1]:
            yield json.loads(line)["text"]


def kind_of(char, lang):
    if char in ALPHABETS[lang]:
        return "alphabet"
    if char in "\n\t":
        return "blanks"
    if ord(char) > 0xFFFF:
        return "rest"               # the report counts them together
    return KINDS.get(unicodedata.category(char)[0], "rest")


def count(texts):
    words, pairs, chars = (collections.Counter() for _ in range(3))
    for text in texts:
        chars.update(text)
        before = None
        for match in WORD.finditer(text):
            word = match[0].lower()
            words[word] += 1
            counts = word[0] > "9" and word not in STOP
            if counts and before is not None and text[before[1]:match.start()] == " ":
                pairs[f"{before[0]} {word}"] += 1
            before = (word, match.end()) if counts else None
    return words, pairs, chars


def tell(name, distances):
    if distances:
        shares = [sum(d <= k for d in distances) / len(distances) for k in (1, 2, 3)]
        print(f"{name:28} {len(distances):4} numbers:" +
              "".join(f" {share:7.1%}" for share in shares) + f", at most {max(distances):.2f}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    tolmach, release = sys.argv[1], pathlib.Path(sys.argv[2])
    out = subprocess.run([tolmach, "stats", release, "--json"], stdout=subprocess.PIPE, check=True)
    stats = json.loads(out.stdout)
    together = collections.defaultdict(list)
    print(f"{'':28} {'':13} within 1 SE    2 SE    3 SE")
    for lang in ("ru", "en"):
        s = stats["languages"][lang]
        if s["sample_one_in"] == 1:
            continue
        texts = list(texts_of(release, lang))
        words, pairs, chars = count(texts)
        kinds = collections.Counter()
        for char, n in chars.items():
            kinds[kind_of(char, lang)] += n
        split = subprocess.run([tolmach, "split"], input="\n".join(texts).encode(),
                               stdout=subprocess.PIPE, check=True).stdout
        compared = {
            "words": [(n, words[w], e) for w, n, e in s["words_by_frequency"]["top"]],
            "pairs": [(n, pairs[p], e) for p, n, e in s["pairs"]["top"]],
            "characters": [(n, chars[chr(int(c[2:], 16))], e)
                           for c, n, e in s["characters_by_frequency"]],
            "kinds of characters": [(n, kinds[k], e)
                                    for k, (n, e) in s["characters_by_kind"].items()],
            "sentences": [(s["sentences"], sum(line != b"" for line in split.split(b"\n")),
                           s["sentences_standard_error"])],
        }
        for name, numbers in compared.items():
            distances = [abs(told - exact) / error for told, exact, error in numbers if error]
            together[name] += distances
            tell(f"{lang} {name}", distances)
    tell("all", [d for distances in together.values() for d in distances])


if __name__ == "__main__":
    main()
