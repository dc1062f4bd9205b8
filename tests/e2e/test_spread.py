"""Who took what from whom: the edges of report/spread.json, and the versions of a message."""
import hashlib
import json

from lib import Case, main, rows, tree

FERRY = ("Паром на остров сегодня не уйдёт из-за шторма, касса вернёт деньги за билеты до конца недели, "
         "а утром пустят дополнительный катер.")
LIBRARY = ("Библиотека у старого маяка снова открыта по вечерам, читателей ждут новые книги, тёплый "
           "зал и чай с вареньем из морошки.")
NEAR = LIBRARY.replace("тёплый", "светлый")
MARKET = ("The fish market opens at six in the morning and closes when the last crate is sold, so "
          "come early and bring your own bag.")
LONG = ("В гавани начали чинить старый волнорез, работы займут всё лето и часть осени, проход к "
        "маяку закрыт. Рыбаков просят держать лодки у второго причала, там поставили новые тумбы "
        "и свет.")
CUT = LONG.split(". ")[0] + "."


def post(channel, number, day, text, **more):
    titles = {1: "Пристань", 2: "Маяк", 3: "Harbour \"3\""}
    row = {"id": number, "channel_id": channel, "date": f"2025-03-{day:02}T10:00:00Z", "text": text}
    if channel in titles:
        row["channel"] = titles[channel]
    return {**row, **more}


POSTS = [
    post(1, 1, 1, FERRY),
    post(2, 5, 2, FERRY),                                       # Пристань -> Маяк, exact
    post(3, 9, 3, FERRY.upper()),                               # Пристань -> Harbour, exact
    post(3, 12, 9, FERRY, forwarded_from="Маяк"),               # the same, and a forward
    post(2, 6, 4, LIBRARY),
    post(1, 2, 5, NEAR),                                        # Маяк -> Пристань, near
    post(3, 10, 6, LONG),
    post(2, 7, 7, CUT),                                         # Harbour -> Маяк, contained
    post(3, 11, 8, "Новые книги привезут в субботу.", forwarded_from="Маяк"),
    post(2, 8, 10, f"{MARKET}\n\nРынок работает с шести утра, приходите пораньше."),
    post(1, 3, 11, f"{MARKET}\n\nРынок работает с шести утра, приходите пораньше."),   # one document
    post(4, 1, 12, LIBRARY),                                    # Маяк -> tg-4, exact
    {"date": "2025-03-20T10:00:00Z", "text": FERRY},            # to a place without a name
    post(2, 20, 21, "🐟🐟", forwarded_from="Никто"),             # empty: it gives nothing
]

EDGES = [
    ("Маяк", 'Harbour "3"', "forward", 2, 8, 9),
    ("Пристань", 'Harbour "3"', "exact", 2, 3, 9),
    ('Harbour "3"', "Маяк", "contained", 1, 7, 7),
    ("Маяк", "tg-4", "exact", 1, 12, 12),
    ("Маяк", "Пристань", "exact", 1, 11, 11),
    ("Маяк", "Пристань", "near", 1, 5, 5),
    ("Пристань", "Маяк", "exact", 1, 2, 2),
]


