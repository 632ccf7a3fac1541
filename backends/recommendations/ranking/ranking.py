"""From candidates to the list that is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.ranking.diversity import MarginalRelevance
from backends.recommendations.ranking.rules import Rules, sift

CAP = "category_cap"


@dataclass(frozen=True)
class Ranking:
    """The list, and for the log how it came about.

    Attributes:
        candidates: the best first.
        dropped: how many candidates each rule kept off the list, by its name.
        relaxed: names of the rules that gave way: soft rules rather than that the list is empty,
            the cap rather than that it is short.
    """

    candidates: list[Candidate]
    dropped: Mapping[str, int]
    relaxed: tuple[str, ...]


def rank(
    candidates: Iterable[Candidate],
    rules: Rules,
    vectors: Mapping[str, NDArray[np.floating]],
    limit: int,
) -> Ranking:
    """Choose up to ``limit`` candidates by rules, caps and diversity.

    The list does not depend on the order of the candidates: equals come by product id.

    Args:
        candidates: each product once.
        rules: of `rules_for`.
        vectors: (dim,) by product id; a product without one is like no other.
        limit: how many.
    """
    sifted = sift(candidates, rules.rules)
    kept = sorted(sifted.kept, key=lambda one: (-one.score, one.item.id))
    picker = MarginalRelevance(
        [one.score for one in kept], _rows(kept, vectors), trade_off=1 - rules.diversity
    )
    within, full = _pick_within_caps(kept, picker, rules, limit)
    beyond = _pick_any(kept, picker, limit - len(within))
    chosen = [*within, *beyond]
    passed_over = int(full.sum() - full[chosen].sum())
    relaxed = (CAP, *sifted.relaxed) if beyond else sifted.relaxed
    return Ranking(
        [kept[at] for at in chosen], sifted.dropped + Counter({CAP: passed_over}), relaxed
    )


def _pick_within_caps(
    kept: Sequence[Candidate], picker: MarginalRelevance, rules: Rules, limit: int
) -> tuple[list[int], NDArray[np.bool_]]:
    """Return the places picked, and (n,) whose category holds no more."""
    categories = np.array([one.item.category.id for one in kept], object)
    full = np.zeros(len(kept), bool)
    taken: Counter[str] = Counter()
    chosen: list[int] = []
    while len(chosen) < limit and (at := picker.pick(~full)) is not None:
        chosen.append(at)
        category = categories[at]
        taken[category] += 1
        if taken[category] == rules.cap(category):
            full |= categories == category
    return chosen, full


def _pick_any(kept: Sequence[Candidate], picker: MarginalRelevance, most: int) -> list[int]:
    """Return the places of up to ``most`` that were not picked yet, whatever their category."""
    anything = np.ones(len(kept), bool)
    picks = (picker.pick(anything) for _ in range(most))
    return [at for at in picks if at is not None]


def _rows(
    kept: Sequence[Candidate], vectors: Mapping[str, NDArray[np.floating]]
) -> NDArray[np.float64]:
    """Return (n, dim): the vectors of the candidates, zeros where there is none."""
    found = [vectors.get(one.item.id) for one in kept]
    dim = next((len(vector) for vector in found if vector is not None), 0)
    rows = np.zeros((len(kept), dim))
    for row, vector in zip(rows, found, strict=True):
        if vector is not None:
            row[:] = vector
    return rows
