"""A server over the catalogue, with a supervisor."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.backends.campaigns.copy.conftest import EARBUDS
from tests.backends.conftest import Shop
from tests.backends.console.desk import StaffClient, hire


@dataclass
class Office:
    """A server, a client of its API and a supervisor at its pages."""

    shop: Shop
    api: httpx.Client
    sue: StaffClient

    def order(self, key: str = "", **other: Any) -> httpx.Response:
        """Ask for copy about the earbuds."""
        body = {"products": [EARBUDS], "channel": "wechat", "language": "zh", **other}
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        return self.api.post("/v1/campaigns/copy/briefs", json=body, headers=headers)

    def drafts(self, **other: Any) -> list[dict[str, Any]]:
        """Variants of a new brief."""
        answer = self.order(**other)
        assert answer.status_code == 201, answer.text
        return answer.json()["variants"]

    def variant(self, reference: str) -> dict[str, Any]:
        """A variant as the API shows it."""
        answer = self.api.get(f"/v1/campaigns/copy/variants/{reference}")
        assert answer.status_code == 200
        return answer.json()

    def decide(self, reference: str, what: str, **fields: Any) -> httpx.Response:
        """Edit, approve or reject at the page."""
        values = {"version": self.version(reference), **fields}
        return self.sue.post(f"/staff/campaigns/variants/{reference}/{what}", **values)

    def version(self, reference: str) -> int:
        """The version that the page shows."""
        sql = "SELECT version FROM copy_variants WHERE reference = ?"
        return self.shop.sql(sql, reference)[0][0]

    def alerts(self, page: str) -> list[str]:
        """What a page warns of."""
        return re.findall(r'role="alert">\s*([^<]+)<', page)


def open_office(start: Any, catalogue: Path, folder: Path, port: int, **env: str) -> Office:
    """Start a server over a copy of the catalogue."""
    database = Path(shutil.copy(catalogue, folder / "shop.db"))
    hire(f"sqlite+aiosqlite:///{database}", "sue", "ann")
    shop = start(database, folder, port, env={"XIAOER_STATE_DIR": str(folder), **env})
    sue = StaffClient(shop.url)
    assert sue.log_in("sue").status_code == 303
    return Office(shop, shop.client(), sue)
