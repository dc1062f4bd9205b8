#!/usr/bin/env python3
"""What `tolmach dedup` takes as its input grows: a sixteenth, a quarter and all of a file.

usage: growth.py TOLMACH FILE [--near] [--parts 16,4,1] [--ways m64j1,m64j2,m4096j1]

For each part and way (megabytes of --memory, threads): CPU and wall seconds, peak RSS, the most that
lay in temporary files at once, and a digest of the output, which must not depend on the way.
"""
import argparse
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time


def spilled(pid):
    """Bytes on disk of the unnamed files that a process holds open."""
    total = 0
    folder = f"/proc/{pid}/fd"
    try:
        for name in os.listdir(folder):
            info = os.stat(f"{folder}/{name}")
            if info.st_nlink == 0:
                total += info.st_blocks * 512
    except OSError:
        pass
    return total


def digest_of(stream, ret):
    sha = hashlib.sha256()
    while block := stream.read(1 << 20):
        sha.update(block)
    ret.append(sha.hexdigest()[:16])


def measure(command):
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    digest, most = [], 0
    reader = threading.Thread(target=digest_of, args=(child.stdout, digest))
    reader.start()
    while True:
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid != 0:
            break
        most = max(most, spilled(child.pid))
        time.sleep(0.05)
    reader.join()
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {command}")
    return (usage.ru_utime + usage.ru_stime, time.monotonic() - begun, usage.ru_maxrss / 1024,
            most / 1e6, digest[0])


def write_part(source, size, path):
    with open(source, "rb") as f, open(path, "wb") as out:
        while size > 0 and (block := f.read(min(size, 1 << 24))):
            out.write(block)
            size -= len(block)
        out.write(f.readline())


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("tolmach")
    parser.add_argument("file")
    parser.add_argument("--near", action="store_true")
    parser.add_argument("--parts", default="16,4,1")
    parser.add_argument("--ways", default="m64j1,m64j2,m4096j1")
    args = parser.parse_args()
    size = os.path.getsize(args.file)
    with tempfile.TemporaryDirectory(prefix="tolmach-bench-") as folder:
        os.environ["TMPDIR"] = folder
        part = pathlib.Path(folder) / "part"
        for share in map(int, args.parts.split(",")):
            write_part(args.file, size // share, part)
            digests = set()
            for way in args.ways.split(","):
                memory, threads = re.fullmatch(r"m(\d+)j(\d+)", way).groups()
                command = [args.tolmach, "dedup", "--memory", f"{memory}M", "-j", threads, str(part)]
                cpu, wall, rss, disk, digest = measure(command + ["--near"] * args.near)
                digests.add(digest)
                print(f"{part.stat().st_size / 1e6:8.1f} MB --memory {memory}M -j{threads}: "
                      f"{cpu:7.2f} s CPU {wall:7.2f} s {rss:6.0f} MB RSS {disk:7.0f} MB disk  "
                      f"{digest}", flush=True)
            print("same bytes:", len(digests) == 1, flush=True)


main()
