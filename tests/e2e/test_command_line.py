"""The command line as its help says: exit codes, defaults, filters."""
import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios

from lib import Case, HARBOUR, ROOT, TOLMACH, main, records

POSTS = [{"id": 1, "channel": "Harbour", "text": "**Ferry** at nine \U0001F6A2\n#news"},
         {"id": 2, "channel": "Harbour", "text": "**Ferry** at ten, says the harbour master."}]


class CommandLine(Case):
    def setUp(self):
        super().setUp()
        self.write("a.jsonl", "".join(json.dumps(p) + "\n" for p in POSTS))

    def test_help_and_usage(self):
        out, _ = self.run_tolmach("--help")
        self.assertIn("tolmach build", out)
        for command in re.findall(r"^  ([a-z]+) {2,}\S", out, re.M):
            text, _ = self.run_tolmach(command, "--help")
            self.assertIn("Example:", text, command)
            self.assertLessEqual(max(map(len, text.split("\n"))), 80, command)
            _, err = self.run_tolmach(command, "--no-such-option", code=2)
            self.assertIn("no-such-option", err)
        self.run_tolmach(code=2)
        self.run_tolmach("no-such-command", code=2)
        self.run_tolmach("build", code=2)
        self.run_tolmach("build", "a.jsonl", "-o", "out", code=2)
        self.run_tolmach("build", "a.jsonl", "-o", "out", "--name", "../c", code=2)
        self.run_tolmach("build", "a.jsonl", "-o", "out", "--name", "c", "--set", "x=1", code=2)

    def test_dry_run_writes_nothing(self):
        out, _ = self.run_tolmach("build", "a.jsonl", "--name", "c", "--dry-run", "--json")
        self.assertEqual(json.loads(out)["documents"], 2)
        self.assertEqual([p.name for p in self.dir.iterdir()], ["a.jsonl"])

    def test_limit(self):
        self.write("b.jsonl", "".join(
            '{"id":%d,"text":"Ferry number %d is late again."}\n' % (i, i) for i in range(1, 6)))
        release, _ = self.build("b.jsonl", args=["--limit", "2"])
        self.assertEqual(len(records(release, "en")), 2)
        self.run_tolmach("verify", release)

    def test_printed_recipe_builds_the_same(self):
        args = ["build", "a.jsonl", "--name", "c", "--set", "clean.urls.inline=token"]
        out, _ = self.run_tolmach(*args, "--print-recipe")
        self.write("r.yaml", out)
        again, _ = self.run_tolmach("build", "r.yaml", "--print-recipe")
        self.assertEqual(out, again)

    def test_guessed_markup_is_told(self):
        """Markdown that two posts carry is found and the manifest says so."""
        release, _ = self.build("a.jsonl")
        self.assertEqual([r["text"] for r in records(release, "en")],
                         ["Ferry at nine", "Ferry at ten, says the harbour master."])

    def test_split(self):
        text = "One ship left. Two came in.\nIt rains\n\n\nMr. Fox waits :) Nobody comes\n"
        want = "One ship left.\nTwo came in.\n\nIt rains\n\n\nMr. Fox waits :)\nNobody comes\n"
        self.write("a.txt", text)
        self.assertEqual(self.run_tolmach("split", "a.txt")[0], want)
        self.assertEqual(self.run_tolmach("split", stdin=text.encode())[0], want)
        self.assertEqual(self.run_tolmach("split", "--flat", "a.txt")[0],
                         "".join(line + "\n" for line in want.splitlines() if line))
        self.run_tolmach("split", "missing.txt", code=3)

    def test_unit_sentence(self):
        """Where an emoji was, a sentence may end; ids count the sentences of the post."""
        self.write("s.jsonl", json.dumps(
            {"id": 7, "channel": "Harbour", "text":
             "The ferry is late again \u26f4\ufe0f Nobody knows why. Ask Mr. Fox.\nHe may know."}))
        release, _ = self.build("s.jsonl", args=["--set", "unit=sentence"])
        got = records(release, "en")
        self.assertEqual([r["text"] for r in got],
                         ["The ferry is late again", "Nobody knows why.", "Ask Mr. Fox.",
                          "He may know."])
        self.assertEqual([r["id"] for r in got], [got[0]["doc_id"] + f"-{i}" for i in range(4)])
        self.assertEqual({r["n_segs"] for r in got}, {4})
        self.assertEqual(json.loads((release / "manifest.json").read_text())["unit"], "sentence")
        self.run_tolmach("verify", release)
        self.run_tolmach("build", "s.jsonl", "--name", "c", "--set", "unit=word", code=2)

    def test_unit_document(self):
        """The whole post in one record, and where each language stands in it."""
        ru = "\u041f\u0430\u0440\u043e\u043c \u0441\u043d\u043e\u0432\u0430 \u043e\u043f\u043e\u0437\u0434\u0430\u043b \u043d\u0430 \u0447\u0430\u0441, \u0436\u0434\u0451\u043c \u0435\u0433\u043e \u043d\u0430 \u0431\u0435\u0440\u0435\u0433\u0443."
        en = "The ferry is late again, and nobody in the harbour knows why it is so."
        self.write("d.jsonl", json.dumps({"id": 7, "channel": "Harbour", "text": ru + "\n" + en}))
        release, _ = self.build("d.jsonl", args=["--set", "unit=document"])
        (row,) = records(release, "en")
        self.assertEqual(row["text"], ru + "\n" + en)
        self.assertEqual([(row["text"][s["start"]:s["end"]], s["lang"]) for s in row["lang_spans"]],
                         [(ru, "ru"), (en, "en")])
        self.assertEqual((row["seg"], row["n_segs"]), (0, 1))
        self.assertIn("lang_spans", (release / "README.md").read_text())
        self.run_tolmach("verify", release)
        release, _ = self.build("d.jsonl", name="s")
        self.assertNotIn("lang_spans", (release / "README.md").read_text())
        self.assertNotIn("lang_spans", records(release, "en")[0])

    def test_read(self):
        out, _ = self.run_tolmach("read", "a.jsonl")
        got = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([g["text"] for g in got], [p["text"] for p in POSTS])
        raw = (self.dir / "a.jsonl").read_bytes()
        for g in got:
            at = g["source_offset"]
            self.assertEqual(json.loads(raw[at:at + g["source_length"]])["text"], g["text"])

    def test_clean(self):
        out, _ = self.run_tolmach("clean", "a.jsonl")
        self.assertEqual(out, "Ferry at nine\n\n\nFerry at ten, says the harbour master.\n")
        out, _ = self.run_tolmach("clean", "--jsonl", "a.jsonl")
        self.assertEqual(json.loads(out.splitlines()[0])["hashtags"], ["news"])
        out, _ = self.run_tolmach("clean", stdin="One \U0001F6A2 two\n".encode())
        self.assertEqual(out, "One two\n")

    def test_detect(self):
        text = "The ferry leaves the old pier at nine.\nПаром отходит от старого причала в девять.\n42\n"
        out, _ = self.run_tolmach("detect", stdin=text.encode())
        self.assertEqual([line.split("\t")[0] for line in out.splitlines()], ["en", "ru", "und"])
        self.assertEqual([line.split("\t")[2] for line in out.splitlines()], text.splitlines())
        mixed = "Паром отходит от причала каждое утро. The ferry leaves the pier every morning.\n"
        out, _ = self.run_tolmach("detect", "--segments", stdin=mixed.encode())
        self.assertEqual([line.split("\t")[0] for line in out.splitlines()], ["ru", "en"])

    def test_dedup(self):
        text = "One\nTwo\none!\nThree\nTWO\n"
        out, _ = self.run_tolmach("dedup", stdin=text.encode())
        self.assertEqual(out, "One\nTwo\nThree\n")
        rows = '{"id":1,"text":"A b"}\n{"id":2,"text":"a, B"}\n{"id":3,"text":"c"}\n'
        out, _ = self.run_tolmach("dedup", stdin=rows.encode())
        self.assertEqual(out, rows.replace('{"id":2,"text":"a, B"}\n', ""))

    def test_standard_input(self):
        self.run_tolmach("build", "-", "-o", "out", "--name", "c",
                         stdin=(self.dir / "a.jsonl").read_bytes())
        self.assertEqual(len(records(self.dir / "out/c/1.0.0", "en")), 2)

    def test_field_and_extra(self):
        self.write("b.jsonl", '{"n":7,"body":"The boats are back in the harbour.","mood":"good"}\n')
        release, _ = self.build("b.jsonl", args=["--field", "text=body", "--extra", "mood"])
        record = records(release, "en")[0]
        self.assertEqual(record["text"], "The boats are back in the harbour.")
        self.assertIn("good", json.dumps(record["extra"]))

    def test_recipe_mistake(self):
        self.write("r.yaml", "name: c\ncolour: red\ninputs: [a.jsonl]\n")
        _, err = self.run_tolmach("build", "r.yaml", "-o", "out", code=2)
        self.assertIn("r.yaml:2:1: unknown key 'colour'", err)

    def test_stats_and_explain(self):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--quiet")
        release = self.dir / "out/harbour/1.0.0"
        out, _ = self.run_tolmach("stats", release)
        self.assertIn("harbour", out)
        numbers, _ = self.run_tolmach("stats", release, "--json")
        self.assertIsInstance(json.loads(numbers), dict)
        some = records(release, "ru")[3]["id"]
        out, _ = self.run_tolmach("explain", release, some)
        self.assertIn("result.json", out)
        _, err = self.run_tolmach("explain", release, "tg-1-1-0", code=2)
        self.assertIn("tg-1-1-0", err)

    def test_explain_shows_the_way_from_the_raw_text(self):
        self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", "out", "--quiet")
        release = self.dir / "out/harbour/1.0.0"
        record = records(release, "ru")[3]
        way = ["explain", release, record["id"], HARBOUR / "harbour.yaml"]
        out, _ = self.run_tolmach(*way)
        self.assertIn("[-Подписывайтесь на Портовый вестник-]", out)
        out, _ = self.run_tolmach(*way, "--color", "always")
        self.assertIn("\033[31;9mПодписывайтесь на Портовый вестник\033[0m", out)
        out, _ = self.run_tolmach(*way, "--json")
        shown = json.loads(out[out.rindex("\n{") + 1:])
        self.assertEqual(shown["text"], record["text"])
        _, err = self.run_tolmach(*way[:3], HARBOUR / "webcopy.yaml", code=2)
        self.assertIn("the inputs hold no document at this place", err)

    def test_clean_diff_replays(self):
        """The edits of each pass, done one after the other, lead from the raw to the clean text."""
        out, _ = self.run_tolmach("clean", "--diff", "--jsonl", HARBOUR / "harbour.yaml")
        changed = 0
        for line in out.splitlines():
            doc = json.loads(line)
            text, shift, last = doc["raw"].encode(), 0, None
            for rule, step, at, gone, came in doc["edits"]:
                if step != last:
                    last, shift = step, 0
                at += shift
                gone, came = gone.encode(), came.encode()
                self.assertEqual(text[at:at + len(gone)], gone, (doc["doc_id"], rule))
                text = text[:at] + came + text[at + len(gone):]
                shift += len(came) - len(gone)
            self.assertEqual(text.decode(), doc["text"])
            changed += bool(doc["edits"])
        self.assertGreater(changed, 100)

    def test_clean_ablate(self):
        posts = [{"id": 1, "text": "Паром идёт 🚢"}, {"id": 2, "text": "Паром пришёл"}]
        self.write("p.jsonl", "".join(json.dumps(p) + "\n" for p in posts))
        out, _ = self.run_tolmach("clean", "--ablate", "p.jsonl")
        table = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
        self.assertEqual(table["emoji"], ["1", "5", "5"])
        self.assertEqual(table["all"], ["rules", "1", "5"])
        self.assertNotIn("flag", table)


