"""Staff at their pages, over HTTP and in browsers, and the customers who write to them."""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.async_api import Browser, Page

from backends.db import Database
from backends.staff import accounts
from backends.staff.passwords import hash_password
from tests.backends.conftest import NO_TLS, Shop
from tests.backends.handoff.outbound import Outbound

PASSWORD = "a horse and a battery"
PEOPLE = {
    "sue": ("supervisor", "en"),
    "ann": ("agent", "en"),
    "bo": ("agent", "en"),
    "mei": ("agent", "zh"),
    # Whose accounts tests change.
    "kit": ("agent", "en"),
    "pat": ("agent", "en"),
}


def hire(database_url: str, *people: str) -> None:
    """Make accounts; what the command line does is tested beside it."""

    async def work() -> None:
        database, hashed = Database(database_url), await hash_password(PASSWORD)
        async with database.write() as session:
            for username in people:
                role, language = PEOPLE[username]
                await accounts.add(
                    session, username, hashed, name=username.title(), role=role,
                    languages=[language],
                )  # fmt: skip
        await database.close()

    asyncio.run(work())


class StaffClient:
    """Somebody of the staff without a browser: cookies, and the word of the forms."""

    def __init__(self, url: str, **options: Any) -> None:
        self.http = httpx.Client(base_url=url, verify=NO_TLS, timeout=20, **options)

    def log_in(self, username: str, password: str = PASSWORD, **fields: str) -> httpx.Response:
        word = word_of(self.http.get("/staff/login").text)
        return self.http.post(
            "/staff/login",
            data={"form_word": word, "username": username, "password": password, **fields},
        )

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def post(self, path: str, /, **fields: Any) -> httpx.Response:
        """Post a form that carries the word of this login."""
        return self.http.post(path, data={"form_word": self.word, **fields})

    @property
    def word(self) -> str:
        return word_of(self.http.get("/staff/me").text)


def word_of(page: str) -> str:
    """The word that the forms of a page carry."""
    found = re.search(r'name="form_word" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]


@dataclass
class Talk:
    """A customer on a channel, and their ticket."""

    client: httpx.Client
    reference: str = ""

    @property
    def sender(self) -> str:
        return self.client.headers["x-xiaoer-sender"]

    @property
    def path(self) -> str:
        return f"/staff/tickets/{self.reference}"

    def ask(self, **more: Any) -> Talk:
        body = {"reason": "asked", "language": "en", "summary": "Wants a person", **more}
        self.reference = self._post("/v1/handoff/tickets", body)["reference"]
        return self

    def say(self, text: str) -> dict[str, Any]:
        return self._post("/v1/handoff/messages", {"text": text})

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        key = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.client.post(path, json=body, headers=key)
        assert answer.is_success, answer.text
        return answer.json()


@dataclass
class Desk:
    """A server with staff, beside a Rasa's outbound endpoints."""

    shop: Shop
    outbound: Outbound
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.shop.url

    def stranger(self, **options: Any) -> StaffClient:
        client = StaffClient(self.url, **options)
        self.clients.append(client.http)
        return client

    def staff(self, username: str, **options: Any) -> StaffClient:
        client = self.stranger(**options)
        assert client.log_in(username).status_code == 303
        return client

    def talk(self, channel: str = "wechat", **more: Any) -> Talk:
        """A customer who is waiting for a person."""
        return Talk(self.shop.client(channel=channel)).ask(**more)

    async def open(self, browser: Browser, username: str, path: str = "", **context: Any) -> Page:
        """A page of somebody who has logged in, in a browser context of its own."""
        opened = await browser.new_context(base_url=self.url, reduced_motion="reduce", **context)
        page = await opened.new_page()
        return await self.log_in(page, username, path)

    async def log_in(self, page: Page, username: str, path: str = "") -> Page:
        await page.goto(f"{self.url}/staff/login")
        await page.fill("[name=username]", username)
        await page.fill("[name=password]", PASSWORD)
        await page.press("[name=password]", "Enter")
        await page.wait_for_selector("#queue")
        if path:
            await page.goto(f"{self.url}{path}")
        await page.wait_for_selector("[data-live]:not(.off):not([hidden])", state="attached")
        return page
