"""fetch: against nginx, and against servers that lie."""
import hashlib
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
import unittest

from lib import Case, TOLMACH, main, records, tree

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
WORDS = ("утром паром вышел из порта вернулся вечеру туман над водой стоит третий день капитан "
         "говорит погода скоро изменится жители города ждут открытия рынка площади моря").split()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def posts(channel, n, seed):
    pick = random.Random(seed)
    return [{"id": i + 1, "channel": f"Канал {channel}", "channel_id": channel,
             "date": 1700000000 + 60 * i,
             "text": " ".join(pick.choices(WORDS, k=30)) + f" {seed}-{i}."} for i in range(n)]


class FetchCase(Case):
    def setUp(self):
        super().setUp()
        self.stops = []

    def tearDown(self):
        for stop in reversed(self.stops):
            stop()
        super().tearDown()

    def make(self, channels, version="1.0.0", out="srv", frame="8K", shard="400K"):
        self.write("p.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                      for c in channels for p in posts(c[0], c[1], c[2])))
        release, _ = self.build("p.jsonl", out=out, version=version, args=[
            "--set", f"pack.frame={frame}", "--set", f"pack.shard={shard}", "--set", "dedup=off"])
        return release

    def nginx(self, root, extra=""):
        port = free_port()
        log = self.dir / f"access-{port}.log"
        conf = self.write(f"nginx-{port}.conf", f"""
daemon off; master_process off; pid {self.dir}/nginx-{port}.pid; error_log {self.dir}/e.log;
{'user root;' if os.getuid() == 0 else ''}
events {{}}
http {{
  log_format f '$request_uri|$http_range|$status|$body_bytes_sent|$http_if_range';
  access_log {log} f;
  client_body_temp_path {self.dir}/t1; proxy_temp_path {self.dir}/t2;
  fastcgi_temp_path {self.dir}/t3; uwsgi_temp_path {self.dir}/t4; scgi_temp_path {self.dir}/t5;
  server {{ listen 127.0.0.1:{port}; root {root}; {extra} }}
}}
""")
        server = subprocess.Popen([NGINX, "-c", str(conf), "-e", str(self.dir / "e.log")],
                                  stderr=subprocess.DEVNULL)
        self.stops.append(lambda: (server.terminate(), server.wait()))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.05)
        return f"http://127.0.0.1:{port}", log

    def serve(self, handler):
        """A server that answers as `handler(request, path, (first, last) or None)` says."""
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
                handler(self, self.path, tuple(map(int, wanted.groups())) if wanted else None)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *args: None        # clients that hang up are what is tested
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.stops.append(lambda: (server.shutdown(), server.server_close()))
        return f"http://127.0.0.1:{server.server_address[1]}"

    def honest(self, request, path, wanted, change=lambda data: data):
        """What an honest server does, with ranges; `change` spoils the body."""
        file = self.dir / "srv" / path.lstrip("/")
        if not file.is_file():
            request.send_error(404)
            return
        data = file.read_bytes()
        part = data[wanted[0]:wanted[1] + 1] if wanted else data
        request.send_response(206 if wanted else 200)
        if wanted:
            request.send_header("Content-Range", f"bytes {wanted[0]}-{wanted[1]}/{len(data)}")
        request.send_header("Content-Length", str(len(part)))
        request.end_headers()
        request.wfile.write(change(part))

    def nothing_published(self, out="out"):
        home = self.dir / out / "c"
        self.assertEqual([p.name for p in home.iterdir() if p.name[0] != "."]
                         if home.exists() else [], [])
        self.assertEqual(list((self.dir / out).glob(".fetch-*")) if home.exists() else [], [])


