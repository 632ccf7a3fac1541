"""How much of the encoder learns and for how long, where the configuration leaves that open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

#: Texts to see in all passes, and the same where entities are learned too, and the most passes.
TEXTS_TO_SEE, WITH_ENTITIES = 40_000, 100_000
MOST_PASSES = 10
#: Layers that learn where all of them would take too long.
UPPER = 4
#: Subwords to go over in all passes up to which all layers learn, and the same where entities are
#: learned too: some 20 and 40 minutes on two cores with states of this size. Time grows with the
#: square of it.
LARGE, LARGE_WITH_ENTITIES, HIDDEN = 1_000_000, 2_000_000, 384
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


def passes_for(texts: int, entities: bool, fraction: float = 1.0) -> int:
    """Return a fraction of the passes that so many texts want, ``MOST_PASSES`` to 1.

    Entities want more of them than intents: of the 700 validation texts of SNIPS, after learning from
    all 13,084 examples, 74 had a wrong slot after eight passes and 83 after three, and as many
    intents were right.

    Args:
        texts: how many there are.
        entities: whether entities are learned from them.
        fraction: of the passes, when a model goes on learning.
    """
    wanted = round((WITH_ENTITIES if entities else TEXTS_TO_SEE) / max(1, texts))
    return max(1, round(max(1, min(MOST_PASSES, wanted)) * fraction))


def extent_for(
    layers: int, hidden: int, lengths: Sequence[int], entities: bool, seconds: float
) -> Extent:
    """Return how many layers may learn, and in how many passes.

    Judged on what was held out of training data, all layers were better than the upper four: by 1.1
    and 0.5 points on two draws of 10 examples an intent from BANKING77, by 5 of 196 messages on
    three folds of SOFMattress, and by 2.3 points of F1 on the slots of SNIPS, learned from 4,000
    examples with each subword tagged by itself. They take 2.4 to 2.8 times as long. Eight layers in
    six passes gained as much as all in ten on these folds of SOFMattress and took 1.1 times as long
    as four in ten.

    Args:
        layers: of the encoder.
        hidden: size of its states.
        lengths: of the examples, in subwords.
        entities: whether entities are learned from them.
        seconds: that training may take, 0 for any time.
    """
    total, passes = sum(lengths), passes_for(len(lengths), entities)
    large = LARGE_WITH_ENTITIES if entities else LARGE
    if seconds or total * passes * (hidden / HIDDEN) ** 2 > large:
        return Extent(min(layers, UPPER), passes)
    if total < SMALL:
        return Extent(max(min(layers, UPPER), round(layers * SMALL_PART)), SMALL_PASSES)
    return Extent(layers, passes)
