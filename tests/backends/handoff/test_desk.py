"""What staff may do, in which state, and to whose ticket."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from backends.errors import ApiError
from backends.handoff import desk

NOBODY = 10_000


@pytest.fixture
def ticket(customer, office):
    """A function that gives a ticket in a state."""

    def make(state: str) -> str:
        somebody = customer()
        reference = somebody.ask()["reference"]
        if state == "assigned":
            office.take(reference, "ann")
        if state == "ended":
            somebody.leave()
        return reference

    return make


def actions(office, reference):
    ids, work = office.ids, office.work
    return {
        "take": lambda who: work(desk.assign, reference, ids[who]),
        "give": lambda who: work(desk.assign, reference, ids[who], ids["bo"]),
        "reply": lambda who: work(desk.reply, reference, ids[who], "hello", "k"),
        "transfer": lambda who: work(desk.transfer, reference, ids[who], ids["sue"]),
        "release": lambda who: work(desk.transfer, reference, ids[who], None, "not mine"),
        "close": lambda who: work(desk.close, reference, ids[who], "we pay"),
        "note": lambda who: work(desk.note, reference, ids[who], "a note"),
    }


OK = None
# state, action: what becomes of it for ann (who has assigned tickets), bo, and the supervisor
TABLE = {
    ("waiting", "take"): (OK, OK, OK),
    ("waiting", "give"): ("not_supervisor", OK, OK),
    ("waiting", "reply"): ("not_assigned", "not_assigned", "not_assigned"),
    ("waiting", "transfer"): ("not_assigned", "not_assigned", "not_assigned"),
    ("waiting", "release"): ("not_assigned", "not_assigned", "not_assigned"),
    ("waiting", "close"): ("not_assigned", "not_assigned", OK),
    ("waiting", "note"): (OK, OK, OK),
    ("assigned", "take"): (OK, "assigned_to_other", OK),
    ("assigned", "give"): ("not_supervisor", "assigned_to_other", OK),
    ("assigned", "reply"): (OK, "not_yours", "not_yours"),
    ("assigned", "transfer"): (OK, "assigned_to_other", OK),
    ("assigned", "release"): (OK, "assigned_to_other", OK),
    ("assigned", "close"): (OK, "assigned_to_other", OK),
    ("assigned", "note"): (OK, OK, OK),
    ("ended", "take"): ("ended", "ended", "ended"),
    ("ended", "give"): ("ended", "ended", "ended"),
    ("ended", "reply"): ("ended", "ended", "ended"),
    ("ended", "transfer"): ("ended", "ended", "ended"),
    ("ended", "release"): ("ended", "ended", "ended"),
    ("ended", "close"): ("ended", "ended", "ended"),
    ("ended", "note"): (OK, OK, OK),
}


def refusal_of(work):
    """The reason why it was refused, or None."""
    try:
        work()
    except ApiError as refusal:
        return refusal.extra["reason"]
    return OK


@pytest.mark.parametrize(("state", "action"), list(TABLE))
def test_who_may_do_what_when(office, ticket, state, action):
    outcomes = []
    for who in ("ann", "bo", "sue"):
        reference = ticket(state)
        before = office.look(reference)
        outcome = refusal_of(lambda who=who, at=reference: actions(office, at)[action](who))
        outcomes.append(outcome)
        if outcome is not OK:
            assert office.look(reference) == before
    assert tuple(outcomes) == TABLE[state, action]


def test_what_does_not_exist_is_not_found(office, ticket):
    reference = ticket("waiting")
    for arguments in (("T000000000000", office.ids["ann"]), (reference, NOBODY)):
        with pytest.raises(ApiError) as refused:
            office.work(desk.assign, *arguments)
        assert refused.value.status == 404
    with pytest.raises(ApiError) as refused:
        office.look("T000000000000")
    assert refused.value.status == 404
    for who in ("gone", "sue"):
        with pytest.raises(ApiError) as refused:
            office.work(desk.assign, reference, office.ids[who], office.ids["gone"])
        assert refused.value.extra["reason"] == "inactive"


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001, "a\x00b", None])
def test_text_that_cannot_be_used_is_refused(office, ticket, text):
    reference = ticket("assigned")
    ann = office.ids["ann"]
    for function, more in ((desk.reply, (text, "k")), (desk.note, (text,)), (desk.close, (text,))):
        if function is desk.close and text is None:
            continue
        with pytest.raises(ApiError) as refused:
            office.work(function, reference, ann, *more)
        assert refused.value.status == 400


def test_of_those_who_take_a_ticket_at_once_one_has_it(office, customer):
    for _ in range(5):
        reference = customer().ask()["reference"]

        def take(who, reference=reference):
            return refusal_of(lambda: office.take(reference, who)) or who

        with ThreadPoolExecutor(4) as pool:
            got = list(pool.map(take, ["ann", "bo"] * 2))
        card = office.look(reference).card
        winner = {office.ids["ann"]: "ann", office.ids["bo"]: "bo"}[card.assigned_to]
        assert sorted(got) == sorted([winner] * 2 + ["assigned_to_other"] * 2)
        events = [entry for entry in office.look(reference).entries if entry.event == "joined"]
        assert len(events) == 1


def test_the_same_key_says_it_once(office, ticket):
    reference = ticket("assigned")
    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(lambda _: office.say(reference, "hello", key="one"), range(6)))
    assert len(ids) == 1
    assert office.say(reference, "hello", key="two") not in ids
    assert [text for text, *_ in office.deliveries(reference)] == ["hello", "hello"]
    notes = {office.work(desk.note, reference, office.ids["bo"], "n", "one") for _ in range(3)}
    assert len(notes) == 1
    office.close(reference)
    # What was said before the end is known still.
    assert {office.say(reference, "hello", key="one")} == ids


def test_a_talk_from_the_first_word_to_the_last(office, customer):
    somebody = customer("rest")
    reference = somebody.ask()["reference"]
    office.take(reference)
    talk = somebody.say("are you there?")
    assert (talk["state"], talk["staff"]) == ("assigned", "Ann")
    card = office.look(reference).card
    assert (card.state, card.staff, card.unanswered) == ("assigned", "Ann", True)
    office.say(reference, "yes")
    card = office.look(reference).card
    assert not card.unanswered
    assert card.first_reply_at == card.last_staff_at is not None
    office.work(desk.note, reference, office.ids["bo"], "he is angry")
    office.work(desk.transfer, reference, office.ids["ann"], office.ids["bo"], "you know this")
    talk = somebody.say("hm")
    assert talk["staff"] == "Bo"
    office.work(desk.transfer, reference, office.ids["bo"], None, "back")
    talk = somebody.say("hello?")
    assert (talk["state"], talk["staff"]) == ("waiting", None)
    office.take(reference, "sue")
    office.close(reference, "sue", agreed="We refund 20 yuan.")
    talk = somebody.say("thanks")
    assert (talk["state"], talk["staff"]) == ("ended", "Sue")
    assert talk["ended"] == {"by": "staff", "agreed": "We refund 20 yuan."}
    seen = office.look(reference)
    assert [entry.event or (entry.author, entry.text) for entry in seen.entries] == [
        "opened", "joined", ("customer", "are you there?"), ("staff", "yes"),
        ("note", "he is angry"), ("note", "you know this"), "joined", ("customer", "hm"),
        ("note", "back"), "released", ("customer", "hello?"), "joined", "closed",
    ]  # fmt: skip
    joined = [entry for entry in seen.entries if entry.event == "joined"]
    assert [(entry.staff, entry.data["staff"]) for entry in joined] == [
        ("Ann", "Ann"), ("Ann", "Bo"), ("Sue", "Sue"),
    ]  # fmt: skip
    assert (seen.card.ended_by, seen.card.agreed) == ("staff", "We refund 20 yuan.")


def test_a_returned_ticket_keeps_its_place(office, customer):
    first, second = customer(), customer()
    place = first.ask()["position"]
    reference = first.ask()["reference"]
    second.ask()
    office.take(reference)
    office.work(desk.transfer, reference, office.ids["ann"], None)
    assert first.ask()["position"] == place
