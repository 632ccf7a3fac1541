"""Two workers before one store, in a time of their own: every run of a seed is the same.

The loop's clock leaps to whatever comes next, so the platform's fifteen seconds take none. Each
step in the store takes a while that chance decides, before and after it has its effect; workers
hear of a hang-up late, and may be killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import selectors
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any
from zlib import crc32

import httpx
import pytest
from rasa.core.channels.channel import UserMessage

from tests.channels.wechat.platform import ACCOUNT, credentials
from xiaoer.channels.storage import Store
from xiaoer.channels.wechat.incoming import Incoming, read_message
from xiaoer.channels.wechat.services import Services
from xiaoer.channels.wechat.settings import WeChatSettings, read_settings


class LeapingLoop(asyncio.SelectorEventLoop):
    """Waits for nothing: its clock leaps to the next event."""

    def __init__(self) -> None:
        self.now = 1_000.0
        super().__init__(_Leaping(self))

    def time(self) -> float:
        """Return its own time."""
        return self.now


class _Leaping(selectors.SelectSelector):
    def __init__(self, loop: LeapingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout:
            self._loop.now += timeout
        return super().select(0 if timeout is not None else None)


class Memory(Store):
    """What the workers share."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[str, float]] = {}
        self.lists: dict[str, list[str]] = {}

    def _live(self, key: str) -> str | None:
        value, until = self.entries.get(key, ("", 0.0))
        return value if until > time.monotonic() else None

    async def add(self, key: str, value: str, seconds: float) -> bool:
        if self._live(key) is not None:
            return False
        self.entries[key] = (value, time.monotonic() + seconds)
        return True

    async def get(self, key: str) -> str | None:
        return self._live(key)

    async def set(self, key: str, value: str, seconds: float) -> None:
        self.entries[key] = (value, time.monotonic() + seconds)

    async def delete(self, key: str) -> None:
        self.entries.pop(key, None)
        self.lists.pop(key, None)

    async def increment(self, key: str, seconds: float) -> int:
        count = int(self._live(key) or 0) + 1
        self.entries[key] = (str(count), time.monotonic() + seconds)
        return count

    async def append(self, key: str, value: str, seconds: float) -> None:
        self.lists.setdefault(key, []).append(value)

    async def take(self, key: str) -> list[str]:
        return self.lists.pop(key, [])

    async def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.entries if key.startswith(prefix) and self._live(key))

    async def close(self) -> None:
        pass


class SlowStore(Store):
    """The store as one worker sees it: in order, late, and no more once the worker is dead."""

    def __init__(self, memory: Memory, chance: random.Random, slowest: float) -> None:
        self._memory = memory
        self._chance = chance
        self._slowest = slowest
        self._order = asyncio.Lock()
        self.dead = False

    async def _step(self, work: Callable[[], Awaitable[Any]]) -> Any:
        async def step() -> Any:
            async with self._order:
                await asyncio.sleep(self._chance.uniform(0, self._slowest))
                if self.dead:
                    await asyncio.Event().wait()
                return await work()

        # A thread goes on when the task that waits for it is cancelled.
        result = await asyncio.shield(asyncio.ensure_future(step()))
        await asyncio.sleep(self._chance.uniform(0, self._slowest))
        return result

    async def add(self, key: str, value: str, seconds: float) -> bool:
        return bool(await self._step(lambda: self._memory.add(key, value, seconds)))

    async def get(self, key: str) -> str | None:
        value: str | None = await self._step(lambda: self._memory.get(key))
        return value

    async def set(self, key: str, value: str, seconds: float) -> None:
        await self._step(lambda: self._memory.set(key, value, seconds))

    async def delete(self, key: str) -> None:
        await self._step(lambda: self._memory.delete(key))

    async def increment(self, key: str, seconds: float) -> int:
        return int(await self._step(lambda: self._memory.increment(key, seconds)))

    async def append(self, key: str, value: str, seconds: float) -> None:
        await self._step(lambda: self._memory.append(key, value, seconds))

    async def take(self, key: str) -> list[str]:
        return list(await self._step(lambda: self._memory.take(key)))

    async def keys(self, prefix: str) -> list[str]:
        return list(await self._step(lambda: self._memory.keys(prefix)))

    async def close(self) -> None:
        pass


class Connection:
    """A delivery's connection, which the platform hangs up."""

    def __init__(self) -> None:
        self.arrived = time.monotonic()
        self.there = True

    def open(self) -> bool:
        """Whether the platform waits."""
        return self.there


