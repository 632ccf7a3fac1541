"""A language model in another process."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="package")
def model_url(project_root: Path, free_port: Callable[[], int]) -> Iterator[str]:
    """The address of `scoring_server`."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.backends.recommendations.scoring.scoring_server", str(port)],
        cwd=project_root,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield f"http://127.0.0.1:{port}/v1"
    process.terminate()
    process.wait(10)
