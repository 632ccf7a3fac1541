"""What is decided, by rules that stand before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.learning.comparison.decision import Rules, Verdict, decide
from xiaoer.learning.comparison.paired import compare


def _paired(won: int, lost: int, of: int):  # type: ignore[no-untyped-def]
    same = of - won - lost
    return compare(
        [False] * won + [True] * lost + [True] * same, [True] * won + [False] * lost + [True] * same
    )


@pytest.mark.parametrize(
    ("won", "lost", "of", "verdict"),
    [
        (0, 0, 1000, Verdict.PROMOTE),
        (30, 2, 100, Verdict.PROMOTE),
        (0, 0, 100, Verdict.UNCLEAR),  # nothing differs, on too few messages
        (10, 10, 200, Verdict.UNCLEAR),
        (0, 12, 1000, Verdict.WORSE),  # little, and beyond doubt
        (2, 9, 100, Verdict.WORSE),
        (20, 30, 10_000, Verdict.PROMOTE),  # a tenth of a point
    ],
)
def test_a_measure_decides(won: int, lost: int, of: int, verdict: Verdict) -> None:
    decision = decide(Rules(), [("m", _paired(won, lost, of))], [])
    assert decision.verdict is verdict
    assert decision.reasons
    assert f"on {of} messages" in decision.reasons[0]


def test_one_measure_against_it_is_enough() -> None:
    measures = [("good", _paired(50, 0, 500)), ("bad", _paired(0, 50, 500))]
    decision = decide(Rules(), measures, [])
    assert decision.verdict is Verdict.WORSE
    assert decision.reasons[0].startswith("bad: -10.0 points on 500 messages")


def test_a_broken_conversation_refuses_and_nothing_measured_is_unclear() -> None:
    good = [("m", _paired(30, 2, 100))]
    broken = decide(Rules(), good, ["cancel an order"])
    assert broken.verdict is Verdict.WORSE
    assert "cancel an order" in broken.reasons[0]
    assert decide(Rules(newly_failing=1), good, ["cancel an order"]).verdict is Verdict.PROMOTE
    nothing = decide(Rules(), [("m", None)], [])
    assert nothing.verdict is Verdict.UNCLEAR
    assert nothing.reasons == ("m: there is nothing to measure it by.",)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 400), st.data(), st.floats(0, 10), st.floats(0, 10))
def test_more_tolerance_never_refuses_more(
    of: int, data: st.DataObject, one: float, two: float
) -> None:
    won = data.draw(st.integers(0, of))
    lost = data.draw(st.integers(0, of - won))
    rank = {Verdict.WORSE: 0, Verdict.UNCLEAR: 1, Verdict.PROMOTE: 2}
    strict, lenient = (
        decide(Rules(tolerance), [("m", _paired(won, lost, of))], []).verdict
        for tolerance in sorted((one, two))
    )
    assert rank[strict] <= rank[lenient]
