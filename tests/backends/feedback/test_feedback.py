"""Asked once a day, answered in parts, and counted."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from backends.db import Database, now
from backends.feedback.models import Feedback
from backends.orders.models import Customer, Identity

SHANGHAI = ZoneInfo("Asia/Shanghai")


def on(url, work):
    """Run an async function of a write session."""

    async def run():
        database = Database(url, 10_000)
        try:
            async with database.write() as session:
                return await work(session)
        finally:
            await database.close()

    return asyncio.run(run())


@pytest.fixture
def known(database_url):
    """A function that makes senders those of a new customer."""

    def make(*senders):
        customer_id = f"C{secrets.token_hex(4)}"

        async def work(session):
            session.add(
                Customer(
                    id=customer_id, name="Li Lei", language="zh", phone=customer_id,
                    created_at=now(),
                )
            )  # fmt: skip
            await session.flush()
            for sender in senders:
                session.add(
                    Identity(
                        channel="wechat", sender=sender, customer_id=customer_id, created_at=now()
                    )
                )

        on(database_url, work)
        return customer_id

    return make


def ago(url, reference, **back):
    """Put a question back in time."""

    async def work(session):
        moment = now() - timedelta(**back)
        await session.execute(
            update(Feedback)
            .where(Feedback.reference == reference)
            .values(asked_at=moment, day=moment.astimezone(SHANGHAI).date())
        )

    on(url, work)


def row(url, reference):
    async def work(session):
        found = await session.execute(select(Feedback).where(Feedback.reference == reference))
        return found.scalar_one()

    return on(url, work)


def test_nobody_is_asked_twice_a_day(asked, database_url):
    somebody = asked()
    first = somebody.offer("k").json()
    assert first["ask"] is True
    assert somebody.offer("k").json() == first
    assert somebody.offer().json() == {"ask": False, "reference": None}
    assert row(database_url, first["reference"]).day == datetime.now(SHANGHAI).date()
    ago(database_url, first["reference"], days=1)
    assert somebody.offer().json()["ask"] is True


def test_of_requests_that_race_one_may_ask(asked, known):
    somebody = asked()
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: somebody.offer().json()["ask"], range(8)))
    assert sorted(told) == [False] * 7 + [True]
    # One customer who writes as many senders.
    senders = [f"s{secrets.token_hex(6)}" for _ in range(8)]
    known(*senders)
    clients = [asked(sender) for sender in senders]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda one: one.offer().json()["ask"], clients))
    assert sorted(told) == [False] * 7 + [True]


def test_who_was_asked_as_a_stranger_is_not_asked_again_as_a_customer(asked, known):
    sender, other = f"s{secrets.token_hex(6)}", f"s{secrets.token_hex(6)}"
    assert asked(sender).offer().json()["ask"] is True
    known(sender, other)
    assert asked(sender).offer().json()["ask"] is False
    assert asked(other).offer().json()["ask"] is True


def test_answers_come_in_parts_and_are_masked(asked, database_url):
    somebody = asked()
    reference = somebody.reference()
    told = somebody.answer(reference)
    assert told.status_code == 200
    assert told.json()["answered_at"] is None
    assert somebody.answer(reference, solved=False).json()["solved"] is False
    assert somebody.answer(reference, csat=2, nps=None).json()["csat"] == 2
    comment = "打我电话 13812345678\n谢谢"
    told = somebody.answer(reference, csat=3, nps=0, comment=comment).json()
    assert {key: told[key] for key in ("reference", "solved", "csat", "nps", "comment")} == {
        "reference": reference, "solved": False, "csat": 3, "nps": 0,
        "comment": "打我电话 [phone]\n谢谢",
    }  # fmt: skip
    kept = row(database_url, reference)
    assert kept.comment == told["comment"]
    assert kept.answered_at is not None


@pytest.mark.parametrize(
    "wrong",
    [
        *({"csat": wrong} for wrong in (0, 6, "5", 4.5, True)),
        *({"nps": wrong} for wrong in (-1, 11)),
        {"solved": "yes"},
        {"comment": "x" * 1001},
        {"comment": 5},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused(asked, wrong):
    somebody = asked()
    assert somebody.answer(somebody.reference(), **wrong).status_code == 400


def test_only_who_was_asked_answers_and_only_for_two_days(asked, database_url):
    somebody, other = asked(), asked()
    reference = somebody.reference()
    assert other.answer(reference, csat=1).status_code == 404
    assert somebody.answer("F000000000000", csat=1).status_code == 404
    ago(database_url, reference, hours=47)
    assert somebody.answer(reference, csat=1).status_code == 200
    ago(database_url, reference, hours=49)
    late = somebody.answer(reference, csat=5)
    assert (late.status_code, late.json()["error"]["reason"]) == (409, "too_late")
    assert row(database_url, reference).csat == 1


def test_of_a_talk_with_a_person_the_ticket_is_known(asked, database_url):
    somebody, other = asked(), asked()
    body = {"reason": "asked", "language": "en", "summary": ""}
    ticket = somebody.client.post(
        "/v1/handoff/tickets", json=body, headers={"Idempotency-Key": "t"}
    ).json()["reference"]
    assert other.offer(ticket=ticket).status_code == 404
    assert somebody.offer(ticket="T1").status_code == 400
    reference = somebody.offer(ticket=ticket).json()["reference"]
    kept = row(database_url, reference)
    assert kept.ticket_id is not None
    assert kept.language == "en"
    assert row(database_url, other.offer(language="zh").json()["reference"]).language == "zh"


def test_the_summary_counts_what_was_answered_of_what_was_asked(asked, database_url):
    async def clear(session):
        await session.execute(delete(Feedback))

    on(database_url, clear)
    nobody = {"share": None, "of": 0}
    client = asked().client
    day = datetime.now(SHANGHAI).date()
    path = f"/v1/feedback/summary?from={day}&to={day}"
    empty = client.get(path).json()
    assert empty["response_rate"] == empty["solved"] == nobody
    assert empty["csat"] == {**nobody, "mean": None}
    answers = [
        {"solved": True, "csat": 5, "nps": 10},
        {"solved": True, "csat": 4, "nps": 9, "comment": "好"},
        {"solved": False, "csat": 1, "nps": 6},
        {"csat": 3, "nps": 7},
        {"nps": 0},
        {},
        {},
    ]
    for given in answers:
        somebody = asked()
        somebody.answer(somebody.reference(), **given)
    old = asked()
    reference = old.reference()
    old.answer(reference, csat=1)
    ago(database_url, reference, days=1)
    assert client.get(path).json() == {
        "from": str(day),
        "to": str(day),
        "response_rate": {"share": 0.7143, "of": 7},
        "solved": {"share": 0.6667, "of": 3},
        "csat": {"share": 0.5, "mean": 3.25, "of": 4},
        "nps": {"score": 0.0, "promoters": 2, "passives": 1, "detractors": 2, "of": 5},
        "comments": 1,
    }
    before = day - timedelta(days=1)
    longer = client.get(f"/v1/feedback/summary?from={before}&to={day}").json()
    assert client.get(f"/v1/feedback/summary?from={day}&to={before}").json()["csat"]["of"] == 0
    assert longer["csat"] == {"share": 0.4, "mean": 2.8, "of": 5}


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?from=2026-01-01",
        "?from=2026-02-30&to=2026-03-01",
        "?from=1&to=2",
        "?from=2026-1-1&to=2026-01-02",
        "?first=2026-01-01&last=2026-01-02",
    ],
)
def test_days_that_are_none_are_refused(asked, query):
    assert asked().client.get(f"/v1/feedback/summary{query}").status_code == 400
