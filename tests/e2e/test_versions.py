"""Versions of a corpus: what `diff` says against what the records say, `log`, parents, and what is
to be forgotten."""
import hashlib
import json
import os
import shutil

from lib import Case, jsonl, main, records, rows, tree, unpack


def post(number, text, **more):
    return {"id": number, "channel": "Пристань", "channel_id": 77, "date": "2025-03-01T10:00:00Z",
            "text": text, **more}


OLD = [
    post(1, "Паром уходит в семь утра, касса открыта с шести."),
    post(2, "В субботу у третьего причала убирают настил."),
    post(3, "Библиотека у маяка снова работает по вечерам."),
    post(4, "Рыбаки вернулись с хорошим уловом корюшки."),
    post(5, "The ferry leaves at seven, the ticket office opens at six."),
    post(6, "Прогноз на четверг: туман и слабый ветер."),
]
NEW = [
    OLD[0],                                                             # the same
    post(2, "В воскресенье у третьего причала убирают настил."),        # another text
    post(3, OLD[2]["text"], author="Смотритель"),                       # other metadata
    post(4, "🐟🐟🐟"),                                                   # empty now
    # 5 is absent
    post(6, OLD[0]["text"]),                                            # a duplicate now
    post(7, "Новый маршрут катера начнётся в мае."),                    # added
]


