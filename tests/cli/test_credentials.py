"""`xiaoer up` lets every project's Rasa follow its models, whatever its credentials hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from xiaoer.cli.credentials import SWITCH, credentials_for
from xiaoer.cli.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "config.yml").write_text("language: en\n")
    return Project(tmp_path)


def test_the_line_is_added_and_all_else_stays(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Rasa, once imported, fills in variables wherever YAML is read.
    monkeypatch.setenv("TOKEN", "secret")
    own = project.folder / "credentials.yml"
    own.write_text("# ours\nrest:\nslack:\n  slack_token: ${TOKEN}\n\n")
    with credentials_for(project) as used:
        text = Path(used).read_text()
        assert text == f"# ours\nrest:\nslack:\n  slack_token: ${{TOKEN}}\n{SWITCH}:\n"
        assert list(yaml.safe_load(text)) == ["rest", "slack", SWITCH]
    assert not Path(used).exists()


@pytest.mark.parametrize(
    "content", [f"rest:\n{SWITCH}:\n  seconds: 60\n", "{rest: null}", "- no mapping\n", "a: [\n"]
)
def test_a_file_that_has_it_or_cannot_take_it_is_used_as_it_is(
    content: str, project: Project
) -> None:
    own = project.folder / "credentials.yml"
    own.write_text(content)
    with credentials_for(project) as used:
        assert Path(used) == own


def test_none_is_left_to_rasa(project: Project) -> None:
    with credentials_for(project) as used:
        assert used == str(project.folder / "credentials.yml")
