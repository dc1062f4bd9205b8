"""Lines of real posts that go, as labelled by hand, against what the cleaner removes."""
import json
import pathlib

LABELS = pathlib.Path(__file__).resolve().parents[1] / "golden" / "telethon_lines.tsv"
BOILERPLATE = {"footer_learnt", "footer_handle", "footer_phrase", "hashtag_line", "link_line",
               "ad_label", "foreign_agent", "emoji_legend", "placeholder", "repeat"}


def read_labels():
    """{doc_id: {"4", "2t", …}}"""
    labels = {}
    for line in LABELS.read_text().splitlines():
        if not line.startswith("#"):
            doc_id, _, marks = line.partition("\t")
            labels[doc_id] = set(marks.split())
    return labels


def removed_lines(doc):
    """The same for one object of `clean --diff --jsonl`: a line is removed when none of its letters
    and digits is left, its tail when the last one went to a rule for boilerplate."""
    raw = doc["raw"].encode()
    gone, by_rule = bytearray(len(raw)), bytearray(len(raw))
    for (rule, *_), (start, end) in zip(doc["edits"], doc["raw_spans"]):
        for i in range(start, end):
            gone[i] = 1
            by_rule[i] |= rule in BOILERPLATE
    marks, at = set(), 0
    for number, line in enumerate(doc["raw"].split("\n")):
        spots, here = [], at
        for c in line:
            if c.isalnum():
                spots.append(here)
            here += len(c.encode())
        at = here + 1
        if not spots or not any(by_rule[i] for i in spots):
            continue
        if all(gone[i] for i in spots):
            marks.add(str(number))
        elif by_rule[spots[-1]]:
            marks.add(f"{number}t")
    return marks


def compare(output):
    """(right, wrongly removed, missed) over the lines of `clean --diff --jsonl`."""
    labels = read_labels()
    right, wrong, missed, seen = [], [], [], set()
    for line in output.splitlines():
        doc = json.loads(line)
        wanted = labels.get(doc["doc_id"])
        if wanted is None or doc["doc_id"] in seen:
            continue
        seen.add(doc["doc_id"])
        found = removed_lines(doc)
        right += [(doc["doc_id"], m) for m in sorted(wanted & found)]
        wrong += [(doc["doc_id"], m) for m in sorted(found - wanted)]
        missed += [(doc["doc_id"], m) for m in sorted(wanted - found)]
    assert len(seen) == len(labels), "posts with labels are not there"
    return right, wrong, missed
