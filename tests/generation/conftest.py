"""A cache of the tests' own."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@pytest.fixture(autouse=True)
def model_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is read from or written to the user's cache, and no test finds another's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XIAOER_CACHE_DIR", str(folder))
    return folder
