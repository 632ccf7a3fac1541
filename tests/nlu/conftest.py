"""The contract of components, small training data and a storage for trained parts."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


@pytest.fixture(scope="package", autouse=True)
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing is read from or written to the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIAOER_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="package")
def contract() -> ModuleType:
    """The module ``component_contract`` of this folder."""
    from tests.nlu import component_contract

    return component_contract


@pytest.fixture
def storage(tmp_path: Path):
    """An empty model storage."""
    from rasa.engine.storage.local_model_storage import LocalModelStorage

    folder = tmp_path / "storage"
    folder.mkdir()
    return LocalModelStorage(folder)
