"""Figures of several seeds as one: what a training is worth on average, and how far it strays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import mean

from benchmarks.harness import Figure
from benchmarks.nlu.suites import ACCURACY, F1, SENTENCE

#: Figures whose lowest and highest are said beside their mean.
_SPREAD = (ACCURACY, F1, SENTENCE)


def averaged(runs: Sequence[Sequence[Figure]]) -> list[Figure]:
    """Return the mean of each figure over runs that have the same ones, in the first's order.

    A figure that one run could not measure has no mean. After the mean of a percentage of right
    answers comes how far the runs lay apart, for the peer too.

    Args:
        runs: The figures of each seed.

    Raises:
        ValueError: If the runs differ in what they measured.
    """
    if len(runs) == 1:
        return list(runs[0])
    found = []
    for each in zip(*runs, strict=True):
        first = each[0]
        if any(figure.name != first.name for figure in each):
            raise ValueError(f"Not all runs measured '{first.name}'.")
        values, peers = [one.value for one in each], [one.peer for one in each]
        found.append(replace(first, value=_over(values, mean), peer=_over(peers, mean)))
        if first.name in _SPREAD:
            name = f"{first.name}, highest seed less lowest"
            found.append(Figure(name, _over(values, _apart), "points", _over(peers, _apart)))
    return found


def _over(values: Sequence[float | None], summary: Callable[[list[float]], float]) -> float | None:
    known = [value for value in values if value is not None]
    return summary(known) if len(known) == len(values) else None


def _apart(values: list[float]) -> float:
    return max(values) - min(values)
