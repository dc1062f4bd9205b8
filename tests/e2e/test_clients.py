"""The shards open in what researchers use, and all of them see the same."""
import hashlib
import json
import os
import pathlib
import subprocess

import pandas
import zstandard

from lib import Case, HARBOUR, main, records


class Clients(Case):
    def setUp(self):
        super().setUp()
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--quiet",
                         "--set", "pack.frame=16K")
        self.release = self.dir / "out/harbour/1.0.0"
        self.want = {lang: records(self.release, lang) for lang in ("ru", "en")}

    def shard(self, lang):
        return next((self.release / "data" / lang).glob("*.jsonl.zst"))

    def test_several_frames(self):
        """Otherwise the tests here would show less than they say."""
        manifest = json.loads((self.release / "manifest.json").read_text())
        self.assertTrue(any(len(s["frames"]) > 1 for s in manifest["shards"]))

    def test_zstdcat_jq(self):
        for lang, want in self.want.items():
            out = subprocess.run(f"zstdcat '{self.shard(lang)}' | jq -r .id", shell=True,
                                 capture_output=True, check=True).stdout.decode()
            self.assertEqual(out.split(), [r["id"] for r in want])

    def test_pandas(self):
        for lang, want in self.want.items():
            with open(self.shard(lang), "rb") as file:
                stream = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
                frame = pandas.read_json(stream, lines=True, dtype={"id": str, "text": str})
            self.assertEqual(list(frame["id"]), [r["id"] for r in want])
            self.assertEqual(list(frame["text"]), [r["text"] for r in want])
            self.assertEqual(int(frame["n_chars"].sum()), sum(r["n_chars"] for r in want))

    def test_croissant(self):
        """The required properties, what they say of the files, and JSON-LD by another library."""
        croissant = json.loads((self.release / "croissant.json").read_text())
        for key in ("@context", "@type", "conformsTo", "name", "description", "license", "url",
                    "creator", "datePublished", "version", "distribution", "recordSet"):
            self.assertTrue(croissant[key], key)
        files = {f["@id"]: f for f in croissant["distribution"] if f["@type"] == "cr:FileObject"}
        shards = {str(p.relative_to(self.release)): p for p in self.release.rglob("*.zst")}
        self.assertEqual(set(files), set(shards))
        for name, path in shards.items():
            self.assertEqual(files[name]["sha256"], hashlib.sha256(path.read_bytes()).hexdigest())
            self.assertEqual(files[name]["contentSize"], f"{path.stat().st_size} B")
        for lang, want in self.want.items():
            fields = next(s for s in croissant["recordSet"] if s["name"] == lang)["field"]
            names = {f["source"]["extract"]["jsonPath"][2:] for f in fields}
            self.assertEqual(names, (set(want[0]) - {"quality"}) |
                             {f"quality.{k}" for k in want[0]["quality"]})
        script = pathlib.Path(__file__).with_name("jsonld.mjs")
        out = subprocess.run(["node", script, os.environ["TOLMACH_CLIENTS"],
                              self.release / "croissant.json"], capture_output=True, check=True)
        (dataset,) = json.loads(out.stdout)
        self.assertEqual(dataset["@type"], ["https://schema.org/Dataset"])
        sets = dataset["http://mlcommons.org/croissant/recordSet"]
        self.assertEqual({s["@id"] for s in sets},
                         {f"https://example.org/set/{n}" for n in ("ru", "en", "provenance")})
        field = sets[0]["http://mlcommons.org/croissant/field"][0]
        self.assertEqual(field["http://mlcommons.org/croissant/dataType"],
                         [{"@id": "https://schema.org/Text"}])

    def test_duckdb_and_polars(self):
        """They see the same records and, each in its own words, the same types."""
        clients = os.environ["TOLMACH_CLIENTS"]
        script = pathlib.Path(__file__).with_name("clients.mjs")
        out = subprocess.run(["node", script, clients, self.release], capture_output=True,
                             check=True).stdout
        seen = json.loads(out)
        for lang, want in self.want.items():
            n_chars = sum(r["n_chars"] for r in want)
            self.assertEqual(seen[lang]["count"], [len(want), n_chars, len(want)])
            types = dict(map(tuple, seen[lang]["types"]))
            self.assertEqual(list(types), list(want[0]))
            polars = seen[lang]["polars"]
            self.assertEqual(polars["ids"], [r["id"] for r in want])
            self.assertEqual(polars["text"], [r["text"] for r in want])
            self.assertEqual(polars["n_chars"], n_chars)
            polars_types = dict(map(tuple, polars["types"]))
            self.assertEqual(list(polars_types), list(want[0]))
            for key, duckdb_type, polars_type in (
                    ("id", "VARCHAR", "DataType(String)"),
                    ("text", "VARCHAR", "DataType(String)"),
                    ("hashtags", "VARCHAR[]", "DataType(List(DataType(String)))"),
                    ("n_chars", "BIGINT", "DataType(Int64)"),
                    ("lang_score", "DOUBLE", "DataType(Float64)")):
                self.assertEqual((types[key], polars_types[key]), (duckdb_type, polars_type), key)

    def test_types_do_not_depend_on_values(self):
        """A column whose first rows are 0 and 1 is not one of whole numbers."""
        counts = {"sentences", "stop_words"}
        for row in self.want["ru"] + self.want["en"]:
            self.assertIs(type(row["lang_score"]), float)
            for key, value in row["quality"].items():
                wanted = bool if key == "ad" else int if key in counts else float
                self.assertIs(type(value), wanted, key)

    def test_reference_reader_of_seek_tables(self):
        """zstd's own reader finds the frames that the manifest has, and any range of bytes."""
        folder = pathlib.Path(os.environ["TOLMACH_CLIENTS"]) / "seekable"
        program = self.dir / "seekable"
        subprocess.run(["cc", "-w", "-DXXH_NAMESPACE=ZSTD_", "-I", folder, "-o", program,
                        pathlib.Path(__file__).with_name("seekable.c"),
                        folder / "zstdseek_decompress.c", folder / "xxhash.c", "-lzstd"], check=True)
        for shard in json.loads((self.release / "manifest.json").read_text())["shards"]:
            path = self.release / shard["path"]
            listed = subprocess.run([program, path], capture_output=True, check=True).stdout
            packed = plain = 0
            frames = []
            for frame in shard["frames"]:
                frames.append(f"{packed} {frame['compressed_bytes']} {plain} {frame['bytes']}")
                packed += frame["compressed_bytes"]
                plain += frame["bytes"]
            self.assertEqual(listed.decode().splitlines(), frames)
            content = subprocess.run(["zstdcat", path], capture_output=True, check=True).stdout
            self.assertEqual(len(content), plain)
            for offset in (0, plain // 3, plain // 2, plain - 1000):
                piece = subprocess.run([program, path, str(offset), "1000"], capture_output=True,
                                       check=True).stdout
                self.assertEqual(piece, content[offset:offset + 1000])


if __name__ == "__main__":
    main()
