"""Signatures: made here and read by minisign, made by minisign and read here."""
import os
import stat
import subprocess

from lib import Case, main, tree


class Sign(Case):
    def setUp(self):
        super().setUp()
        self.write("a.txt", "Паром уходит в семь утра, касса открыта с шести.\n")
        self.run_tolmach("keygen", "k")

    def minisign(self, *args, code=0, stdin=b""):
        done = subprocess.run(["minisign", *map(str, args)], cwd=self.dir, input=stdin,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done.stdout.decode()

    def test_minisign_accepts_it(self):
        release, _ = self.build("a.txt", args=["--sign", "k.key"])
        self.run_tolmach("verify", release)
        out, _ = self.run_tolmach("verify", release, "--key", "k.pub")
        self.assertIn("signed with the key k.pub", out)
        out = self.minisign("-Vm", release / "SHA256SUMS", "-p", "k.pub")
        self.assertIn("Trusted comment: file:SHA256SUMS\thashed\tc 1.0.0", out)
        subprocess.run(["sha256sum", "--strict", "--quiet", "-c", "SHA256SUMS"], cwd=release,
                       check=True)
        again, _ = self.build("a.txt", out="again", args=["--sign", "k.key"])
        self.assertEqual(tree(release), tree(again))

    def test_the_secret_key_is_secret_and_is_not_overwritten(self):
        self.assertEqual(stat.S_IMODE(os.stat(self.dir / "k.key").st_mode), 0o600)
        _, err = self.run_tolmach("keygen", "k", code=4)
        self.assertIn("k.key", err)

    def test_keys_of_minisign(self):
        self.minisign("-G", "-W", "-p", "m.pub", "-s", "m.key")
        release, _ = self.build("a.txt", args=["--sign", "m.key"])
        self.minisign("-Vm", release / "SHA256SUMS", "-p", "m.pub")
        self.run_tolmach("verify", release, "--key", "m.pub")
        _, err = self.run_tolmach("verify", release, "--key", "k.pub", code=1)
        self.assertIn("another key", err)
        # and what minisign signs with a key made here, in both of its forms
        for args in ((), ("-l",)):
            (release / "SHA256SUMS.minisig").unlink()
            self.minisign("-Sm", release / "SHA256SUMS", "-s", "k.key", "-t", "привет", *args)
            self.run_tolmach("verify", release, "--key", "k.pub")

    def test_a_rebuild_does_not_make_up_for_a_signature(self):
        """Nor is a release good whose key was asked for and is not there."""
        release, _ = self.build("a.txt")
        for more in ((), ("a.txt",)):
            out, err = self.run_tolmach("verify", release, *more, "--key", "k.pub", code=1)
            self.assertIn("is not signed", err)
            self.assertNotIn("good", out)

    def test_passwords(self):
        with_password = {"env": {"TOLMACH_PASSWORD": "якорь"}}
        self.run_tolmach("keygen", "p", "--password", **with_password)
        release, _ = self.build("a.txt", args=["--sign", "p.key"], **with_password)
        self.minisign("-Vm", release / "SHA256SUMS", "-p", "p.pub")
        (release / "SHA256SUMS.minisig").unlink()
        self.minisign("-Sm", release / "SHA256SUMS", "-s", "p.key", stdin="якорь\n".encode())
        self.run_tolmach("verify", release, "--key", "p.pub")
        _, err = self.run_tolmach("build", "a.txt", "-o", "o", "--name", "c", "--sign", "p.key",
                                  env={"TOLMACH_PASSWORD": "канат"}, code=2)
        self.assertIn("the password is wrong", err)
        self.assertFalse((self.dir / "o").exists())

    def test_what_is_wrong_is_told(self):
        release, _ = self.build("a.txt", args=["--sign", "k.key"])
        sums, minisig = release / "SHA256SUMS", release / "SHA256SUMS.minisig"
        good, text = minisig.read_text(), sums.read_bytes()

        def fails(message, code=1, key="k.pub"):
            _, err = self.run_tolmach("verify", release, "--key", key, code=code)
            self.assertIn(message, err)

        minisig.write_text(good.replace("1.0.0", "1.0.1"))
        fails("trusted comment was changed")
        lines = good.split("\n")
        for i, line in ((1, 20), (1, 60), (3, 20)):
            bad = list(lines)
            other = "A" if bad[i][line] != "A" else "B"
            bad[i] = bad[i][:line] + other + bad[i][line + 1:]
            minisig.write_text("\n".join(bad))
            fails("SHA256SUMS.minisig")
        for junk in ("", "x", "\n\n\n\n", good[:100], "a\n" * 5):
            minisig.write_text(junk)
            self.run_tolmach("verify", release, "--key", "k.pub", code=None)
            fails("signature", code=None)
        minisig.write_text(good)
        sums.write_bytes(text.replace(b"manifest.json", b"manifest.jsom"))
        fails("not of this SHA256SUMS")
        sums.write_bytes(text)
        minisig.unlink()
        fails("is not signed")
        fails("cannot open", code=None, key="none.pub")
        fails("no public key", code=None, key="a.txt")
        _, err = self.run_tolmach("build", "a.txt", "-o", "o", "--name", "c", "--sign", "k.pub",
                                  code=None)
        self.assertIn("no secret key", err)


if __name__ == "__main__":
    main()