@unittest.skipUnless(os.path.exists(NGINX), "nginx is not installed")
class Nginx(FetchCase):
    def test_the_same_bytes_and_a_redirect(self):
        release = self.make([(1, 1500, 1), (2, 1500, 2)])
        url, _ = self.nginx(self.dir / "srv", "location /old/ { rewrite ^/old/(.*) /c/$1 redirect; }")
        out, _ = self.run_tolmach("fetch", f"{url}/old/1.0.0/", "-o", "out", "--json")
        told = json.loads(out)
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(release))
        shards = json.loads((release / "manifest.json").read_text())["shards"]
        self.assertEqual(told["downloaded"], sum(f["compressed_bytes"] for s in shards
                                                 for f in s["frames"]))
        self.run_tolmach("verify", "out/c/1.0.0")
        self.assertEqual([p.name for p in (self.dir / "out/c").iterdir()], ["1.0.0"])
        out, _ = self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out")
        self.assertIn("was there", out)
        _, err = self.run_tolmach("fetch", f"{url}/c", "-o", "out", code=3)
        self.assertIn(f"{url}/c/SHA256SUMS", err)
        self.assertIn("folder that holds manifest.json", err)

    def test_killed_five_times(self):
        """What is finished is never asked for again, and the bytes are the same in the end."""
        release = self.make([(1, 3000, 1), (2, 3000, 2)])
        url, log = self.nginx(self.dir / "srv", "limit_rate 100k;")
        frames = sum(len(s["frames"]) for s in
                     json.loads((release / "manifest.json").read_text())["shards"])
        self.assertGreater(frames, 60)
        pick = random.Random(20250301)
        points = sorted(pick.sample(range(5, frames - 5), 5))
        state = self.dir / "out/c/.1.0.0.fetch/state"
        command = [TOLMACH, "fetch", f"{url}/c/1.0.0", "-o", "out", "-j", "2", "-q"]
        done = []
        for point in points:
            process = subprocess.Popen(command, cwd=self.dir)
            deadline = time.time() + 60
            while time.time() < deadline and process.poll() is None:
                lines = state.read_text().split("\n")[:-1] if state.exists() else []
                if sum(line.startswith("done ") for line in lines) >= point:
                    break
                time.sleep(0.002)
            self.assertIsNone(process.poll(), "it ended before it was killed")
            process.send_signal(signal.SIGKILL)
            process.wait()
            self.nothing_published()
            time.sleep(0.3)                     # nginx writes its log when the connection is gone
            lines = state.read_text().split("\n")[:-1]
            done.append((len(log.read_text().splitlines()),
                         {tuple(map(int, line.split()[1:])) for line in lines
                          if line.startswith("done ")}))
        subprocess.run(command, cwd=self.dir, check=True)
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(release))
        self.run_tolmach("verify", "out/c/1.0.0")
        shards = json.loads((release / "manifest.json").read_text())["shards"]
        index = {"/c/1.0.0/" + s["path"]: i for i, s in enumerate(shards)}
        time.sleep(0.3)
        requests = [line.split("|") for line in log.read_text().splitlines()]
        conditional = again = 0
        for k, (n, finished) in enumerate(done):
            later = requests[n:]
            for uri, wanted, status, _, if_range in later:
                if uri not in index:
                    continue
                self.assertEqual(status, "206")
                conditional += if_range != "-"
                first, last = map(int, wanted.removeprefix("bytes=").split("-"))
                offset = 0
                for number, frame in enumerate(shards[index[uri]]["frames"]):
                    end = offset + frame["compressed_bytes"]
                    if (index[uri], number) in finished and first < end and last >= offset:
                        again += 1
                    offset = end
        self.assertEqual(again, 0)
        self.assertGreater(conditional, 0)

    def test_an_update_brings_what_is_missing(self):
        old = self.make([(1, 2000, 1), (2, 2000, 2), (3, 2000, 3)])
        new = self.make([(1, 2000, 1), (2, 2100, 2), (3, 2000, 3)], version="1.1.0")
        url, _ = self.nginx(self.dir / "srv")
        self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out")
        out, _ = self.run_tolmach("fetch", f"{url}/c/1.1.0", "-o", "out", "--json")
        told = json.loads(out)
        shards = [json.loads((r / "manifest.json").read_text())["shards"] for r in (old, new)]
        known = {f["xxh128"] for s in shards[0] for f in s["frames"]}
        missing = sum(f["compressed_bytes"] for s in shards[1] for f in s["frames"]
                      if f["xxh128"] not in known)
        whole = sum(f["compressed_bytes"] for s in shards[1] for f in s["frames"])
        self.assertEqual(told["downloaded"], missing)
        self.assertLess(missing, whole / 2)
        self.assertEqual(tree(self.dir / "out/c/1.1.0"), tree(new))
        same = [s["path"] for s in shards[1] if s["sha256"] in {s["sha256"] for s in shards[0]}
                and s["path"] in {o["path"] for o in shards[0]}]
        for path in same:
            self.assertEqual((self.dir / "out/c/1.0.0" / path).stat().st_ino,
                             (self.dir / "out/c/1.1.0" / path).stat().st_ino)
        out, _ = self.run_tolmach("fetch", f"{url}/c/1.1.0", "-o", "other", "--json", "--have",
                                  "out/c/1.1.0")
        self.assertEqual(json.loads(out)["downloaded"], 0)
        self.run_tolmach("verify", "other/c/1.1.0")

    def test_a_damaged_local_version_is_no_source(self):
        self.make([(1, 2000, 1)])
        url, _ = self.nginx(self.dir / "srv")
        self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "old")
        shard = next((self.dir / "old/c/1.0.0/data/ru").iterdir())
        data = bytearray(shard.read_bytes())
        data[len(data) // 2] ^= 1
        shard.write_bytes(data)
        self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out", "--have", "old/c/1.0.0")
        self.run_tolmach("verify", "out/c/1.0.0")

    def test_partial_copies(self):
        release = self.make([(1, 2000, 1), (2, 2000, 2), (3, 2000, 3)])
        url, _ = self.nginx(self.dir / "srv")
        shards = json.loads((release / "manifest.json").read_text())["shards"]
        for args, kept in ((["--lang", "ru"], [s for s in shards]),
                           (["--shards", "0-1"], [s for s in shards if s["lang"]][:2])):
            out = "out" + args[0]
            self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", out, *args)
            told, _ = self.run_tolmach("verify", f"{out}/c/1.0.0")
            if len(kept) < len(shards):
                self.assertIn(f"partial: {len(kept)} of {len(shards)} shards", told)
            self.assertEqual(
                sorted(str(p.relative_to(self.dir / out / "c/1.0.0"))
                       for p in (self.dir / out).rglob("*.zst")),
                sorted(s["path"] for s in kept))
        self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out", "--sample", "100")
        told, _ = self.run_tolmach("verify", "out/c/1.0.0")
        self.assertIn("partial: ", told)
        got = records(self.dir / "out/c/1.0.0", "ru")
        self.assertGreaterEqual(len(got), 100)
        self.assertLess(len(got), 600)
        everything = {r["id"]: r for r in records(release, "ru")}
        self.assertTrue(all(everything[r["id"]] == r for r in got))
        listed, _ = self.run_tolmach("cat", "out/c/1.0.0")
        self.assertEqual([json.loads(line) for line in listed.splitlines()], got)
        self.run_tolmach("cat", "out/c/1.0.0", "--id", got[-1]["id"])
        # A shard that must be there and is not, is a fault; so is one that is damaged.
        shard = next((self.dir / "out/c/1.0.0/data/ru").iterdir())
        data = shard.read_bytes()
        shard.write_bytes(data[:-1])
        self.run_tolmach("verify", "out/c/1.0.0", code=1)
        shard.unlink()
        self.run_tolmach("verify", "out/c/1.0.0", code=1)
        shard.write_bytes(data)
        # The rest comes later, and what was there is not downloaded again.
        told, _ = self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out", "--json")
        self.assertGreater(json.loads(told)["copied"], 0)
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(release))

    def test_a_proxy_is_honoured(self):
        self.make([(1, 300, 1)])
        asked = []

        def forward(request, path, wanted):
            asked.append(path)
            self.honest(request, re.sub(r"^http://nowhere.invalid", "", path), wanted)

        proxy = self.serve(forward)
        self.run_tolmach("fetch", "http://nowhere.invalid/c/1.0.0", "-o", "out",
                         env={"http_proxy": proxy, "no_proxy": ""})
        self.assertTrue(asked and all(p.startswith("http://nowhere.invalid/") for p in asked))

    def test_a_local_path_and_a_file_url(self):
        release = self.make([(1, 300, 1)])
        self.run_tolmach("fetch", "srv/c/1.0.0", "-o", "a")
        self.run_tolmach("fetch", f"file://{release}", "-o", "b")
        self.assertEqual(tree(self.dir / "a/c/1.0.0"), tree(release))
        self.assertEqual(tree(self.dir / "b/c/1.0.0"), tree(release))
        self.run_tolmach("fetch", "srv/c/9.9.9", "-o", "a", code=3)

    def test_a_journal_that_says_too_much(self):
        """As after a power cut: noted frames that are not there are found out and asked for."""
        release = self.make([(1, 300, 1)])
        digest = tree(release)["manifest.json"]
        self.write("out/c/.1.0.0.fetch/state",
                   f"tolmach-fetch 1 {digest}\ndone 0 0\ndone 0 1\ndone 1 0\ndone 1")
        self.run_tolmach("fetch", "srv/c/1.0.0", "-o", "out")
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(release))

    def test_the_release_changes_before_it_is_resumed(self):
        self.make([(1, 2000, 1)])
        url, _ = self.nginx(self.dir / "srv", "limit_rate 60k;")
        process = subprocess.Popen([TOLMACH, "fetch", f"{url}/c/1.0.0", "-o", "out", "-q"],
                                   cwd=self.dir)
        state = self.dir / "out/c/.1.0.0.fetch/state"
        while process.poll() is None and not (state.exists() and "done" in state.read_text()):
            time.sleep(0.01)
        process.kill()
        process.wait()
        shutil.rmtree(self.dir / "srv")
        self.make([(1, 2000, 7)])
        _, err = self.run_tolmach("fetch", f"{url}/c/1.0.0", "-o", "out", code=3)
        self.assertIn("has changed since this download began", err)
        self.assertIn(url, err)
        self.nothing_published()


