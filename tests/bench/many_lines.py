#!/usr/bin/env python3
"""Invented lines for measuring: N of about 60 bytes, the same ones for the same N.

usage: many_lines.py N > FILE

A tenth repeats an earlier line, a tenth is one with a word more.
"""
import random
import sys

WORDS = ("ferry pier harbour boat tide morning lighthouse storm sail rope net fish lamp паром причал "
         "гавань лодка прилив утро маяк якорь сеть рыба шторм парус").split()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    chance = random.Random(1)
    rand = chance.random
    recent = ["start"] * 4096
    out = []
    for i in range(int(sys.argv[1])):
        dice = rand()
        if dice < 0.1:
            line = recent[int(rand() * 4096)]
        elif dice < 0.2:
            line = recent[int(rand() * 4096)] + " " + WORDS[i % 25]
        else:
            a, b = int(rand() * 15625), int(rand() * 15625)
            line = (f"{WORDS[a % 25]} {b} {WORDS[a // 25 % 25]} {WORDS[b % 25]} {a} {WORDS[a // 625]} "
                    f"{WORDS[b // 25 % 25]} {WORDS[b // 625]} {i % 977}")
        recent[i % 4096] = line
        out.append(line)
        if len(out) == 10000:
            sys.stdout.write("\n".join(out) + "\n")
            out.clear()
    sys.stdout.write("".join(line + "\n" for line in out))


main()
