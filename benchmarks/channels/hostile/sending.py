"""Sends hostile requests and notes what they were answered, in a process of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp
from yarl import URL

from benchmarks.channels.hostile.request import Attacker, Request

_AT_ONCE = 4
#: As long as a platform waits.
_SECONDS = 5
_CLOSE = "1"


@dataclass(frozen=True)
class Outcome:
    """What came of a request.

    Attributes:
        kind, variant, mark, ambiguous: those of the request.
        status: of the answer; None when the connection was closed without one.
        text: the answer's beginning.
        waited: whether it came to no end within `_SECONDS`.
    """

    kind: str
    variant: str
    mark: str
    ambiguous: bool
    status: int | None
    text: str
    waited: bool = False


def attack(
    url: str, attacker: Attacker, numbers: range, seed: int, taken: Sequence[Request]
) -> list[Outcome]:
    """Send hostile requests, a few at a time.

    Args:
        url: of the server.
        attacker: makes the requests.
        numbers: of the requests.
        seed: of all chances.
        taken: genuine requests that the connector has taken.
    """
    return asyncio.run(_send(url, (attacker.hostile(one, seed, taken) for one in numbers)))


def send(url: str, requests: Sequence[Request]) -> list[Outcome]:
    """Send requests as they are."""
    return asyncio.run(_send(url, iter(requests)))


async def _send(url: str, requests: object) -> list[Outcome]:
    outcomes: list[Outcome] = []
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def sender() -> None:
            # All senders share the iterator, so that only a few requests exist at a time.
            for request in requests:  # type: ignore[attr-defined]
                outcomes.append(await _outcome(session, url, request))

        await asyncio.gather(*(sender() for _ in range(_AT_ONCE)))
    return outcomes


async def _outcome(session: aiohttp.ClientSession, url: str, request: Request) -> Outcome:
    status, text, waited = None, "", False
    try:
        if request.opening:
            status, text = await _on_connection(session, url, request)
        else:
            status, text = await _ask(session, url, request, request.path)
    except asyncio.TimeoutError:
        waited = True
    except (aiohttp.ClientError, OSError) as error:
        text = type(error).__name__
    about = (request.kind, request.variant, request.mark, request.ambiguous)
    return Outcome(*about, status, text[:200], waited)


async def _on_connection(
    session: aiohttp.ClientSession, url: str, request: Request
) -> tuple[int, str]:
    """Open an engine.io connection, send the request on it, and close it again."""
    polling = request.path.replace("&sid={sid}", "")
    _, opened = await _ask(session, url, Request(polling, b"", method="GET"), polling)
    path = request.path.replace("{sid}", json.loads(opened[1:])["sid"])
    for packet in filter(None, request.opening):
        await _ask(session, url, Request(path, packet.encode()), path)
        await _ask(session, url, Request(path, b"", method="GET"), path)
    try:
        return await _ask(session, url, request, path)
    finally:
        await _ask(session, url, Request(path, _CLOSE.encode()), path)


async def _ask(
    session: aiohttp.ClientSession, url: str, request: Request, path: str
) -> tuple[int, str]:
    async with session.request(
        request.method,
        URL(url + path, encoded=True),
        data=request.body,
        headers=dict(request.headers),
    ) as answer:
        return answer.status, (await answer.read()).decode("utf-8", "replace")