class Spread(Case):
    def put(self, name, posts):
        return self.write(name, "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts))

    def spread(self, release):
        return json.loads((release / "report" / "spread.json").read_text())

    def test_edges(self):
        self.put("a.jsonl", POSTS)
        release, _ = self.build("a.jsonl")
        found = self.spread(release)
        self.assertEqual([(e["from"], e["to"], e["kind"], e["count"], int(e["first"][8:10]),
                           int(e["last"][8:10])) for e in found["edges"]], EDGES)
        self.assertEqual(found["rest"], {"edges": 0, "count": 0})
        self.assertEqual(found["unnamed"], 1)
        self.run_tolmach("verify", release)

    def test_rejects_say_who_and_when(self):
        self.put("a.jsonl", POSTS)
        release, _ = self.build("a.jsonl")
        gone = {r["id"]: r for r in rows(release.parent / "audit" / "1.0.0") if "reason" in r}
        row = gone["tg-3-12-0"]
        self.assertEqual([row[k] for k in ("dup_of", "channel", "forwarded_from", "date")],
                         ["tg-1-1-0", 'Harbour "3"', "Маяк", "2025-03-09T10:00:00Z"])
        self.assertEqual(gone["tg-2-5-0"]["forwarded_from"], None)
        self.assertEqual(gone["tg-2-20"]["forwarded_from"], "Никто")

    def test_same_bytes(self):
        """Many channels, so that edges spill and are more than can be told one by one; threads,
        memory and the order of the inputs change nothing."""
        posts = []
        for i in range(6000):
            text = f"Лодка номер {i // 4} стоит у причала {i // 4 * 31} и ждёт прилива до вечера."
            place = i * 7919 % 1500
            posts.append({**post(100 + place, i, 1 + i % 28, text), "channel": f"к{place}",
                          "forwarded_from": f"к{i % 40}"})
        self.put("a.jsonl", posts[:2500])
        self.put("b.jsonl", posts[2500:])
        results = []
        for inputs, args in ((("a.jsonl", "b.jsonl"), ["-j1", "--memory", "16M"]),
                             (("b.jsonl", "a.jsonl"), ["-j3", "--memory", "1G"])):
            out = self.dir / args[0]
            release, _ = self.build(*inputs, out=out, args=args)
            results.append(tree(out))
        self.assertEqual(*results)
        self.run_tolmach("verify", release)
        found = self.spread(release)
        self.assertEqual(len(found["edges"]), 1000)
        told = sum(e["count"] for e in found["edges"]) + found["rest"]["count"]
        self.assertEqual(told, 6000 + 4500)                     # forwards, and three copies of four
        order = [(-e["count"], e["from"].encode(), e["to"].encode()) for e in found["edges"]]
        self.assertEqual(order, sorted(order))

    def test_verify_recounts(self):
        self.put("a.jsonl", POSTS)
        release, _ = self.build("a.jsonl")
        path, sums = release / "report" / "spread.json", release / "SHA256SUMS"
        old = path.read_bytes()
        new = old.replace(b'"count": 2', b'"count": 3', 1)
        path.write_bytes(new)
        out, err = self.run_tolmach("verify", release, code=1)
        self.assertIn("report/spread.json", out + err)
        sums.write_text(sums.read_text().replace(hashlib.sha256(old).hexdigest(),
                                                 hashlib.sha256(new).hexdigest()))
        out, err = self.run_tolmach("verify", release, code=1)
        self.assertIn("its edges are not those", out + err)

    def test_forgotten(self):
        """From whom a forgotten post came is told by no audit folder."""
        posts = POSTS + [post(2, 30, 15, FERRY, forwarded_from="Тихий двор")]
        self.put("a.jsonl", posts)
        first, _ = self.build("a.jsonl")
        self.assertIn("Тихий двор", (first / "report" / "spread.json").read_text())
        second, _ = self.build("a.jsonl", version="1.1.0", args=["--set", "forget=doc:tg-2-30"])
        for version in ("1.0.0", "1.1.0"):
            for row in rows(self.dir / "out" / "c" / "audit" / version):
                self.assertNotIn("Тихий двор", json.dumps(row, ensure_ascii=False))
        self.assertNotIn("Тихий двор", (second / "report" / "spread.json").read_text())
        self.run_tolmach("verify", first)
        self.run_tolmach("verify", second)


class Versions(Case):
    """Of each message the latest edit stays; the others are counted."""

    OLD = [post(1, 1, 1, "Паром уходит в семь."), post(1, 2, 1, "Касса открыта с шести утра."),
           post(1, 3, 1, "Туман над гаванью.")]
    MIDDLE = [post(1, 1, 1, "Паром уходит в восемь.", edited="2025-03-02T10:00:00Z"), OLD[1],
              post(1, 3, 1, "Густой туман над гаванью.")]
    NEW = [post(1, 1, 1, "Паром уходит в девять.", edited="2025-03-03T10:00:00Z"), OLD[1],
           post(1, 3, 1, "Густой туман над гаванью.")]

    def test_counted(self):
        for name in ("OLD", "MIDDLE", "NEW"):
            self.write(f"{name}.jsonl", "".join(json.dumps(p) + "\n" for p in getattr(self, name)))
        trees = []
        for out, order in (("a", ("OLD", "MIDDLE", "NEW")), ("b", ("NEW", "OLD", "MIDDLE"))):
            release, _ = self.build(*[f"{n}.jsonl" for n in order], out=out)
            trees.append(tree(self.dir / out))
        self.assertEqual(*trees)
        found = {r["id"]: r["n_versions"] for r in rows(release / "provenance")}
        self.assertEqual(found, {"tg-1-1-0": 3, "tg-1-2-0": 1, "tg-1-3-0": 2})
        manifest = json.loads((release / "manifest.json").read_text())
        self.assertEqual(manifest["counts"]["edits"], 3)
        self.assertEqual(manifest["ledger"]["documents"]["superseded"], 6)
        self.run_tolmach("verify", release)

    def test_adding_counts_the_same(self):
        """A version that adds to another knows of the texts of messages that are gone."""
        files = []
        for name in ("OLD", "MIDDLE", "NEW"):
            self.write(f"{name}.jsonl", "".join(json.dumps(p) + "\n" for p in getattr(self, name)))
            files.append(f"{name}.jsonl")
        index = ["--set", "audit.index=true"]
        self.build(files[0], files[1], args=index)
        added, _ = self.build(files[2], version="1.1.0", args=[*index, "--parent", "1.0.0", "--add"])
        again, _ = self.build(files[0], version="1.2.0", args=[*index, "--parent", "1.1.0", "--add"])
        for release in (added, again):
            found = {r["id"]: r["n_versions"] for r in rows(release / "provenance")}
            self.assertEqual(found, {"tg-1-1-0": 3, "tg-1-2-0": 1, "tg-1-3-0": 2})
            manifest = json.loads((release / "manifest.json").read_text())
            self.assertEqual(manifest["counts"]["edits"], 3)


class Paragraphs(Case):
    """Paragraphs that stand in five documents or more are counted, and stay."""

    REPEATED = "Касса у причала работает с шести утра, билеты \"туда и обратно\" дешевле на треть."
    FOLDER = "Расписание на лето лежит в папке C:\\nomer на столе у смотрителя маяка."

    def posts(self):
        """REPEATED in seven documents, in one of them twice and in one otherwise written; FOLDER in
        five; a short line in all; another one in four."""
        posts = []
        for i in range(12):
            lines = [f"Запись номер {i}: сегодня в гавани пришвартовались {i * 37 + 5} лодок и катеров."]
            lines += [self.REPEATED] * (i < 7)
            lines += [self.REPEATED.upper()] * (i == 3)
            lines += [self.FOLDER] * (i > 6)
            lines += ["Карта рейсов висит у входа на старый деревянный причал."] * (i % 3 == 0)
            lines += ["Хорошего дня!"]
            posts.append(post(1, i, 1 + i, "\n".join(lines)))
        return posts

    def make(self, out, args=()):
        self.write("a.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                      for p in self.posts()))
        return self.build("a.jsonl", out=out, args=["--set", "clean.boilerplate=off", "--set",
                                                    "dedup.near=off", "--set",
                                                    "dedup.paragraphs=count", *args])[0]

    def test_counted(self):
        release = self.make("out")
        audit = release.parent / "audit" / "1.0.0"
        found = [r for r in rows(audit) if "documents" in r]
        self.assertEqual(found, [{"text": self.REPEATED, "documents": 7, "doc_id": "tg-1-0"},
                                 {"text": self.FOLDER, "documents": 5, "doc_id": "tg-1-7"}])
        manifest = json.loads((release / "manifest.json").read_text())
        n = 8 * len(self.REPEATED.encode()) + 5 * len(self.FOLDER.encode())
        self.assertEqual(manifest["counts"]["paragraphs"], {"recurring": 2, "bytes": n})
        texts = [r["text"] for lang in ("ru", "en") for r in rows(release / "data" / lang)]
        self.assertEqual(sum(t.count(self.REPEATED) for t in texts), 7)     # nothing goes
        self.run_tolmach("verify", release)

    def test_verify_recounts(self):
        release = self.make("out")
        path, sums = release / "manifest.json", release / "SHA256SUMS"
        good, sealed = path.read_bytes(), sums.read_text()
        for old, new in (('"recurring": 2', '"recurring": 3'), ('"bytes": ', '"bytes": 1')):
            at = good.index(b'"paragraphs": {')
            bad = good[:at] + good[at:].replace(old.encode(), new.encode(), 1)
            path.write_bytes(bad)
            sums.write_text(sealed.replace(hashlib.sha256(good).hexdigest(),
                                           hashlib.sha256(bad).hexdigest()))
            out, err = self.run_tolmach("verify", release, code=1)
            self.assertIn("its paragraphs are", out + err)

    def test_verify_of_units_and_versions(self):
        """Other units, posts that went and a version with a parent: the count is that of the
        records."""
        self.make("out", ["--set", "unit=sentence"])
        first = self.make("b", ["--set", "audit.index=true", "--set", "dedup.near=on"])
        self.run_tolmach("verify", self.dir / "out" / "c" / "1.0.0")
        self.run_tolmach("verify", first)
        self.write("b.jsonl", "".join(json.dumps(post(2, i, 1 + i, self.FOLDER + f"\nИ ещё {i}."),
                                                 ensure_ascii=False) + "\n" for i in range(6)))
        second = self.build("b.jsonl", out="b", version="1.1.0",
                            args=["--add", "--parent", "1.0.0", "--set", "dedup.paragraphs=count",
                                  "--set", "clean.boilerplate=off", "--set", "audit.index=true"])[0]
        counts = [json.loads((r / "manifest.json").read_text())["counts"]["paragraphs"]["bytes"]
                  for r in (first, second)]
        self.assertLess(*counts)
        self.run_tolmach("verify", second)

    def test_same_bytes_and_off(self):
        one = self.make("a", ["-j1", "--memory", "16M"])
        two = self.make("b", ["-j3", "--memory", "1G"])
        self.assertEqual(tree(one.parent), tree(two.parent))
        plain, _ = self.build("a.jsonl", out="c")
        self.assertFalse((plain.parent / "audit" / "1.0.0" / "paragraphs.jsonl.zst").exists())
        manifest = json.loads((plain / "manifest.json").read_text())
        self.assertIsNone(manifest["counts"]["paragraphs"])


if __name__ == "__main__":
    main()
