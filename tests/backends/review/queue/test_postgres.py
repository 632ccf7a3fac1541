"""The same over PostgreSQL, and two people who decide in the same moment."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backends.db import Database, now
from backends.housekeeping import tidy
from backends.review.queue.models import ReviewMessage, ReviewOccurrence
from tests.backends.console.desk import hire
from tests.backends.postgres import new_database
from tests.backends.review.queue.project import Project, fallback, rating, talk

pytestmark = pytest.mark.service


def test_from_collecting_to_forgetting(tmp_path, run_backends, start_light_shop, free_port):
    with new_database() as url:
        project = Project.make(tmp_path).at(url)
        assert run_backends("migrate", env=project.env).returncode == 0
        hire(url, "sue", "ann")
        project.fallbacks("pay with shells", "pay with shells?", "quite another thing")
        project.add(
            *talk(1, ("customer", "make it darker", "change_color", 0.3, [])),
            rating(solved=False, comment="no"),
            fallback("an old saying", at=now() - timedelta(days=179)),
        )
        done = run_backends("review", "collect", env=project.env)
        assert "Collected 4 new messages and 2 said before" in done.stdout, done.stderr
        shop = start_light_shop(tmp_path / "none", tmp_path, free_port(), env=project.env)
        try:
            _decide(shop, project, run_backends)
        finally:
            shop.stop()
        asyncio.run(_forget(url))


def _decide(shop, project, run_backends):
    client = shop.client()
    for source in ("low_confidence", "rating"):
        found = client.get("/v1/review/groups", params={"source": source}).json()["items"]
        assert [one["title"] for one in found] == ["make it darker"]
    number = found[0]["id"]
    message = client.get(f"/v1/review/groups/{number}").json()["items"][0]["id"]
    body = {"staff": "sue", "messages": [message], "kind": "accept"}

    def decide(_):
        with shop.client() as own:
            return own.post("/v1/review/decisions", json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(decide, range(6))) == [201, *[409] * 5]
    assert client.get("/v1/review/stats").json()["decided"] == 1
    done = run_backends("review", "export", env=project.env)
    assert done.returncode == 0, done.stderr
    assert project.examples("change_color")[-1] == "make it darker"


async def _forget(url):
    database = Database(url)
    async with database.write() as session:
        for kind, column in ((ReviewMessage, "newest_at"), (ReviewOccurrence, "at")):
            for row in (await session.execute(select(kind))).scalars():
                setattr(row, column, getattr(row, column) - timedelta(days=2))
    await tidy(database)
    async with database.read() as session:
        texts = {one for (one,) in await session.execute(select(ReviewMessage.text))}
        count = (await session.execute(select(func.count(ReviewOccurrence.id)))).scalar()
    await database.close()
    assert texts == {"pay with shells", "quite another thing", "make it darker"}
    assert count == 5
