"""Broken input: a message with file and offset, the rest is built, the exit code says so."""
import gzip
import json

from lib import Case, main, records

GOOD = [{"id": i, "channel": "Harbour", "date": 1700000000 + i,
         "text": f"The ferry number {i} leaves the old pier at nine in the morning."}
        for i in range(1, 6)]


def lines(rows):
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)


def desktop(messages, tail="]}"):
    head = '{"name":"Harbour","type":"public_channel","id":1900000009,"messages":['
    return head + ",".join(json.dumps(m) for m in messages) + tail


MESSAGES = [{"id": r["id"], "type": "message", "date_unixtime": str(r["date"]), "text": r["text"]}
            for r in GOOD]


class Broken(Case):
    def test_truncated_json(self):
        data = desktop(MESSAGES)
        cut = data.index("number 5")
        self.write("result.json", data[:cut])
        release, err = self.build("result.json", code=1)
        self.assertRegex(err, r"result\.json:\d+: ")
        self.assertEqual(len(records(release, "en")), 4)
        self.run_tolmach("verify", release)

    def test_desktop_hex_escape(self):
        data = desktop(MESSAGES).replace("number 3", "number \\x033")
        self.write("result.json", data)
        release, err = self.build("result.json")
        self.assertIn("warning", err)
        self.assertRegex(err, r"result\.json:\d+: ")
        self.assertEqual(len(records(release, "en")), 5)

    def test_invalid_utf8_in_the_middle(self):
        data = lines(GOOD).encode()
        at = data.index(b"number 3")
        self.write("a.jsonl", data[:at] + b"\xff\xfe" + data[at:])
        release, err = self.build("a.jsonl", code=1)
        self.assertIn(f"a.jsonl:{at}:", err)
        self.assertEqual([r["doc_id"].split("-")[-1] for r in records(release, "en")],
                         ["1", "2", "4", "5"])
        self.run_tolmach("verify", release)

    def test_broken_line(self):
        text = lines(GOOD[:2]) + '{"id": 9, "text": "cut\n' + lines(GOOD[2:])
        self.write("a.jsonl", text)
        release, err = self.build("a.jsonl", code=1)
        self.assertRegex(err, r"a\.jsonl:\d+: ")
        self.assertEqual(len(records(release, "en")), 5)

    def test_empty_file(self):
        self.write("raw/empty.json", "")
        self.write("raw/good.jsonl", lines(GOOD))
        release, err = self.build("raw", code=1)
        self.assertIn("empty.json", err)
        self.assertEqual(len(records(release, "en")), 5)

    def test_folder_without_files(self):
        (self.dir / "raw").mkdir()
        _, err = self.run_tolmach("build", "raw", "-o", "out", "--name", "c", code=3)
        self.assertIn("raw", err)
        self.assertFalse((self.dir / "out" / "c" / "1.0.0").exists())

    def test_missing_file(self):
        _, err = self.run_tolmach("build", "nothing.json", "-o", "out", "--name", "c", code=3)
        self.assertIn("nothing.json", err)

    def test_truncated_gzip(self):
        whole = gzip.compress(lines(GOOD * 200).encode(), mtime=0)
        self.write("a.jsonl.gz", whole[:len(whole) // 2])
        _, err = self.build("a.jsonl.gz", code=1)
        self.assertIn("a.jsonl.gz", err)

    def test_unwritable_output(self):
        self.write("a.jsonl", lines(GOOD))
        self.write("file", "in the way")
        self.run_tolmach("build", "a.jsonl", "-o", "file", "--name", "c", code=4)

    def test_existing_version(self):
        self.write("a.jsonl", lines(GOOD))
        release, _ = self.build("a.jsonl")
        before = (release / "manifest.json").read_bytes()
        _, err = self.build("a.jsonl", code=4)
        self.assertIn("1.0.0", err)
        self.assertEqual((release / "manifest.json").read_bytes(), before)

    def test_nothing_is_left_after_a_failure(self):
        self.write("a.jsonl", lines(GOOD))
        self.run_tolmach("build", "a.jsonl", "missing", "-o", "out", "--name", "c", code=3)
        left = [p.name for p in (self.dir / "out" / "c").iterdir() if p.name != ".lock"]
        self.assertEqual(left, [])


if __name__ == "__main__":
    main()
