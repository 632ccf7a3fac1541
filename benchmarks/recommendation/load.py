"""How the backends stand a hundred requests for recommendations at once."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
import httpx
import psutil

from benchmarks.answering.knowledge_server import knowledge_server
from benchmarks.harness import ROOT, Figure
from benchmarks.processes import run
from benchmarks.recommendation.questions import PATH, Request, requests

_AT_ONCE, _ROUNDS = 100, 10
_BACKENDS = [sys.executable, "-m", "backends"]
_SECONDS = 30


@dataclass(frozen=True)
class _Answer:
    kind: str
    milliseconds: float
    good: bool


def measure(options: argparse.Namespace) -> list[Figure]:
    """Seed a shop, train its model, and ask it."""
    folder = options.state / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'shop.db'}",
        "XIAOER_STATE_DIR": str(folder),
    }
    run([*_BACKENDS, "seed"], ROOT, **settings)
    run([*_BACKENDS, "recommend", "train", "--force"], ROOT, **settings)
    with knowledge_server(folder, **settings) as client:
        asked = requests(client, _AT_ONCE * _ROUNDS, options.seed)
        asyncio.run(_ask(client, asked[:_AT_ONCE]))  # what is kept in memory comes to be there
        before = _processor_seconds()
        alone, together, seconds = asyncio.run(_ask(client, asked))
        worked = (_processor_seconds() - before) / (len(alone) + len(together))
    times = [answer.milliseconds for answer in together]
    percentiles = statistics.quantiles(times, n=100)
    of = f"{_AT_ONCE} requests at once"
    return [
        Figure(f"{of}: errors", sum(not one.good for one in together), "requests", target="<= 0"),
        Figure(f"{of}: p50", percentiles[49], "ms"),
        Figure(f"{of}: p95", percentiles[94], "ms", target="<= 150"),
        Figure(f"{of}: p99", percentiles[98], "ms"),
        Figure(f"{of}: answered", len(together) / seconds, "requests/s"),
        Figure("processor time of the backends for a request", 1000 * worked, "ms"),
        *_by_kind(alone),
    ]


def _by_kind(answers: Sequence[_Answer]) -> list[Figure]:
    times: dict[str, list[float]] = {}
    for answer in answers:
        times.setdefault(answer.kind, []).append(answer.milliseconds)
    return [
        Figure(f"one request at a time, {kind}: p50", statistics.median(some), "ms")
        for kind, some in times.items()
    ]


def _processor_seconds() -> float:
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(one.user + one.system for one in times)


async def _ask(
    client: httpx.Client, asked: Sequence[Request]
) -> tuple[list[_Answer], list[_Answer], float]:
    """Return the answers to a fifth, one at a time, those to all, and the latter's seconds.

    aiohttp asks, for httpx would take longer over a request than the shop.
    """
    async with aiohttp.ClientSession(
        str(client.base_url),
        connector=aiohttp.TCPConnector(limit=_AT_ONCE),
        headers={"Authorization": client.headers["Authorization"]},
        timeout=aiohttp.ClientTimeout(total=_SECONDS),
    ) as session:
        rounds = [asked[at : at + _AT_ONCE] for at in range(0, len(asked), _AT_ONCE)]
        alone = [await _answer(session, request) for request in asked[: len(asked) // 5]]
        started = time.perf_counter()
        together = [answer for some in rounds for answer in await _at_once(session, some)]
        return alone, together, time.perf_counter() - started


async def _at_once(session: aiohttp.ClientSession, some: Sequence[Request]) -> list[_Answer]:
    return await asyncio.gather(*(_answer(session, request) for request in some))


async def _answer(session: aiohttp.ClientSession, request: Request) -> _Answer:
    started = time.perf_counter()
    try:
        async with session.get(PATH, params=request.params, headers=request.headers) as answer:
            good = answer.status == 200 and bool((await answer.json())["items"])
    except (aiohttp.ClientError, asyncio.TimeoutError):
        good = False
    return _Answer(request.kind, 1000 * (time.perf_counter() - started), good)
