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

    def test_duckdb(self):
        clients = os.environ["TOLMACH_CLIENTS"]
        script = pathlib.Path(__file__).with_name("clients.mjs")
        out = subprocess.run(["node", script, clients, self.release], capture_output=True,
                             check=True).stdout
        seen = json.loads(out)
        for lang, want in self.want.items():
            self.assertEqual(seen[lang]["count"],
                             [len(want), sum(r["n_chars"] for r in want), len(want)])
            types = dict(map(tuple, seen[lang]["types"]))
            self.assertEqual(types["text"], "VARCHAR")
            self.assertEqual(types["hashtags"], "VARCHAR[]")
            self.assertEqual(list(types), list(want[0]))


if __name__ == "__main__":
    main()
