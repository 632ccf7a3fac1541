"""Tickets that somebody lets lie, with time-outs of some seconds and two processes that keep time."""

import pytest

from tests.waiting import eventually

SECONDS = 1 / 60


@pytest.fixture(scope="module")
def desk_shop(begin):
    return begin(
        workers=2,
        unassigned=3 * SECONDS,
        staff_silent=3 * SECONDS,
        customer_silent=3 * SECONDS,
    )


def events(office, reference):
    return [entry.event for entry in office.look(reference).entries if entry.event]


def test_what_nobody_takes_becomes_a_message_that_is_answered_later(customer, office, outbound):
    somebody = customer()
    reference = somebody.ask()["reference"]
    eventually(lambda: office.look(reference).card.state == "message")
    assert events(office, reference) == ["opened", "nobody_came"]
    told = {"reference": reference, "by": "timeout"}
    eventually(lambda: outbound.intents(somebody.sender) == [("handoff_ended", told)])
    talk = somebody.say("so nobody is there")
    assert (talk["state"], talk["ended"]) == ("message", {"by": "timeout", "agreed": None})
    # Asking again begins anew.
    again = somebody.ask()
    assert (again["reference"], again["state"]) == (reference, "waiting")
    assert somebody.say("hello")["ended"] is None


def test_who_takes_a_ticket_and_says_nothing_loses_it(customer, office, outbound):
    somebody = customer()
    reference = somebody.ask()["reference"]
    office.take(reference)
    eventually(lambda: "staff_silent" in events(office, reference))
    card = office.look(reference).card
    assert (card.state, card.assigned_to) == ("waiting", None)
    assert [name for name, _ in outbound.intents(somebody.sender)] == ["handoff_joined"]
    # And on, until it is a message.
    eventually(lambda: office.look(reference).card.state == "message")
    assert events(office, reference) == ["opened", "joined", "staff_silent", "nobody_came"]


def test_a_customer_who_goes_on_writing_does_not_put_it_off(customer, office):
    somebody = customer()
    reference = somebody.ask()["reference"]
    office.take(reference)

    def lost():
        somebody.say("are you there?")
        return "staff_silent" in events(office, reference)

    eventually(lost)


def test_a_customer_who_does_not_answer_is_not_waited_for(customer, office, outbound):
    somebody = customer()
    reference = somebody.ask()["reference"]
    office.take(reference)
    office.say(reference, "is it the red one?")
    eventually(lambda: office.look(reference).card.state == "ended")
    assert events(office, reference) == ["opened", "joined", "customer_silent"]
    card = office.look(reference).card
    assert (card.ended_by, card.staff) == ("timeout", "Ann")
    told = ("handoff_ended", {"reference": reference, "by": "timeout"})
    eventually(lambda: told in outbound.intents(somebody.sender))
