"""Uniform numbers from a salt and a unit, and the arm that they draw."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_WHOLE = float(2**53)


def uniforms(salt: str, units: Sequence[str]) -> NDArray[np.float64]:
    """Four independent numbers in [0, 1) of each unit: the same in every process, for good.

    They are the four 64-bit words of the SHA-256 of salt, newline and unit in UTF-8, of which the
    53 bits that a double holds are taken. The first decides on the holdout, the second on the arm.

    Returns:
        shape (units, 4)
    """
    begun = hashlib.sha256(f"{salt}\n".encode())
    digests = []
    for unit in units:
        each = begun.copy()
        each.update(unit.encode("utf-8", "surrogatepass"))
        digests.append(each.digest())
    words = np.frombuffer(b"".join(digests), dtype=">u8").astype(np.uint64)
    return (words >> np.uint64(11)).astype(np.float64).reshape(len(units), 4) / _WHOLE


def choose(
    numbers: NDArray[np.float64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Draw an arm by inverting the cumulative probabilities.

    Args:
        numbers: one in [0, 1) of each unit.
        probabilities: of the arms, shape (arms,) for all or (units, arms).

    Returns:
        The arms' places, and the probability of each that was drawn.
    """
    if probabilities.ndim == 1:
        arms = np.searchsorted(np.cumsum(probabilities), numbers, side="right")
        arms = np.minimum(arms, _last_possible(probabilities))
        return arms.astype(np.int64), probabilities[arms]
    arms = (np.cumsum(probabilities, axis=1) <= numbers[:, None]).sum(1)
    arms = np.minimum(arms, probabilities.shape[1] - 1)
    return arms.astype(np.int64), probabilities[np.arange(len(arms)), arms]


def _last_possible(probabilities: NDArray[np.float64]) -> int:
    """The last arm that can be drawn; a sum that rounds to less than 1 must not lead beyond it."""
    return int(np.flatnonzero(probabilities)[-1])
