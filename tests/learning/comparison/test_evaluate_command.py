"""`xiaoer evaluate` on a tiny project with real models: it promotes the better and refuses the worse."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.channels.rasa_project import environment
from tests.learning.tiny_project import write_project
from xiaoer.archives import metadata, newest, put_in_service
from xiaoer.cli.project import Project

pytestmark = pytest.mark.slow

#: What customers of the tiny shop wrote, in words that only `better` knows.
_SAID = {
    "refund": ["{} reimburse me", "{} a reimbursement", "reimbursement {}"],
    "cancel": ["{} undo the purchase", "{} withdraw the purchase", "{} scrap the purchase"],
    "track": ["{} news of the delivery", "{} the courier on the way", "{} delivery status"],
    "greet": ["hello {}"],
}
_AROUND = ["please", "now", "today", "could you", "again", "asap"]


def _reviewed(path: Path, more: Sequence[tuple[str, str]] = ()) -> Path:
    rows = [
        (pattern.format(word), intent)
        for intent, patterns in _SAID.items()
        for pattern in patterns
        for word in _AROUND
    ]
    lines = [
        json.dumps(
            {"text": text, "intent": intent, "entities": [], "language": "en", "at": "2026-11-20"}
        )
        for text, intent in [*rows, *more]
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, "{broken"]) + "\n", encoding="utf-8")
    return path


def _evaluate(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "xiaoer.cli", "evaluate", *options],
        cwd=project,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=500,
    )


def _report(project: Path) -> dict[str, Any]:
    return json.loads((project / ".xiaoer/evaluation/report.json").read_text())  # type: ignore[no-any-return]


def test_a_better_challenger_is_trained_compared_and_promoted(
    editions: Mapping[str, Path], tmp_path: Path
) -> None:
    project = write_project(tmp_path / "project", "better")
    put_in_service(editions["first"], project / "models")
    # A reviewed message that went into data/ meanwhile is judged by a fold without it.
    _reviewed(project / ".xiaoer/reviewed.jsonl", [("reimburse me", "refund")])

    done = _evaluate(project, "--folds", "2", "--promote")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "reviewed.jsonl, line 62: no reviewed message." in done.stderr
    found = _report(project)
    assert found["verdict"] == "promote"
    assert found["compared"] == found["reviewed"] == 61
    assert found["intents"]["difference"] > 10
    assert found["intents"]["low"] > 0
    assert found["intents"]["p"] < 0.05
    assert found["fold_pipelines"] is None
    assert found["folds"]["of"] == 33
    conversations = {each["name"]: each for each in found["conversations"]}
    assert not conversations["an undone purchase"]["champion"]
    assert conversations["an undone purchase"]["challenger"]
    assert any("not known which examples the champion" in note for note in found["notes"])
    assert {each["means"] for each in found["better"]} <= {"refund", "cancel", "track"}
    text = (project / ".xiaoer/evaluation/report.md").read_text()
    assert "an undone purchase" in text
    assert "## Better" in text

    serving = newest(project / "models")
    assert serving is not None
    assert metadata(serving.path)["model_id"] != metadata(editions["first"])["model_id"]
    # `xiaoer up` has nothing to train.
    assert Project(project).is_trained()


def test_a_worse_challenger_is_refused_and_the_champion_stays(
    editions: Mapping[str, Path], tmp_path: Path
) -> None:
    project = write_project(tmp_path / "project", "first")
    put_in_service(editions["first"], project / "models")
    lines = [("where is my box", "track"), ("money back now", "refund"), ("has it left", "track")]
    _reviewed(project / "reviewed.jsonl", lines)

    done = _evaluate(
        project,
        *("--challenger", str(editions["worse"]), "--reviewed", "reviewed.jsonl"),
        *("--folds", "0", "--promote", "--allow-unclear"),
    )

    assert done.returncode == 3, done.stdout + done.stderr
    assert "not promoted" in done.stdout
    found = _report(project)
    assert found["verdict"] == "worse"
    assert "2 test conversations fail that passed with the champion" in found["reasons"][0]
    wrong = {each["name"]: each["wrong"] for each in found["conversations"]}
    assert wrong["a parcel"][0] == "“where is my parcel”: track was wanted, refund came"
    serving = newest(project / "models")
    assert serving is not None
    assert metadata(serving.path)["model_id"] == metadata(editions["first"])["model_id"]
