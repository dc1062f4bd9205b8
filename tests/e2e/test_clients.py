"""The shards open in what researchers use, and all of them see the same."""
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
