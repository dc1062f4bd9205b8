"""A changed byte in any file of a release is found."""
import shutil

from lib import Case, HARBOUR, main, tree


class Verify(Case):
    def setUp(self):
        super().setUp()
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--quiet")
        self.release = self.dir / "out/harbour/1.0.0"

    def test_good(self):
        self.run_tolmach("verify", self.release)

    def test_one_byte_in_every_file(self):
        for name in tree(self.release):
            path = self.release / name
            data = path.read_bytes()
            step = max(1, len(data) // 12)
            for at in list(range(0, len(data), step)) + [len(data) - 1]:
                path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1:])
                out, err = self.run_tolmach("verify", self.release, code=1)
                self.assertTrue(out + err, (name, at))
            path.write_bytes(data)
        self.run_tolmach("verify", self.release)

    def test_missing_and_extra_files(self):
        names = list(tree(self.release))
        for name in names:
            path = self.release / name
            data = path.read_bytes()
            path.unlink()
            self.run_tolmach("verify", self.release, code=1)
            path.write_bytes(data)
        (self.release / "extra.txt").write_text("x")
        self.run_tolmach("verify", self.release, code=1)

    def test_truncated_shard(self):
        shard = next((self.release / "data/ru").iterdir())
        data = shard.read_bytes()
        for n in (0, 1, len(data) // 2, len(data) - 1):
            shard.write_bytes(data[:n])
            self.run_tolmach("verify", self.release, code=1)

    def test_elsewhere(self):
        shutil.move(self.release, self.dir / "moved")
        self.run_tolmach("verify", self.dir / "moved")

    def test_from_its_inputs(self):
        """The release is built again and compared; nothing stays behind."""
        temp = self.dir / "temp"
        temp.mkdir()
        env = {"TMPDIR": str(temp)}
        recipe = HARBOUR / "harbour.yaml"
        out, _ = self.run_tolmach("verify", self.release, recipe, env=env)
        self.assertIn("the same bytes", out)
        out, err = self.run_tolmach("verify", self.release, recipe, "--set", "clean.emoji=off",
                                    code=1, env=env)
        self.assertIn("OTHER RECORDS", out)
        self.assertIn("data/ru/train-00000-of-00001.jsonl.zst: the inputs give other bytes", err)
        out, _ = self.run_tolmach("verify", self.release, recipe, "--set", "pack.level=4", code=1,
                                  env=env)
        self.assertIn("the same records in other files", out)
        self.assertEqual(list(temp.iterdir()), [])

    def test_no_release(self):
        _, err = self.run_tolmach("verify", self.dir / "nothing", code=3)
        self.assertIn("manifest.json", err)


if __name__ == "__main__":
    main()
