"""What the end-to-end tests share: running the command in a folder of their own, reading releases."""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOLMACH = os.path.abspath(os.environ["TOLMACH"])
ROOT = pathlib.Path(__file__).resolve().parents[2]
HARBOUR = ROOT / "corpora" / "harbour"
REAL = os.environ.get("TOLMACH_REAL_DATA")


class Case(unittest.TestCase):
    """A test with an empty folder, self.dir, as its working folder."""

    maxDiff = 4000

    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="tolmach-e2e-"))

    def tearDown(self):
        shutil.rmtree(self.dir, ignore_errors=True)

    def run_tolmach(self, *args, code=0, stdin=None, env=None, cwd=None):
        """Runs the command, checks its exit code, and returns (stdout, stderr)."""
        done = subprocess.run(
            [TOLMACH, *map(str, args)], cwd=cwd or self.dir, input=stdin, capture_output=True,
            env=dict(os.environ, **(env or {})), check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        if code is not None:
            self.assertEqual(done.returncode, code, f"{args}\n{out}\n{err}")
        return out, err

    def build(self, *inputs, name="c", version="1.0.0", out="out", code=0, args=(), **more):
        """Builds a release and returns (its folder, stderr)."""
        _, err = self.run_tolmach("build", *inputs, "-o", out, "--name", name, "--version", version,
                                  *args, code=code, **more)
        return (more.get("cwd") or self.dir) / out / name / version, err

    def write(self, name, data):
        path = self.dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        return path


def unpack(path):
    """All frames of a shard."""
    return subprocess.run(["zstd", "-dcq", str(path)], capture_output=True, check=True).stdout


def rows(folder):
    """The rows of all shards in a folder, in order."""
    found = []
    for path in sorted(pathlib.Path(folder).glob("*.jsonl.zst")):
        found += [json.loads(line) for line in unpack(path).decode().split("\n") if line]
    return found


def records(release, lang):
    return rows(release / "data" / lang)


def jsonl(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().split("\n") if line]


def tree(folder):
    """Digest of every file below a folder, by relative name."""
    folder = pathlib.Path(folder)
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file()}


def main():
    unittest.main(argv=[sys.argv[0], "-v"])
