"""What tests of channels share: stores of both kinds, and a trained project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import redis

from tests.channels.rasa_project import train_project

REDIS_URL = os.environ.get("XIAOER_TEST_REDIS_URL", "redis://127.0.0.1:6379/9")


@pytest.fixture(scope="package")
def redis_url() -> str:
    """The URL of a real Redis; skipped without one, failed where services are required."""
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        what = f"Redis does not answer at XIAOER_TEST_REDIS_URL ({type(error).__name__})"
        if os.environ.get("XIAOER_REQUIRE_SERVICES") == "1":
            pytest.fail(what)
        pytest.skip(what)
    return REDIS_URL


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.service)])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store, of each kind; the Redis one is shared, so use names of your own."""
    if request.param == "sqlite":
        return str(tmp_path / "channels.db")
    return str(request.getfixturevalue("redis_url"))


@pytest.fixture(scope="package")
def channel_project() -> Path:
    """The folder of the small project, trained."""
    return train_project()
