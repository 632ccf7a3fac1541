"""An experiment with outcomes, made over HTTP as programs do."""

from __future__ import annotations

import secrets
from datetime import timedelta

from backends.campaigns.experiments import book
from backends.db import now


class Trial:
    """A running experiment of the shop behind a desk."""

    def __init__(self, desk, **changes) -> None:
        self.client = desk.shop.client()
        body = {
            "name": "Subject lines", "arms": [{"name": "A"}, {"name": "B"}], "baseline": 0.3,
            "effect": 0.3, "reports": "all",
            "last_day": str(book.shop_day(now()) + timedelta(days=30)), **changes,
        }  # fmt: skip
        self.reference = self._post("", body)["reference"]
        self._post(f"/{self.reference}/start", None)

    @property
    def path(self) -> str:
        return f"/staff/experiments/{self.reference}"

    def run(self, count: int, rates: dict[str, float], context=None) -> None:
        """Assign so many customers and tell what came of them, evenly by the arms' rates."""
        people = [f"C{secrets.token_hex(6)}" for _ in range(count)]
        more = {"context": context} if context else {}
        given = self._post(
            f"/{self.reference}/assignments",
            {"customers": [{"customer_id": each, **more} for each in people]},
        )["assigned"]
        seen = dict.fromkeys(rates, 0.0)
        told = []
        for person, each in zip(people, given, strict=True):
            arm = each["arm"]
            before = seen[arm]
            seen[arm] += rates[arm]
            told.append({"customer_id": person, "value": int(seen[arm]) - int(before)})
        self._post(f"/{self.reference}/rewards", {"rewards": told})

    def _post(self, path: str, body) -> dict:
        answer = self.client.post(f"/v1/experiments{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()
