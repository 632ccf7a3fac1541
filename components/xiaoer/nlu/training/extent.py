"""How much of the encoder learns and for how long, where the configuration leaves that open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: Texts to see in all passes, and the most passes.
TEXTS_TO_SEE = 40_000
MOST_PASSES = 10
#: Layers that learn where all of them would take too long.
UPPER = 4
#: Subwords to go over in all passes up to which all layers learn: some 20 minutes on two cores
#: with states of this size. Time grows with the square of it.
LARGE, HIDDEN = 1_000_000, 384
#: Subwords of all examples below which training is kept short: so small a project, some 300 to 500
#: short examples, is under work, and is trained often.
SMALL = 5_000
#: What part of the layers learns from so few examples, and in how many passes.
SMALL_PART, SMALL_PASSES = 2 / 3, 6


class Extent(NamedTuple):
    """How much learns.

    Attributes:
        layers: upper layers that may learn.
        passes: over the examples.
    """

    layers: int
    passes: int


def passes_for(texts: int, fraction: float = 1.0) -> int:
    """Return a fraction of the passes that so many texts want, ``MOST_PASSES`` to 1."""
    wanted = max(1, min(MOST_PASSES, round(TEXTS_TO_SEE / max(1, texts))))
    return max(1, round(wanted * fraction))


def extent_for(layers: int, hidden: int, lengths: Sequence[int], seconds: float) -> Extent:
    """Return how many layers may learn, and in how many passes.

    Judged on what was held out of training data, all layers were better than the upper four: by 1.1
    and 0.5 points on two draws of 10 examples an intent from BANKING77, by 5 of 196 messages on
    three folds of SOFMattress, and by 2.3 points of F1 on the slots of SNIPS, learned from 4,000
    examples with each subword tagged by itself. They take 2.4 to 2.8 times as long. Eight layers in six passes gained as much as
    all in ten on these folds of SOFMattress and took 1.1 times as long as four in ten.

    Args:
        layers: of the encoder.
        hidden: size of its states.
        lengths: of the examples, in subwords.
        seconds: that training may take, 0 for any time.
    """
    total, passes = sum(lengths), passes_for(len(lengths))
    if seconds or total * passes * (hidden / HIDDEN) ** 2 > LARGE:
        return Extent(min(layers, UPPER), passes)
    if total < SMALL:
        return Extent(max(min(layers, UPPER), round(layers * SMALL_PART)), SMALL_PASSES)
    return Extent(layers, passes)
