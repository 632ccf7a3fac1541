"""The words of staff on their way to the customer."""

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from backends.handoff import desk
from tests.waiting import eventually

SHORT = 2


@pytest.fixture(scope="module")
def desk_shop(begin):
    return begin(push_seconds=SHORT)


@pytest.fixture
def talking(customer, office):
    """A function that gives a customer whom ann talks to, and the ticket."""

    def make(channel: str = "wechat", shop=None):
        somebody = customer(channel, shop)
        reference = somebody.ask()["reference"]
        office.take(reference)
        return somebody, reference

    return make


def states(office, reference):
    return [state for _, state, _ in office.deliveries(reference)]


def test_words_reach_the_customer_in_order_with_who_said_them(office, outbound, talking):
    somebody, reference = talking()
    said = [f"word {number}" for number in range(12)]
    for text in said:
        office.say(reference, text)
    office.close(reference, agreed="我们补发一件。")
    eventually(lambda: len(outbound.to(somebody.sender)) == 14)
    bodies = outbound.to(somebody.sender)
    assert outbound.texts(somebody.sender) == said
    assert "intent" in bodies[0]
    assert "intent" in bodies[-1]
    assert outbound.intents(somebody.sender) == [
        ("handoff_joined", {"reference": reference, "staff": "Ann"}),
        ("handoff_ended", {"reference": reference, "by": "staff", "agreed": "我们补发一件。"}),
    ]
    assert {(body["conversation"], body["channel"]) for body in bodies} == {
        (somebody.sender, "wechat")
    }
    assert bodies[1]["staff"] == "Ann"
    eventually(lambda: states(office, reference) == ["sent"] * 12)
    assert somebody.say("thanks")["messages"] == []
    assert len(outbound.tries(somebody.sender)) == 14


def test_where_nothing_can_be_pushed_words_wait_and_are_given_out_once(office, outbound, talking):
    somebody, reference = talking("rest")
    office.say(reference, "one")
    office.say(reference, "two")
    eventually(lambda: office.is_kept(reference))
    assert states(office, reference) == ["pending", "pending"]
    tried = len(outbound.tries(somebody.sender))
    assert 1 <= tried <= 3
    with ThreadPoolExecutor(6) as pool:
        talks = list(pool.map(lambda number: somebody.say(f"hi {number}"), range(6)))
    given = [[word["text"] for word in talk["messages"]] for talk in talks]
    assert sorted(given) == [[]] * 5 + [["one", "two"]]
    words = next(talk["messages"] for talk in talks if talk["messages"])
    assert {word["staff"] for word in words} == {"Ann"}
    assert states(office, reference) == ["pulled", "pulled"]
    time.sleep(1.5)
    assert len(outbound.tries(somebody.sender)) == tried


def test_what_waits_is_sent_in_order_when_it_can_be(office, outbound, talking):
    somebody, reference = talking("rest")
    outbound.pushable.add(somebody.sender)
    eventually(lambda: outbound.to(somebody.sender))
    outbound.pushable.discard(somebody.sender)
    for text in ("one", "two", "three"):
        office.say(reference, text)
    eventually(lambda: office.is_kept(reference))
    outbound.pushable.add(somebody.sender)
    office.say(reference, "four")
    eventually(lambda: states(office, reference) == ["sent"] * 4)
    assert outbound.texts(somebody.sender) == ["one", "two", "three", "four"]


def test_a_repeated_message_gets_the_same_words_again(office, outbound, talking):
    somebody, reference = talking("rest")
    office.say(reference, "one")
    eventually(lambda: office.is_kept(reference))
    first = somebody.say("hi", key="same")
    assert [word["text"] for word in first["messages"]] == ["one"]
    assert somebody.say("hi", key="same") == first
    assert somebody.say("hi")["messages"] == []


def test_words_from_before_the_end_are_not_lost(office, outbound, talking):
    somebody, reference = talking("rest")
    office.say(reference, "last word")
    office.close(reference, agreed="all is well")
    eventually(lambda: office.is_kept(reference))
    talk = somebody.say("hello?")
    assert talk["state"] == "ended"
    assert [word["text"] for word in talk["messages"]] == ["last word"]
    assert talk["ended"] == {"by": "staff", "agreed": "all is well"}


def test_what_the_channel_refuses_is_shown_to_staff_and_given_out_later(office, talking):
    somebody, reference = talking("refusing")
    office.say(reference, "one")
    eventually(lambda: states(office, reference) == ["failed"])
    assert office.deliveries(reference) == [("one", "failed", "45047 out of quota")]
    assert office.look(reference).card.failed == 1
    assert [word["text"] for word in somebody.say("hi")["messages"]] == ["one"]
    assert states(office, reference) == ["pulled"]
    assert office.look(reference).card.failed == 0


