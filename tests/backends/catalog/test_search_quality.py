"""How well the search finds what customers mean, on queries.yml, over HTTP."""

from pathlib import Path

import pytest
import yaml

QUERIES = yaml.safe_load(Path(__file__).with_name("queries.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("part", "recall", "first", "nothing"), [
    ("tuned", 0.97, 0.95, 0.95),
    ("held_out", 0.94, 0.95, 0.85),
])  # fmt: skip
def test_recall_first_hit_and_silence(search, part, recall, first, nothing):
    """Mean recall in the first five, share of right first hits, share of fitting silence."""
    recalls, firsts, silences, wrong = [], [], [], []
    for query in QUERIES[part]:
        body = search(query["q"], limit=5)
        found = [item["id"] for item in body["items"]]
        if query.get("none"):
            silences.append(body["total"] <= 2)
        else:
            want = set(query["want"])
            recalls.append(len(want & set(found)) / min(5, len(want)))
            firsts.append(found[:1] != [] and found[0] in want)
            if recalls[-1] < 1:
                wrong.append((query["q"], found))
    assert len(recalls) + len(silences) >= 60
    assert sum(recalls) / len(recalls) >= recall, wrong
    assert sum(firsts) / len(firsts) >= first, wrong
    assert sum(silences) / len(silences) >= nothing
