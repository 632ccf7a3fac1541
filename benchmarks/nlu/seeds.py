"""Figures of several seeds as one: what a training is worth on average, and how far it strays."""

from __future__ import annotations

from collections.abc import Sequence
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
        found.append(replace(first, value=_mean(values), peer=_mean(peers)))
        if first.name in _SPREAD:
            name = f"{first.name}, highest seed less lowest"
            found.append(Figure(name, _apart(values), "points", _apart(peers)))
    return found


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if len(known) == len(values) else None


def _apart(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return max(known) - min(known) if len(known) == len(values) else None
