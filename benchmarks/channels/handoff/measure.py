"""From a customer's message to the screen of staff, with two hundred tickets open."""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import aiohttp
import numpy as np

from benchmarks.channels.handoff.assistant import Assistant, assistant
from benchmarks.channels.handoff.staff_browser import StaffBrowser, Tab
from benchmarks.harness import Figure

#: The payload of the button that calls a person.
_CALL = "/talk_to_human"
_TABS = 10
#: Customers who call a person at once, and messages a second afterwards.
_AT_ONCE, _RATE = 4, 3.0
_PATIENCE = 10.0
_SECONDS = 60


@dataclass
class _Seen:
    """What was measured.

    Attributes:
        open: tickets that were open at once.
        opening: seconds from a customer's call for a person to the assistant's answer.
        screen: seconds from a message's sending to its standing on the screen.
        listed: seconds for the list of tickets.
        missed: messages that came to no screen.
    """

    open: int = 0
    opening: list[float] = field(default_factory=list)
    screen: list[float] = field(default_factory=list)
    listed: list[float] = field(default_factory=list)
    missed: int = 0


def measure(options: argparse.Namespace) -> list[Figure]:
    """Open the tickets, then let all customers write while staff reads ten of them."""
    print("hand-over", file=sys.stderr)
    with assistant(options.project) as run:
        seen = asyncio.run(_measure(run, options.tickets, options.handoff_messages, options.seed))
    of = f"{options.tickets} open tickets"
    return [
        Figure(f"{of}: open at once", seen.open, "tickets", target=f">= {options.tickets}"),
        Figure(f"{of}: customer to staff screen, p50", _percentile(seen.screen, 50), "s"),
        Figure(
            f"{of}: customer to staff screen, p95", _percentile(seen.screen, 95), "s", None, "<= 1"
        ),
        Figure(f"{of}: customer to staff screen, slowest", _percentile(seen.screen, 100), "s"),
        Figure(f"{of}: messages that came to no screen", seen.missed, "messages", None, "<= 0"),
        Figure(f"{of}: the list of tickets, p95", _percentile(seen.listed, 95), "s"),
        Figure(f"{of}: opening a ticket, p95", _percentile(seen.opening, 95), "s"),
    ]


async def _measure(run: Assistant, tickets: int, messages: int, seed: int) -> _Seen:
    seen = _Seen()
    names = [f"bench-{number:06}" for number in range(tickets)]
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as rasa,
        aiohttp.ClientSession(
            timeout=timeout,
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # it would not do for an address
        ) as staff,
    ):
        customers = _Customers(rasa, run.rasa)
        seen.opening = await customers.call(names)
        browser = StaffBrowser(staff, run.backends)
        await browser.log_in(run.username, run.password)
        waiting = await browser.waiting()
        seen.open = len(waiting)
        print(f"  {seen.open} tickets are open", file=sys.stderr)
        references = {
            name: reference
            for name in names
            for shown, reference in waiting.items()
            if shown.endswith(name[-6:])
        }
        read = names[:: max(1, tickets // _TABS)][:_TABS]
        async with AsyncExitStack() as open_tabs:
            tabs = {}
            for name in read:
                await browser.take(references[name])
                tabs[name] = await open_tabs.enter_async_context(browser.tab(references[name]))
            sent = await customers.write(names, read, messages, seed)
            await _wait_until_seen(tabs, sent)
            for tab in tabs.values():
                seen.listed += tab.listed
            for name, numbers in sent.items():
                for number, at in numbers.items():
                    if number in tabs[name].seen:
                        seen.screen.append(tabs[name].seen[number] - at)
                    else:
                        seen.missed += 1
    return seen


async def _wait_until_seen(tabs: dict[str, Tab], sent: dict[str, dict[int, float]]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if all(set(numbers) <= set(tabs[name].seen) for name, numbers in sent.items()):
            return
        await asyncio.sleep(0.1)


class _Customers:
    """Customers on the `rest` channel.

    Args:
        session: for requests.
        url: of the Rasa server.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def call(self, names: Sequence[str]) -> list[float]:
        """Let each call a person, and return the seconds of the answers."""
        left, seconds = iter(names), []

        async def one_after_the_other() -> None:
            for name in left:
                start = time.monotonic()
                await self._say(name, _CALL)
                seconds.append(time.monotonic() - start)

        await asyncio.gather(*(one_after_the_other() for _ in range(_AT_ONCE)))
        return seconds

    async def write(
        self, names: Sequence[str], read: Sequence[str], count: int, seed: int
    ) -> dict[str, dict[int, float]]:
        """Let them write, in turn one whom staff reads and one of the others.

        Returns:
            When each message was sent, by customer and number, of those whom staff reads.
        """
        chance = random.Random(seed)
        others = [name for name in names if name not in set(read)] or list(read)
        sent: dict[str, dict[int, float]] = {name: {} for name in read}
        start, running = time.monotonic(), []
        for number in range(count):
            await asyncio.sleep(max(0.0, start + number / _RATE - time.monotonic()))
            name = chance.choice(others) if number % 2 else read[number // 2 % len(read)]
            if name in sent:
                sent[name][number] = time.monotonic()
            running.append(asyncio.create_task(self._say(name, f"我的快递到哪里了 #{number}.")))
        await asyncio.gather(*running)
        return sent

    async def _say(self, name: str, text: str) -> None:
        body = {"sender": name, "message": text}
        async with self._session.post(f"{self._url}/webhooks/rest/webhook", json=body) as answer:
            answer.raise_for_status()


def _percentile(values: Sequence[float], percent: int) -> float | None:
    return float(np.percentile(values, percent)) if values else None