class Versions(Case):
    def setUp(self):
        super().setUp()
        for version, posts in (("1.0.0", OLD), ("1.1.0", NEW)):
            self.write(f"{version}.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                                   for p in posts))
            self.build(f"{version}.jsonl", version=version, args=["--set", "dedup.near=off"])
        self.old, self.new = self.dir / "out/c/1.0.0", self.dir / "out/c/1.1.0"

    def all_records(self, release):
        return {r["id"]: r for lang in ("ru", "en") for r in records(release, lang)}

    def test_diff_agrees_with_the_records(self):
        old, new = self.all_records(self.old), self.all_records(self.new)
        want = [f"+ {i}" for i in new if i not in old]
        want += [f"~ {i}" for i in new if i in old and new[i]["text"] != old[i]["text"]]
        want += [f"* {i}" for i in new if i in old and new[i]["text"] == old[i]["text"] and
                 {**new[i], "quality": 0} != {**old[i], "quality": 0}]
        want += [f"- {i}" for i in old if i not in new]
        out, _ = self.run_tolmach("diff", "--list", self.old, self.new)
        listed = [line for line in out.split("\n") if line[:2] in ("+ ", "- ", "~ ", "* ")]
        self.assertEqual(sorted(" ".join(line.split()[:2]) for line in listed), sorted(want))
        reasons = dict(line.split()[1:] for line in listed if line[0] == "-")
        self.assertEqual({i.rsplit("-", 2)[1]: r for i, r in reasons.items()},
                         {"4": "empty", "5": "absent", "6": "duplicate"})
        out, _ = self.run_tolmach("diff", "--json", self.old, self.new)
        numbers = json.loads(out)
        self.assertEqual([numbers[k] for k in ("added", "removed", "text", "metadata")],
                         [1, 3, 1, 1])
        self.assertEqual(numbers["removed_as"], {"empty": 1, "absent": 1, "duplicate": 1})

    def test_with_itself(self):
        out, _ = self.run_tolmach("diff", "--list", self.old, self.old)
        self.assertEqual(out, "from 1.0.0 to 1.0.0\nrecords: 0 added, 0 removed, 0 with another text, "
                              "0 with other metadata\n")

    def test_a_changed_recipe_shows(self):
        self.build("1.0.0.jsonl", version="1.0.1", args=["--set", "dedup.near=off", "--set",
                                                         "clean.emoji.flags=iso"])
        out, _ = self.run_tolmach("diff", self.old, self.dir / "out/c/1.0.1")
        self.assertIn("-     flags: drop", out)
        self.assertIn("+     flags: iso", out)
        out, _ = self.run_tolmach("diff", "--json", self.old, self.dir / "out/c/1.0.1")
        self.assertFalse(json.loads(out)["same_recipe"])

    def test_log(self):
        out, _ = self.run_tolmach("log", "out/c")
        self.assertEqual([line.split()[0] for line in out.splitlines()],
                         ["version", "1.0.0", "1.1.0"])
        out, _ = self.run_tolmach("log", "--json", "out/c")
        self.assertEqual([(v["ru"], v["en"]) for v in json.loads(out)], [(5, 1), (4, 0)])
        _, err = self.run_tolmach("log", ".", code=3)
        self.assertIn("no release lies in it", err)



FOOTER = "Подписывайтесь на канал «Пристань»: @pristan_news"
WORDS = ("паром причал маяк корюшка туман катер настил касса якорь чайка бухта канат лодка шторм "
         "ветер рыбак склад буксир сирена волна").split()


def story(number, salt=0):
    """A post of everyday words that no other number gives, with the channel's footer."""
    draw = [int(hashlib.sha256(f"{number}:{salt}:{i}".encode()).hexdigest(), 16) for i in range(24)]
    return " ".join(WORDS[d % len(WORDS)] for d in draw).capitalize() + ".\n\n" + FOOTER


class Parents(Case):
    """Version 1.0.0 of old posts; 1.1.0 adds new ones, with an edit, a duplicate of an earlier
    date, a new source, and a post that an old file has too."""

    CHILD = ["--set", "audit.index=true", "--set", "licence=CC0-1.0"]

    def setUp(self):
        super().setUp()
        old = [post(i, story(i), author="Смотритель" if i % 10 == 3 else "Боцман")
               for i in range(1, 61)]
        old.append(post(61, old[4]["text"]))                            # a duplicate
        new = [post(i, story(i)) for i in range(62, 80)]
        new.append(post(7, story(7, salt=1), edited="2025-03-02T10:00:00Z"))    # an edit
        new.append(dict(post(80, story(20)), date="2024-01-01T10:00:00Z"))      # older than 20
        new.append(old[9])                                              # the same once more
        new += [dict(post(i, story(1000 + i)), channel="Маяк", channel_id=88) for i in range(9)]
        self.put("raw/old.jsonl", old)
        self.put("raw/new.jsonl", new)
        self.recipe("first", ["raw/old.jsonl"], "version: 1.0.0")
        self.recipe("added", ["raw/new.jsonl"], "version: 1.1.0\nparent: 1.0.0\nadd: true")
        self.recipe("whole", ["raw/new.jsonl", "raw/old.jsonl"], "version: 1.1.0\nparent: 1.0.0")

    def put(self, name, posts):
        self.write(name, "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts))

    def recipe(self, name, inputs, more):
        self.write(f"{name}.yaml", f"name: c\ninputs: [{', '.join(inputs)}]\n{more}\n")

    def make(self, name, out="out", args=(), code=0):
        return self.run_tolmach("build", f"{name}.yaml", "-o", out, *self.CHILD, *args, code=code)

    def release(self, version, out="out"):
        return self.dir / out / "c" / version

    def same(self, one, two):
        """Releases and audit folders are the same but for what names the recipe."""
        named = {"manifest.json", "SHA256SUMS", "CHANGES.md", "changes.json"}
        for part in ("c/1.1.0", "c/audit/1.1.0"):
            a, b = tree(self.dir / one / part), tree(self.dir / two / part)
            self.assertEqual({k: v for k, v in a.items() if k not in named},
                             {k: v for k, v in b.items() if k not in named})
        a, b = (json.loads((self.dir / o / "c/1.1.0/manifest.json").read_text())
                for o in (one, two))
        for manifest in (a, b):
            del manifest["recipe"]
        self.assertEqual(a, b)

    def test_adding_gives_what_all_inputs_give(self):
        self.make("first")
        shutil.copytree(self.dir / "out", self.dir / "two")
        os.rename(self.dir / "raw/old.jsonl", self.dir / "old.aside")   # it is not read again
        self.make("added")
        os.rename(self.dir / "old.aside", self.dir / "raw/old.jsonl")
        self.make("whole", out="two")
        self.same("out", "two")
        out, _ = self.run_tolmach("verify", self.release("1.1.0"), "added.yaml", "--set",
                                  "audit.index=true", "--set", "licence=CC0-1.0")
        self.assertIn("rebuilt from its inputs: the same bytes", out)
        manifest = json.loads((self.release("1.1.0") / "manifest.json").read_text())
        self.assertEqual(manifest["parent"], "1.0.0")
        self.assertEqual([i["name"] for i in manifest["inputs"]],
                         ["raw/new.jsonl", "raw/old.jsonl"])
        self.assertEqual(manifest["ledger"]["documents"]["superseded"], 2)
        texts = {r["id"]: r["text"] for r in records(self.release("1.1.0"), "ru")}
        self.assertNotIn("tg-77-20-0", texts)           # the older copy stays
        self.assertIn("tg-77-80-0", texts)
        self.assertNotIn("Подписывайтесь", "".join(texts.values()))

    def test_a_chain_can_be_built_again(self):
        for out in ("out", "again"):
            self.make("first", out=out)
            self.make("added", out=out)
            self.recipe("third", ["raw/late.jsonl"], "version: 1.2.0\nparent: 1.1.0\nadd: true")
            self.put("raw/late.jsonl", [post(200, story(200))])
            self.make("third", out=out, args=["-j", "1" if out == "out" else "3", "--memory",
                                              "16M" if out == "out" else "1G"])
        self.assertEqual(tree(self.dir / "out"), tree(self.dir / "again"))

    def test_what_was_learnt_is_frozen(self):
        self.make("first")
        self.put("raw/new.jsonl", [post(i, f"Одиночная запись номер {i} без подписи.")
                                   for i in range(300, 305)] + [post(310, story(310))])
        self.make("added")
        texts = {r["id"]: r["text"] for r in records(self.release("1.1.0"), "ru")}
        self.assertNotIn("Подписывайтесь", texts["tg-77-310-0"])
        lines = [json.loads((self.release(v) / "manifest.json").read_text())["learnt"]
                 for v in ("1.0.0", "1.1.0")]
        self.assertEqual(lines[0], lines[1])

    def test_a_footer_with_a_number_is_frozen_too(self):
        """The manifest shows it masked; the line is known by its digest."""
        footer = "Звоните нам и подписывайтесь: +7 912 345-67-89"
        self.put("raw/old.jsonl", [post(i, story(i).replace(FOOTER, footer)) for i in range(40)])
        self.put("raw/new.jsonl", [post(99, story(99).replace(FOOTER, footer))])
        self.make("first")
        self.make("added")
        manifest = (self.release("1.1.0") / "manifest.json").read_text()
        self.assertNotIn("345-67-89", manifest)
        self.assertIn("footer_learnt", manifest)
        texts = {r["id"]: r["text"] for r in records(self.release("1.1.0"), "ru")}
        self.assertNotIn("Звоните", texts["tg-77-1-0"])
        self.assertNotIn("Звоните", texts["tg-77-99-0"])

    def test_frames_and_files_are_shared(self):
        self.make("first")
        self.recipe("again", ["raw/old.jsonl"], "version: 1.1.0\nparent: 1.0.0")
        self.make("again")
        old, new = self.release("1.0.0"), self.release("1.1.0")
        shards = sorted(p.relative_to(old) for p in old.rglob("*.zst"))
        self.assertTrue(shards)
        for shard in shards:
            self.assertEqual((old / shard).stat().st_ino, (new / shard).stat().st_ino)
        changes = json.loads((new / "changes.json").read_text())
        self.assertEqual([changes[k] for k in ("added", "removed", "text", "metadata")], [0] * 4)
        self.run_tolmach("verify", new)

    def test_damage_of_the_parent_does_not_spread(self):
        self.make("first")
        self.recipe("again", ["raw/old.jsonl"], "version: 1.1.0\nparent: 1.0.0")
        shard = next((self.release("1.0.0") / "data/ru").iterdir())
        data = bytearray(shard.read_bytes())
        data[len(data) // 3] ^= 1
        shard.write_bytes(bytes(data))
        self.make("again", code=None)
        if self.release("1.1.0").exists():
            self.run_tolmach("verify", self.release("1.1.0"))

    def test_the_changelog_is_what_diff_says(self):
        self.make("first")
        self.make("added")
        out, _ = self.run_tolmach("diff", self.release("1.0.0"), self.release("1.1.0"))
        self.assertIn(out, (self.release("1.1.0") / "CHANGES.md").read_text())
        out, _ = self.run_tolmach("diff", "--json", self.release("1.0.0"), self.release("1.1.0"))
        self.assertEqual(json.loads(out),
                         json.loads((self.release("1.1.0") / "changes.json").read_text()))

    def test_errors(self):
        self.make("first", args=["--set", "audit.index=false"])
        _, err = self.make("added", code=3)
        self.assertIn("keeps no index", err)
        _, err = self.make("added", args=["--set", "parent=0.9.0"], code=3)
        self.assertIn("no release", err)
        shutil.rmtree(self.dir / "out")
        self.make("first")
        _, err = self.make("added", args=["--set", "clean.emoji.flags=iso"], code=2)
        self.assertIn("cleaned otherwise: 'clean.emoji.flags: drop', and here "
                      "'clean.emoji.flags: iso'", err)
        _, err = self.make("added", args=["--set", "limit=3"], code=2)
        _, err = self.make("added", args=["--version", "1.0.0"], code=2)
        self.assertIn("same version", err)
        index = self.dir / "out/c/audit/1.0.0/index.zst"
        whole = index.read_bytes()
        for cut in (0, 9, len(whole) // 2, len(whole) - 40):
            index.write_bytes(whole[:cut])
            _, err = self.make("added", code=3)
            self.assertIn("index", err)
        self.assertFalse(self.release("1.1.0").exists())

    def test_forgetting(self):
        self.make("first")
        secret = {p["id"]: p["text"].split("\n")[0] for p in jsonl(self.dir / "raw/old.jsonl")
                  if p["id"] == 12 or p.get("author") == "Смотритель"}
        _, err = self.make("added", args=["--set", "forget=doc:tg-77-12,author:Смотритель"])
        self.assertIn("purged from earlier audit folders", err)
        new = self.release("1.1.0")
        ids = {r["doc_id"] for r in records(new, "ru")}
        self.assertFalse(ids & {f"tg-77-{i}" for i in secret})
        digest = hashlib.sha256("author:Смотритель".encode()).hexdigest()
        manifest = json.loads((new / "manifest.json").read_text())
        self.assertIn(digest, manifest["forget"])
        self.assertEqual(manifest["ledger"]["documents"]["forgotten"], len(secret))
        self.run_tolmach("verify", new)
        self.run_tolmach("verify", self.release("1.0.0"))       # its audit folder still balances
        kept = b"".join(unpack(p) for p in new.rglob("*.zst")) + b"".join(
            unpack(p) for p in (self.dir / "out/c/audit").rglob("*.zst"))
        kept += b"".join(p.read_bytes() for p in new.rglob("*") if p.suffix in (".md", ".json"))
        for text in secret.values():
            self.assertFalse(text.encode() in kept, text)
        self.assertFalse("Смотритель".encode() in kept)
        # A later version forgets them too, without being told again, even from the raw inputs.
        self.recipe("third", ["raw/old.jsonl", "raw/new.jsonl"], "version: 1.2.0\nparent: 1.1.0")
        self.make("third")
        ids = {r["doc_id"] for r in records(self.release("1.2.0"), "ru")}
        self.assertFalse(ids & {f"tg-77-{i}" for i in secret})

    def test_forgetting_what_no_input_holds_any_more(self):
        """An author is found in an earlier audit folder alone, one that keeps no index."""
        repost = dict(post(90, story(12)), author="Смотритель")       # a duplicate: a reject
        self.put("raw/old.jsonl", jsonl(self.dir / "raw/old.jsonl") + [repost])
        self.make("first", args=["--set", "audit.index=false"])
        audit = self.dir / "out/c/audit/1.0.0"
        held = b"".join(unpack(p) for p in audit.rglob("*.zst"))
        self.assertIn("Смотритель".encode(), held)
        rejects = [json.loads(line) for line in unpack(audit / "rejects.jsonl.zst").splitlines()]
        self.assertTrue([r["text"] for r in rejects if r["id"].startswith("tg-77-90-")][0])
        self.put("raw/new.jsonl", [post(200, story(200))])
        self.recipe("later", ["raw/new.jsonl"], "version: 1.1.0\nparent: 1.0.0")
        _, err = self.make("later", args=["--set", "forget=author:Смотритель"])
        self.assertIn("purged from earlier audit folders", err)
        held = b"".join(unpack(p) for p in audit.rglob("*.zst"))
        self.assertNotIn("Смотритель".encode(), held)
        rejects = [json.loads(line) for line in unpack(audit / "rejects.jsonl.zst").splitlines()]
        self.assertEqual({r["text"] for r in rejects if r["id"].startswith("tg-77-90-")}, {None})
        self.run_tolmach("verify", self.release("1.0.0"))

    def test_forgetting_needs_no_inputs(self):
        self.make("first")
        self.run_tolmach("build", "-o", "out", "--name", "c", "--version", "1.0.1", "--parent",
                         "1.0.0", "--add", *self.CHILD, "--set", "forget=tg-77-12")
        ids = {r["doc_id"] for r in records(self.release("1.0.1"), "ru")}
        self.assertNotIn("tg-77-12", ids)
        self.assertEqual(len(ids), 59)
        _, err = self.make("first", args=["--version", "2.0.0", "--set", "forget=Anna"], code=2)
        self.assertIn("doc:ID", err)



if __name__ == "__main__":
    main()
