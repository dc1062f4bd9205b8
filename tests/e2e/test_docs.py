"""Every command block of the documentation runs; the reference is what the program says."""
import os
import pathlib
import re
import shutil
import socket
import subprocess

from lib import Case, ROOT, TOLMACH, main

# What other runs prove: that of the tests itself, and that of tools/demo.
ELSEWHERE = {"tools/demo", "tools/check", "meson setup build", "ninja -C build",
             "ninja -C build install"}
TUTORIAL, INPUTS = ROOT / "src/docs/tutorial.md", ROOT / "src/docs/inputs.md"
DOCUMENTS = [ROOT / "README.md", *sorted(ROOT.glob("src/*/*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def blocks(document):
    return BLOCK.findall(document.read_text())


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Docs(Case):
    def setUp(self):
        super().setUp()
        shutil.copytree(ROOT / "corpora", self.dir / "corpora")
        (self.dir / "bin").mkdir()
        (self.dir / "bin/tolmach").symlink_to(TOLMACH)
        self.env = dict(os.environ, PATH=f"{self.dir / 'bin'}:{os.environ['PATH']}",
                        TOLMACH_PASSWORD="")

    def run_block(self, text):
        done = subprocess.run(["bash", "-eu", "-c", text], cwd=self.dir, env=self.env,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, text + done.stdout.decode())
        return done.stdout.decode()

    def run_document(self, document, port="8000"):
        ran = 0
        wait = f"until (exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.1; done"
        for kind, text in blocks(document):
            if kind == "sh":
                self.run_block(text.replace("8000", port).replace("sleep 1", wait))
                ran += 1
        return ran

    def test_every_block_says_what_it_is(self):
        kinds = {"sh", "console", "yaml", "text", "c", "json"}
        for document in DOCUMENTS:
            for kind, text in blocks(document):
                self.assertIn(kind, kinds, f"{document}: {text[:100]}")
                if document not in (ROOT / "README.md", TUTORIAL, INPUTS):
                    self.assertNotIn(kind, ("sh", "console"), f"{document}: no test runs it")

    def test_tutorial(self):
        self.assertGreater(self.run_document(TUTORIAL, str(free_port())), 7)

    def test_inputs(self):
        self.assertGreater(self.run_document(INPUTS), 7)

    def test_readme(self):
        """With an export and a server's folder in the places that it names."""
        raw = ROOT / "corpora/harbour/raw"
        shutil.copy(raw / "port-vestnik/result.json", self.dir)
        shutil.copytree(raw / "port-vestnik", self.dir / "vestnik")
        shutil.copytree(raw / "two-shores", self.dir / "two-shores")
        shutil.copy(raw / "harbour-notes.telethon.jsonl", self.dir / "notes.jsonl")
        self.run_block("tolmach build corpora/harbour/harbour.yaml -o srv --version 1.1.0 -q")
        compared = 0
        for kind, text in blocks(ROOT / "README.md"):
            for command, shown in self.commands_of(kind, text):
                command = command.replace("https://example.org/", f"file://{self.dir}/srv/")
                out = self.run_block(command.replace("build/src/tolmach", "tolmach"))
                for line in shown:
                    self.assertIn(line, out.splitlines(), command)
                    compared += 1
        self.assertGreater(compared, 30)

    def commands_of(self, kind, text):
        """Commands, each with the lines of output that the block shows; a lone … is a gap."""
        if kind == "console":
            for part in re.split(r"^\$ ", text, flags=re.M)[1:]:
                command, *shown = part.splitlines()
                yield command, [line for line in shown if line != "…"]
        elif kind == "sh":
            lines = [re.sub(r"\s+# .*", "", line) for line in text.splitlines()]
            for line in [part for line in lines for part in line.split(" && ")]:
                if line not in ELSEWHERE:
                    yield line.replace("| less", "| cat"), []

    def test_reference_is_written_from_the_tables(self):
        out, _ = self.run_tolmach("manual", "--reference")
        self.assertEqual(out, (ROOT / "src/docs/reference.md").read_text(),
                         "run `tolmach manual --reference >src/docs/reference.md`")

    def test_links_lead_somewhere(self):
        for document in DOCUMENTS:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
                self.assertTrue((document.parent / target).exists(), f"{document}: {target}")


if __name__ == "__main__":
    main()
