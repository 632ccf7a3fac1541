"""Whether messages that fall back make the others wait."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.answering.questions import fallback_questions
from benchmarks.conversation import OURS
from benchmarks.harness import ROOT, Figure
from benchmarks.processes import free_port, running

#: Customers at once, messages of each in a round, rounds of each kind.
_CUSTOMERS, _MESSAGES, _ROUNDS = 4, 50, 3
#: One message in so many falls back.
_FIFTH = 5
_PAUSE = 0.25


def measure(folder: Path) -> list[Figure]:
    """Talk to the whole assistant, in rounds without and rounds with messages that fall back."""
    ports = [free_port() for _ in range(3)]
    command = [sys.executable, "-m", "xiaoer.cli", "up"]
    for name, port in zip(("--rasa-port", "--actions-port", "--backends-port"), ports, strict=True):
        command += [name, str(port)]
    url = f"http://127.0.0.1:{ports[0]}"
    without: list[float] = []
    beside: list[float] = []
    fallen: list[float] = []
    with running(command, ROOT, f"{url}/webhooks/rest/", seconds=900):
        asyncio.run(_round(url, "warm-up", _FIFTH))
        for number in range(_ROUNDS):
            plain, _ = asyncio.run(_round(url, f"plain-{number}", None))
            mixed, others = asyncio.run(_round(url, f"mixed-{number}", _FIFTH))
            without += plain
            beside += mixed
            fallen += others
    calm, disturbed = _p95(without), _p95(beside)
    return [
        Figure("ordinary messages, p95 without fallbacks", calm, "ms"),
        Figure("ordinary messages, p95 with a fifth of fallbacks", disturbed, "ms"),
        Figure("the one in the other", disturbed / calm, "times", target="<= 1.3"),
        Figure("messages that fell back, p50", 1000 * statistics.median(fallen), "ms"),
    ]


async def _round(url: str, name: str, every: int | None) -> tuple[list[float], list[float]]:
    """Return the seconds of ordinary messages and of those meant to fall back."""
    ordinary: list[float] = []
    fallen: list[float] = []
    odd = _odd()
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:

        async def customer(number: int) -> None:
            await asyncio.sleep(number * _PAUSE / _CUSTOMERS)
            for at, message in zip(range(_MESSAGES), itertools.cycle(OURS), strict=False):
                falls = every is not None and at % every == every - 1
                body = {"sender": f"{name}-{number}-{at // len(OURS)}", "message": message}
                if falls:
                    body = {"sender": f"{name}-{number}-odd-{at}", "message": next(odd)}
                start = time.perf_counter()
                answer = await client.post(f"{url}/webhooks/rest/webhook", json=body)
                answer.raise_for_status()
                (fallen if falls else ordinary).append(time.perf_counter() - start)
                await asyncio.sleep(_PAUSE)

        await asyncio.gather(*(customer(number) for number in range(_CUSTOMERS)))
    return ordinary, fallen


def _odd() -> Iterator[str]:
    """Yield messages for which a reply is likely to be written."""
    questions = fallback_questions("ordinary")
    return itertools.cycle(each.text for each in questions if each.kind == "mixed")


def _p95(seconds: list[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=20)[-1]
