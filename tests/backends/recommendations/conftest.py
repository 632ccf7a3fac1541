"""A shop whose recommendations are learned."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="package")
def trained_shop(
    seeded_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
    run_backends: Callable,
    start_shop: Callable,
) -> Iterator:
    """A server with the encoder over a copy of the seeded database, and a model trained on it."""
    folder = tmp_path_factory.mktemp("trained")
    copy = Path(shutil.copy(seeded_database, folder / "shop.db"))
    state = {"XIAOER_STATE_DIR": str(folder / "state")}
    database = {"DATABASE_URL": f"sqlite+aiosqlite:///{copy}"}
    done = run_backends("recommend", "train", env={**state, **database}, timeout=240)
    assert done.returncode == 0, done.stderr
    running = start_shop(copy, folder, free_port(), env=state)
    yield running
    running.stop()
