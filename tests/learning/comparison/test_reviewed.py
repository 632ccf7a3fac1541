"""Reviewed messages from their file; which examples a model has seen."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.test_evaluation import _model
from xiaoer.learning.comparison.reviewed import Reviewed, read_reviewed
from xiaoer.learning.comparison.seen import hash_of, hashes_of, note_seen, seen_by
from xiaoer.learning.errors import LearningError


def test_each_text_once_by_its_latest_review(tmp_path: Path) -> None:
    path = tmp_path / "reviewed.jsonl"
    entity = {"start": 0, "end": 2, "entity": "product", "value": "手机"}
    rows = [
        {"text": "手机多少钱", "intent": "a", "entities": [], "at": "2026-11-01T10:00:00Z"},
        {"text": "手机多少钱", "intent": "ask_price", "entities": [entity], "at": "2026-11-03"},
        {"text": "old", "intent": "b", "entities": [], "at": "2026-10-01T00:00:00+08:00"},
        {"text": "faq", "intent": "faq/ask", "at": "2026-11-02T23:00:00-05:00"},
        {"text": "", "intent": "b", "at": "2026-11-02"},
        {"text": "x", "at": "2026-11-02"},
        {"text": "x", "intent": "b", "at": "yesterday"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\nnull\n{\n", encoding="utf-8")
    found, wrong = read_reviewed(path, date(2026, 11, 1))
    assert found == [
        Reviewed("手机多少钱", "ask_price", ((0, 2, "product"),)),
        Reviewed("faq", "faq"),
    ]
    lines = [5, 6, 7, 8, 9]
    assert wrong == [f"reviewed.jsonl, line {line}: no reviewed message." for line in lines]
    path.write_bytes(b"\xff\xff")
    with pytest.raises(LearningError, match="cannot be read as UTF-8"):
        read_reviewed(path, None)


def test_what_a_model_was_trained_on_is_known_when_it_was_noted(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "nlu.yml").write_text(
        "nlu:\n- intent: ask\n  examples: |\n    - where is [my parcel](product) 12\n",
        encoding="utf-8",
    )
    (tmp_path / "data" / "broken.yml").write_text("a: [\n")
    model = _model(tmp_path / "m.tar.gz")
    assert seen_by(tmp_path, model) is None
    note_seen(tmp_path, model, hashes_of(tmp_path))
    # Case, punctuation and numbers make no other example.
    assert seen_by(tmp_path, model) == {hash_of("Where is my parcel 99?")}
    assert seen_by(tmp_path, _model(tmp_path / "other.tar.gz", "other")) is None
