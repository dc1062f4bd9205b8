"""Real dumps, where they are at hand (TOLMACH_REAL_DATA names their folder)."""
import glob
import json
import os
import pathlib
import random
import re
import unicodedata

import line_labels
from lib import Case, REAL, main, records, rows

EMOJI = re.compile("[\U0001F000-\U0001FAFF\U0001F1E6-\U0001F1FF\u2600-\u2604\u2614\u26A1\u2705\u2757"
                   "\u25AA\u25FE\uFE0F\u20E3\u200B\u200D\u2060\uFEFF\u00AD]")


class Real(Case):
    def test_web_copy(self):
        source = f"{REAL}/telegram/webcopy-ru-en.txt"
        release, _ = self.build(source, name="sample")
        ru, en = records(release, "ru"), records(release, "en")
        self.assertEqual(len({r["doc_id"] for r in ru + en}), 12)
        self.assertEqual((len(ru), len(en)), (1, 11))
        manifest = json.loads((release / "manifest.json").read_text())
        self.assertEqual(sum(i["documents"] for i in manifest["inputs"]), 12)
        for r in ru + en:
            self.assertIsNotNone(r["forwarded_from"])
            self.assertNotRegex(r["text"], EMOJI)
            self.assertNotIn("VIEW IN TELEGRAM", r["text"])
            self.assertNotIn("Forwarded from", r["text"])
            lines = r["text"].split("\n")
            self.assertEqual(len(lines), len(set(lines)), "a body stands twice")
        self.run_tolmach("verify", release)

    def test_web_copy_bodies_stand_once(self):
        """121 lines are left before lines of hashtags go."""
        out, _ = self.run_tolmach("clean", "--jsonl", "--set", "clean.hashtags=off", "--set",
                                  "clean.boilerplate=off", f"{REAL}/telegram/webcopy-ru-en.txt")
        self.assertEqual(sum(json.loads(line)["text"].count("\n") + 1
                             for line in out.splitlines()), 121)

    def test_telethon(self):
        sources = sorted(glob.glob(f"{REAL}/telegram/telethon-json/*.json"))
        self.assertEqual(len(sources), 12)
        release, _ = self.build(*sources, name="news", args=["-j2"])
        ru, en = records(release, "ru"), records(release, "en")
        self.assertGreater(len(ru), 10000)
        for r in ru + en:
            self.assertNotRegex(r["text"], EMOJI)
            self.assertNotIn("](http", r["text"])
            self.assertNotIn("**", r["text"].replace(" ** ", " "))
            self.assertEqual(unicodedata.normalize("NFC", r["text"]), r["text"])
            self.assertNotIn("Подписывайся на Mash", r["text"])
        self.run_tolmach("verify", release)

    def test_cleaning_again_changes_nothing(self):
        """One post, what was learnt frozen (none is needed: its marks are gone)."""
        for source in sorted(glob.glob(f"{REAL}/telegram/telethon-json/*.json"))[:3]:
            out, _ = self.run_tolmach("clean", "--jsonl", source)
            texts = [json.loads(line)["text"] for line in out.splitlines()]
            again = "".join(json.dumps({"id": i + 1, "text": t}) + "\n"
                            for i, t in enumerate(texts))
            for markup in ("none", "markdown"):
                out, _ = self.run_tolmach("clean", "--jsonl", "--markup", markup, "--set",
                                          "clean.boilerplate.learn=false", stdin=again.encode())
                self.assertEqual([json.loads(line)["text"] for line in out.splitlines()], texts)

    def test_lines_that_go(self):
        """Against 200 posts labelled by hand: what goes, line by line."""
        sources = sorted(glob.glob(f"{REAL}/telegram/telethon-json/*.json"))
        out, _ = self.run_tolmach("clean", "--diff", "--jsonl", *sources)
        right, wrong, missed = line_labels.compare(out)
        print(f"lines removed: {len(right)} rightly, {len(wrong)} wrongly {wrong}, "
              f"{len(missed)} missed {missed}")
        self.assertGreaterEqual(len(right) / (len(right) + len(wrong)), 0.99)
        self.assertGreaterEqual(len(right) / (len(right) + len(missed)), 0.97)

    def dumps(self):
        found = sorted(p for p in glob.glob(f"{REAL}/telegram/*/*") + glob.glob(f"{REAL}/telegram/*")
                       if os.path.isfile(p) and not p.endswith((".md", "LICENSE", ".txt.license")))
        self.assertGreater(len(found), 20)
        return found

    def test_both_balances_hold_for_mutated_dumps(self):
        """Bytes turned, cut out and doubled, pieces swapped, ends cut off: nothing vanishes."""
        chance = random.Random(1)
        for source in self.dumps():
            data = pathlib.Path(source).read_bytes()
            for turn in range(3):
                bad = bytearray(data)
                for _ in range(chance.randint(1, 20)):
                    at = chance.randrange(len(bad) or 1)
                    kind = chance.randrange(4)
                    if kind == 0:
                        bad[at:at + 1] = bytes([chance.randrange(256)])
                    elif kind == 1:
                        del bad[at:at + chance.randrange(1, 3000)]
                    elif kind == 2:
                        bad[at:at] = bad[at:at + chance.randrange(1, 300)]
                    else:
                        bad[at:] = bad[at:at + chance.randrange(1, len(bad) + 1)]
                name = f"{turn}-{os.path.basename(source)}"
                self.write(name, bytes(bad))
                _, err = self.run_tolmach("build", name, "-q", "-o", f"out-{name}", "--name", "m",
                                          code=None)
                release = self.dir / f"out-{name}" / "m" / "1.0.0"
                if release.exists():
                    out, err = self.run_tolmach("verify", release)
                    self.assertIn("good", out, source)
                else:
                    self.assertIn(name, err)

    def test_every_dump_reads(self):
        for source in sorted(glob.glob(f"{REAL}/telegram/*-json*/*.json*")):
            out, _ = self.run_tolmach("read", source)
            self.assertTrue(out, source)

    def test_audit_balances_for_every_document(self):
        release, _ = self.build(f"{REAL}/telegram/telethon-json/1001117628569_messages.json")
        audit = release.parent / "audit" / "1.0.0"
        documents = [r for r in rows(audit) if "raw" in r]
        self.assertGreater(len(documents), 900)
        for d in documents:
            reading = d["reading"]
            self.assertEqual(d["source_length"],
                             reading["markup"] + reading["metadata"] + reading["body"])
            self.assertEqual(d["raw"], reading["body"] + reading["decode"])
            delta = sum(r[2] for r in d["rules"].values())
            removed = sum(r[1] for r in d["rules"].values())
            self.assertEqual(d["raw"] + delta, removed + d["text"])
            self.assertEqual(d["text"], sum(s[1] for s in d["segments"]) + d["separators"])


if __name__ == "__main__":
    main()
