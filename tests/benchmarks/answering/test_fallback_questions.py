"""The messages that fall back: as many as the measurement says, half of each language, none twice."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path

import yaml

from benchmarks.answering.questions import fallback_questions

ROOT = Path(__file__).parents[3]
SIZES = {
    "ordinary": {"answerable": 150, "mixed": 130, "unanswerable": 80, "chatter": 60},
    "provoking": {"prices": 40, "promises": 40, "others": 40, "injections": 50, "premises": 50},
}


def bare(text: str) -> str:
    """The text without case, spaces and punctuation; emoji alone stay as they are."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower()) or text


def test_each_kind_has_its_size_and_half_of_each_language() -> None:
    for group, sizes in SIZES.items():
        counted = Counter((q.kind, q.language) for q in fallback_questions(group))
        assert counted == {
            (kind, lang): size / 2 for kind, size in sizes.items() for lang in ("zh", "en")
        }


def test_no_message_stands_twice() -> None:
    texts = Counter(bare(q.text) for group in SIZES for q in fallback_questions(group))
    assert [text for text, times in texts.items() if times > 1] == []


def test_no_message_stands_in_the_knowledge_base() -> None:
    known = {
        bare(text)
        for path in sorted((ROOT / "data" / "knowledge").glob("*.yml"))
        for article in yaml.safe_load(path.read_text(encoding="utf-8"))["articles"]
        for language in ("zh", "en")
        for text in (article[language]["question"], *article[language]["variants"])
    }
    assert [
        q.text for group in SIZES for q in fallback_questions(group) if bare(q.text) in known
    ] == []


def test_each_message_is_written_in_its_language() -> None:
    for group in SIZES:
        for question in fallback_questions(group):
            if question.language == "zh" and question.kind != "chatter":
                assert re.search("[\u4e00-\u9fff]", question.text), question.text
