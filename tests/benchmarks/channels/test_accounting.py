"""The accounts of a run say what customers read, and nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.channels.load.accounting import Delivery, Ending, Push, Tally, tally
from benchmarks.channels.load.messages import COURSES, TRIES, Message, numbers_in, plan

ONE, OTHER = "customer-one", "customer-other"
MESSAGES = [Message(7, ONE, 0.0, False, ()), Message(8, OTHER, 0.0, True, ())]
ANSWER = "echo: quick #7."


def _delivery(text: str = "", ending: Ending = Ending.ANSWERED, **more) -> Delivery:
    return Delivery(
        **{"number": 7, "heard": True, "seconds": 0.1, **more}, ending=ending, text=text
    )


def _tally(*deliveries: Delivery, pushes: tuple[Push, ...] = ()) -> Tally:
    return tally(MESSAGES[:1], deliveries, pushes)


def test_a_passive_answer_that_was_heard_is_read() -> None:
    accounts = _tally(_delivery(ANSWER, seconds=1.5))
    assert accounts.once == [7]
    assert accounts.passive == [1.5]


def test_an_answer_that_the_platform_lost_is_not_read_and_its_repeat_is() -> None:
    assert _tally(_delivery(ANSWER, heard=False)).lost == [7]
    assert _tally(_delivery(ANSWER, heard=False), _delivery(ANSWER)).once == [7]


def test_success_and_a_later_message_are_one_answer() -> None:
    assert _tally(_delivery(), pushes=(Push(ONE, ANSWER),)).once == [7]


@pytest.mark.parametrize(
    ("deliveries", "pushes"),
    [
        ((_delivery(ANSWER),), (Push(ONE, ANSWER),)),
        ((_delivery(),), (Push(ONE, ANSWER), Push(ONE, ANSWER))),
        ((_delivery(),), (Push(ONE, f"{ANSWER}\n{ANSWER}"),)),
    ],
)
def test_what_is_read_twice_is_a_duplicate(deliveries, pushes) -> None:
    assert _tally(*deliveries, pushes=pushes).duplicated == [7]


def test_what_a_server_had_and_never_answered_is_lost() -> None:
    broken = [_delivery(ending=ending) for ending in (Ending.HUNG_UP, Ending.BROKEN)]
    for taken in (_delivery(), *broken):
        accounts = _tally(_delivery(ending=Ending.REFUSED), taken)
        assert accounts.lost == [7]
        assert accounts.given_up == []


def test_what_nobody_listened_to_was_given_up_by_the_platform() -> None:
    accounts = _tally(*[_delivery(ending=Ending.REFUSED)] * TRIES)
    assert accounts.given_up == [7]
    assert accounts.lost == []


def test_an_answer_that_the_platform_does_not_take_is_a_fault_and_not_read() -> None:
    accounts = _tally(_delivery(ANSWER, fault="status 500"))
    assert accounts.faults == ["status 500"]
    assert accounts.once == []


def test_an_answer_to_another_customer_is_astray() -> None:
    accounts = tally(MESSAGES, [_delivery()], [Push(OTHER, ANSWER), Push(ONE, "slow 10 #8.")])
    assert sorted(accounts.astray) == [7, 8]
    assert accounts.once == []


def test_only_those_left_for_as_long_as_the_platform_waits_are_overdue() -> None:
    early, late = (_delivery(ending=Ending.HUNG_UP, seconds=seconds) for seconds in (0.3, 5.01))
    assert _tally(early, late, _delivery(ending=Ending.BROKEN, seconds=6.0)).overdue == 1


def test_texts_that_answer_no_message_are_told() -> None:
    assert _tally(_delivery("请稍等")).unnumbered == ["请稍等"]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([*Ending]), st.booleans()), max_size=4))
def test_every_message_has_one_fate(deliveries) -> None:
    accounts = _tally(
        *(
            _delivery(ANSWER if text and ending is Ending.ANSWERED else "", ending, heard=heard)
            for heard, ending, text in deliveries
        )
    )
    fates = accounts.once + accounts.duplicated + accounts.lost + accounts.given_up
    assert fates == [7]


def test_a_plan_has_a_tenth_slow_and_a_customer_waits_between_messages() -> None:
    messages = plan(5_000, 50, seed=1, courses=["documented"])
    assert sum(message.slow for message in messages) == 500
    assert messages[-1].at == pytest.approx(4_999 / 50)
    assert [numbers_in(message.text) for message in messages] == [[n] for n in range(5_000)]
    times: dict[str, list[float]] = {}
    for message in messages:
        times.setdefault(message.sender, []).append(message.at)
    assert min(b - a for some in times.values() for a, b in pairwise(some)) > 15


def test_a_plan_is_the_same_for_the_same_seed_and_deals_the_courses() -> None:
    assert plan(60, 50, 3, [*COURSES]) == plan(60, 50, 3, [*COURSES])
    assert plan(60, 50, 3, [*COURSES]) != plan(60, 50, 4, [*COURSES])
    heard = Counter(
        tuple(one.heard for one in message.tries) for message in plan(60, 50, 3, [*COURSES])
    )
    assert heard == {(True, True, True): 20, (False, False, True): 40}
    assert all(len(message.tries) == TRIES for message in plan(60, 50, 3, [*COURSES]))
