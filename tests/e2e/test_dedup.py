"""Near duplicates, through the filter and through a build."""
import json
import os
import random
import signal
import subprocess

from lib import HARBOUR, TOLMACH, Case, jsonl, main, records, rows, tree

WORDS = ("ferry pier harbour boat tide morning lighthouse паром причал гавань лодка прилив утро "
         "маяк").split()


def make_posts(n):
    """Posts, a third of them edited copies of others."""
    chance = random.Random(7)
    posts = []
    for i in range(n):
        if i > 10 and chance.random() < 0.33:
            words = posts[chance.randrange(i)].split()
            words.insert(chance.randrange(len(words) + 1), chance.choice(WORDS))
        else:
            words = [f"{chance.choice(WORDS)}{chance.randrange(40)}"
                     for _ in range(chance.randint(3, 60))]
        posts.append(" ".join(words))
    return posts


class Dedup(Case):
    def test_filter(self):
        story = "The evening ferry to the island will not sail because of the storm tonight"
        lines = [f"{story}.", "Nothing else happened", f"{story}, they say.", "nothing else HAPPENED!",
                 f"{story} at 9.", f"{story} at 10."]
        path = self.write("a.txt", "\n".join(lines) + "\n")
        out, _ = self.run_tolmach("dedup", "--near", path)
        self.assertEqual(out.splitlines(), lines[:2])
        out, _ = self.run_tolmach("dedup", "--near", "--explain", path)
        told = [line.split("\t") for line in out.splitlines()]
        self.assertEqual([(t[0], t[1], t[2], t[4]) for t in told],
                         [("3", "1", "near", lines[2]), ("4", "2", "exact", lines[3]),
                          ("5", "1", "near", lines[4]), ("6", "1", "near", lines[5])])
        self.assertTrue(all(0.8 <= float(t[3]) <= 1 for t in told))
        out, _ = self.run_tolmach("dedup", "--near", "--threshold", "1", path)
        self.assertEqual(out.splitlines(), lines[1:3] + lines[4:])
        # The first of the two stays: numbers keep them apart.
        path.write_text("\n".join(lines[4:]) + "\n")
        out, _ = self.run_tolmach("dedup", "--near", path)
        self.assertEqual(out.splitlines(), lines[4:])
        out, _ = self.run_tolmach("dedup", "--near", "--numbers", "ignore", path)
        self.assertEqual(out.splitlines(), lines[4:5])

    def test_objects_come_out_unchanged(self):
        odd = '{ "x" : 1.50, "text":"The evening ferry will not sail because of the storm" }'
        near = '{"text":"The evening ferry will not sail because of the storms"}'
        out, _ = self.run_tolmach("dedup", "--near", stdin=f"{odd}\n{near}\n".encode())
        self.assertEqual(out, odd + "\n")

    def test_usage(self):
        for args in (["--threshold", "2"], ["--threshold", "x"], ["--numbers", "maybe"], ["-j", "0"],
                     ["--memory", "much"]):
            _, err = self.run_tolmach("dedup", "--near", *args, code=2, stdin=b"")
            self.assertIn(args[1], err)
        self.run_tolmach("dedup", "--against", "none.txt", code=3, stdin=b"a\n")

    def test_against(self):
        self.write("eval.txt", "Which boat is the oldest one here?\n")
        self.write("other.jsonl", '{"text":"the cat sat on the mat today"}\n')
        text = "which boat is the oldest one here\nA boat\nOh, the cat sat on the mat today!\n"
        args = ("dedup", "--against", "eval.txt", "--against", "other.jsonl")
        out, err = self.run_tolmach(*args, stdin=text.encode())
        self.assertEqual(out, "A boat\n")
        self.assertIn("eval.txt: note: 1 rows", err)
        self.assertIn("other.jsonl: note: 1 rows", err)
        out, _ = self.run_tolmach(*args, "--explain", stdin=text.encode())
        self.assertEqual([line.split("\t")[:3] for line in out.splitlines()],
                         [["1", "eval.txt", "contaminated"], ["3", "other.jsonl", "contaminated"]])

    def test_against_keeps_to_the_memory(self):
        words = " ".join(f"w{i}" for i in range(40000))
        self.write("eval.txt", words + "\n")
        _, err = self.run_tolmach("dedup", "--against", "eval.txt", "--memory", "1M", code=None,
                                  stdin=b"a\n")
        self.assertIn("more memory is needed", err)
        out, _ = self.run_tolmach("dedup", "--against", "eval.txt", "--memory", "8M",
                                  stdin=f"a\n{words[:200]}\n".encode())
        self.assertEqual(out, "a\n")

    def test_exact_same_bytes(self):
        """A full table, threads and memory change nothing; nor does another order of the lines change
        which texts stay."""
        chance = random.Random(5)
        lines = [f"{chance.choice(WORDS)} {chance.randrange(60000)}" for _ in range(200000)]
        path = self.write("a.txt", "\n".join(lines) + "\n")
        want = list(dict.fromkeys(lines))
        self.assertLess(len(want), 190000)
        for args in (["-j1"], ["-j2", "--memory", "64M"], ["-j5", "--memory", "4G"],
                     ["-j2", "--memory", "1M"]):
            out, _ = self.run_tolmach("dedup", *args, path)
            self.assertTrue(out.splitlines() == want, args)
        path = self.write("b.txt", "\n".join(reversed(lines)) + "\n")
        out, _ = self.run_tolmach("dedup", "--memory", "1M", path)
        self.assertEqual(sorted(out.splitlines()), sorted(want))
        told, _ = self.run_tolmach("dedup", "--explain", "--memory", "1M", path)
        self.assertEqual(told.count("\n"), len(lines) - len(want))

    def test_stopped(self):
        """One that is told to stop leaves nothing behind and says so."""
        folder = self.dir / "tmp"
        folder.mkdir()
        for near in ([], ["--near"]):
            child = subprocess.Popen([TOLMACH, "dedup", *near, "--memory", "1M", "-j2"],
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                     env=dict(os.environ, TMPDIR=str(folder)))
            child.stdin.write("".join(f"{post}\n" for post in make_posts(8000)).encode())
            child.stdin.flush()
            child.send_signal(signal.SIGTERM)
            self.assertNotEqual(child.wait(timeout=20), 0)
            child.stdin.close()
            self.assertEqual(list(folder.iterdir()), [])

    def test_same_bytes(self):
        posts = make_posts(20000)
        path = self.write("a.txt", "\n".join(posts) + "\n")
        want, _ = self.run_tolmach("dedup", "--near", "--explain", "-j1", path)
        self.assertGreater(want.count("\tnear\t"), 3000)
        for args in (["-j2"], ["-j5", "--memory", "4G"], ["-j2", "--memory", "1M"]):
            out, _ = self.run_tolmach("dedup", "--near", "--explain", *args, path)
            self.assertTrue(out == want, args)

    def test_build(self):
        """Of the worked corpus exactly those reposts go that were written as such."""
        ids = {"port-vestnik": 1900000001, "harbour-notes": 1900000002, "two-shores": 1900000003}
        posts = jsonl(HARBOUR / "posts.jsonl")
        want = {f"tg-{ids[p['channel']]}-{p['id']}-0" for p in posts if "near_of" in p}
        self.assertEqual(len(want), 3)
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--set", "dedup.near=on")
        release = self.dir / "out" / "harbour" / "1.0.0"
        audit = self.dir / "out" / "harbour" / "audit" / "1.0.0"
        gone = [r for r in rows(audit) if r.get("reason") in ("near_duplicate", "contained")]
        self.assertEqual({r["id"] for r in gone}, want)
        kept = {r["id"] for lang in ("ru", "en") for r in records(release, lang)}
        for r in gone:
            self.assertIn(r["dup_of"], kept)
            self.assertGreater(r["similarity"], 0.8)
        clusters = {r["cluster_id"]: r["n_dups"] for r in rows(release / "provenance")
                    if r["n_dups"]}
        self.assertTrue({r["dup_of"] for r in gone} <= set(clusters))
        manifest = json.loads((release / "manifest.json").read_text())
        self.assertEqual(manifest["ledger"]["segments"]["near_duplicate"], 3)
        self.run_tolmach("verify", release)

    def test_build_same_bytes(self):
        posts = make_posts(12000)
        rows_ = [json.dumps({"id": i, "channel": f"c{i % 9}", "date": 1700000000 + i * 7919 % 12000,
                             "text": text}) for i, text in enumerate(posts)]
        half = len(rows_) // 2
        self.write("a.jsonl", "\n".join(rows_[:half]) + "\n")
        self.write("b.jsonl", "\n".join(rows_[half:]) + "\n")
        results = []
        for inputs, args in ((("a.jsonl", "b.jsonl"), ["-j1"]),
                             (("b.jsonl", "a.jsonl"), ["-j5", "--memory", "16M"])):
            out = self.dir / args[0]
            release, _ = self.build(*inputs, out=out, args=args)
            results.append(tree(out))
        self.assertEqual(*results)
        self.run_tolmach("verify", release)

    def test_build_against(self):
        recipe = ("name: c\nversion: 1.0.0\ninputs: [a.jsonl]\n"
                  "dedup: {against: [eval.txt]}\n")
        self.write("r/recipe.yaml", recipe)
        self.write("r/eval.txt", "Which boat is the oldest one here?\n")
        self.write("r/a.jsonl", '{"text":"They ask which boat is the oldest one here, and why."}\n'
                                '{"text":"The ferry leaves at nine in the morning."}\n')
        self.run_tolmach("build", "r/recipe.yaml", "-o", "out")
        release = self.dir / "out" / "c" / "1.0.0"
        self.assertEqual([r["text"] for r in records(release, "en")],
                         ["The ferry leaves at nine in the morning."])
        manifest = json.loads((release / "manifest.json").read_text())
        self.assertEqual(manifest["against"], [{"name": "eval.txt", "segments": 1}])
        self.assertIn("contaminated", [r.get("reason") for r in rows(release.parent / "audit" /
                                                                    "1.0.0")])
        self.run_tolmach("verify", release)


if __name__ == "__main__":
    main()
