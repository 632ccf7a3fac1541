"""Figures of several seeds become one."""

from __future__ import annotations

import pytest

from benchmarks.harness import Figure
from benchmarks.nlu.seeds import averaged
from benchmarks.nlu.suites import ACCURACY


def run(accuracy: float, peer: float | None, seconds: float | None) -> list[Figure]:
    return [
        Figure(ACCURACY, accuracy, "%", peer, ">= 77", "somebody 70"),
        Figure("training", seconds, "s"),
    ]


def test_one_run_stays_as_it_is() -> None:
    figures = run(76, 72, 10)

    assert averaged([figures]) == figures


def test_means_are_judged_and_the_spread_is_said() -> None:
    accuracy, spread, training = averaged([run(76, 70, 10), run(79, 72, 20), run(77.5, 74, 30)])

    assert (accuracy.value, accuracy.peer) == (77.5, 72)
    assert accuracy.met
    assert accuracy.published == "somebody 70"
    assert (spread.value, spread.peer, spread.unit) == (3, 4, "points")
    assert (training.name, training.value, training.peer) == ("training", 20, None)


def test_what_one_run_could_not_measure_has_no_mean() -> None:
    accuracy, spread, training = averaged([run(76, None, 10), run(78, None, None)])

    assert (accuracy.value, accuracy.peer, spread.peer) == (77, None, None)
    assert training.value is None


def test_runs_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="training"):
        averaged([run(76, 72, 10), [run(76, 72, 10)[0], Figure("loading", 1, "s")]])
