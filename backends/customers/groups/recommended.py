"""What is recommended to whom, asked of the running recommendation service."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean
from typing import Any

import httpx
from tqdm import tqdm

from backends.auth import read_or_make_token
from backends.customers.groups.measure import FEWEST, Figure, Measure, relate
from backends.settings import Settings
from backends.setup_error import SetupError

#: Reasons that speak of this customer; all others would be given to anybody.
PERSONAL = frozenset(
    {
        "because_you_bought",
        "because_you_viewed",
        "for_your_taste",
        "like_what_you_bought",
        "viewed_together",
    }
)
LIMIT = 10
_AT_ONCE = 20
_SECONDS = 30
# How often a group is sampled for its share of the catalogue.
_DRAWS = 200
_SEED = 7


@dataclass(frozen=True)
class Shown:
    """One product recommended to a customer."""

    product: str
    price: float
    reason: str


def ask(
    settings: Settings, customers: Mapping[str, str], most: int, url: str | None = None
) -> dict[str, list[Shown]]:
    """What the service would show each customer now.

    Args:
        settings: for the service token.
        customers: language by customer id.
        most: of more customers so many are drawn, the same each time.
        url: of the recommendation service; by default ``RECOMMENDATIONS_URL``, else this machine.

    Raises:
        SetupError: the service does not answer, or not as its document says.
    """
    base = url or os.environ.get("RECOMMENDATIONS_URL") or "http://127.0.0.1:5080"
    headers = {"Authorization": f"Bearer {read_or_make_token(settings)}"}
    drawn = Random(_SEED).sample(sorted(customers), min(most, len(customers)))
    shown: dict[str, list[Shown]] = {}
    try:
        with httpx.Client(base_url=base, headers=headers, timeout=_SECONDS) as client:
            for language in sorted(set(customers.values())):
                ids = [one for one in drawn if customers[one] == language]
                for at in tqdm(
                    range(0, len(ids), _AT_ONCE), desc=language, disable=None, leave=False
                ):
                    shown.update(_batch(client, ids[at : at + _AT_ONCE], language))
    except httpx.HTTPStatusError as error:
        raise SetupError(
            f"The recommendation service at {base} answered {error.response.status_code}: "
            "see its log."
        ) from None
    except httpx.HTTPError:
        raise SetupError(
            f"The recommendation service does not answer at {base}: start it, name it with "
            "--url, or leave it out with --customers 0."
        ) from None
    except (KeyError, TypeError, ValueError):
        raise SetupError(
            f"The recommendation service at {base} answers in another form than this version."
        ) from None
    return shown


def _batch(client: httpx.Client, ids: list[str], language: str) -> dict[str, list[Shown]]:
    body = {"customers": ids, "limit": LIMIT, "lang": language}
    answer = client.post("/v1/recommendations/batch", json=body)
    answer.raise_for_status()
    return {row["customer_id"]: _shown(row["items"]) for row in answer.json()["items"]}


def _shown(items: list[dict[str, Any]]) -> list[Shown]:
    return [Shown(one["id"], float(one["price"]), one["reason"]["code"]) for one in items]


def recommendation_measures(
    shown: Mapping[str, Sequence[Shown]], paid: Mapping[str, float]
) -> list[Measure]:
    """What can be observed of each recommendation.

    Args:
        shown: products by customer.
        paid: what a customer pays for a piece on average, for those who bought anything.
    """
    personal = [
        (customer, float(one.reason in PERSONAL))
        for customer, some in shown.items()
        for one in some
    ]
    dearer = [
        (customer, fmean(one.price for one in some) / paid[customer])
        for customer, some in shown.items()
        if some and paid.get(customer)
    ]
    return [
        Measure("recommended for a personal reason", "share", "higher", personal),
        Measure("price recommended / price paid", "ratio", "lower", dearer),
    ]


def catalogue_shown(
    shown: Mapping[str, Sequence[Shown]], groups: Mapping[str, str], products: int
) -> list[Figure]:
    """Which share of the catalogue equally many customers of each group are shown.

    A larger group sees more products by its size alone, so samples as large as the smallest group
    are drawn (rarefaction); the interval holds 95 % of them.

    Args:
        shown: products by customer.
        groups: group by customer.
        products: how many the catalogue has.
    """
    members: dict[str, list[str]] = {}
    for customer in sorted(shown):
        if customer in groups:
            members.setdefault(groups[customer], []).append(customer)
    members = {name: some for name, some in sorted(members.items()) if len(some) >= FEWEST}
    if not members or not products:
        return []
    size = min(len(some) for some in members.values())
    dice = Random(_SEED)
    figures = []
    for name, some in members.items():
        draws = sorted(
            len({one.product for customer in dice.sample(some, size) for one in shown[customer]})
            / products
            for _ in range(_DRAWS)
        )
        low, high = draws[round(0.025 * _DRAWS)], draws[round(0.975 * _DRAWS) - 1]
        figures.append(Figure(name, len(some), size, fmean(draws), low, high))
    return relate(figures, "higher")
