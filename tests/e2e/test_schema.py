"""What a release holds against the schemas that are published in corpora/schema."""
import json

import jsonschema

from lib import HARBOUR, ROOT, Case, main, rows

SCHEMAS = {name: json.loads((ROOT / "corpora" / "schema" / f"{name}.schema.json").read_text())
           for name in ("manifest", "record", "provenance", "spread", "stats")}


class Schema(Case):
    def check(self, release):
        for name, schema in SCHEMAS.items():
            jsonschema.Draft202012Validator.check_schema(schema)
        manifest = json.loads((release / "manifest.json").read_text())
        jsonschema.validate(manifest, SCHEMAS["manifest"])
        jsonschema.validate(json.loads((release / "report" / "spread.json").read_text()),
                            SCHEMAS["spread"])
        stats = json.loads((release / "report" / "stats.json").read_text())
        jsonschema.validate(stats, SCHEMAS["stats"])
        record = jsonschema.Draft202012Validator(SCHEMAS["record"])
        provenance = jsonschema.Draft202012Validator(SCHEMAS["provenance"])
        seen = 0
        for lang in ("ru", "en", "other"):
            for row in rows(release / "data" / lang):
                record.validate(row)
                seen += 1
        for row in rows(release / "provenance"):
            provenance.validate(row)
        self.assertGreater(seen, 0)
        return manifest, record

    def test_harbour(self):
        for unit in ("segment", "sentence", "document"):
            self.run_tolmach("build", HARBOUR / "harbour.yaml", "-o", unit, "--set", f"unit={unit}",
                             "--set", "lang.other=keep", "--set", "audit.index=true",
                             "--set", "forget=author:X")
            self.check(self.dir / unit / "harbour" / "1.0.0")

    def test_a_parent_and_web_pages(self):
        for version, more in (("1.0.0", []), ("1.1.0", ["--parent", "1.0.0"])):
            release, _ = self.build(HARBOUR / "raw", version=version, args=more)
            self.check(release)

    def test_the_schemas_refuse(self):
        """A schema that lets everything pass would be worth nothing."""
        release, _ = self.build(HARBOUR / "raw" / "harbour-notes.telethon.jsonl")
        manifest, record = self.check(release)
        row = rows(release / "data" / "en")[0]
        for bad in ({**row, "lang": "de"}, {**row, "more": 1}, {**row, "text": None},
                    {k: v for k, v in row.items() if k != "author"}, {**row, "date": "2024"},
                    {**row, "quality": {**row["quality"], "kept": "1"}}):
            self.assertFalse(record.is_valid(bad))
        manifest["ledger"]["rules"]["emoji"]["edits"] = -1
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(manifest, SCHEMAS["manifest"])
        stats = json.loads((release / "report" / "stats.json").read_text())
        stats["languages"]["ru"]["more"] = 1
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(stats, SCHEMAS["stats"])


if __name__ == "__main__":
    main()
