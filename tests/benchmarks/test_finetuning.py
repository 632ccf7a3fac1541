"""Which messages a model goes on learning from."""

from __future__ import annotations

from benchmarks.finetuning import MORE, drawn
from benchmarks.nlu.datasets import Example


def test_more_messages_are_new_and_of_the_intents_asked_for() -> None:
    first = [Example(f"{intent} {n}", intent) for intent in "abc" for n in range(3)]
    further = [Example(f"{intent} {n}", intent) for intent in "abc" for n in range(MORE + 10)]

    more = drawn(first, further, ["a", "c"], 1)

    assert {each.intent for each in more} == {"a", "c"}
    assert len({each.text for each in more}) == len(more) == 2 * MORE
    assert not {each.text for each in first} & {each.text for each in more}
    assert more == drawn(first, further, ["a", "c"], 1)


def test_fewer_are_drawn_when_there_are_fewer() -> None:
    first = [Example("a 0", "a")]

    assert len(drawn(first, [*first, Example("a 1", "a")], ["a"], 1)) == 1
