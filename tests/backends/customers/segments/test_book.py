"""The file of segments."""

from pathlib import Path

import pytest
import yaml

from backends.customers.segments.book import read_folder, read_segments
from backends.setup_error import SetupError

ROOT = Path(__file__).resolve().parents[4]
TAGS = frozenset({"leaving.high"})
GOOD = {"zh": "待召回", "en": "To win back", "when": {"leaving.high": ">= 0.5"}}


def written(tmp_path, content):
    path = tmp_path / "segments.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


def test_the_shops_own_file_asks_for_its_own_tags():
    found = read_folder(ROOT / "data" / "customers")
    assert {"valued", "win_back"} <= set(found)


def test_any_of_the_rules_makes_a_member(tmp_path):
    rules = [{"leaving.high": ">= 0.5", "recency_days": "> 60"}, {"breadth": ">= 5"}]
    segment = read_segments(
        written(tmp_path, {"segments": {"back": {**GOOD, "when": rules}}}), TAGS
    )["back"]
    assert segment.has({"leaving.high": 0.6, "recency_days": 61})
    assert segment.has({"breadth": 5})
    assert not segment.has({"leaving.high": 0.6, "recency_days": 60, "breadth": 4})
    assert not segment.has({})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"segment": {}}, "must have the one key segments"),
        ({"segments": [GOOD]}, "must have the one key segments"),
        ({"segments": {"Win back": GOOD}}, "segment Win back: name "),
        ({"segments": {"back": "all"}}, "segment back"),
        ({"segments": {"back": {**GOOD, "en": ""}}}, "segment back: en is empty"),
        ({"segments": {"back": {**GOOD, "when": []}}}, "segment back: when needs a rule"),
        ({"segments": {"back": {**GOOD, "when": {"leaving.max": "> 1"}}}}, "knows no 'leaving.max'"),
        ({"segments": {"back": {**GOOD, "when": {"gender": "= 1"}}}}, "knows no 'gender'"),
        ({"segments": {"back": {**GOOD, "when": {"breadth": "a lot"}}}}, "is no bound"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_its_place(tmp_path, content, said):
    path = written(tmp_path, content)
    with pytest.raises(SetupError) as caught:
        read_segments(path, TAGS)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)
