"""Quality signals: what presets would remove and do remove, the advertising signal."""
import json

from lib import HARBOUR, Case, main, records, rows


def all_records(release):
    return records(release, "ru") + records(release, "en")


class Quality(Case):
    def manifest(self, release):
        return json.loads((release / "manifest.json").read_text())

    def rejects(self, release, reason):
        audit = release.parent / "audit" / release.name
        return [r for r in rows(audit) if r.get("reason") == reason]

    def test_presets_remove_what_they_say(self):
        plain, _ = self.build(HARBOUR / "raw/port-vestnik/result.json", args=["--set",
                              "dedup=off"])
        for preset in ("gopher", "c4", "fineweb", "fineweb-ru-short"):
            said = self.manifest(plain)["quality"][preset]
            release, _ = self.build(HARBOUR / "raw/port-vestnik/result.json", name=preset, args=[
                "--set", "dedup=off", "--set", f"quality.preset={preset}"])
            gone = self.rejects(release, "quality")
            self.assertEqual(len(gone), said["would_remove_records"], preset)
            self.assertEqual(sum(len(r["text"].encode()) for r in gone), said["would_remove_bytes"])
            ids = {r["id"] for r in all_records(release)}
            self.assertEqual(ids | {r["id"] for r in gone},
                             {r["id"] for r in all_records(plain)}, preset)
            self.run_tolmach("verify", release)
        self.assertGreater(self.manifest(plain)["quality"]["gopher"]["would_remove_records"], 50)
        self.assertLess(self.manifest(plain)["quality"]["fineweb-ru-short"]["would_remove_records"],
                        5)

    def test_ads(self):
        posts = [{"id": 1, "text": "Лодки напрокат у третьего причала.\n\nРеклама. ООО «Причал» ИНН 7700000000"},
                 {"id": 2, "text": "Паром отменён до утра из-за шторма."}]
        self.write("p.jsonl", "".join(json.dumps(p) + "\n" for p in posts))
        release, _ = self.build("p.jsonl", name="keep")
        self.assertEqual([r["quality"]["ad"] for r in all_records(release)], [True, False])
        self.assertNotIn("Реклама", all_records(release)[0]["text"])
        release, _ = self.build("p.jsonl", name="drop", args=["--set", "quality.ads=drop"])
        self.assertEqual(len(all_records(release)), 1)
        self.assertEqual(len(self.rejects(release, "ad")), 1)
        self.run_tolmach("verify", release)

    def test_every_record_has_the_same_signals(self):
        release, _ = self.build(HARBOUR / "raw/port-vestnik/result.json")
        for record in all_records(release):
            self.assertEqual(list(record["quality"]), [
                "ad", "kept", "stop_words", "sentences", "mean_word", "alpha_words", "symbols",
                "bullets", "ellipses", "punct_lines", "short_lines", "newlines", "dup_lines",
                "top_ngram", "dup_ngram"])


if __name__ == "__main__":
    main()
