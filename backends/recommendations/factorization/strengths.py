"""Which strength of regularisation suits the data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.recommendations.factorization.implicit import Strength

#: Where nothing is held out, and where the search for a better one begins.
DEFAULT_STRENGTH = Strength(0.4, 0.01)
_BACKGROUNDS = (0.1, 0.2, 0.4, 0.8, 1.6)
_REGULARISATIONS = (0.0025, 0.005, 0.01, 0.02, 0.04)
_STEPS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


def best_strength(figure_of: Callable[[Strength], float]) -> Strength:
    """Climb from the middle of the grid of strengths to where the held-out part is ranked best."""
    tried: dict[tuple[int, int], float] = {}

    def figure(place: tuple[int, int]) -> float:
        row, column = place
        if not (0 <= row < len(_BACKGROUNDS) and 0 <= column < len(_REGULARISATIONS)):
            return -np.inf
        if place not in tried:
            tried[place] = figure_of(_strength(place))
        return tried[place]

    here = (2, 2)
    while True:
        around = [(here[0] + row, here[1] + column) for row, column in _STEPS]
        there = max(around, key=figure)
        if figure(there) <= figure(here):
            return _strength(here)
        here = there


def _strength(place: tuple[int, int]) -> Strength:
    return Strength(_BACKGROUNDS[place[0]], _REGULARISATIONS[place[1]])
