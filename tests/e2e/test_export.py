"""What `export` writes, read again by what researchers use."""
import hashlib
import json
import os
import pathlib
import subprocess
import tarfile

from lib import Case, HARBOUR, main, records, tree

KEYS = ["id", "text", "lang", "lang_score", "doc_id", "seg", "n_segs", "channel", "forwarded_from",
        "author", "date", "url", "hashtags", "n_chars", "n_words", "quality", "extra"]


class Export(Case):
    def setUp(self):
        super().setUp()
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--quiet")
        self.release = self.dir / "out/harbour/1.0.0"
        self.want = {lang: records(self.release, lang) for lang in ("ru", "en")}

    def export(self, form, *args):
        self.run_tolmach("export", self.release, "-o", form, "--form", form, *args)
        return self.dir / form

    def split_of(self, doc_id, test, validation):
        """The rule of export.h, told once more."""
        share = int.from_bytes(hashlib.sha256(doc_id.encode()).digest()[:8], "big") / 2 ** 64
        return "test" if share < test else "validation" if share < test + validation else "train"

    def wanted(self, lang, split, test=0.1, validation=0.2):
        return [r for r in self.want[lang] if self.split_of(r["doc_id"], test, validation) == split]

    def each(self, form, extension):
        folder = self.export(form, "--test", "0.1", "--validation", "0.2")
        seen = 0
        for lang in ("ru", "en"):
            for split in ("train", "validation", "test"):
                want = self.wanted(lang, split)
                self.assertTrue(want)
                seen += len(want)
                yield folder / lang / f"{split}-00000.{extension}", want
        self.assertEqual(seen, sum(map(len, self.want.values())))
        self.assertEqual(len(tree(folder)), 6)

    def test_text(self):
        for path, want in self.each("text", "txt"):
            self.assertEqual(path.read_text().split("\n"),
                             [r["text"].replace("\n", " ") for r in want] + [""])

    def test_tsv(self):
        for path, want in self.each("tsv", "tsv"):
            rows = [line.split("\t") for line in path.read_text().split("\n")[:-1]]
            self.assertEqual([(r[0], int(r[1]), r[2],
                               r[3].replace("\\n", "\n").replace("\\\\", "\\")) for r in rows],
                             [(r["doc_id"], r["seg"], r["lang"], r["text"]) for r in want])

    def test_webdataset(self):
        for path, want in self.each("webdataset", "tar"):
            with tarfile.open(path) as tar:
                members = tar.getmembers()
                self.assertEqual([m.name for m in members],
                                 [f"{r['id'].replace('.', '_')}.{e}" for r in want
                                  for e in ("txt", "json")])
                for i, row in enumerate(want):
                    self.assertEqual(tar.extractfile(members[2 * i]).read().decode(), row["text"])
                    self.assertEqual(json.load(tar.extractfile(members[2 * i + 1])), row)

    def read_parquet(self, path):
        script = pathlib.Path(__file__).with_name("parquet.mjs")
        done = subprocess.run(["node", script, os.environ["TOLMACH_CLIENTS"], path],
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr.decode()[:2000])
        return json.loads(done.stdout)

    def check_parquet(self, path, want):
        seen = self.read_parquet(path)
        types = dict(seen["types"])
        self.assertEqual(types["hashtags"], "VARCHAR[]")
        self.assertEqual(types["date"], "TIMESTAMP")
        self.assertIn("stop_words BIGINT", types["quality"])
        self.assertEqual(seen["polars"]["ids"], [r["id"] for r in want])
        self.assertEqual(seen["polars"]["n_chars"], sum(r["n_chars"] for r in want))
        self.assertEqual(seen["wasm"]["rows"], len(want))
        self.assertEqual(len(seen["duckdb"]), len(want))
        for row, duck, hyper in zip(want, seen["duckdb"], seen["hyparquet"]):
            for key in KEYS:
                if key == "quality":
                    self.assertEqual({k: float(v) for k, v in duck[key].items()},
                                     {k: float(v) for k, v in row[key].items()})
                elif key in ("seg", "n_segs", "n_chars", "n_words"):
                    self.assertEqual(int(duck[key]), row[key])
                else:
                    self.assertEqual(duck[key], row[key], key)
            for key in ("id", "text", "hashtags", "author", "n_words"):
                self.assertEqual(hyper[key], row[key])

    def test_parquet(self):
        for path, want in self.each("parquet", "parquet"):
            self.check_parquet(path, want)

    def test_parquet_of_whole_documents(self):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "whole", "--quiet", "--set",
                         "unit=document")
        self.release = self.dir / "whole/harbour/1.0.0"
        self.want = {"ru": records(self.release, "ru")}
        folder = self.export("parquet", "--lang", "ru")
        seen = self.read_parquet(folder / "ru/train-00000.parquet")
        self.assertEqual([json.loads(r["lang_spans"]) for r in seen["duckdb"]],
                         [r["lang_spans"] for r in self.want["ru"]])

    def test_parquet_of_several_row_groups(self):
        self.write("many.txt", "\n\n\n".join(f"Паром номер {i} уходит в {i % 24} часов, касса {i}."
                                             for i in range(30000)))
        self.release, _ = self.build("many.txt", args=["--set", "dedup=off", "--quiet"])
        self.want = {"ru": records(self.release, "ru")}
        self.assertEqual(len(self.want["ru"]), 30000)
        folder = self.export("parquet")
        seen = self.read_parquet(folder / "ru/train-00000.parquet")
        self.assertEqual([r["id"] for r in seen["duckdb"]], [r["id"] for r in self.want["ru"]])
        self.assertEqual(seen["polars"]["ids"], [r["id"] for r in self.want["ru"]])

    def test_files_of_so_many_records(self):
        folder = self.export("text", "--rows", "50", "--lang", "ru")
        self.assertEqual(sorted(tree(folder)), [f"ru/train-0000{i}.txt" for i in range(3)])
        lines = [p.read_text().count("\n") for p in sorted((folder / "ru").iterdir())]
        self.assertEqual(lines, [50, 50, 31])

    def test_same_bytes(self):
        for form in ("parquet", "webdataset"):
            one = self.export(form)
            os.rename(one, self.dir / "first")
            self.assertEqual(tree(self.dir / "first"), tree(self.export(form)))
            os.rename(self.dir / "first", self.dir / f"first-{form}")

    def test_errors(self):
        self.export("text")
        _, err = self.run_tolmach("export", self.release, "-o", "text", code=2)
        self.assertIn("not empty", err)
        _, err = self.run_tolmach("export", self.dir, "-o", "x", code=3)
        for args in (["--form", "csv"], ["--lang", "de"], ["--test", "2"], ["--rows", "0"],
                     ["--test", "0.6", "--validation", "0.6"]):
            self.run_tolmach("export", self.release, "-o", "y", *args, code=2)
        self.run_tolmach("export", self.release, code=2)


if __name__ == "__main__":
    main()
