"""What a browser of staff does with the console: it listens to the stream, and fetches what is new."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from benchmarks.channels.load.messages import numbers_in

_SECONDS = 60
_CARD = re.compile(r'id="card-([^"]+)".*?<strong>(.*?)</strong>', re.DOTALL)
_FIELD = 'name="{}" value="([^"]*)"'


class StaffBrowser:
    """A person who is logged in, with several tabs.

    Args:
        session: of this person, with a jar for cookies.
        url: of the backends.
    """

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def log_in(self, username: str, password: str) -> None:
        """Log in by the form.

        Raises:
            RuntimeError: It is not taken.
        """
        page = await self.get("/staff/login")
        form = {
            "form_word": value_of(page, "form_word"),
            "next": "/staff/",
            "username": username,
            "password": password,
        }
        await self._post("/staff/login", form)

    async def waiting(self) -> dict[str, str]:
        """Return who waits: the reference of each ticket by the name that stands on its card."""
        found: dict[str, str] = {}
        number = 1
        while True:
            cards = _CARD.findall(await self.get(f"/staff/queue?show=waiting&page={number}"))
            if not cards:
                return found
            found.update({name: reference for reference, name in cards})
            number += 1

    async def take(self, reference: str) -> None:
        """Take a ticket."""
        address = f"/staff/tickets/{reference}"
        form = {"form_word": value_of(await self.get(address), "form_word")}
        await self._post(f"{address}/take", form)

    @asynccontextmanager
    async def tab(self, reference: str) -> AsyncIterator[Tab]:
        """Open a ticket; its tab keeps itself fresh until the block ends."""
        tab = Tab(self, reference)
        tasks = [asyncio.create_task(work) for work in (tab.listen(), tab.fetch(), tab.list())]
        await tab.ready.wait()
        try:
            yield tab
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task

    async def get(self, path: str) -> str:
        """Return a page, or a part of one.

        Raises:
            RuntimeError: It is not there.
        """
        async with self._session.get(self._url + path) as answer:
            text = await answer.text()
            if answer.status != 200 or "/staff/login?" in str(answer.url):
                raise RuntimeError(f"{path} answered {answer.status}: {text[:300]}")
            return text

    async def events(self) -> AsyncIterator[str]:
        """Yield the names of the stream's events."""
        timeout = aiohttp.ClientTimeout(total=None, sock_read=_SECONDS)
        async with self._session.get(f"{self._url}/staff/events", timeout=timeout) as answer:
            if answer.status != 200:
                raise RuntimeError(f"/staff/events answered {answer.status}")
            async for line in answer.content:
                if line.startswith(b"event:"):
                    yield line.removeprefix(b"event:").strip().decode()

    async def _post(self, path: str, form: dict[str, str]) -> None:
        async with self._session.post(self._url + path, data=form) as answer:
            if answer.status != 200:
                text = await answer.text()
                raise RuntimeError(f"{path} answered {answer.status}: {text[:300]}")


@dataclass
class Tab:
    """A tab with one ticket.

    Attributes:
        browser: whose it is.
        reference: of the ticket.
        seen: when each message's number stood in what was fetched, of `time.monotonic`.
        listed: seconds that each fetching of the queue took.
        ready: set once everything is there.
    """

    browser: StaffBrowser
    reference: str
    seen: dict[int, float] = field(default_factory=dict)
    listed: list[float] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _ticket_changed: asyncio.Event = field(default_factory=asyncio.Event)
    _queue_changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Wait for events, as the page's attributes say."""
        async for name in self.browser.events():
            if name in ("hello", f"ticket-{self.reference}"):
                self._ticket_changed.set()
            if name in ("hello", "queue"):
                self._queue_changed.set()

    async def fetch(self) -> None:
        """Fetch what is new in the ticket; one request at a time."""
        page = await self.browser.get(f"/staff/tickets/{self.reference}")
        while True:
            await self._ticket_changed.wait()
            self._ticket_changed.clear()
            shown = {name: value_of(page, name) for name in ("after", "stance")}
            page = await self.browser.get(
                f"/staff/tickets/{self.reference}/news?{urlencode(shown)}"
            )
            now = time.monotonic()
            for number in numbers_in(page):
                self.seen.setdefault(number, now)
            self.ready.set()

    async def list(self) -> None:
        """Fetch the queue beside it."""
        while True:
            await self._queue_changed.wait()
            self._queue_changed.clear()
            start = time.monotonic()
            await self.browser.get(f"/staff/queue?open={self.reference}")
            self.listed.append(time.monotonic() - start)


def value_of(page: str, name: str) -> str:
    """Return the value of a hidden field.

    Raises:
        RuntimeError: The page has none of that name.
    """
    found = re.search(_FIELD.format(name), page)
    if found is None:
        raise RuntimeError(f"the page has no field {name}")
    return found[1]
