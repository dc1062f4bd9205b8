"""What must not change a label, on the dev sets of the detector (TOLMACH_REAL_DATA)."""
import os
import pathlib
import re
import subprocess
import sys
import unicodedata

from lib import Case, REAL, main

# Signs of program code, links and addresses are evidence of their own.
SIGNS = re.compile(r"[@_{}\\|^<>=\[\]()&*$%+~#/]|\w\.\w|\w:\w|--|http|www")


def without_marks(text):
    return "".join(c for c in text if not unicodedata.category(c).startswith("P"))


ROOT = pathlib.Path(__file__).resolve().parents[2]


class LetterCosts(Case):
    def test_table_is_what_its_script_writes(self):
        made = subprocess.run([sys.executable, ROOT / "tools/make-letter-costs", f"{REAL}/lid/train"],
                              stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(made, (ROOT / "src/lang/letter_costs.h").read_bytes())


class SpanCosts(Case):
    def test_table_is_what_its_trainer_writes(self):
        data = f"{REAL}/lid/train"
        made = subprocess.run([f"{os.environ['MESON_BUILD_ROOT']}/tools/train-spans",
                               f"{data}/ud_train.tsv.zst", f"{data}/ntrex_train.tsv.zst"],
                              stdout=subprocess.PIPE, check=True).stdout
        self.assertEqual(made, (ROOT / "src/lang/span_costs.h").read_bytes())


class Invariance(Case):
    def labels(self, lines):
        out, _ = self.run_tolmach("detect", stdin="".join(line + "\n" for line in lines).encode())
        got = [line.split("\t")[0] for line in out.split("\n")[:-1]]
        self.assertEqual(len(got), len(lines))
        return got

    def kept(self, lines, before, change):
        """Share of the lines that keep their label, in %; what loses it is shown."""
        after = self.labels([change(line) for line in lines])
        lost = [(a, b, line) for a, b, line in zip(before, after, lines) if a != b]
        for a, b, line in lost[:5]:
            print(f"# {a} -> {b}: {line[:80]}")
        return 100 - 100 * len(lost) / len(lines)

    def check(self, name, floor, plain_floor):
        with open(f"{REAL}/lid/dev/{name}.tsv", encoding="utf-8") as f:
            lines = [row.rstrip("\n").split("\t", 1)[1].replace("\r", " ") for row in f]
        changes = [("capitals", str.upper),
                   ("small letters", str.lower),
                   ("emoji", lambda s: "\U0001F525 " + s + " \U0001F642\U0001F389"),
                   ("link", lambda s: s + " https://example.com/news/page?id=17"),
                   ("handle", lambda s: "@some_channel " + s)]
        before = self.labels(lines)
        for what, change in changes:
            share = self.kept(lines, before, change)
            print(f"# {name}, {what}: {share:.3f} % of {len(lines)}")
            self.assertGreaterEqual(share, floor, what)
        plain = [line for line in lines if not SIGNS.search(line)]
        share = self.kept(plain, self.labels(plain), without_marks)
        print(f"# {name}, without marks: {share:.3f} % of {len(plain)} without signs of code")
        self.assertGreaterEqual(share, plain_floor)

    def test_news_sentences(self):
        self.check("core_ntrex_sents", 99.99, 99.98)

    def test_treebank_sentences(self):
        self.check("ud_sents", 99.9, 99.8)

    def test_fragments(self):
        self.check("ud_frags", 99.9, 99.8)


main()