class Shell(Case):
    """What comes out of the tables of the commands: man pages and completions."""

    def commands(self):
        out, _ = self.run_tolmach("--help")
        return re.findall(r"^  ([a-z]+) {2,}\S", out, re.M)

    def test_each_command_has_its_page(self):
        built = (ROOT / "src" / "meson.build").read_text()
        main_page, _ = self.run_tolmach("manual")
        for command in self.commands():
            page, _ = self.run_tolmach("manual", command)
            self.assertIn(f'.TH "tolmach\\-{command}" "1"', page)
            self.assertIn(f"tolmach\\-{command}", main_page)
            self.assertRegex(built, rf"'{command}'[,\]]")       # it is installed
            out, _ = self.run_tolmach(command, "--help")
            for option in re.findall(r"--([a-z-]+)", out.split("Example:")[0].split("\n  ", 1)[1]):
                self.assertIn("\\-\\-" + option.replace("-", "\\-"), page)
        self.run_tolmach("manual", "nothing", code=2)

    def test_bash_completes(self):
        out, _ = self.run_tolmach("completion", "bash")
        self.write("c.bash", out)

        def complete(*words):
            script = (f". ./c.bash; compopt() {{ :; }}; COMP_WORDS=({' '.join(words)}); "
                      f"COMP_CWORD={len(words) - 1}; _tolmach; echo ${{COMPREPLY[@]}}")
            return subprocess.run(["bash", "-c", script], cwd=self.dir, capture_output=True,
                                  check=True).stdout.decode().split()

        self.assertEqual(complete("tolmach", "ve"), ["verify"])
        self.assertEqual(complete("tolmach", "fetch", "--sa"), ["--sample="])
        self.assertIn("--near", complete("tolmach", "dedup", "--"))
        self.run_tolmach("completion", "csh", code=2)

    def test_fish_completes(self):
        out, _ = self.run_tolmach("completion", "fish")
        self.write("c.fish", out)

        def complete(line):
            return subprocess.run(["fish", "-N", "-c", f'source c.fish; complete -C "{line}"'],
                                  cwd=self.dir, capture_output=True, check=True,
                                  env=dict(os.environ, HOME=str(self.dir))).stdout.decode()

        self.assertTrue(complete("tolmach ve").startswith("verify\t"))
        self.assertTrue(complete("tolmach fetch --sa").startswith("--sample"))
        for command in self.commands():
            self.assertIn(command, complete("tolmach "))

    def test_zsh_completes(self):
        out, _ = self.run_tolmach("completion", "zsh")
        self.write("_tolmach", out)
        for line, wanted in (("tolmach ve", "tolmach verify"), ("tolmach fetch --sa", "--sample="),
                             ("tolmach log --", "print it as JSON")):
            done = subprocess.run(["zsh", "-f", ROOT / "tests/e2e/complete.zsh", line, wanted],
                                  cwd=self.dir, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_doctor(self):
        out, _ = self.run_tolmach("doctor")
        for word in ("tolmach", "ICU", "zstd", "libcurl", "cores", "temporary files"):
            self.assertIn(word, out)

    def test_plan(self):
        out, _ = self.run_tolmach("plan", HARBOUR / "harbour.yaml")
        for text in ("desktop-json", "Портовый вестник", "93 documents", "3 inputs", "disk"):
            self.assertIn(text, out)
        self.assertEqual(list(self.dir.iterdir()), [])
        self.assertNotIn("0 to 0", out)
        self.write("one.txt", "A single post.\n")
        out, _ = self.run_tolmach("plan", "one.txt")
        for text in ("15 bytes, 1 file, text", "1 document, ", "\n1 input, 15 bytes."):
            self.assertIn(text, out)
        self.run_tolmach("plan", "nothing.json", code=3)

    def on_a_terminal(self, *args, columns=80):
        """What the command shows on a terminal, in lines; its input is one, too."""
        own, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        child = subprocess.Popen([TOLMACH, *map(str, args)], cwd=self.dir, stdin=its, stdout=its,
                                 stderr=its, start_new_session=True)
        os.close(its)
        os.write(own, b"\x04")
        shown = b""
        try:
            while select.select([own], [], [], 60)[0] and (data := os.read(own, 65536)):
                shown += data
        except OSError:         # Linux: nobody holds the other end any more
            pass
        os.close(own)           # which hangs up on a command that still waits
        child.wait(60)
        return shown.decode().replace("\r\n", "\n").split("\n")

    def test_a_terminal_of_80_columns(self):
        """Messages are folded between words there; in a log each is one line."""
        self.write("m.jsonl", "".join(json.dumps({"id": i, "channel": "The harbour of the island",
                   "text": f"**Ferry {i}** at nine"}) + "\n" for i in range(9)))
        wide = 0
        for args in (["build", "m.jsonl", "-o", "out", "--name", "c"], ["build", "--format", "list"],
                     ["build", "m.jsonl", "-o", "out", "--name", "c"], ["verify", "."],
                     ["stats", "out/c/1.0.0"], ["log", "out/c"], ["plan", "m.jsonl"], ["doctor"],
                     ["fetch", "http://127.0.0.1:1/harbour/1.0.0", "-o", "down"], ["explain", "x"],
                     ["init", "m.jsonl"], ["keygen", "no/such/folder"]):
            lines = self.on_a_terminal(*args)
            self.assertLessEqual(max(map(len, lines)), 80, args)
            wide += sum(line.startswith(" " * 9) for line in lines)
        self.assertGreater(wide, 4)
        _, err = self.run_tolmach("verify", ".", code=3)
        self.assertEqual(err.count("\n"), 1)
        narrow = self.on_a_terminal("verify", ".", columns=50)
        self.assertEqual(" ".join(line.strip() for line in narrow).strip(), err.strip())
        self.assertLessEqual(max(map(len, narrow)), 50)

    def test_a_terminal_is_told_that_it_is_read(self):
        for command in ("split", "detect", "dedup", "read", "clean"):
            lines = self.on_a_terminal(command)
            self.assertIn("Ctrl-D", lines[0], command)
            self.assertNotIn("Ctrl-D", "".join(self.on_a_terminal(command, "-q")), command)
        self.assertEqual(self.run_tolmach("split", stdin=b"One.\n"), ("One.\n", ""))

    def test_mistakes_are_told_with_what_to_do(self):
        self.write("a.jsonl", json.dumps(POSTS[0]))
        release, _ = self.build("a.jsonl")
        self.run_tolmach("keygen", "k")
        for args, code, words in (
                (["build", "--format", "list"], 2, "desktop-json"),
                (["build", "a.jsonl", "--name", "c", "-o", "x", "--memory", "4"], 2, "256M"),
                (["keygen", "k"], 4, "another name"),
                (["stats", "out"], 3, "OUT/NAME/VERSION"),
                (["explain", release], 2, "RELEASE ID"),
                (["log"], 2, "FOLDER"),
                (["cat", release, "--sample", "0"], 2, "from 1 on"),
                (["cat", release, "--range", "99"], 0, "no such records"),
                (["cat", release, "--range", "99", "-q"], 0, ""),
                (["fetch", release], 2, "-o FOLDER"),
                (["export", release], 2, "-o FOLDER")):
            out, err = self.run_tolmach(*args, code=code)
            self.assertEqual(out, "", args)
            self.assertIn(words, err, args)
            self.assertEqual(err == "", words == "", args)

    def test_a_field_that_is_not_there_is_told(self):
        rows = '{"id":1,"message":"A b"}\n{"id":2,"message":"a, B"}\n{"text":"c"}\n'
        out, err = self.run_tolmach("dedup", stdin=rows.encode())
        self.assertEqual(out, rows)
        self.assertIn("2 of 3 objects had no text in the field 'text'", err)
        out, err = self.run_tolmach("dedup", "--field", "message", "-q", stdin=rows.encode())
        self.assertEqual((out.count("\n"), err), (2, ""))

    def test_one_is_not_told_as_many(self):
        self.write("one.jsonl", '{"text": "The #ferry leaves the old pier at nine."}\n')
        out, _ = self.run_tolmach("build", "one.jsonl", "-o", "out", "--name", "c")
        self.assertIn("1 document from 1 input, ", out)
        self.assertIn("left out    nothing\n", out)
        self.assertIn("1 byte in 1 place\n", out)
        out, _ = self.run_tolmach("export", "out/c/1.0.0", "-o", "x")
        self.assertIn("1 record for training", out)
        self.assertIn("in 1 file\n", out)

    def test_init_names_inputs_from_the_folder_of_the_recipe(self):
        self.write("raw/one/a.jsonl", json.dumps(POSTS[0]))
        self.write("raw/two/x", "")
        self.write("recipes/x", "")
        for recipe, wanted in (("recipes/r.yaml", "../raw/one"), ("raw/two/r.yaml", "../one"),
                               ("raw/one/r.yaml", "."), ("raw/r.yaml", "one"),
                               ("r.yaml", "raw/one"), ("./r2.yaml", "raw/one")):
            self.run_tolmach("init", "raw/one", "-o", recipe)
            self.assertIn(f'- path: "{wanted}"\n', (self.dir / recipe).read_text())
            self.run_tolmach("build", recipe, "-o", "out" + recipe.replace("/", "-"), "-n")
        _, err = self.run_tolmach("init", "raw/one", "no-such-file", "-o", "n.yaml", code=3)
        self.assertIn("no-such-file", err)
        self.assertFalse((self.dir / "n.yaml").exists())
        self.assertEqual(self.run_tolmach("init", "no-such-file", code=3)[0], "")

    def test_init_writes_a_recipe_that_builds(self):
        posts = [{"id": 1, "channel": "A\nB: \"c\" #", "date": "2025-03-01T10:00:00Z",
                  "text": "The ferry leaves at seven, the ticket office opens at six."}]
        self.write('raw "x"/a.jsonl', "".join(json.dumps(p) + "\n" for p in posts))
        self.run_tolmach("init", 'raw "x"', "-o", "r.yaml")
        text = (self.dir / "r.yaml").read_text()
        self.assertIn("1 en", text)
        self.run_tolmach("build", "r.yaml", "-o", "out")
        self.assertEqual(len(records(self.dir / "out/my-corpus/1.0.0", "en")), 1)
        self.run_tolmach("init", 'raw "x"', "-o", "r.yaml", code=4)
        # The defaults that it shows are the defaults: with the # away the recipe says the same.
        plain = "\n".join(line[2:] if line.startswith("# ") and ": " in line and "tolmach" not in
                          line and "defaults" not in line and "title" not in line and
                          "description" not in line else line for line in text.split("\n"))
        plain = plain.replace("# clean:", "clean:").replace("#   ", "  ")
        self.write("p.yaml", plain)
        one, _ = self.run_tolmach("build", "r.yaml", "--print-recipe")
        two, _ = self.run_tolmach("build", "p.yaml", "--print-recipe")
        self.assertEqual(one, two)


if __name__ == "__main__":
    main()