def test_a_domain_without_the_intents_holds_up_no_word(office, outbound, customer):
    somebody = customer()
    outbound.without_intents.add(somebody.sender)
    reference = somebody.ask()["reference"]
    office.take(reference)
    office.say(reference, "one")
    eventually(lambda: states(office, reference) == ["sent"])
    assert outbound.texts(somebody.sender) == ["one"]
    assert len(outbound.tries(somebody.sender)) == 2


def test_a_failing_server_is_tried_again_under_the_same_id(office, outbound, talking):
    somebody, reference = talking()
    eventually(lambda: outbound.to(somebody.sender))
    outbound.broken = True
    office.say(reference, "one")
    office.say(reference, "two")
    eventually(lambda: len(outbound.tries(somebody.sender)) >= 3)
    assert states(office, reference) == ["pending", "pending"]
    # While it is not known whether they arrived they are not given out, or they came twice.
    assert somebody.say("hi")["messages"] == []
    outbound.broken = False
    eventually(lambda: states(office, reference) == ["sent", "sent"])
    assert outbound.texts(somebody.sender) == ["one", "two"]
    tries = outbound.tries(somebody.sender)
    assert len(set(tries)) == 3
    assert tries == sorted(tries, key=tries.index)


def test_a_server_that_is_down_is_waited_for(office, outbound, talking):
    somebody, reference = talking()
    eventually(lambda: outbound.to(somebody.sender))
    outbound.stop()
    office.say(reference, "one")
    time.sleep(2)
    assert states(office, reference) == ["pending"]
    outbound.start()
    eventually(lambda: states(office, reference) == ["sent"])
    assert outbound.texts(somebody.sender) == ["one"]


def test_a_stuck_conversation_holds_up_no_other(office, outbound, talking):
    (stuck, stuck_ticket), (free, free_ticket) = talking(), talking()
    eventually(lambda: outbound.to(stuck.sender) and outbound.to(free.sender))
    outbound.stuck.add(stuck.sender)
    office.say(stuck_ticket, "one")
    office.say(stuck_ticket, "two")
    eventually(lambda: outbound.texts(stuck.sender))
    office.say(free_ticket, "quick")
    eventually(lambda: outbound.texts(free.sender))
    assert states(office, stuck_ticket) == ["pending", "pending"]
    outbound.stuck.discard(stuck.sender)
    eventually(lambda: states(office, stuck_ticket) == ["sent", "sent"])
    assert outbound.texts(stuck.sender) == ["one", "two"]


def test_words_are_sent_once_though_the_database_is_busy_when_they_have_arrived(
    office, outbound, begin, database_url, talking
):
    if not database_url.startswith("sqlite"):
        pytest.skip("only SQLite is locked as a whole")
    hasty = begin(push_seconds=SHORT, env={"XIAOER_DATABASE_WAIT_MS": "500"})
    somebody, reference = talking(shop=hasty)
    eventually(lambda: outbound.to(somebody.sender))
    outbound.stuck.add(somebody.sender)
    office.say(reference, "one")
    eventually(lambda: outbound.texts(somebody.sender) == ["one"])
    database = sqlite3.connect(database_url.partition(":///")[2], isolation_level=None)
    with closing(database):
        database.execute("BEGIN IMMEDIATE")
        outbound.free.set()
        time.sleep(1)
        database.execute("ROLLBACK")
    outbound.free.clear()
    outbound.stuck.discard(somebody.sender)
    eventually(lambda: states(office, reference) == ["sent"])
    assert len(outbound.tries(somebody.sender)) == 2


def test_a_server_killed_between_saying_and_knowing_delivers_once(
    office, outbound, begin, desk_shop, talking
):
    somebody, reference = talking()
    eventually(lambda: outbound.to(somebody.sender))
    outbound.stuck.add(somebody.sender)
    office.say(reference, "one")
    office.say(reference, "two")
    eventually(lambda: outbound.texts(somebody.sender) == ["one"])
    desk_shop.process.kill()
    desk_shop.process.wait()
    assert states(office, reference) == ["pending", "pending"]
    outbound.stuck.discard(somebody.sender)
    again = begin(workers=2, push_seconds=30)
    eventually(lambda: states(office, reference) == ["sent", "sent"])
    assert outbound.texts(somebody.sender) == ["one", "two"]
    tries = outbound.tries(somebody.sender)
    assert len(tries) > len(set(tries)) == 3
    # Two processes send now; each word is sent by one of them.
    talks = [talking(shop=again) for _ in range(6)]
    for _, other in talks:
        for number in range(3):
            office.work(desk.reply, other, office.ids["ann"], f"{number}", f"k{number}")
    for one, other in talks:
        eventually(lambda other=other: states(office, other) == ["sent"] * 3)
        assert outbound.texts(one.sender) == ["0", "1", "2"]
        assert len(outbound.tries(one.sender)) == 4
