"""Which addresses the processes are given."""

from pathlib import Path

import pytest

from xiaoer.cli.project import Project
from xiaoer.cli.services import BACKEND_URLS, Ports, environment_for


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "config.yml").write_text("language: zh\n")
    return Project(tmp_path)


def test_the_processes_find_each_other_on_their_ports(project, monkeypatch):
    for name in (*BACKEND_URLS, "RASA_URL"):
        monkeypatch.delenv(name, raising=False)
    given = environment_for(project, Ports(rasa=1001, actions=1002, backends=1003))
    assert given["RASA_URL"] == "http://127.0.0.1:1001"
    assert {given[name] for name in BACKEND_URLS} == {"http://127.0.0.1:1003"}
    assert {"HANDOFF_URL", "FEEDBACK_URL"} < set(BACKEND_URLS)


def test_what_the_environment_names_is_kept(project, monkeypatch):
    monkeypatch.setenv("HANDOFF_URL", "https://desk.example")
    monkeypatch.setenv("RASA_URL", "https://rasa.example")
    given = environment_for(project, Ports())
    assert given["HANDOFF_URL"] == "https://desk.example"
    assert given["RASA_URL"] == "https://rasa.example"
