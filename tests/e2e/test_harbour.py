"""The worked corpus: its records are those that were written by hand, whatever the format."""
import json
import unittest

from lib import HARBOUR, Case, jsonl, main, records, rows

CHANNELS = ("port-vestnik", "harbour-notes", "two-shores")


def key(row):
    return row["doc_id"], row["seg"], row["lang"], row["text"]


class Harbour(Case):
    def expect(self, release, want):
        for lang in ("ru", "en"):
            got = [key(r) for r in records(release, lang)]
            self.assertEqual(len(got), len(want[lang]), lang)
            for g, w in zip(got, want[lang]):
                self.assertEqual(g, w)

    def test_recipe(self):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out")
        release = self.dir / "out" / "harbour" / "1.0.0"
        self.expect(release, {lang: [key(r) for r in jsonl(HARBOUR / "expected" / f"{lang}.jsonl")]
                              for lang in ("ru", "en")})

    def test_web_copy(self):
        self.run_tolmach("build", HARBOUR / "webcopy.yaml", "-o", "out")
        release = self.dir / "out" / "harbour-webcopy" / "1.0.0"
        got = sorted((r["forwarded_from"], r["seg"], r["lang"], r["text"])
                     for lang in ("ru", "en") for r in records(release, lang))
        want = sorted((r["source"], r["seg"], r["lang"], r["text"])
                      for r in jsonl(HARBOUR / "expected" / "webcopy.jsonl"))
        self.assertEqual(got, want)

    def test_desktop_and_telethon_give_the_same(self):
        posts = jsonl(HARBOUR / "posts.jsonl")
        limited = {(p["channel"], p["id"]) for p in posts if p.get("only")}
        ids = {"port-vestnik": 1900000001, "harbour-notes": 1900000002, "two-shores": 1900000003}
        skip = {f"tg-{ids[c]}-{i}" for c, i in limited}
        for channel in CHANNELS:
            desktop, _ = self.build(HARBOUR / "raw" / channel / "result.json",
                                    name=f"{channel}-desktop")
            telethon, _ = self.build(HARBOUR / "raw" / f"{channel}.telethon.jsonl",
                                     name=f"{channel}-telethon")
            for lang in ("ru", "en"):
                pair = [[key(r) for r in records(release, lang) if r["doc_id"] not in skip]
                        for release in (desktop, telethon)]
                self.assertEqual(*pair)

    def test_pages_give_the_same(self):
        """Desktop's HTML and t.me's pages, whose metadata say less, have the same records."""
        def told(release):
            return [(*key(r)[1:], r["doc_id"].rsplit("-", 1)[1], r["date"], r["forwarded_from"],
                     r["hashtags"], r["extra"])
                    for lang in ("ru", "en") for r in records(release, lang)]

        for channel, form in (("port-vestnik", "html"), ("two-shores", "html"),
                              ("harbour-notes", "tme"), ("two-shores", "tme")):
            desktop, _ = self.build(HARBOUR / "raw" / channel / "result.json",
                                    name=f"{channel}-json", out=form)
            pages, _ = self.build(HARBOUR / "raw" / f"{channel}.{form}", name=f"{channel}-{form}")
            self.assertEqual(told(pages), told(desktop))
            self.assertGreater(len(told(pages)), 50)
            manifest = json.loads((pages / "manifest.json").read_text())
            self.assertEqual({i["format"] for i in manifest["inputs"]},
                             {"desktop-html" if form == "html" else "tme-html"})
            self.run_tolmach("verify", pages)

    def read(self, *files):
        out, err = self.run_tolmach("read", *files)
        return [json.loads(line) for line in out.splitlines()], err

    def test_pages_are_read_as_the_dump_is(self):
        """Before any rule: text, media, authors; what HTML lacks aside."""
        for channel, form in (("port-vestnik", "html"), ("two-shores", "html"),
                              ("harbour-notes", "tme"), ("two-shores", "tme")):
            dump, _ = self.read(HARBOUR / "raw" / channel / "result.json")
            pages, err = self.read(HARBOUR / "raw" / f"{channel}.{form}")
            self.assertEqual(err, "")
            want = {d["doc_id"].rsplit("-", 1)[1]: d for d in dump}
            got = {d["doc_id"].rsplit("-", 1)[1]: d for d in pages}
            unseen = set(got) - set(want)
            self.assertTrue(all(got[i]["media"] == "unsupported" for i in unseen), unseen)
            self.assertEqual([i for i in got if i not in unseen],
                             [i for i in want if i in got])        # messages10 after messages9
            posts = {str(p["id"]): p for p in jsonl(HARBOUR / "posts.jsonl")
                     if p["channel"] == channel}
            for number in set(got) - unseen:
                g, w = got[number], want[number]
                w["text"] = w["text"].replace("\u2028", "\n")      # both export it as <br>
                for field in ("text", "media", "author", "channel", "date", "forwarded_from",
                              "reply_to"):
                    self.assertEqual(g[field], w[field], f"{channel} {number} {field}")
                self.assertLessEqual(set(g["urls"]), set(w["urls"]), number)
                for url in set(w["urls"]) - set(g["urls"]):     # a page does not tell these apart
                    self.assertIn(url, w["text"])
                if form == "tme":
                    self.assertEqual(g["doc_id"], w["doc_id"])
                    views = posts[number].get("views")
                    self.assertLess(abs(g["views"] - views), 51 if views > 999 else 1)

    def test_metadata(self):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out")
        release = self.dir / "out" / "harbour" / "1.0.0"
        posts = {(p["channel"], p["id"]): p for p in jsonl(HARBOUR / "posts.jsonl")}
        names = {"1900000001": "port-vestnik", "1900000002": "harbour-notes",
                 "1900000003": "two-shores"}
        seen = 0
        for lang in ("ru", "en"):
            for r in records(release, lang):
                _, channel, number = r["doc_id"].split("-")
                post = posts[names[channel], int(number)]
                self.assertEqual(r["date"], post["date"], r["id"])
                self.assertEqual(sorted(r["hashtags"]), sorted(post["hashtags"]), r["id"])
                if isinstance(post.get("forwarded_from"), str):
                    self.assertEqual(r["forwarded_from"], post["forwarded_from"], r["id"])
                seen += 1
        self.assertEqual(seen, 225)

    def test_nothing_vanishes(self):
        """Every message is a record, a reject, or skipped by its reader."""
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out")
        release = self.dir / "out" / "harbour" / "1.0.0"
        audit = self.dir / "out" / "harbour" / "audit" / "1.0.0"
        manifest = json.loads((release / "manifest.json").read_text())
        audited = rows(audit)
        documents = [r["doc_id"] for r in audited if "raw" in r]
        self.assertEqual(len(documents), len(set(documents)))
        skipped = sum(i["skipped_documents"] for i in manifest["inputs"])
        self.assertEqual(len(documents) + skipped, len(jsonl(HARBOUR / "posts.jsonl")))
        told = {r["doc_id"] for lang in ("ru", "en") for r in records(release, lang)}
        for r in audited:
            if "reason" in r:
                told.add(r["id"] if r["id"] in documents else r["id"].rsplit("-", 1)[0])
        self.assertEqual(told, set(documents))

    def test_recipe_is_shown_with_defaults(self):
        out, _ = self.run_tolmach("build", HARBOUR / "harbour.yaml", "--print-recipe")
        self.assertIn("threshold: 0.8", out)
        self.assertIn("level: 3", out)


if __name__ == "__main__":
    main()
