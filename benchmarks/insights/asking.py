"""The requests behind the dashboard, timed through the HTTP server."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone

import httpx

from benchmarks.harness import Figure
from benchmarks.insights.filling import add_conversation
from benchmarks.insights.made_up import CHANNELS, DAYS, SEGMENTS

_TARGET = "<= 500"
_V1 = "/v1/insights"
_GIVE_UP = 120.0


def ask(client: httpx.Client, last: date, times: int) -> list[Figure]:
    """Time each request; each time other days are asked for, so that nothing is at hand."""
    figures = []
    for name, (path, query, days) in _requests().items():
        took = []
        for turn in range(times):
            end = last - timedelta(days=turn % 7 if days < DAYS else 0)
            dates = {"from": str(end - timedelta(days=days - 1)), "to": str(end)} if days else {}
            took.append(_time(client, path, {**dates, **query}))
        took.sort()
        figures += [
            Figure(f"{name}: p50", statistics.median(took), "ms", target=_TARGET),
            Figure(f"{name}: p95", took[min(len(took) - 1, int(0.95 * len(took)))], "ms",
                   target=_TARGET),
        ]  # fmt: skip
    return figures


def fresh(client: httpx.Client, url: str, times: int) -> list[Figure]:
    """Time from a new conversation to its being in the sums."""
    took = []
    for _ in range(times):
        before = _today(client)
        asyncio.run(add_conversation(url, datetime.now(timezone.utc)))
        start = time.perf_counter()
        while _today(client) <= before:
            if time.perf_counter() - start > _GIVE_UP:
                raise RuntimeError("A new conversation was not counted.")
            time.sleep(0.05)
        took.append(time.perf_counter() - start)
    return [
        Figure("a new conversation is in the sums after: p50", statistics.median(took), "s"),
        Figure("a new conversation is in the sums after: longest", max(took), "s"),
    ]


def _requests() -> Mapping[str, tuple[str, dict[str, str], int]]:
    month, years = 30, DAYS
    found: dict[str, tuple[str, dict[str, str], int]] = {
        "overview, 30 days": ("overview", {}, month),
        "overview, 2 years": ("overview", {}, years),
        "overview, 2 years, channel, language and segment": (
            "overview",
            {"channel": CHANNELS[0], "language": "zh", "segment": SEGMENTS[0]},
            years,
        ),
        "by day, 30 days": ("days", {}, month),
        "by day, 2 years": ("days", {}, years),
        "sentiment by day, 2 years": ("sentiment", {}, years),
        "intents, 30 days": ("intents", {}, month),
        "intents, 2 years": ("intents", {}, years),
        "intents, 2 years, one segment": ("intents", {"segment": SEGMENTS[1]}, years),
    }
    for dimension in ("channel", "language", "segment", "model"):
        found[f"by {dimension}, 2 years"] = ("groups", {"by": dimension}, years)
    for only in ("", "fallback", "handed_over", "negative", "unsolved"):
        which = only or "all"
        query = {"only": only} if only else {}
        found[f"conversations, {which}, 30 days"] = ("conversations", query, month)
        found[f"conversations, {which}, 2 years"] = ("conversations", query, years)
    found |= {
        "conversations, page 200": ("conversations", {"page": "200"}, years),
        "conversations, rare channel, handed over": (
            "conversations",
            {"channel": "rest", "language": "en", "only": "handed_over"},
            years,
        ),
        "conversations of a segment": ("conversations", {"segment": SEGMENTS[2]}, years),
        "conversations of a channel that there is not": (
            "conversations",
            {"channel": "nowhere"},
            years,
        ),
        "transcript": ("conversations/{id}", {}, 0),
        "CSV, 90 days": ("export.csv", {}, 90),
    }
    return found


def _time(client: httpx.Client, path: str, query: Mapping[str, str]) -> float:
    if "{id}" in path:
        page = 1 + int(time.perf_counter() * 1000) % 50
        items = client.get(f"{_V1}/conversations", params={"page": page}).json()["items"]
        path = path.replace("{id}", str(items[-1]["id"] if items else 1))
    start = time.perf_counter()
    answer = client.get(f"{_V1}/{path}", params=query)
    took = 1000 * (time.perf_counter() - start)
    answer.raise_for_status()
    return took


def _today(client: httpx.Client) -> int:
    day = str(datetime.now(timezone(timedelta(hours=8))).date())
    answer = client.get(f"{_V1}/overview", params={"from": day, "to": day})
    answer.raise_for_status()
    return int(answer.json()["measures"]["conversations"]["of"])
