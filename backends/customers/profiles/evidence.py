"""Why a tag has its probability: what each feature, purchase and message does to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logsumexp

from backends.customers.profiles.softmax import Softmax
from backends.customers.profiles.vectorizer import Encoded, Piece


@dataclass(frozen=True)
class Evidence:
    """One piece and its weight.

    Attributes:
        piece: what is known.
        effect: how much the log-odds of the tag fall when the piece is not known; negative where
            they rise. For two classes this is w·x of the piece, exactly.
        share: of the sum of all effects' sizes; all pieces' shares add up to 1.
        without: the tag's probability when the piece is not known.
    """

    piece: Piece
    effect: float
    share: float
    without: float


def explain(model: Softmax, one: int, encoded: Encoded) -> list[Evidence]:
    """Return the evidence for a class, the weightiest first.

    A piece adds ``c = W part`` to the logits, so leaving it out takes c away; no model is asked
    again. Pieces that do nothing are left out.

    Args:
        model: the classifier.
        one: which of its classes.
        encoded: the customer.
    """
    if not encoded.pieces:
        return []
    logits = model.logits(encoded.vector[None])[0]
    added = np.stack(
        [
            model.weights[:, piece.start : piece.start + len(piece.part)] @ piece.part
            for piece in encoded.pieces
        ]
    )
    odds = _log_odds(logits[None], one)[0]
    left = _log_odds(logits - added, one)
    effects = odds - left
    total = np.abs(effects).sum()
    if total == 0:
        return []
    found = [
        Evidence(piece, float(effect), float(abs(effect) / total), float(expit(rest)))
        for piece, effect, rest in zip(encoded.pieces, effects, left, strict=True)
        if effect != 0
    ]
    return sorted(found, key=lambda each: -each.share)


def _log_odds(logits: np.ndarray, one: int) -> np.ndarray:
    """Return log P(one) - log P(any other) for each row."""
    return logits[:, one] - logsumexp(np.delete(logits, one, axis=1), axis=1)
