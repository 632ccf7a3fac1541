"""Experiments in a database of their own, on SQLite and PostgreSQL, and over HTTP."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from backends.campaigns.experiments import book
from backends.campaigns.experiments.design import Arm, Design
from backends.db import Database, now
from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.backends.postgres import new_database

MOMENT = now()


@pytest.fixture
def design() -> Design:
    """An A/B test that is decided at 1,000 known outcomes or so."""
    return Design(
        kind="ab",
        arms=(Arm("A"), Arm("B")),
        control="A",
        baseline=0.3,
        effect=0.1,
        last_day=book.shop_day(MOMENT) + timedelta(days=60),
        reports="all",
    )


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
async def url(request, tmp_path):
    """The URL of an empty database with the shop's schema."""
    if request.param == "sqlite":
        made = f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}"
        await upgrade(Settings(database_url=made))
        yield made
        return
    holder = new_database()
    made = await asyncio.to_thread(holder.__enter__)
    try:
        await upgrade(Settings(database_url=made))
        yield made
    finally:
        await asyncio.to_thread(holder.__exit__, None, None, None)


@pytest.fixture
async def database(url):
    """The database, opened."""
    opened = Database(url, wait_ms=20_000)
    yield opened
    await opened.close()


@pytest.fixture
def begin(database, design):
    """A function that makes and starts an experiment of a design with some changes."""

    async def work(**changes):
        async with database.write() as session:
            made = await book.create(session, "a test", replace(design, **changes), MOMENT)
            await book.start(session, made.reference, MOMENT)
        async with database.read() as session:
            return await book.find(session, made.reference)

    return work


BODY = {
    "name": "Subject lines",
    "arms": [{"name": "A"}, {"name": "B"}],
    "baseline": 0.1,
    "effect": 0.02,
    "reports": "all",
}


class Api:
    """A program that calls the running service."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def make(self, start: bool = True, **changes) -> str:
        last = str(book.shop_day(now()) + timedelta(days=30))
        answer = self.client.post("/v1/experiments", json={**BODY, "last_day": last, **changes})
        assert answer.status_code == 201, answer.text
        reference = answer.json()["reference"]
        if start:
            assert self.post(reference, "start").status_code == 200
        return reference

    def post(self, reference: str, what: str, **body) -> httpx.Response:
        return self.client.post(f"/v1/experiments/{reference}/{what}", json=body or None)

    def get(self, reference: str, what: str = "") -> dict:
        answer = self.client.get(f"/v1/experiments/{reference}{what}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def assign(self, reference: str, *customers: dict) -> list[dict]:
        answer = self.post(reference, "assignments", customers=list(customers))
        assert answer.status_code == 200, answer.text
        return answer.json()["assigned"]

    def reward(self, reference: str, *rewards: dict) -> dict:
        answer = self.post(reference, "rewards", rewards=list(rewards))
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def api(shop) -> Api:
    """The service over HTTP."""
    return Api(shop.client(f"experimenter-{secrets.token_hex(4)}"))
