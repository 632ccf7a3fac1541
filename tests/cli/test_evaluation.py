"""What `xiaoer evaluate` and `xiaoer promote` cannot use is told in a sentence, before anything runs."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from xiaoer.cli.errors import CommandError
from xiaoer.cli.evaluation import Request, evaluate_models, promote
from xiaoer.cli.project import Project

ASKED = Request(None, None, None, "", 5, 2.0, 0, False, False, None, 0)


def _model(path: Path, name: str = "m1") -> Path:
    """Write an archive that is whole and says which model it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = json.dumps({"model_id": name}).encode()
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("metadata.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "config.yml").write_text("language: en\n")
    (tmp_path / "domain.yml").write_text("intents: []\n")
    return Project(tmp_path)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (replace(ASKED, challenger=Path("none.tar.gz")), "There is no model none.tar.gz."),
        (replace(ASKED, since="yesterday"), "--since is a day such as 2026-01-31"),
        (replace(ASKED, folds=1), "Folds are 2 to 20, or 0 for none."),
        (replace(ASKED, tolerance=-1.0), "The tolerance is 0 to 100 points."),
        (replace(ASKED, reviewed=Path("none.jsonl")), "none.jsonl cannot be read as UTF-8 text."),
    ],
)
def test_a_wrong_request(asked: Request, said: str, project: Project) -> None:
    _model(project.folder / "models" / "a.tar.gz")
    with pytest.raises(CommandError) as raised:
        evaluate_models(project, asked)
    assert said in str(raised.value)


def test_no_model_and_a_broken_one(project: Project) -> None:
    with pytest.raises(CommandError, match="There is no model yet"):
        evaluate_models(project, ASKED)
    model = _model(project.folder / "models" / "a.tar.gz")
    model.write_bytes(model.read_bytes()[:-9])
    with pytest.raises(CommandError, match=r"a\.tar\.gz is cut short"):
        evaluate_models(project, ASKED)
    with pytest.raises(CommandError, match=r"a\.tar\.gz is cut short"):
        promote(project, model)


def test_a_promoted_model_is_the_newest_and_wants_no_training(
    project: Project, tmp_path: Path
) -> None:
    old = _model(project.folder / "models" / "old.tar.gz", "old")
    other = _model(tmp_path / "elsewhere" / "other.tar.gz", "other")
    promote(project, other)
    placed = project.newest_model()
    assert placed is not None
    assert placed.name == "other.tar.gz"
    assert placed.read_bytes() == other.read_bytes()
    assert project.is_trained()
    (project.folder / "domain.yml").write_text("intents: [greet]\n")
    assert not project.is_trained()
    promote(project, old)
    assert project.newest_model() == old
    assert project.is_trained()
    # Nothing half is left behind.
    assert {path.name for path in (project.folder / "models").iterdir()} == {
        "old.tar.gz",
        "other.tar.gz",
    }


def test_another_model_of_the_same_name_is_not_overwritten(
    project: Project, tmp_path: Path
) -> None:
    first = _model(project.folder / "models" / "same.tar.gz", "first")
    content = first.read_bytes()
    with pytest.raises(CommandError, match=r"another model called same\.tar\.gz"):
        promote(project, _model(tmp_path / "elsewhere" / "same.tar.gz", "second"))
    assert first.read_bytes() == content
