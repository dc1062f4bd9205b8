"""The statistics of a release, against numbers counted here from its shards."""
import collections
import csv
import hashlib
import html.parser
import json
import math
import random
import re
import shutil
import statistics
import subprocess
import urllib.parse

import jsonschema

from lib import HARBOUR, ROOT, Case, main, records, rows, tree

SCHEMA = json.loads((ROOT / "corpora" / "schema" / "stats.schema.json").read_text())
STOP = set(re.findall(r'"([^"]+)"', (ROOT / "src" / "report" / "stop_words.h").read_text()))
WORD = re.compile(rf"(?:[^\W_][\u0300-\u036f]*|(?<=[^\W\d_])['\u2019\u02bc\u2010\u2011-](?=[^\W\d_]))+")
VOID = {"meta", "path", "circle", "br"}
HOSTILE = ('</title></style><script>alert(1)</script> <img src=x onerror="alert(2)"> & \u202e right to '
           'left \u0007\u001b[31m "quotes" \'and\' more words of a sentence that is long enough.')


class Page(html.parser.HTMLParser):
    """Every element is closed where it was opened, ids are unique, nothing is asked of the network."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.faults, self.tables = [], set(), [], 0
        self.links, self.text, self.csv, self.figures = set(), [], {}, 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in ("script", "img", "link", "iframe", "object") or any(
                name.startswith("on") or name in ("src", "srcset", "style") for name in attrs):
            self.faults.append((tag, attrs))
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.faults.append(attrs["id"])
            self.ids.add(attrs["id"])
        if "download" in attrs:
            kind, _, data = attrs["href"].partition(",")
            if kind != "data:text/csv;charset=utf-8" or attrs["download"] in self.csv:
                self.faults.append((tag, attrs))
            text = urllib.parse.unquote(data, errors="strict")
            self.csv[attrs["download"]] = list(csv.reader(text.split("\r\n")[:-1], strict=True))
        elif tag == "a":
            self.links.add(attrs["href"])
        self.figures += tag == "figure"
        self.tables += tag == "table"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(f"/{tag}")

    def handle_data(self, data):
        self.text.append(data)


def stats_of(release):
    return json.loads((release / "report" / "stats.json").read_text())


def page_of(release):
    return (release / "report" / "index.html").read_text()


class Report(Case):
    def harbour(self, out="out", *more):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", out, "--quiet", *more)
        return self.dir / out / "harbour" / "1.0.0"

    def check_page(self, text):
        page = Page(text)
        self.assertEqual((page.faults, page.open), ([], []))
        self.assertLess(len(text.encode()), 1000000)
        for link in page.links:
            self.assertTrue(link == "stats.json" or link[1:] in page.ids, link)
        self.assertEqual(len(page.csv), page.tables, "each table, and so each figure, can be saved")
        for name, table in page.csv.items():
            self.assertEqual({len(row) for row in table}, {len(table[0])}, name)
        self.assertNotIn("url(", text)
        self.assertNotIn("@import", text)
        return page

    def check_lang(self, stats, found, dups):
        """`found` are the records of the language."""
        texts = [r["text"] for r in found]
        lengths = sorted(r["n_words"] for r in found)
        documents = {r["doc_id"]: r for r in found}
        words = collections.Counter(w.lower() for text in texts for w in WORD.findall(text))
        self.assertEqual(
            [stats[k] for k in ("documents", "records", "words", "characters", "bytes")],
            [len(documents), len(found), sum(lengths), sum(map(len, texts)),
             sum(len(t.encode()) for t in texts)])
        self.assertEqual(sum(words.values()), sum(lengths), "words as n_words counts them")
        icu = stats["words_by_icu"]
        self.assertEqual([icu["standard_error"], icu["one_in"]], [0, 1], "all was walked")
        self.assertLess(abs(icu["number"] / sum(lengths) - 1), 0.1)
        self.assertEqual(stats["tokens_estimate"]["by_rule"], {
            "ru": {"characters / 3": sum(map(len, texts)) // 3,
                   "characters / 2.5": sum(map(len, texts)) * 2 // 5,
                   "bytes / 4": sum(len(t.encode()) for t in texts) // 4},
            "en": {"characters / 4": sum(map(len, texts)) // 4,
                   "words \u00d7 1.3": sum(lengths) * 13 // 10}}[found[0]["lang"]])
        self.assertEqual(stats["median_words"], lengths[(len(lengths) - 1) // 2])
        self.assertEqual(stats["vocabulary"]["different_words"], len(words))
        self.assertTrue(stats["vocabulary"]["exact"])
        self.assertEqual(stats["words_by_frequency"]["top"],
                         [[w, words[w], 0] for w, _, _ in stats["words_by_frequency"]["top"]])
        self.assertEqual([n for _, n, _ in stats["words_by_frequency"]["top"]],
                         [n for _, n in words.most_common(100)])
        self.check_stems(stats["stems"], words, found[0]["lang"])
        tags = collections.Counter(t for r in documents.values() for t in r["hashtags"])
        self.assertEqual({t: n for t, n, _ in stats["hashtags"]["top"]}, dict(tags))
        signs = collections.Counter("".join(texts))
        self.assertEqual([[f"U+{ord(c):04X}", n, 0] for c, n in sorted(
            signs.items(), key=lambda s: (-s[1], s[0])) if ord(c) < 65536][:100],
                         stats["characters_by_frequency"])
        self.assertEqual(sum(n for _, n in stats["records_by_words"]), len(found))
        for least, n in stats["records_by_words"]:
            above = [e for e, _ in stats["records_by_words"] if e > least]
            self.assertEqual(n, sum(least <= k < (above[0] if above else 10 ** 9) or
                                    (least == 1 and k == 0) for k in lengths))
        kept = collections.Counter(int(round(r["quality"]["kept"] * 10000)) // 500 for r in found)
        self.assertEqual(stats["records_by_kept"], [kept[i] for i in range(21)])
        self.assertEqual(stats["documents_by_n_segs"][0],
                         sum(r["n_segs"] == 1 for r in documents.values()))
        for signal in ("short_lines", "dup_lines", "mean_word"):
            step = stats["quality"][signal]["step"]
            bins = collections.Counter(
                min(23, int(round(r["quality"][signal] * 1000) // round(step * 1000))) for r in found)
            self.assertEqual(stats["quality"][signal]["records"], [bins[i] for i in range(24)])
        out, _ = self.run_tolmach("split", stdin="\n".join(texts).encode())
        self.assertEqual(stats["sentences"], len([s for s in out.split("\n") if s]))

    def check_stems(self, stems, words, lang):
        """The numbers of a stem's forms make up its number; all of the own alphabet are there."""
        alphabet = set("abcdefghijklmnopqrstuvwxyz" if lang == "en" else
                       "\u0451" + "".join(map(chr, range(0x430, 0x450))))
        self.assertEqual(stems["total"], sum(n for w, n in words.items()
                                             if w[0] in alphabet and w not in STOP))
        whole = 0
        for stem in stems["top"]:
            forms = [words[w] for w in stem["forms"]]
            self.assertEqual(forms, sorted(forms, reverse=True))
            if len(forms) < 5:
                self.assertEqual(sum(forms), stem["times"], stem)
                whole += 1
            self.assertLessEqual(sum(forms), stem["times"])
        self.assertGreater(whole, 20)

    def test_stems(self):
        """Forms of one word come together, stop words, numbers and the other alphabet stay out."""
        ru = ["\u0441\u0442\u0440\u0430\u043d\u0430", "\u0441\u0442\u0440\u0430\u043d\u044b",
              "\u0421\u0442\u0440\u0430\u043d\u0435", "\u0451\u043b\u043a\u0438",
              "\u0435\u043b\u043a\u0430", "\u0432", "2024", "harbour"]
        en = ["connection", "connected", "Connecting", "dog\u2019s", "dogs", "the", "2024",
              "\u0434\u043e\u043c"]
        self.write("s.jsonl", "".join(json.dumps({"id": i, "text": " ".join(words * (i + 1))}) + "\n"
                                      for i, words in enumerate([ru, en])))
        release, _ = self.build("s.jsonl", args=["--set", "lang.threshold=0", "--set",
                                                 "unit=document"])
        langs = stats_of(release)["languages"]
        self.assertEqual([[(s["stem"], s["times"], s["forms"]) for s in langs[lang]["stems"]["top"]]
                          for lang in ("ru", "en")], [
            [("\u0441\u0442\u0440\u0430\u043d", 3, sorted(w.lower() for w in ru[:3])),
             ("\u0435\u043b\u043a", 2, ["\u0435\u043b\u043a\u0430", "\u0451\u043b\u043a\u0438"])],
            [("connect", 6, ["connected", "connecting", "connection"]),
             ("dog", 4, ["dogs", "dog\u2019s"])]])
        self.assertIn("commonest stems (Snowball)", page_of(release))

    def test_numbers_are_those_of_the_shards(self):
        release = self.harbour()
        stats = stats_of(release)
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        jsonschema.validate(stats, SCHEMA)
        dups = {r["id"]: r["n_dups"] for r in rows(release / "provenance")}
        everything = []
        for lang in ("ru", "en"):
            found = records(release, lang)
            everything += found
            with self.subTest(lang):
                self.check_lang(stats["languages"][lang], found, dups)
        for end, choose in (("low", min), ("high", max)):
            self.assertEqual(stats["all"]["tokens_estimate"][end], sum(
                choose(s["tokens_estimate"]["by_rule"].values())
                for s in stats["languages"].values()))
        self.assertEqual(stats["all"]["documents"], len({r["doc_id"] for r in everything}))
        self.check_together(stats["all"], [[WORD.findall(r["text"].lower()) for r in records(release, lang)]
                                           for lang in ("ru", "en")])
        self.check_mix(stats["all"]["documents_by_english_share"], everything)
        self.assertEqual(stats["duplicates"]["duplicates_removed"], sum(dups.values()))
        self.assertEqual(stats["duplicates"]["records_with_duplicates"],
                         sum(n > 0 for n in dups.values()))
        months = collections.Counter((r["date"][:7], r["lang"]) for r in everything)
        self.assertEqual({(m, lang): n for m, by in stats["months"].items()
                          for lang, n in by.items() if n}, dict(months))
        edges = collections.Counter((r["forwarded_from"], r["channel"]) for r in everything
                                    if r["forwarded_from"])
        self.assertEqual({(e["from"], e["to"]): e["records"] for e in stats["forwards"]["top"]},
                         dict(edges))
        self.assertEqual(stats["ledger"],
                         json.loads((release / "manifest.json").read_text())["ledger"])

    def check_together(self, stats, langs):
        """`langs` has the words of each record."""
        counts = collections.Counter(w for lang in langs for words in lang for w in words)
        vocabulary = stats["vocabulary"]
        self.assertEqual([vocabulary["different_words"], vocabulary["exact"]], [len(counts), True])
        ordered = [n for _, n in counts.most_common()]
        self.assertEqual(vocabulary["rank_frequency"],
                         [[rank, ordered[rank - 1]] for rank, _ in vocabulary["rank_frequency"]])
        read, due = [], 100
        while due <= max(sum(map(len, lang)) for lang in langs):
            words = [w for lang in langs for w in self.first_words(lang, due)]
            read.append([len(words), len(set(words))])
            due *= 2
        read.append([sum(counts.values()), len(counts)])
        self.assertEqual([x for x, _ in vocabulary["growth"]], [x for x, _ in read])
        for (_, told), (_, different) in zip(vocabulary["growth"], read):
            self.assertLess(abs(told / different - 1), 4 * 0.0081)
        self.assertEqual(vocabulary["growth"][-1], read[-1])

    def first_words(self, lang, due):
        """Words of whole records until there are as many, or all that there are."""
        words = []
        for record in lang:
            words += record
            if len(words) >= due:
                break
        return words

    def check_mix(self, mix, found):
        sizes = collections.defaultdict(lambda: [0, 0])
        for r in found:
            sizes[r["doc_id"]][r["lang"] == "en"] += len(r["text"].encode())
        bins = collections.Counter(int(en / (ru + en) * 10) for ru, en in sizes.values() if ru and en)
        self.assertGreater(sum(bins.values()), 5)
        self.assertEqual(mix, {"one_in": 1, "documents": [bins[i] for i in range(10)]})

    def test_page(self):
        release = self.harbour()
        page = self.check_page(page_of(release))
        stats = stats_of(release)
        text = " ".join(page.text).replace("\n", " ")
        for number in (stats["all"]["words"], stats["languages"]["ru"]["characters"]):
            self.assertIn(f"{number:,}", text)
        self.assertGreater(page.tables, 20)
        self.check_csv(page.csv, stats)
        self.check_laws(text, stats)
        lengths = sorted(r["n_words"] for lang in ("ru", "en") for r in records(release, lang))
        quantiles = [lengths[math.ceil(len(lengths) * q) - 1] for q in (.1, .25, .5, .75, .9, .99)]
        self.assertEqual(stats["all"]["words_p10_p25_p50_p75_p90_p99"], quantiles)
        self.assertIn("All, words " + " ".join(map(str, quantiles)) + " ", text)
        tokens = stats["languages"]["en"]["tokens_estimate"]["by_rule"]["words \u00d7 1.3"]
        self.assertIn(f"\u2248\u00a0{tokens:,}", text)
        self.run_tolmach("stats", release, "--html", "page.html")
        self.assertEqual((self.dir / "page.html").read_text(), page_of(release))
        out, _ = self.run_tolmach("stats", release, "--json")
        self.assertEqual(json.loads(out), stats)
        self.run_tolmach("verify", release)

    def check_laws(self, text, stats):
        """The exponents on the page are those of the points in stats.json."""
        for law, points in (("Heaps\u2019", "growth"), ("Zipf\u2019s", "rank_frequency")):
            slopes = []
            for name, s in (("Russian", stats["languages"]["ru"]),
                            ("English", stats["languages"]["en"]), ("All", stats["all"])):
                x, y = zip(*([math.log(v) for v in p] for p in s["vocabulary"][points]))
                slope = statistics.linear_regression(x, y).slope
                self.assertAlmostEqual(slope, s["vocabulary"][
                    "heaps_exponent" if points == "growth" else "zipf_exponent"], places=4)
                slopes.append(f"{name} {slope:.2f}".replace("-", "\u2212"))
            self.assertIn(f"Exponent of {law} law, by least squares through the points of the "
                          f"figure: {', '.join(slopes)}.", text)

    def check_csv(self, tables, stats):
        langs = stats["languages"]
        self.assertEqual(tables["time.csv"][0], ["month", "Russian", "English"])
        self.assertEqual({m: [int(ru), int(en)] for m, ru, en in tables["time.csv"][1:]
                          if ru + en != "00"},
                         {m: [n["ru"], n["en"]] for m, n in stats["months"].items()})
        self.assertEqual([row[2] for row in tables["score.csv"][1:]],
                         [str(n) for n in langs["en"]["records_by_lang_score"]])
        self.assertEqual(tables["score.csv"][1][0], "< 0.5")
        self.assertEqual([[int(a), int(b)] for lang, a, b in tables["growth.csv"]
                          if lang == "Russian"], langs["ru"]["vocabulary"]["growth"])
        self.assertEqual([[int(a), int(b)] for lang, a, b in tables["ranks.csv"] if lang == "All"],
                         stats["all"]["vocabulary"]["rank_frequency"])
        self.assertEqual([int(n) for _, n in tables["bytes.csv"][1:]],
                         stats["all"]["documents_by_english_share"]["documents"])
        self.assertEqual([[w, int(n), 0] for w, n in tables["russian-commonest-words.csv"][1:]],
                         [e for e in langs["ru"]["words_by_frequency"]["top"]
                          if e[0] not in STOP and not e[0][0].isdigit()][:25])
        self.assertEqual([row[1:7] for row in tables["by-language.csv"][1:3]], [
            [str(langs[lang][k]) for k in ("documents", "records", "sentences", "words",
                                           "characters", "bytes")] for lang in ("ru", "en")])
        self.assertEqual(tables["cleaning.csv"][1], ["raw text", "is here",
                                                     str(stats["ledger"]["raw"])])
        self.assertEqual(sum(int(n) for _, n in tables["ru.csv"][1:]),
                         langs["ru"]["characters_by_kind"]["alphabet"][0])

    def test_limits_of_presets_are_named_above_the_bars(self):
        """Each label has a lane of its own, its line begins there and crosses no other label."""
        page = page_of(self.harbour())
        most = 0
        for figure in re.findall(r"<figure id=\"f-q-.*?</svg>\n<details>", page, re.S):
            labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" class="cutname( e)?">(.*?)</text>',
                                figure)
            lines = re.findall(r'<path class="cut" d="M([\d.]+) ([\d.]+)L', figure)
            self.assertEqual(len(labels), len(lines))
            most = max(most, len(labels))
            tops = [float(y) for d in re.findall(r'<path class="f\d" d="([^"]*)"', figure)
                    for y in re.findall(r"V([\d.]+)H", d)]
            places = []
            for (x, y, left, text), (at, top) in zip(labels, lines):
                self.assertEqual(float(y), float(top) + 10, figure[:60])
                self.assertAlmostEqual(float(x), float(at) + (-4 if left else 4), delta=0.11)
                self.assertLess(float(y), min(tops, default=1e9))
                wide = 6 * len(text)
                places.append((float(x) - (wide if left else 0), float(x) + (0 if left else wide),
                               float(y)))
                self.assertGreaterEqual(places[-1][0], 0)
                self.assertLessEqual(places[-1][1], 400)
            self.assertEqual(len({y for _, _, y in places}), len(places))
        self.assertGreaterEqual(most, 2)

    def test_tokens_of_a_model(self):
        """As many as SentencePiece's own program makes of the same texts."""
        self.assertIsNotNone(shutil.which("spm_train"), "Debian: sentencepiece; a skip would be silent")
        release = self.harbour()
        texts = {lang: [r["text"] for r in records(release, lang)] for lang in ("ru", "en")}
        self.write("train.txt", "\n".join(texts["ru"] + texts["en"]))
        subprocess.run(["spm_train", "--input=train.txt", "--model_prefix=tiny", "--vocab_size=500"],
                       cwd=self.dir, check=True, capture_output=True)
        self.run_tolmach("stats", release, "--tokenizer", "tiny.model", "--html", "page.html")
        page = self.check_page((self.dir / "page.html").read_text())
        out, _ = self.run_tolmach("stats", release, "--tokenizer", "tiny.model", "--json")
        stats = json.loads(out)
        jsonschema.validate(stats, SCHEMA)
        self.assertEqual(stats["tokenizer"]["sha256"], hashlib.sha256(
            (self.dir / "tiny.model").read_bytes()).hexdigest())
        for i, lang in enumerate(("ru", "en")):
            pieces = subprocess.run(
                ["spm_encode", "--model=tiny.model", "--output_format=id"], cwd=self.dir, check=True,
                input="\n".join(texts[lang]).encode(), capture_output=True).stdout.split()
            self.assertGreater(len(pieces), 1000)
            self.assertEqual(stats["languages"][lang]["tokens_by_model"],
                             {"number": len(pieces), "standard_error": 0, "one_in": 1})
            self.assertEqual(page.csv["tokens-counted.csv"][1 + i][1:4], [str(len(pieces)), "0", "1"])
        del stats["tokenizer"], stats["languages"]["ru"]["tokens_by_model"]
        del stats["languages"]["en"]["tokens_by_model"], stats["languages"]["other"]["tokens_by_model"]
        self.assertEqual(stats, stats_of(release), "nothing else changes")
        self.write("none.model", "no model")
        _, err = self.run_tolmach("stats", release, "--tokenizer", "none.model", code=2)
        self.assertIn("no SentencePiece model", err)
        _, err = self.run_tolmach("stats", release, "--tokenizer", "nix", code=3)
        self.assertIn("cannot open", err)

    def test_same_bytes(self):
        self.assertEqual(tree(self.harbour("one", "-j", "1") / "report"),
                         tree(self.harbour("two", "-j", "2") / "report"))

    def check_again(self, release):
        """What `stats` reads out of the rows is what the build counted as it made them."""
        out, _ = self.run_tolmach("stats", release, "--json")
        self.assertEqual(json.loads(out), stats_of(release))
        self.run_tolmach("stats", release, "--html", "again.html")
        self.assertEqual((self.dir / "again.html").read_text(), page_of(release))

    def test_a_release_is_read_as_it_was_counted(self):
        self.check_again(self.harbour())
        odd = [{"id": i, "channel": f"c{i % 4}\\\"\u2028", "text": text, "date": date, **more}
               for i, (text, date, more) in enumerate([
                   (f"A text of {n} words\x00 with zeros\u0000, \u2028separators\x85, \"quotes\" and \\ "
                    "backslashes,\tof which nobody knows what they are for. " * (1 + n % 3), date, more)
                   for n in range(40) for date, more in (
                       ("2024-02-29T23:59:59Z", {"forwarded_from": 'Harbour "Post"\u0000'}),
                       (None, {}), ("0000-01-01T00:00:00Z", {"forwarded_from": ""}),
                       (253402300799, {"hashtags": ["one\"", "two"]}))] + [
                   (f"The ferry {n // 3} leaves at {n // 3} o'clock, #tag{n} as it did the day before "
                    "yesterday. \nПаром отходит завтра утром, и все пассажиры довольны погодой.",
                    f"20{n % 30:02}-05-05T00:00:00Z", {}) for n in range(60)])]
        self.write("odd.jsonl", "\n".join(json.dumps(line) for line in odd))
        for more in ([], ["--set", "dedup=off"], ["--set", "unit=document", "--set", "lang.other=keep"],
                     ["--set", "unit=sentence", "-j", "2"]):
            with self.subTest(more):
                release, _ = self.build("odd.jsonl", out="o" + "".join(more), args=more)
                self.assertGreater(stats_of(release)["all"]["records"], 50)
                self.check_again(release)

    def test_off_and_examples(self):
        release = self.harbour("off", "--set", "report=off")
        self.assertFalse((release / "report").exists())
        self.run_tolmach("verify", release)
        release = self.harbour("few", "--set", "report.examples=2")
        self.assertEqual(len(stats_of(release)["languages"]["ru"]["examples"]), 2)

    def test_hostile_texts(self):
        lines = [{"id": i, "channel": HOSTILE + str(i % 3), "date": "9999-12-31T00:00:00Z",
                  "forwarded_from": HOSTILE, "text": f"{HOSTILE} {i} #tag<b>{i} " +
                  "&<>\"'" * 400 + "a\u0301" + "\u0300" * 500 + "w" * 5000} for i in range(60)]
        self.write("h.jsonl", "\n".join(json.dumps(line) for line in lines))
        release, _ = self.build("h.jsonl", args=["--set", "report.examples=100", "--set",
                                                 "dedup=off", "--set", "lang.other=keep"])
        page = self.check_page(page_of(release))
        self.assertIn("<script>", "".join(page.text))
        for sign in "\u202e\x07\x1b":
            self.assertNotIn(sign, page_of(release))
        jsonschema.validate(stats_of(release), SCHEMA)

    def test_nothing_at_all(self):
        self.write("e.jsonl", '{"id":1,"text":"\U0001f600"}\n')
        release, _ = self.build("e.jsonl")
        self.check_page(page_of(release))
        jsonschema.validate(stats_of(release), SCHEMA)

    def test_side_by_side(self):
        one = self.harbour("one")
        two, _ = self.build(HARBOUR / "raw" / "harbour-notes.telethon.jsonl", version="2")
        out, _ = self.run_tolmach("stats", one, two)
        first, second = stats_of(one), stats_of(two)
        line = next(x for x in out.split("\n") if x.startswith("en ")).split()
        self.assertEqual(line[2:4], [str(s["languages"]["en"]["documents"])
                                     for s in (first, second)])
        self.assertLessEqual(max(map(len, out.split("\n"))), 80)
        self.assertRegex(out, r"(?m)^      bytes .* \d+ x$|[+-]\d+\.\d%$")
        many, _ = self.run_tolmach("stats", *[one, two] * 4)
        self.assertLessEqual(max(map(len, many.split("\n"))), 80)
        self.assertEqual(many.split("\n\n")[0], many.split("\n\n")[1].rstrip("\n"))
        single, _ = self.run_tolmach("stats", one)
        self.assertLessEqual(max(map(len, single.split("\n"))), 80)
        self.assertEqual(single.split("\n")[6].split(), ["words", *(
            str(first["languages"][lang]["words"]) for lang in ("ru", "en"))])
        out, _ = self.run_tolmach("stats", one, two, "--json")
        self.assertEqual(json.loads(out)["releases"], [first, second])
        _, err = self.run_tolmach("stats", one, two, "--html", "x.html", code=2)
        self.assertIn("one release", err)

    def test_a_large_corpus_is_sampled(self):
        """Sums stay exact; the vocabulary, sentences and words are within what is stated."""
        words = [f"w{i:x}x" for i in range(60000)]
        chance = random.Random(7)
        distances = []
        with open(self.dir / "l.jsonl", "w") as file:
            for i in range(9000):
                common = [f"common{k:x}x" for k in range(1, 150) if chance.random() < 1 / k ** 0.7]
                text = "It is the text of " + " ".join(common + [
                    words[(i * 37 + k * 11) % 60000] for k in range(160)])
                if i % 500 == 0:    # a long one of another kind
                    text = "\n".join(text + " and of a list" for _ in range(100))
                file.write(json.dumps({"id": i, "text": text}) + "\n")
        release, _ = self.build("l.jsonl", args=["--set", "dedup=off", "--set", "lang.threshold=0",
                                                 "--set", "lang.other=keep"])
        self.check_again(release)
        stats = stats_of(release)
        found = [r for lang in ("ru", "en", "other") for r in records(release, lang)]
        self.assertEqual(stats["all"]["words"], sum(r["n_words"] for r in found))
        different = len({w.lower() for r in found for w in WORD.findall(r["text"])})
        for lang, s in stats["languages"].items():
            texts = [r["text"] for r in records(release, lang)] if s["records"] else []
            words = collections.Counter(w.lower() for t in texts for w in WORD.findall(t))
            for word, n, error in s["words_by_frequency"]["top"]:
                self.assertLessEqual(abs(n - words[word]), 4 * error + 1, word)
                distances.append(abs(n - words[word]) / max(error, 1))
            for stem in s["stems"]["top"]:
                if len(stem["forms"]) == 1 and stem["stem"] == stem["forms"][0]:
                    self.assertLessEqual(abs(stem["times"] - words[stem["stem"]]),
                                         4 * stem["standard_error"] + 1, stem)
            out, _ = self.run_tolmach("split", stdin="\n".join(texts).encode())
            self.assertLessEqual(abs(s["sentences"] - len([x for x in out.split("\n") if x])),
                                 3 * s["sentences_standard_error"] + 1)
        self.assertGreater(sum(d <= 2 for d in distances), 0.9 * len(distances))
        self.assertGreater(max(s["sample_one_in"] for s in stats["languages"].values()), 1)
        vocabulary = stats["all"]["vocabulary"]
        self.assertFalse(vocabulary["exact"])
        self.assertLess(abs(vocabulary["different_words"] / different - 1), 4 * 0.0081)


if __name__ == "__main__":
    main()
