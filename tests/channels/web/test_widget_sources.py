"""The widget's own tests and checks, as `npm` runs them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import missing


@pytest.mark.parametrize("script", ["check", "test"])
def test_npm_run(project_root: Path, script: str) -> None:
    web = project_root / "web"
    if shutil.which("npm") is None or not (web / "node_modules").is_dir():
        missing("web/node_modules is missing: `make web` installs it (with Node.js 20.19)")

    done = subprocess.run(
        ["npm", "run", "--silent", script], cwd=web, capture_output=True, text=True, timeout=180
    )

    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


def test_the_lock_file_names_no_host(project_root: Path) -> None:
    lock = (project_root / "web" / "package-lock.json").read_text()

    assert '"integrity"' in lock
    assert '"resolved"' not in lock
