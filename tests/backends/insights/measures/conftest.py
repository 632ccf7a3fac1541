"""Migrated databases of both kinds, a counter over each, and rows to fill them with."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.insights.measures.filled import Filled, fill
from tests.backends.postgres import new_database

ROOT = Path(__file__).resolve().parents[4]
SEGMENTS = """
segments:
  buyers: {zh: 买家, en: Buyers, when: {orders_recent: ">= 1"}}
  spenders: {zh: 大客户, en: Spenders, when: {spent_per_year: ">= 500"}}
"""


@pytest.fixture(scope="package")
def segment_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two segments by rule."""
    folder = tmp_path_factory.mktemp("customers")
    shutil.copy(ROOT / "data" / "customers" / "tags.yml", folder)
    (folder / "segments.yml").write_text(SEGMENTS, encoding="utf-8")
    return folder


def _settings(url: str, segment_files: Path) -> Settings:
    settings = Settings(
        database_url=url, customers_data=segment_files, insight_days=3650, ticket_days=3650
    )
    asyncio.run(upgrade(settings))
    return settings


@pytest.fixture(scope="package")
def sqlite_settings(tmp_path_factory: pytest.TempPathFactory, segment_files: Path) -> Settings:
    """Settings that name a migrated SQLite."""
    path = tmp_path_factory.mktemp("measures") / "shop.db"
    return _settings(f"sqlite+aiosqlite:///{path}", segment_files)


@pytest.fixture(scope="package")
def postgres_settings(segment_files: Path) -> Iterator[Settings]:
    """Settings that name a migrated PostgreSQL."""
    with new_database() as url:
        yield _settings(url, segment_files)


KINDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.service)]


@pytest.fixture(scope="module", params=KINDS)
def filled(request: pytest.FixtureRequest) -> Filled:
    """A shop in which much has happened; only for modules whose tests do nothing but read."""
    return fill(request.getfixturevalue(f"{request.param}_settings"))


@pytest.fixture(params=KINDS)
def settings(request: pytest.FixtureRequest) -> Settings:
    """Settings that name a migrated database, of either kind."""
    return request.getfixturevalue(f"{request.param}_settings")
