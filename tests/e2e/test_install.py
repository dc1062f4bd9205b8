"""What is installed is complete: command, headers, library, pkg-config file; nothing else shows."""
import os
import pathlib
import subprocess

from lib import Case, main

PROGRAM = """
#include <stdio.h>
#include <tolmach/build.h>
#include <tolmach/clean.h>
#include <tolmach/dedup.h>
#include <tolmach/lang.h>
#include <tolmach/release.h>

int main(void)
{
    struct tm_lang_result result;
    tm_lang_detect("The ferry leaves the old pier.", 30, &result);
    printf("%s %s\\n", tm_version(), tm_lang_name(result.lang));
    return 0;
}
"""


class Install(Case):
    def test_a_program_against_the_installed_library(self):
        build = os.environ["MESON_BUILD_ROOT"]
        root = self.dir / "root"
        subprocess.run(["meson", "install", "-C", build, "--destdir", root, "--no-rebuild",
                        "--quiet"], check=True, capture_output=True)
        pc = next(root.rglob("tolmach.pc"))
        library = next(root.rglob("libtolmach.so")).parent
        command = next(p for p in root.rglob("bin/tolmach"))
        header = next(root.rglob("tolmach/base.h")).parent.parent
        self.write("p.c", PROGRAM)
        subprocess.run(["cc", "-I", header, "p.c", "-o", "p", "-L", library, "-ltolmach"],
                       check=True, cwd=self.dir)
        env = dict(os.environ, LD_LIBRARY_PATH=str(library))
        out = subprocess.run([self.dir / "p"], env=env, capture_output=True, check=True).stdout
        version = subprocess.run([command, "--version"], capture_output=True,
                                 check=True).stdout.decode().split()[1]
        self.assertEqual(out.decode().split(), [version, "en"])
        self.assertIn(f"Version: {version}", pc.read_text())

        symbols = subprocess.run(["nm", "-D", "--defined-only", library / "libtolmach.so"],
                                 capture_output=True, check=True).stdout.decode().split("\n")
        names = [line.split()[-1] for line in symbols if line]
        self.assertGreater(len(names), 40)
        self.assertEqual([n for n in names if not n.startswith("tm_")], [])


if __name__ == "__main__":
    main()
