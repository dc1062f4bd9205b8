"""The same inputs give the same bytes, whatever the machine looks like."""
import shutil

from lib import HARBOUR, Case, main, records, rows, tree


class SameBytes(Case):
    INPUTS = ["port-vestnik/result.json", "harbour-notes.telethon.jsonl", "two-shores/result.json",
              "two-shores.webcopy.txt"]

    def make(self, where, order=1, env=None, args=()):
        """Copies the inputs to a folder of their own and builds them; digests of all outputs."""
        raw = self.dir / where / "raw"
        shutil.copytree(HARBOUR / "raw", raw)
        inputs = [raw / i for i in self.INPUTS][::order]
        out = self.dir / where / "o"
        self.build(*inputs, out=out, args=args, env=env)
        return tree(out)

    def test_all_ways(self):
        want = self.make("a", args=["-j1"])
        self.assertGreater(len(want), 6)
        self.assertEqual(self.make("b/deeper", args=["-j2"]), want, "-j2, another folder")
        self.assertEqual(self.make("c", order=-1, args=["-j5"]), want, "shuffled inputs")
        self.assertEqual(self.make("d", args=["--memory", "16M"]), want, "memory")
        self.assertEqual(self.make("e", env={"LC_ALL": "C", "TZ": "UTC"}), want, "LC_ALL=C")
        self.assertEqual(self.make("f", env={"LC_ALL": "ru_RU.UTF-8", "TZ": "Asia/Vladivostok"}),
                         want, "another locale and time zone")

    def test_input_given_twice(self):
        """The same message in two inputs is one document."""
        raw = self.dir / "raw"
        raw.mkdir()
        shutil.copy(HARBOUR / "raw/port-vestnik/result.json", raw / "a.json")
        one, _ = self.build(raw / "a.json", name="one")
        shutil.copy(raw / "a.json", raw / "b.json")
        two, _ = self.build(raw / "a.json", raw / "b.json", name="two")
        pick = lambda t: {k: v for k, v in t.items() if k.startswith("data/")}
        self.assertEqual(pick(tree(one)), pick(tree(two)))

    def test_latest_edit_wins(self):
        old = '{"id":1,"channel_id":1900000009,"date":1700000000,"text":"The ferry leaves at nine."}'
        new = ('{"id":1,"channel_id":1900000009,"date":1700000000,"edit_date":1700000900,'
               '"text":"The ferry leaves at ten."}')
        self.write("old.jsonl", old + "\n")
        self.write("new.jsonl", new + "\n")
        for name, inputs in (("a", ("old.jsonl", "new.jsonl")), ("b", ("new.jsonl", "old.jsonl"))):
            release, _ = self.build(*inputs, name=name)
            self.assertEqual([r["text"] for r in records(release, "en")],
                             ["The ferry leaves at ten."])
            audit = release.parent / "audit" / "1.0.0"
            self.assertIn("superseded", [r.get("reason") for r in rows(audit)])
            self.run_tolmach("verify", release)

    def test_equal_posts_without_ids_stay_apart(self):
        """They are two documents; the second is a duplicate with a place of its own."""
        self.write("a.jsonl", '{"text":"Good morning to the whole harbour."}\n' * 2)
        release, _ = self.build("a.jsonl")
        audit = release.parent / "audit" / "1.0.0"
        ids = [r["doc_id"] for r in rows(audit) if "raw" in r]
        self.assertEqual(len(ids), 2)
        self.assertEqual(len(set(ids)), 2)
        self.assertEqual(len(records(release, "en")), 1)

    def test_spilled(self):
        """More documents than fit the memory give the same bytes as when they fit."""
        lines = []
        for i in range(60000):
            n = i * 7919 % 60000
            lines.append('{"id":%d,"channel":"c%d","date":%d,"text":"Post number %d: the ferry to '
                         'the island leaves at nine, and %d people are waiting on the pier."}'
                         % (n, n % 7, 1700000000 + n, n, n * 31))
        self.write("a.jsonl", "\n".join(lines) + "\n")
        results = []
        for memory in ("16M", "1G"):
            out = self.dir / memory
            self.build(self.dir / "a.jsonl", out=out, args=["--memory", memory, "-j2"])
            results.append(tree(out))
        self.assertEqual(*results)


if __name__ == "__main__":
    main()
