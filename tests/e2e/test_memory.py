"""Memory stays within the budget: 1.25 x --memory + 64 MB + 16 MB a thread."""
import os
import subprocess

from lib import TOLMACH, Case, main

WORDS = ("ferry pier harbour boat tide morning lighthouse паром причал гавань лодка прилив утро "
         "маяк").split()


class Memory(Case):
    def peak(self, *args):
        """Peak resident memory of a build in MB."""
        child = subprocess.Popen([TOLMACH, "build", *args], cwd=self.dir, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0)
        return usage.ru_maxrss / 1024

    def test_budget(self):
        with open(self.dir / "a.jsonl", "w", encoding="utf-8") as out:
            for i in range(120000):
                text = " ".join(WORDS[(i * 7 + k * (i % 11 + 1)) % 14] for k in range(40))
                out.write('{"id":%d,"channel":"c%d","date":%d,"text":"%d %s"}\n'
                          % (i, i % 50, 1700000000 + i * 7919 % 120000, i, text))
        self.assertGreater((self.dir / "a.jsonl").stat().st_size, 40e6)
        for threads in (1, 2):
            peak = self.peak("a.jsonl", "-o", f"o{threads}", "--name", "c", "-q", "--memory", "16M",
                             f"-j{threads}")
            self.assertLess(peak, 1.25 * 16 + 64 + 16 * threads)


if __name__ == "__main__":
    main()
