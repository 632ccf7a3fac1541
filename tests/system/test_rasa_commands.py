"""The commands designers know work on the project as it is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def rasa(folder: Path, *arguments: str, seconds: float = 300) -> subprocess.CompletedProcess:
    """Run `rasa` in the project."""
    return subprocess.run(
        [sys.executable, "-m", "rasa", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_data_validate_has_nothing_to_say(project_root: Path) -> None:
    done = rasa(project_root, "data", "validate", "--fail-on-warnings")

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
    assert "UserWarning" not in done.stderr, done.stderr[-3000:]


@pytest.mark.slow
def test_all_conversations_pass(trained_project: Path, tmp_path: Path) -> None:
    stories = trained_project / "tests" / "conversations"
    done = rasa(
        trained_project,
        *("test", "core", "--stories", str(stories), "--e2e", "--out", str(tmp_path)),
        seconds=600,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads((tmp_path / "story_report.json").read_text())
    failed = (tmp_path / "failed_test_stories.yml").read_text()
    assert report["conversation_accuracy"]["total"] >= 80
    assert report["conversation_accuracy"]["accuracy"] == 1.0, failed[:5000]
