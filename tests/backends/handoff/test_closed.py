"""Outside opening hours: a message is left, and answered later."""

import asyncio

import pytest

from backends.migrations.run import upgrade
from backends.settings import Settings
from tests.waiting import eventually


@pytest.fixture(scope="module")
def database_url(tmp_path_factory):
    """On SQLite alone: what the databases do otherwise than each other is not asked for here."""
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('closed') / 'shop.db'}"
    asyncio.run(upgrade(Settings(database_url=url)))
    return url


@pytest.fixture(scope="module")
def closed_shop(begin):
    return begin(hours="closed")


@pytest.fixture(scope="module")
def later_shop(closed_shop, begin):
    """The same shop when people are there."""
    return begin()


def test_a_message_is_left_and_answered_on_the_channel(customer, office, outbound, closed_shop):
    somebody = customer(shop=closed_shop)
    told = somebody.ask()
    assert (told["state"], told["open_now"], told["opens_at"]) == ("message", False, None)
    assert (told["position"], told["wait_minutes"]) == (None, None)
    talk = somebody.say("please call me back")
    assert (talk["state"], talk["ended"]) == ("message", None)
    assert office.queue("messages").cards[-1].reference == told["reference"]
    office.take(told["reference"])
    office.say(told["reference"], "we are here now")
    eventually(lambda: outbound.texts(somebody.sender) == ["we are here now"])
    joined = {"reference": told["reference"], "staff": "Ann"}
    assert outbound.intents(somebody.sender) == [("handoff_joined", joined)]
    assert somebody.say("oh, thanks")["state"] == "assigned"


def test_who_left_a_message_and_asks_again_comes_into_the_queue(
    customer, office, closed_shop, later_shop
):
    somebody = customer(shop=closed_shop)
    entry = {"author": "customer", "text": "first", "at": "2026-01-01T00:00:00Z"}
    first = somebody.ask(transcript=[entry])
    assert somebody.ask(transcript=[entry, {**entry, "text": "more"}]) == first
    again = customer(shop=later_shop)
    again.client.headers["x-xiaoer-sender"] = somebody.sender
    later = {"author": "customer", "text": "second", "at": "2099-01-01T00:00:00Z"}
    told = again.ask(transcript=[entry, later], reason="anger", priority=True)
    assert (told["reference"], told["state"]) == (first["reference"], "waiting")
    assert told["position"] >= 1
    seen = office.look(first["reference"])
    assert [entry.event or entry.text for entry in seen.entries] == [
        "first", "opened", "second", "asked_again",
    ]  # fmt: skip
    # A clock that runs ahead is not believed.
    assert seen.entries[2].at.year < 2099
    assert (seen.card.reason, seen.card.priority) == ("anger", True)


def test_a_message_is_closed_with_an_answer(customer, office, outbound, closed_shop):
    somebody = customer(shop=closed_shop)
    reference = somebody.ask()["reference"]
    office.close(reference, "sue", agreed="Your refund is on its way.")
    told = {"reference": reference, "by": "staff", "agreed": "Your refund is on its way."}
    eventually(lambda: outbound.intents(somebody.sender) == [("handoff_ended", told)])


def test_a_message_is_withdrawn(customer, closed_shop):
    somebody = customer(shop=closed_shop)
    somebody.ask()
    assert somebody.leave()["ended"] == {"by": "customer", "agreed": None}
