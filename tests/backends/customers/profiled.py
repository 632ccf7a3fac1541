"""A shop whose customers have profiles, made without an encoder by a few tags of the tests' own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

TAGS = """\
groups:
- id: price_band
  zh: 价位
  en: Price band
  tags:
  - {id: low, zh: 低, en: Low, when: {price_level: "<= 0.4"}}
  - {id: high, zh: 高, en: High, when: {price_level: ">= 0.6"}}
- id: interests
  zh: 兴趣
  en: Interests
  several: true
  tags:
  - id: outdoor
    zh: 户外
    en: Outdoor
    when: [{bought_share.outdoor: ">= 0.3"}, {looked_share.outdoor: ">= 0.3"}]
    texts:
      zh: [周末去露营, 爬山带什么包, 帐篷防不防水, 冲锋衣怎么选, 睡袋够暖和吗]
      en: [I go hiking on weekends, which tent is waterproof, a bag for the mountains]
never_read: {zh: [怀孕], en: [pregnant]}
"""
SEGMENTS = """\
segments:
  hikers: {zh: 登山, en: Hikers, when: {interests.outdoor: ">= 0.5"}}
  shoppers: {zh: 买家, en: Shoppers, when: [{orders_per_year: ">= 1"}, {price_band.low: ">= 0.9"}]}
  nobody: {zh: 无, en: Nobody, when: {orders_per_year: "> 100000"}}
"""
#: Whose profile consent covers.
COVERED = (
    "SELECT customer_id FROM consents AS one WHERE purpose = 'profile' AND given AND id = "
    "(SELECT max(id) FROM consents WHERE customer_id = one.customer_id AND purpose = 'profile')"
)


@dataclass
class ProfiledShop:
    """A running server, its files, and a client of the shop's own programs."""

    server: Any
    files: Path
    state: Path
    env: dict[str, str]
    client: httpx.Client = field(init=False)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.client = self.server.client()

    def profile(self, customer: str) -> dict[str, Any]:
        """Return a customer's profile."""
        answer = self.client.get(f"/v1/customers/{customer}/profile")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def consent(self, customer: str, **said: bool) -> None:
        """Say what the customer agrees to."""
        answer = self.client.put(f"/v1/customers/{customer}/consents", json=said)
        assert answer.status_code == 200, answer.text

    def covered(self) -> list[str]:
        """Return the customers whose consent covers a profile."""
        return [row[0] for row in self.server.sql(f"{COVERED} ORDER BY customer_id")]

    def new_customer(self) -> str:
        """Make a customer of whom nothing is known; the id ends in four digits of its own."""
        number = next(self._numbers)
        self.server.sql(
            "INSERT INTO customers (id, name, language, phone, created_at) "
            "VALUES (?, 'A', 'en', ?, '2026-01-01 00:00:00')",
            f"N{number:04d}", f"1980000{number:04d}",
        )  # fmt: skip
        return f"N{number:04d}"


@pytest.fixture(scope="module")
def profiled_shop(
    seeded_database: Path,
    tmp_path_factory: pytest.TempPathFactory,
    free_port: Callable[[], int],
    run_backends: Callable,
    start_light_shop: Callable,
) -> Iterator[ProfiledShop]:
    """A server over a copy of the seeded database, after a training by the command."""
    folder = tmp_path_factory.mktemp("profiled")
    database = Path(shutil.copy(seeded_database, folder / "shop.db"))
    files, state = folder / "customers", folder / "state"
    files.mkdir()
    (files / "tags.yml").write_text(TAGS, encoding="utf-8")
    (files / "segments.yml").write_text(SEGMENTS, encoding="utf-8")
    env = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "XIAOER_CUSTOMERS_DATA": str(files),
        "XIAOER_STATE_DIR": str(state),
    }
    done = run_backends("customers", "train", env=env)
    assert done.returncode == 0, done.stderr
    server = start_light_shop(database, folder, free_port(), env=env)
    yield ProfiledShop(server, files, state, env)
    server.stop()
