"""Requests for recommendations of every kind, as pages, conversations and campaigns send them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

PATH = "/v1/recommendations"
#: Customers of the seeded shop, bound to a sender for the benchmark.
_KNOWN = 40
_WISHES = {
    "zh": ("有什么推荐吗", "给妈妈买点什么，预算300", "防水的跑鞋，500以内", "想要一个安静的耳机"),
    "en": ("anything you recommend?", "a gift under 200", "a light laptop", "something for a cold"),
}
_RELATIONS = ("any", "similar", "goes_with", "bought_together")


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes:
        kind: what it asks for.
        params: its query.
        headers: who asks.
    """

    kind: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


def requests(client: httpx.Client, count: int, seed: int) -> list[Request]:
    """Return requests of all kinds, from senders that are known, trusted and neither.

    Args:
        client: of a running shop; senders are bound to customers there.
        count: how many.
        seed: of who asks what.
    """
    draw = Random(seed)
    senders, asked = _senders(client), _params(client)
    return [Request(*draw.choice(asked), draw.choice(senders)) for _ in range(count)]


def _senders(client: httpx.Client) -> list[dict[str, str]]:
    senders = []
    for number in range(1, _KNOWN + 1):
        name = f"benchmark-known-{number}"
        known = _headers("wechat", name)
        body = {"customer_id": f"C{number:05d}"}
        client.put(f"/v1/identities/wechat/{name}", json=body, headers=known).raise_for_status()
        senders.append(known)
        senders.append(_headers("wechat", f"benchmark-stranger-{number}"))
        senders.append(_headers("rest", f"benchmark-web-{number}"))
    return senders


def _headers(channel: str, sender: str) -> dict[str, str]:
    return {"X-Xiaoer-Channel": channel, "X-Xiaoer-Sender": sender}


def _params(client: httpx.Client) -> list[tuple[str, dict[str, str]]]:
    answer = client.get(PATH, params={"limit": 50}, headers=_headers("rest", "benchmark-web"))
    answer.raise_for_status()
    items: Sequence[Mapping[str, Any]] = answer.json()["items"]
    products = [item["id"] for item in items]
    categories = list(dict.fromkeys(item["category"] for item in items))
    asked: list[tuple[str, dict[str, str]]] = []
    for number in range(8):
        product, other = products[2 * number], products[2 * number + 1]
        category = categories[number % len(categories)]
        language = ("zh", "en")[number % 2]
        wish = _WISHES[language][number // 2]
        relation = _RELATIONS[number % len(_RELATIONS)]
        asked += [
            ("at large", {"limit": "10"}),
            ("beside a product", {"product": product, "relation": relation}),
            ("in a category", {"category": category, "price_max": "500"}),
            ("by words", {"q": wish}),
            ("after a look at two", {"seen": f"{product},{other}", "without": other}),
        ]
        for _, params in asked[-5:]:
            params["lang"] = language
    return asked
