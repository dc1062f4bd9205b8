"""The journal: what a build takes of earlier ones is what it would have made."""
import json
import os
import shutil
import subprocess
import time

from lib import TOLMACH, Case, main, tree
from test_versions import post, story


class Journal(Case):
    """Builds that go on, or do only a part again, give the bytes of one that does all."""

    def setUp(self):
        super().setUp()
        for channel in range(4):
            posts = [dict(post(i, story(i, salt=channel)), channel=f"К{channel}",
                          channel_id=100 + channel) for i in range(1, 700)]
            self.write(f"raw/{channel}.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                                       for p in posts))

    def make(self, out, *args, code=0):
        stdout, _ = self.run_tolmach("build", "raw", "-o", out, "--name", "c", "--set",
                                     "licence=CC0-1.0", *args, code=code)
        recalled = [line for line in stdout.splitlines() if line.startswith("journal ")]
        words = recalled[0].split() if recalled else [0] * 9
        self.cleaned_only = int(words[8])
        return int(words[1]), int(words[3])

    def same(self, *args):
        """What the journal helped to make is what is made without it."""
        self.make("plain", "--journal", "off", *args)
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(self.dir / "plain/c/1.0.0"))
        self.assertEqual(tree(self.dir / "out/c/audit"), tree(self.dir / "plain/c/audit"))
        for part in ("out/c/1.0.0", "out/c/audit", "plain"):
            shutil.rmtree(self.dir / part)

    def again(self, *args):
        """Builds anew; tells how many batches there are, and of how many the rows are not taken."""
        found, of = self.make("out", "--journal", "keep", *args)
        cleaned_only = self.cleaned_only
        self.assertEqual(found, of)
        self.assertGreater(of, 3)
        self.same(*args)
        return of, cleaned_only

    def entries(self):
        return {path.name: path.stat().st_mtime_ns
                for path in (self.dir / "out/c/.journal").rglob("?" * 32)}

    def test_another_threshold_cleans_nothing_again(self):
        self.assertEqual(self.make("out", "--journal", "keep"), (0, 0))
        self.same()
        entries = self.entries()
        of, rendered = self.again()
        self.assertEqual(rendered, 0)
        self.assertEqual(self.entries(), entries, "no batch and no frame was made again")
        # Of duplicates, and what names or packs a release: the rows are taken.
        for args in (("--set", "dedup.near.threshold=0.9"),
                     ("--set", "dedup.near.numbers=ignore", "-j", "1", "--memory", "16M"),
                     ("--set", "pack.frame=64K", "--set", "title=T", "--set", "report.examples=3"),
                     ("--set", "pack.level=5")):
            self.assertEqual(self.again(*args), (of, 0))
        # What stays: rendered from clean documents, which the journal learns too.
        for args in (("--set", "quality.preset=c4"), ("--set", "lang.other=keep"),
                     ("--set", "dedup=off"), ("--set", "dedup.near=off"),
                     ("--set", "dedup.paragraphs=count"), ("--set", "audit.index=true"),
                     ("--set", "report=off"),
                     ("--set", "lang.threshold=0.999")):
            self.assertEqual(self.again(*args), (of, of))
        self.assertEqual(self.again(*args), (of, 0))

    def test_the_unit_is_part_of_cleaning(self):
        self.make("out", "--journal", "keep")
        self.same()
        args = ("--set", "lang.threshold=0.999", "--set", "unit=document")
        self.assertEqual(self.make("out", "--journal", "keep", *args), (0, 0))
        self.same(*args)
        args = ("--set", "lang.threshold=0.5", "--set", "unit=document")
        of, rendered = self.again(*args)
        self.assertEqual(rendered, of)

    def test_another_evaluation_set_is_looked_for(self):
        self.write("eval.txt", story(7, salt=1) + "\n")
        args = ("--set", "dedup.against=eval.txt")
        self.make("out", "--journal", "keep", *args)
        self.same(*args)
        of, rendered = self.again(*args)
        self.assertEqual(rendered, 0)
        self.write("eval.txt", story(9, salt=1) + "\n")
        self.assertEqual(self.again(*args), (of, of))

    def test_sentences_are_cleaned_again(self):
        """Their borders need what was removed between them."""
        self.make("out", "--journal", "keep", "--set", "unit=sentence")
        self.same("--set", "unit=sentence")
        args = ("--set", "unit=sentence", "--set", "lang.threshold=0.999")
        self.assertEqual(self.make("out", "--journal", "keep", *args), (0, 0))
        self.same(*args)

    def test_another_rule_cleans_all_again(self):
        self.make("out", "--journal", "keep")
        shutil.rmtree(self.dir / "out/c/1.0.0"), shutil.rmtree(self.dir / "out/c/audit")
        self.assertEqual(self.make("out", "--journal", "keep", "--set", "clean.emoji=off"), (0, 0))
        self.same("--set", "clean.emoji=off")

    def test_new_input_is_all_that_is_done(self):
        self.make("out", "--journal", "keep")
        shutil.rmtree(self.dir / "out/c/1.0.0"), shutil.rmtree(self.dir / "out/c/audit")
        # Before all others, so that these get other numbers; some are told again by a later one.
        posts = [dict(post(i, story(i, salt=3 if i % 2 else 9)), channel="А", channel_id=1)
                 for i in range(1, 30)]
        self.write("raw/4.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts))
        found, of = self.make("out", "--journal", "keep")
        self.assertEqual((self.cleaned_only, of - found), (0, len(posts)))
        self.same()

    def test_a_build_that_was_stopped_goes_on(self):
        self.stop_and_go_on("keep")

    def test_a_small_journal_goes_on_too(self):
        """It holds clean documents alone: their rows are made anew."""
        self.stop_and_go_on("on")
        self.make("out", "--journal", "keep")
        shutil.rmtree(self.dir / "out/c/1.0.0"), shutil.rmtree(self.dir / "out/c/audit")
        self.assertGreater(self.make("out", "--journal", "on")[0], 0)
        self.same()
        self.assertFalse((self.dir / "out/c/.journal").exists())

    def entries_left(self):
        return len(list((self.dir / "out/c/.journal").rglob("?" * 32)))

    def stop_and_go_on(self, kind):
        for channel in range(4, 14):
            posts = [dict(post(i, story(i, salt=channel)), channel=f"К{channel}",
                          channel_id=100 + channel) for i in range(1, 700)]
            self.write(f"raw/{channel}.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                                       for p in posts))
        stops, done = 0, 0
        while stops < 3 and not (self.dir / "out/c/1.0.0").exists():
            process = subprocess.Popen(
                [TOLMACH, "build", "raw", "-o", "out", "--name", "c", "--set", "licence=CC0-1.0",
                 "--journal", kind, "-j", "1"], cwd=self.dir, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            while process.poll() is None and self.entries_left() <= done:
                time.sleep(0.001)
            process.kill()
            process.wait()
            left = self.entries_left()
            if left > 0 and not (self.dir / "out/c/1.0.0").exists():
                self.assertGreaterEqual(left, done)
                stops, done = stops + 1, left
        self.assertGreater(stops, 0, "no build was stopped on its way")
        if not (self.dir / "out/c/1.0.0").exists():
            self.assertGreater(self.make("out", "--journal", kind)[0], 0)
        self.same()

    def test_damage_counts_as_not_there(self):
        self.make("out", "--journal", "keep")
        entries = sorted((self.dir / "out/c/.journal").rglob("?" * 32))
        for i, entry in enumerate(entries):
            data = bytearray(entry.read_bytes())
            data[len(data) // 2] ^= 1
            entry.write_bytes([bytes(data), b"", bytes(data[: len(data) // 2]),
                               entries[0].read_bytes()][i % 4])
        shutil.rmtree(self.dir / "out/c/1.0.0"), shutil.rmtree(self.dir / "out/c/audit")
        self.make("out", "--journal", "keep")
        self.same()

    def test_it_goes_when_it_is_not_kept(self):
        self.make("out", "--journal", "keep")
        self.assertTrue((self.dir / "out/c/.journal").exists())
        used = set(os.listdir(self.dir / "out/c/.journal/new"))
        self.make("out", "--journal", "keep", "--version", "1.0.1", "--set", "clean.emoji=off",
                  "--set", "pack.level=4")
        self.assertFalse(used & set(os.listdir(self.dir / "out/c/.journal/new")))
        self.make("small")
        self.assertFalse((self.dir / "small/c/.journal").exists())

    def kept(self):
        """All that the journal holds, unpacked: frames stand behind a head, documents behind two."""
        found = b""
        for path in (self.dir / "out/c/.journal").rglob("?" * 32):
            data = path.read_bytes()
            start = data.index(b"\x28\xb5\x2f\xfd")
            found += subprocess.run(["zstd", "-dcq"], input=data[start:], capture_output=True,
                                    check=True).stdout
        return found.decode("utf-8", "replace")

    def test_what_is_forgotten_is_not_kept(self):
        marked = dict(post(5000, story(5000, salt=2) + " Пароль от маяка: перловка."),
                      channel="К2", channel_id=102)
        with open(self.dir / "raw/2.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(marked, ensure_ascii=False) + "\n")
        self.make("out", "--journal", "keep")
        self.assertIn("перловка", self.kept())
        shutil.rmtree(self.dir / "out/c/1.0.0"), shutil.rmtree(self.dir / "out/c/audit")
        found, of = self.make("out", "--journal", "keep", "--set", "forget=doc:tg-102-5000")
        self.assertEqual(of - found, 1)
        self.assertNotIn("перловка", self.kept())
        self.same("--set", "forget=doc:tg-102-5000")


if __name__ == "__main__":
    main()