class Liars(FetchCase):
    def setUp(self):
        super().setUp()
        self.release = self.make([(1, 1500, 1)])

    def refuse(self, url, *want, code=3, args=()):
        out, err = self.run_tolmach("fetch", *([url] if isinstance(url, str) else url), "-o", "out",
                                    "--timeout", "2", *args, code=code)
        for text in want:
            self.assertIn(text, err)
        self.nothing_published()
        return err

    def spoil(self, change):
        return self.serve(lambda r, path, wanted: self.honest(
            r, path, wanted, change if ".zst" in path else lambda data: data))

    def test_wrong_bytes(self):
        url = self.spoil(lambda data: bytes([*data[:100], data[100] ^ 4, *data[101:]]))
        self.refuse(url + "/c/1.0.0", "wrong bytes", url)

    def test_the_next_mirror_is_asked(self):
        bad = self.spoil(lambda data: bytes([*data[:100], data[100] ^ 4, *data[101:]]))
        good = self.serve(self.honest)
        _, err = self.run_tolmach("fetch", bad + "/c/1.0.0", good + "/c/1.0.0", "-o", "out")
        self.assertIn("wrong bytes", err)
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(self.release))

    def test_the_first_mirror_is_gone(self):
        good = self.serve(self.honest)
        gone = f"http://127.0.0.1:{free_port()}"
        self.run_tolmach("fetch", gone + "/c/1.0.0", good + "/c/1.0.0", "-o", "out")
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(self.release))

    def test_the_first_mirror_contradicts_itself(self):
        """In its manifest, its checksums, or another small file: the next one is asked."""
        good = self.serve(self.honest)
        other = bytes.maketrans(b"0123456789", b"1234567890")
        for name in ("manifest.json", "SHA256SUMS", "README.md", "croissant.json"):
            bad = self.serve(lambda r, path, wanted, name=name: self.honest(
                r, path, wanted, lambda data: data.translate(other) if path.endswith(name) else data))
            out = f"out-{name}"
            _, err = self.run_tolmach("fetch", bad + "/c/1.0.0", good + "/c/1.0.0", "-o", out)
            self.assertIn(bad, err)
            self.assertEqual(tree(self.dir / out / "c/1.0.0"), tree(self.release))
            self.refuse(bad + "/c/1.0.0", bad)

    def test_a_mirror_whose_checksums_agree_but_are_wrong(self):
        """Its small files fit its SHA256SUMS, its shards fit nothing: the next mirror leads."""
        good = self.serve(self.honest)
        other = self.make([(7, 30, "other")], out="other")
        damaged = self.dir / "damaged/c/1.0.0"
        shutil.copytree(self.release, damaged)
        self.reseal(damaged, "manifest.json", b'"schema_version": 1', b'"schema_version": 77')
        missing = self.dir / "missing/c/1.0.0"
        shutil.copytree(self.release, missing)
        sums = (missing / "SHA256SUMS").read_text()
        (missing / "SHA256SUMS").write_text(re.sub("^[0-9a-f]{64}(?=  README)", "0" * 64, sums,
                                                   flags=re.M))
        for name, root in (("other", other.parents[1]), ("damaged", damaged.parents[1]),
                           ("missing", missing.parents[1])):
            def lie(request, path, wanted, root=root):
                if ".zst" in path:
                    self.honest(request, path, wanted)
                else:
                    body = root / path.lstrip("/")
                    self.answer(request, body.read_bytes() if body.is_file() else None)
            bad = self.serve(lie)
            out = f"out-{name}"
            _, err = self.run_tolmach("fetch", bad + "/c/1.0.0", good + "/c/1.0.0", "-o", out)
            self.assertIn(f"warning: ", err, name)
            self.assertIn(bad, err, name)
            self.assertEqual(tree(self.dir / out / "c/1.0.0"), tree(self.release), name)
            self.assertEqual([p.name for p in (self.dir / out / "c").iterdir()], ["1.0.0"], name)
            self.refuse(bad + "/c/1.0.0", bad)
            _, err = self.run_tolmach("fetch", bad + "/c/1.0.0", bad + "/./c/1.0.0", "-o", "none",
                                      code=None)
            self.assertIn(bad, err)
            self.nothing_published("none")

    def test_what_came_is_kept_when_the_next_mirror_has_the_same_manifest(self):
        """The first one has a wrong README: the frames that it brought are not asked for again."""
        spoiled = self.dir / "spoiled/c/1.0.0"
        shutil.copytree(self.release, spoiled)
        sums = (spoiled / "SHA256SUMS").read_text()
        (spoiled / "SHA256SUMS").write_text(re.sub("^[0-9a-f]{64}(?=  README)", "0" * 64, sums,
                                                   flags=re.M))
        asked = []

        def watched(request, path, wanted):
            asked.append(path)
            self.honest(request, path, wanted)

        good = self.serve(watched)
        self.run_tolmach("fetch", spoiled, good + "/c/1.0.0", "-o", "out")
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(self.release))
        self.assertEqual([path for path in asked if ".zst" in path], [])

    def reseal(self, release, name, old, new):
        """Changes a small file of a release, and its checksum with it."""
        file = release / name
        before = file.read_bytes()
        self.assertIn(old, before)
        after = before.replace(old, new)
        file.write_bytes(after)
        sums = (release / "SHA256SUMS").read_text()
        digests = [hashlib.sha256(data).hexdigest() for data in (before, after)]
        self.assertIn(digests[0], sums)
        (release / "SHA256SUMS").write_text(sums.replace(*digests))

    @staticmethod
    def answer(request, data):
        if data is None:
            request.send_error(404)
            return
        request.send_response(200)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def test_a_server_without_ranges(self):
        """Such as Python's own: 200 and the whole file is used, not refused."""
        url = self.serve(lambda r, path, wanted: self.honest(r, path, None))
        self.run_tolmach("fetch", url + "/c/1.0.0", "-o", "out")
        self.assertEqual(tree(self.dir / "out/c/1.0.0"), tree(self.release))

    def test_a_web_page_with_status_200(self):
        def page(request, path, wanted):
            if ".zst" not in path and "all" not in path:
                self.honest(request, path, wanted)
                return
            text = b"<html>log in first</html>"
            request.send_response(200)
            request.send_header("Content-Type", "text/html")
            request.send_header("Content-Length", str(len(text)))
            request.end_headers()
            request.wfile.write(text)

        url = self.serve(page)
        self.refuse(url + "/c/1.0.0", "web page", url)
        self.refuse(url + "/all/1.0.0", "web page", url)

    def test_a_wrong_length(self):
        def short(request, path, wanted):
            if ".zst" not in path:
                self.honest(request, path, wanted)
                return
            request.send_response(206)
            request.send_header("Content-Range", f"bytes {wanted[0]}-{wanted[1]}/77")
            request.send_header("Content-Length", str(wanted[1] - wanted[0] + 1))
            request.end_headers()
            request.wfile.write(b"x" * (wanted[1] - wanted[0] + 1))

        url = self.serve(short)
        self.refuse(url + "/c/1.0.0", "the file has 77 bytes, the manifest states", url)

    def test_a_cut_answer(self):
        def cut(request, path, wanted):
            self.honest(request, path, wanted,
                        (lambda data: data[:len(data) // 2]) if ".zst" in path else lambda d: d)
            request.close_connection = ".zst" in path

        self.refuse(self.serve(cut) + "/c/1.0.0", "bytes remaining to read",
                    "run the same command again")

    def test_a_cut_answer_of_no_stated_length(self):
        def cut(request, path, wanted):
            if ".zst" not in path:
                self.honest(request, path, wanted)
                return
            data = (self.dir / "srv" / path.lstrip("/")).read_bytes()[:1000]
            request.send_response(200)
            request.send_header("Connection", "close")
            request.end_headers()
            request.wfile.write(data)
            request.close_connection = True

        self.refuse(self.serve(cut) + "/c/1.0.0", "it ended at byte 1000 of")

    def test_too_many_bytes(self):
        def more(request, path, wanted):
            if ".zst" not in path:
                self.honest(request, path, wanted)
                return
            request.send_response(206)
            request.send_header("Connection", "close")
            request.end_headers()
            request.wfile.write((self.dir / "srv" / path.lstrip("/")).read_bytes())
            request.wfile.write(b"x" * 100000)
            request.close_connection = True

        self.refuse(self.serve(more) + "/c/1.0.0", "more than the")

    def test_a_stalled_server(self):
        def stall(request, path, wanted):
            if ".zst" in path:
                time.sleep(30)
            self.honest(request, path, wanted)

        url = self.serve(stall)
        start = time.time()
        self.refuse(url + "/c/1.0.0", url, "run the same command again", args=["--timeout", "1"])
        self.assertLess(time.time() - start, 25)

    def forge(self, change):
        """The manifest, changed, with SHA256SUMS that agrees."""
        import hashlib
        path = self.release / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        sums = self.release / "SHA256SUMS"
        sums.write_text(re.sub(r"\w{64}  manifest", digest + "  manifest", sums.read_text()))

    def test_hostile_manifests(self):
        def set_path(path):
            return lambda m: m["shards"][0].__setitem__("path", path)

        original = tree(self.release)
        saved = {n: (self.release / n).read_bytes() for n in ("manifest.json", "SHA256SUMS")}
        for change, want in (
                (set_path("../../evil.jsonl.zst"), "path"),
                (set_path("/etc/evil.jsonl.zst"), "path"),
                (set_path("data/ru/train-/../../x.jsonl.zst"), "path"),
                (set_path("data/ru/train-a b.jsonl.zst"), "path"),
                (lambda m: m.__setitem__("name", "../x"), "cannot name a folder"),
                (lambda m: m.__setitem__("version", ".."), "cannot name a folder"),
                (lambda m: m["shards"][0]["frames"][0].__setitem__("bytes", 1 << 60), "size of a frame"),
                (lambda m: m["shards"][0]["frames"][0].__setitem__("compressed_bytes", 1 << 60),
                 "size of a frame"),
                (lambda m: m["shards"][0].__setitem__("compressed_bytes", 1 << 62), "sum of the frames"),
                (lambda m: m.__setitem__("schema_version", 99), "use a newer tolmach")):
            self.forge(change)
            self.refuse("srv/c/1.0.0", want)
            for name, data in saved.items():
                (self.release / name).write_bytes(data)
        sums = self.release / "SHA256SUMS"
        sums.write_bytes(saved["SHA256SUMS"] + b"0" * 64 + b"  ../../evil\n")
        self.refuse("srv/c/1.0.0", "leads out of the release")
        sums.write_bytes(saved["SHA256SUMS"])
        self.assertEqual(tree(self.release), original)

    def test_the_output_cannot_be_written(self):
        self.write("file", "")
        self.run_tolmach("fetch", "srv/c/1.0.0", "-o", "file", code=4)


class Cat(FetchCase):
    def test_numbers_ids_and_samples(self):
        release = self.make([(1, 700, 1), (20, 700, 2), (3, 700, 3)])
        rows = records(release, "ru")
        self.assertEqual(len(rows), 2100)

        def cat(*args, code=0):
            out, _ = self.run_tolmach("cat", release, *args, code=code)
            return [json.loads(line) for line in out.splitlines()]

        self.assertEqual(cat(), rows)
        self.assertEqual(cat("--range", "0"), rows[:1])
        self.assertEqual(cat("--range", "1234-1250", "--lang", "ru"), rows[1234:1251])
        self.assertEqual(cat("--range", "2099-"), rows[2099:])
        self.assertEqual(cat("--range", "2100-"), [])
        for i in (0, 1, 699, 700, 1399, 1400, 2099, *random.Random(3).sample(range(2100), 20)):
            self.assertEqual(cat("--id", rows[i]["id"]), [rows[i]])
            self.assertEqual(cat("--doc", rows[i]["doc_id"]), [rows[i]])
        sample = cat("--sample", "50")
        self.assertEqual(len({r["id"] for r in sample}), 50)
        self.assertEqual(sample, cat("--sample", "50", "--seed", "0"))
        self.assertNotEqual(sample, cat("--sample", "50", "--seed", "1"))
        order = {r["id"]: i for i, r in enumerate(rows)}
        places = [order[r["id"]] for r in sample]
        self.assertEqual(places, sorted(places))
        self.assertEqual(cat("--sample", "9999"), rows)
        cat("--id", "tg-1-99999-0", code=2)
        cat("--id", "raw-0-0", code=2)
        cat("--range", "5-2", code=2)
        cat("--range", "5", "--id", "x", code=2)

    def test_numbers_that_do_not_rise_with_the_dates(self):
        """Then the search among the first numbers of frames misses, and all are read."""
        rows = posts(5, 900, 5)
        for i, row in enumerate(rows):
            row["id"] = (i * 7919) % 900 + 1
        self.write("p.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n" for p in rows))
        release, _ = self.build("p.jsonl", args=["--set", "pack.frame=8K", "--set", "dedup=off"])
        for row in records(release, "ru")[::90]:
            out, _ = self.run_tolmach("cat", release, "--id", row["id"])
            self.assertEqual(json.loads(out), row)


if __name__ == "__main__":
    main()
