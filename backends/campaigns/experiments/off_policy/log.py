"""A log of decisions with propensities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Log:
    """Units with what they got and what came of it; arrays of one length.

    Attributes:
        contexts: shape (units, features); no columns when nothing is known beforehand.
        arms: places of the arms.
        rewards: what came of it.
        propensities: probability of that arm when it was drawn.
        count: of the arms.
    """

    contexts: NDArray[np.float64]
    arms: NDArray[np.int64]
    rewards: NDArray[np.float64]
    propensities: NDArray[np.float64]
    count: int

    def __len__(self) -> int:
        return len(self.arms)

    def part(self, rows: NDArray) -> Log:
        """Some of the units."""
        return Log(
            self.contexts[rows], self.arms[rows], self.rewards[rows], self.propensities[rows],
            self.count,
        )  # fmt: skip
