"""Versions of a corpus: what `diff` says against what the records say, and `log`."""
import json

from lib import Case, main, records


def post(number, text, **more):
    return {"id": number, "channel": "Пристань", "channel_id": 77, "date": "2025-03-01T10:00:00Z",
            "text": text, **more}


OLD = [
    post(1, "Паром уходит в семь утра, касса открыта с шести."),
    post(2, "В субботу у третьего причала убирают настил."),
    post(3, "Библиотека у маяка снова работает по вечерам."),
    post(4, "Рыбаки вернулись с хорошим уловом корюшки."),
    post(5, "The ferry leaves at seven, the ticket office opens at six."),
    post(6, "Прогноз на четверг: туман и слабый ветер."),
]
NEW = [
    OLD[0],                                                             # the same
    post(2, "В воскресенье у третьего причала убирают настил."),        # another text
    post(3, OLD[2]["text"], author="Смотритель"),                       # other metadata
    post(4, "🐟🐟🐟"),                                                   # empty now
    # 5 is absent
    post(6, OLD[0]["text"]),                                            # a duplicate now
    post(7, "Новый маршрут катера начнётся в мае."),                    # added
]


class Versions(Case):
    def setUp(self):
        super().setUp()
        for version, posts in (("1.0.0", OLD), ("1.1.0", NEW)):
            self.write(f"{version}.jsonl", "".join(json.dumps(p, ensure_ascii=False) + "\n"
                                                   for p in posts))
            self.build(f"{version}.jsonl", version=version, args=["--set", "dedup.near=off"])
        self.old, self.new = self.dir / "out/c/1.0.0", self.dir / "out/c/1.1.0"

    def all_records(self, release):
        return {r["id"]: r for lang in ("ru", "en") for r in records(release, lang)}

    def test_diff_agrees_with_the_records(self):
        old, new = self.all_records(self.old), self.all_records(self.new)
        want = [f"+ {i}" for i in new if i not in old]
        want += [f"~ {i}" for i in new if i in old and new[i]["text"] != old[i]["text"]]
        want += [f"* {i}" for i in new if i in old and new[i]["text"] == old[i]["text"] and
                 {**new[i], "quality": 0} != {**old[i], "quality": 0}]
        want += [f"- {i}" for i in old if i not in new]
        out, _ = self.run_tolmach("diff", "--list", self.old, self.new)
        listed = [line for line in out.split("\n") if line[:2] in ("+ ", "- ", "~ ", "* ")]
        self.assertEqual(sorted(" ".join(line.split()[:2]) for line in listed), sorted(want))
        reasons = dict(line.split()[1:] for line in listed if line[0] == "-")
        self.assertEqual({i.rsplit("-", 2)[1]: r for i, r in reasons.items()},
                         {"4": "empty", "5": "absent", "6": "duplicate"})
        out, _ = self.run_tolmach("diff", "--json", self.old, self.new)
        numbers = json.loads(out)
        self.assertEqual([numbers[k] for k in ("added", "removed", "text", "metadata")],
                         [1, 3, 1, 1])
        self.assertEqual(numbers["removed_as"], {"empty": 1, "absent": 1, "duplicate": 1})

    def test_with_itself(self):
        out, _ = self.run_tolmach("diff", "--list", self.old, self.old)
        self.assertEqual(out, "from 1.0.0 to 1.0.0: 0 records added, 0 removed, 0 with another text, "
                              "0 with other metadata\n")

    def test_a_changed_recipe_shows(self):
        self.build("1.0.0.jsonl", version="1.0.1", args=["--set", "dedup.near=off", "--set",
                                                         "clean.emoji.flags=iso"])
        out, _ = self.run_tolmach("diff", self.old, self.dir / "out/c/1.0.1")
        self.assertIn("-     flags: drop", out)
        self.assertIn("+     flags: iso", out)
        out, _ = self.run_tolmach("diff", "--json", self.old, self.dir / "out/c/1.0.1")
        self.assertFalse(json.loads(out)["same_recipe"])

    def test_log(self):
        out, _ = self.run_tolmach("log", "out/c")
        self.assertEqual([line.split()[0] for line in out.splitlines()],
                         ["version", "1.0.0", "1.1.0"])
        out, _ = self.run_tolmach("log", "--json", "out/c")
        self.assertEqual([(v["ru"], v["en"]) for v in json.loads(out)], [(5, 1), (4, 0)])
        _, err = self.run_tolmach("log", ".", code=3)
        self.assertIn("no release lies in it", err)


if __name__ == "__main__":
    main()
