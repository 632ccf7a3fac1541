"""Asking for a person, over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

TOLD = {
    "reason": "complaint",
    "topic": "refund",
    "language": "en",
    "priority": False,
    "summary": "The customer waits for a refund.",
    "transcript": [
        {"author": "customer", "text": "where is my money", "at": "2026-11-26T09:00:00+08:00"},
        {"author": "bot", "text": "I will look.\nOne moment.", "at": "2026-11-26T01:00:01.5Z"},
    ],
    "slots": {"order_number": "XD202611010001"},
}


def test_a_person_is_asked_for_and_sees_all_that_was_told(customer, office):
    somebody = customer()
    answer = somebody.post("/v1/handoff/tickets", TOLD)
    assert answer.status_code == 201
    ticket = answer.json()
    assert ticket["reference"][0] == "T"
    assert (ticket["state"], ticket["staff"]) == ("waiting", None)
    assert (ticket["open_now"], ticket["opens_at"]) == (True, None)
    seen = office.look(ticket["reference"])
    assert (seen.card.reason, seen.card.topic, seen.card.language) == ("complaint", "refund", "en")
    assert (seen.card.channel, seen.card.sender) == ("wechat", somebody.sender)
    assert seen.slots == TOLD["slots"]
    assert [(entry.author, entry.text) for entry in seen.entries[:2]] == [
        ("customer", "where is my money"),
        ("bot", "I will look.\nOne moment."),
    ]
    assert [entry.at.isoformat() for entry in seen.entries[:2]] == [
        "2026-11-26T01:00:00+00:00",
        "2026-11-26T01:00:01.500000+00:00",
    ]
    assert seen.entries[2].event == "opened"


def test_an_open_ticket_is_given_back_as_it_is(customer):
    somebody = customer()
    first = somebody.ask()
    answer = somebody.post("/v1/handoff/tickets", TOLD)
    assert answer.status_code == 200
    assert answer.json()["reference"] == first["reference"]
    somebody.leave()
    assert somebody.ask()["reference"] != first["reference"]


def test_the_same_key_asks_once_and_requests_that_race_make_one_ticket(customer, office):
    somebody = customer()
    before = office.queue(limit=0).total
    with ThreadPoolExecutor(8) as pool:
        same = list(pool.map(lambda _: somebody.post("/v1/handoff/tickets", TOLD, "k"), range(8)))
        other = list(pool.map(lambda _: somebody.post("/v1/handoff/tickets", TOLD), range(8)))
    assert {one.status_code for one in same} == {201}
    assert sum("idempotency-replayed" in one.headers for one in same) == 7
    assert {one.status_code for one in other} == {200}
    assert len({one.json()["reference"] for one in [*same, *other]}) == 1
    assert office.queue(limit=0).total == before + 1
    fresh = customer()
    with ThreadPoolExecutor(8) as pool:
        raced = list(pool.map(lambda _: fresh.post("/v1/handoff/tickets", TOLD), range(8)))
    assert sorted(one.status_code for one in raced) == [200] * 7 + [201]
    assert len({one.json()["reference"] for one in raced}) == 1


def test_what_people_wrote_is_taken_whatever_marks_it_holds(customer, office):
    somebody = customer()
    odd = "a\u202eb\u0000c\ud800d\r\ne"
    ticket = somebody.ask(
        transcript=[
            {"author": "customer", "text": odd, "at": "2016-12-31T23:59:60Z"},
            {"author": "customer", "text": odd, "at": "0001-01-01T00:00:00+14:00"},
            {"author": "customer", "text": odd, "at": "9999-12-31t23:59:59.9999999-14:00"},
        ],
        slots={"note\u0000": odd},
    )
    assert somebody.say("\u0007" + odd)["state"] == "waiting"
    assert somebody.say(" \u0000 ")["state"] == "waiting"
    seen = office.look(ticket["reference"])
    said = [entry.text for entry in seen.entries if entry.author == "customer"]
    assert said == ["abcd\ne"] * 4
    assert [entry.at.year for entry in seen.entries[:2]] == [2016, 1970]
    assert seen.slots == {"note": "abcd\ne"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "boredom"},
        {"language": "fr"},
        {"priority": "yes"},
        {"summary": "x" * 4001},
        {"transcript": [TOLD["transcript"][0]] * 101},
        {"transcript": [{**TOLD["transcript"][0], "text": "x" * 4001}]},
        {"transcript": [{**TOLD["transcript"][0], "author": "staff"}]},
        {"transcript": [{**TOLD["transcript"][0], "at": 1700000000}]},
        {"transcript": [{**TOLD["transcript"][0], "at": "2026-11-26T09:00:00"}]},
        {"transcript": [{**TOLD["transcript"][0], "at": "2026-02-30T09:00:00Z"}]},
        {"slots": {"a": 1}},
        {"slots": {str(number): "" for number in range(51)}},
        {"staff": "me"},
    ],
    ids=str,
)
def test_what_is_not_of_the_document_is_refused(customer, wrong):
    answer = customer().post("/v1/handoff/tickets", {**TOLD, **wrong})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"


def test_too_long_a_message_is_refused(customer):
    somebody = customer()
    somebody.ask()
    for text in ("", "x" * 4001, 5):
        assert somebody.post("/v1/handoff/messages", {"text": text}).status_code == 400
    assert somebody.say("字" * 4000)["state"] == "waiting"


def test_priority_customers_come_first_and_then_who_has_waited_longest(customer):
    first, second, urgent = customer(), customer(), customer()
    place = first.ask()["position"]
    assert second.ask()["position"] == place + 1
    ahead = urgent.ask(priority=True)["position"]
    assert ahead <= place
    assert first.ask()["position"] == place + 1
    urgent.leave()
    assert first.ask()["position"] == place


def test_each_conversation_has_its_own_ticket(customer):
    somebody, stranger = customer(), customer()
    somebody.ask()
    assert stranger.say("hello") == {
        "reference": None, "state": "none", "staff": None, "messages": [], "ended": None,
    }  # fmt: skip
    assert stranger.leave()["state"] == "none"
    assert somebody.say("hello")["state"] == "waiting"


def test_a_customer_leaves_and_can_say_so_twice(customer, office):
    somebody = customer()
    reference = somebody.ask()["reference"]
    for _ in range(2):
        talk = somebody.leave()
        assert (talk["reference"], talk["state"]) == (reference, "ended")
        assert talk["ended"] == {"by": "customer", "agreed": None}
    assert somebody.say("on with the bot")["state"] == "ended"
    seen = office.look(reference)
    assert [entry.event for entry in seen.entries if entry.event] == ["opened", "left"]
    assert "on with the bot" not in [entry.text for entry in seen.entries]


def test_who_writes_is_known_only_on_channels_that_are_trusted(customer, office, database_url):
    known = {}
    for channel in ("slack", "rest"):
        somebody = customer(channel)
        _make_known(database_url, channel, somebody.sender)
        known[channel] = office.look(somebody.ask()["reference"]).card.customer
    assert known == {"slack": "Li Lei", "rest": None}


def _make_known(url, channel, sender):
    import asyncio

    from backends.db import Database, now
    from backends.orders.models import Customer, Identity

    async def work():
        database = Database(url)
        async with database.write() as session:
            if await session.get(Customer, "C1") is None:
                session.add(
                    Customer(id="C1", name="Li Lei", language="zh", phone="1", created_at=now())
                )
                await session.flush()
            session.add(
                Identity(channel=channel, sender=sender, customer_id="C1", created_at=now())
            )
        await database.close()

    asyncio.run(work())


def test_the_longest_conversation_is_taken_and_nothing_longer(customer, office):
    somebody = customer()
    entry = {**TOLD["transcript"][0], "text": "字" * 4000}
    body = json.dumps({**TOLD, "transcript": [entry] * 100}, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "long"}
    told = somebody.client.post("/v1/handoff/tickets", content=body, headers=headers)
    assert told.status_code == 201
    assert len(office.look(told.json()["reference"]).entries) == 101
    for path, size in (("tickets", 1_700_000), ("messages", 70_000)):
        content = b'{"text": "' + b"x" * size + b'"}'
        refused = somebody.client.post(f"/v1/handoff/{path}", content=content, headers=headers)
        assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
