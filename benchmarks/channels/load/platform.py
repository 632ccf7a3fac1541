"""The platform's side of a run, in a process of its own: it delivers, and shows what it is told."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import aiohttp

from benchmarks.channels.load.accounting import Delivery, Ending, Push, tally
from benchmarks.channels.load.messages import Message, numbers_in
from tests.channels.wechat.platform import ACCOUNT, FakePlatform, Shown, to_xml

#: Message ids have 64 bits.
_FIRST_ID = 24_000_000_000_000_000
_SECONDS_BETWEEN_NEWS = 10
_LOOK = 0.5


@dataclass
class Run:
    """What happened.

    Attributes:
        deliveries: all of them.
        pushes: what the API was told to show.
        codes: how often the API answered with each error code.
    """

    deliveries: list[Delivery]
    pushes: list[Push]
    codes: dict[int, int]


def carry_out(
    urls: Sequence[str], api_port: int, messages: Sequence[Message], seed: int, patience: float
) -> Run:
    """Deliver messages at their times, whatever becomes of those before.

    Args:
        urls: of the connector, on each server.
        api_port: where the platform's API is to listen.
        messages: in the order of their times.
        seed: of nonces.
        patience: seconds to wait for late answers after the last delivery.
    """
    return asyncio.run(_carry_out(urls, api_port, messages, seed, patience))


async def _carry_out(
    urls: Sequence[str], api_port: int, messages: Sequence[Message], seed: int, patience: float
) -> Run:
    platform = _Platform(urls, seed)
    await platform.start(api_port)
    try:
        start = news = time.monotonic()
        running = []
        for message in messages:
            await _sleep_until(start + message.at)
            running.append(asyncio.create_task(platform.carry(message, start + message.at)))
            if time.monotonic() - news >= _SECONDS_BETWEEN_NEWS:
                news = time.monotonic()
                print(f"  {message.number + 1:,} messages sent", file=sys.stderr)
        deliveries = [one for some in await asyncio.gather(*running) for one in some]
        await platform.wait_for_answers(messages, deliveries, patience)
        return Run(deliveries, platform.pushes(), dict(platform.codes))
    finally:
        await platform.stop()


class _Platform(FakePlatform):
    """The platform of the tests, which loses answers and hangs up as a message plans it.

    Before it stands a load balancer: a customer's messages go to one server, a repeat goes to the
    next, and what a server refuses goes to another at once.

    Args:
        servers: where the account listens.
        seed: of nonces.
    """

    def __init__(self, servers: Sequence[str], seed: int) -> None:
        super().__init__([""], seed=seed)
        self._accounts = servers

    async def start(self, port: int) -> None:
        """Serve the API, and deliver each time by a new connection: an old one ends with its server."""
        await super().start(port)
        assert self._client is not None
        await self._client.close()
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self._client = aiohttp.ClientSession(connector=connector)

    async def carry(self, message: Message, due: float) -> list[Delivery]:
        """Deliver a message until an answer was heard, or the platform gives it up."""
        self._open(message.sender, "message")
        body = to_xml(
            {
                "ToUserName": ACCOUNT,
                "FromUserName": message.sender,
                "CreateTime": str(int(time.time())),
                "MsgType": "text",
                "Content": message.text,
                "MsgId": str(_FIRST_ID + message.number),
            }
        )
        deliveries: list[Delivery] = []
        query, sent = self.request(body, self.now(), self.nonce())
        home = crc32(message.sender.encode())
        for number, planned in enumerate(message.tries):
            await _sleep_until(due)
            # Nobody says whether a repeat is made anew, or is the same to the last byte: half are.
            if number and message.number % 2:
                query, sent = self.request(body, self.now(), self.nonce())
            first = (home + number) % len(self._accounts)
            servers = [*self._accounts[first:], *self._accounts[:first]]
            start = time.monotonic()
            ending, answer = await self._call(
                [one + query for one in servers], sent, planned.seconds
            )
            seconds = time.monotonic() - start
            text, fault = self._read(message.sender, answer)
            deliveries.append(
                Delivery(message.number, planned.heard, seconds, ending, text, fault, start - due)
            )
            if planned.heard and ending is Ending.ANSWERED and not fault:
                break
            due += planned.seconds
        return deliveries

    async def wait_for_answers(
        self, messages: Sequence[Message], deliveries: Sequence[Delivery], seconds: float
    ) -> None:
        """Wait until every message that was taken was answered, or so many seconds."""
        deadline = time.monotonic() + seconds
        taken = tally(messages, deliveries, [])
        expected = set(taken.once + taken.lost)
        passive = {number for one in deliveries if one.heard for number in numbers_in(one.text)}
        while time.monotonic() < deadline:
            pushed = {number for push in self.pushes() for number in numbers_in(push.text)}
            if expected <= passive | pushed:
                return
            await asyncio.sleep(_LOOK)

    def pushes(self) -> list[Push]:
        """Return what the API was told to show."""
        return [
            Push(sender, shown.text)
            for sender, everything in self.shown.items()
            for shown in everything
        ]

    async def _call(
        self, urls: Sequence[str], body: bytes, seconds: float
    ) -> tuple[Ending, tuple[int, bytes] | None]:
        for url in urls:
            try:
                return Ending.ANSWERED, await asyncio.wait_for(self.post(url, body), seconds)
            except asyncio.TimeoutError:
                return Ending.HUNG_UP, None
            except aiohttp.ClientConnectorError:
                continue
            except (aiohttp.ClientError, OSError):
                return Ending.BROKEN, None
        return Ending.REFUSED, None

    def _read(self, sender: str, answer: tuple[int, bytes] | None) -> tuple[str, str]:
        """Return the text of an answer, and why the platform does not take it."""
        if answer is None:
            return "", ""
        if answer[0] != 200:
            return "", f"status {answer[0]}"
        shown: Shown | None = self._read_answer(sender, *answer)
        if shown is None:
            return "", ""
        return (
            (shown.text, "") if shown.kind != "error" else ("", f"unreadable: {answer[1][:80]!r}")
        )


async def _sleep_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
