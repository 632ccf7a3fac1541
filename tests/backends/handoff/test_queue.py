"""The queue with 200 open tickets: in order, counted, in two statements, and quick."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import event, select

from backends.db import Database, now
from backends.handoff import desk
from backends.handoff.models import Ticket

OPEN, ENDED = 200, 3000
KINDS = ("waiting", "assigned", "message")


@pytest.fixture(scope="module")
def busy(office, database_url):
    """200 open tickets of each kind among 3000 that have ended; all rows, by reference."""
    dice = Random(3)
    began = now() - timedelta(days=2)

    def make(number):
        at = began + timedelta(minutes=dice.randrange(2000))
        state = KINDS[number % 3] if number < OPEN else "ended"
        return Ticket(
            reference=f"T{number:012d}", channel="wechat", sender=f"q{number}", state=state,
            reason="asked", summary="s" * 300, language=("zh", "en")[number % 2],
            priority=dice.random() < 0.2, slots={"a": "b"}, created_at=at, turn_since=now(),
            assigned_to=office.ids[("ann", "bo")[number % 2]] if state != "waiting" else None,
            ended_at=at if state == "ended" else None,
            ended_by="staff" if state == "ended" else None,
            unanswered=True, version=0,
        )  # fmt: skip

    async def store():
        database = Database(database_url, 10_000)
        async with database.write() as session:
            rows = [make(number) for number in range(OPEN + ENDED)]
            session.add_all(rows)
        await database.close()
        return rows

    return asyncio.run(store())


def expected(rows, keep):
    order = {"waiting": 0, "assigned": 1, "message": 2}
    chosen = [row for row in rows if keep(row)]
    return sorted(
        chosen, key=lambda row: (order[row.state], not row.priority, row.created_at, row.id)
    )


def test_it_is_in_order_and_counted(office, busy):
    rows = [row for row in busy if row.state != "ended"]
    shown = office.queue(limit=300)
    assert [card.reference for card in shown.cards] == [
        row.reference for row in expected(rows, lambda row: True)
    ]
    counts = {kind: sum(row.state == kind for row in rows) for kind in KINDS}
    assert (shown.total, shown.waiting, shown.assigned, shown.messages) == (
        OPEN, counts["waiting"], counts["assigned"], counts["message"],
    )  # fmt: skip
    page = office.queue(limit=20, offset=20)
    assert page.cards == shown.cards[20:40]
    ann = office.ids["ann"]
    mine = office.queue("mine", staff_id=ann)
    wanted = expected(rows, lambda row: row.state == "assigned" and row.assigned_to == ann)
    assert [card.reference for card in mine.cards] == [row.reference for row in wanted][:50]
    assert mine.total == mine.mine == len(wanted)
    english = office.queue("waiting", language="en", limit=300)
    assert [card.reference for card in english.cards] == [
        row.reference
        for row in expected(rows, lambda row: row.state == "waiting" and row.language == "en")
    ]
    assert english.total == len(english.cards) < english.waiting
    ended = office.queue("ended", limit=30)
    latest = sorted(
        (row for row in busy if row.state == "ended"), key=lambda row: (row.ended_at, row.id)
    )
    assert [card.reference for card in ended.cards] == [row.reference for row in latest[:-31:-1]]
    assert ended.total == ENDED


async def test_a_page_and_a_ticket_take_two_statements_each(database_url, busy):
    database = Database(database_url)
    said = []
    event.listen(
        database.engine.sync_engine,
        "before_cursor_execute",
        lambda connection, cursor, statement, *_: said.append(statement),
    )
    async with database.read() as session:
        await session.execute(select(1))
        said.clear()
        await desk.queue(session, "open", limit=200)
        assert len(said) == 2
        said.clear()
        await desk.ticket(session, busy[0].reference)
        assert len(said) == 2
        times = []
        for _ in range(20):
            began = time.perf_counter()
            await desk.queue(session, "open", limit=50)
            times.append(time.perf_counter() - began)
    await database.close()
    # Some 10 ms on a quiet machine.
    assert sorted(times)[10] < 0.25


def test_two_hundred_customers_come_at_once(customer, office, busy):
    before = office.queue(limit=0)
    somebody = [customer() for _ in range(200)]
    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(lambda one: one.ask(), somebody))
    took = time.monotonic() - began
    assert {one["state"] for one in told} == {"waiting"}
    assert len({one["reference"] for one in told}) == 200
    after = office.queue(limit=0)
    assert (after.total, after.waiting) == (before.total + 200, before.waiting + 200)
    assert took < 30
    # Each was told a place of the queue.
    assert {one["position"] for one in told} <= set(range(1, after.waiting + 1))
