"""A cache of the tests' own, and a small BERT with random weights."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lm.checkpoints import CHECKPOINTS


@pytest.fixture(scope="package", autouse=True)
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Nothing is read from or written to the user's cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XIAOER_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="package")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a WordPiece BERT: 3 layers, 64 wide, as save_pretrained writes it."""
    return CHECKPOINTS["bert-uncased"](tmp_path_factory.mktemp("tiny-bert"))