class World:
    """A platform, two workers and a customer.

    Args:
        seed: Of all chances.
        monkeypatch: Puts the clock and the API in place.
        push: Whether the account may send customer-service messages.
        slowest: Seconds that a step in the store takes at most, once before and once after it.
        answer: Seconds that Rasa takes.
    """

    def __init__(
        self,
        seed: int,
        monkeypatch: pytest.MonkeyPatch,
        push: bool,
        slowest: float,
        answer: float,
    ) -> None:
        self.chance = random.Random(seed)
        self.shown: list[str] = []
        self._answer = answer
        self._memory = Memory()
        self._slowest = slowest
        options = {} if push else {"customer_service": False, "app_secret": None}
        (given,) = credentials(1, lease_seconds=20, **options).values()
        self._settings = read_settings(given)
        self._stores = [self._store(), self._store()]
        stores = iter(self._stores)
        monkeypatch.setattr(WeChatSettings, "open_store", lambda _: next(stores))
        monkeypatch.setattr(httpx, "AsyncClient", lambda **_: None)
        self._tasks: set[asyncio.Task[Any]] = set()
        self.workers = []
        for number in range(2):
            services = Services(self._settings)
            monkeypatch.setattr(services._client, "call", partial(self._call, number))
            self.workers.append(services.reception(self._rasa, lambda _: True))
            self.start(self._look_after(self.workers[-1]))

    def _store(self) -> SlowStore:
        return SlowStore(self._memory, self.chance, self._slowest)

    def start(self, work: Any) -> asyncio.Task[Any]:
        """Start work and hold it."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task

    async def _look_after(self, worker: Any) -> None:
        while True:
            await worker.recover()
            await asyncio.sleep(2)

    def kill(self, worker: int) -> None:
        """Nothing that this worker does has an effect any more.

        Unless the answer is read: that a message on its way is sent again is as documented.
        """
        self._stores[worker].dead = not self.shown

    async def _rasa(self, message: UserMessage) -> None:
        await asyncio.sleep(self._answer)
        assert message.output_channel is not None
        await message.output_channel.send_text_message("o", f"答案:{message.text}")

    async def _call(self, worker: int, method: str, path: str, **more: Any) -> Any:
        if self._stores[worker].dead:
            await asyncio.Event().wait()
        if path.endswith("custom/send"):
            self.shown.append(more["json"]["text"]["content"])
        return {}

    def message(self, words: str = "问题") -> Incoming:
        """Return a message of the customer."""
        fields = {"ToUserName": ACCOUNT, "FromUserName": "o", "CreateTime": "1", "Content": words}
        return read_message({**fields, "MsgType": "text", "MsgId": str(crc32(words.encode()))})

    async def deliver(
        self, incoming: Incoming, patience: list[float], lost: int = 0, kill_at: float = 1e9
    ) -> None:
        """Deliver a message as the platform does, to the workers in turn.

        Args:
            incoming: The message.
            patience: Seconds after which it hangs up, for each delivery.
            lost: Of how many deliveries the answers get lost on their way.
            kill_at: Seconds after which the first worker dies.
        """
        asyncio.get_running_loop().call_later(kill_at, self.kill, 0)
        first_dies = time.monotonic() + kill_at
        for number, seconds in enumerate(patience):
            worker = number % 2
            if worker == 0 and time.monotonic() >= first_dies:
                worker = 1
            connection = Connection()
            answer = self.start(self._receive(worker, incoming, connection))
            ends = asyncio.get_running_loop().time() + seconds
            dies = asyncio.ensure_future(asyncio.sleep(max(0, first_dies - time.monotonic())))
            waited = {answer, dies} if worker == 0 else {answer}
            await asyncio.wait(waited, timeout=max(0, seconds), return_when=asyncio.FIRST_COMPLETED)
            if answer.done() and not (worker == 0 and self._stores[0].dead):
                if number < lost:
                    await asyncio.sleep(ends - asyncio.get_running_loop().time())
                    continue
                if answer.result():
                    self.shown.append(text_of(answer.result()))
                return
            connection.there = False
            # The worker's loop learns of it later than its kernel.
            late = self.chance.uniform(0, self._slowest)
            asyncio.get_running_loop().call_later(late, answer.cancel)
            await asyncio.sleep(0 if worker else max(0, ends - asyncio.get_running_loop().time()))

    async def _receive(self, worker: int, incoming: Incoming, connection: Connection) -> str:
        reception = self.workers[worker]
        number = await asyncio.shield(
            self.start(reception.accept(incoming, connection))  # type: ignore[arg-type]
        )
        reply: str = await reception.reply(incoming, number, connection)  # type: ignore[arg-type]
        return reply


def text_of(reply: str) -> str:
    """Return the words of a passive reply."""
    return reply.split("<Content><![CDATA[")[1].split("]]>")[0]


@contextlib.contextmanager
def leaping() -> Iterator[tuple[LeapingLoop, pytest.MonkeyPatch]]:
    """A loop whose clock is everybody's, and what patches until its end."""
    loop = LeapingLoop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "monotonic", loop.time)
        patch.setattr(time, "time", loop.time)
        asyncio.set_event_loop(loop)
        try:
            yield loop, patch
        finally:
            pending = asyncio.all_tasks(loop)
            for task in pending:
                task.cancel()
            loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
            asyncio.set_event_loop(None)
            loop.close()
