#!/usr/bin/env python3
"""Many lines from few, for measuring: the lines of a file, then copies with other words.

usage: varied_lines.py FILE COPIES [SHARE] > LARGER

In each copy a word is replaced with probability SHARE (default 0.4) by one of another line of the
file, so that words are as frequent as they were, and most copies are not near. The same for the
same file.
"""
import random
import sys


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    share = float(sys.argv[3]) if len(sys.argv) > 3 else 0.4
    with open(sys.argv[1], encoding="utf-8") as f:
        lines = [line.split() for line in f.read().split("\n")]
    words = [word for line in lines for word in line]
    rand = random.Random(1).random
    for copy in range(int(sys.argv[2]) + 1):
        for line in lines:
            if copy != 0:
                line = [words[int(rand() * len(words))] if rand() < share else word
                        for word in line]
            sys.stdout.write(" ".join(line) + "\n")


main()
