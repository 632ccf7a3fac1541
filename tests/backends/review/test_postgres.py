"""The same over PostgreSQL."""

import asyncio

import pytest

from backends.db import Database
from backends.housekeeping import tidy
from tests.backends.postgres import execute, new_database
from tests.backends.review.conftest import FALLBACK

pytestmark = pytest.mark.service


def test_fallbacks_on_postgresql(begin, record, listed):
    with new_database() as url:
        service = begin(url)
        client = service.client("asker", "wechat")
        first = record(client, "a")
        assert record(client, "a") == first
        refused = [{"text": "😀", "objections": [{"rule": "promises", "what": "退款"}]}]
        second = record(client, "b", outcome="clarified", candidates=refused, generator=None)
        assert [one["reference"] for one in listed(client)] == [second, first]
        assert [one["reference"] for one in listed(client, rule="promises")] == [second]
        assert [one["reference"] for one in listed(client, outcome="generated")] == [first]
        assert [one["reference"] for one in listed(client, limit=1, offset=1)] == [first]
        path = f"/v1/fallbacks/{first}/next"
        assert (
            service.client("other", "wechat").post(path, json={"act": "button"}).status_code == 404
        )
        assert client.post(path, json={"act": "message", "text": "好"}).status_code == 201
        shown = listed(client)[1]
        assert shown["next"].pop("at") >= shown.pop("at")
        assert shown == {
            **FALLBACK,
            "reference": first,
            "next": {"act": "message", "text": "好", "intent": None},
        }
        execute(
            "UPDATE fallbacks SET at = now() - interval '181 days' WHERE generator IS NULL", url
        )
        asyncio.run(tidy_once(url))
        assert [one["reference"] for one in listed(client)] == [first]


async def tidy_once(url):
    """Do what a server does at its start and every ten minutes."""
    database = Database(url)
    try:
        await tidy(database)
    finally:
        await database.close()
