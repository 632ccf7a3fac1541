"""Hillstrom's e-mail trial: 64,000 customers, three arms at random, who visited afterwards.

Source: Kevin Hillstrom, The MineThatData E-Mail Analytics And Data Mining Challenge, 2008.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
_ZIPS = ("Rural", "Surburban", "Urban")
_CHANNELS = ("Phone", "Web", "Multichannel")


@dataclass(frozen=True)
class Trial:
    """The trial; arrays of one length.

    Attributes:
        contexts: from 0 to 1, shape (customers, features).
        arms: places in `ARMS`.
        visits: 1 for who visited within two weeks.
    """

    contexts: NDArray[np.float64]
    arms: NDArray[np.int64]
    visits: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.arms)

    def part(self, rows: NDArray) -> Trial:
        """Some of the customers."""
        return Trial(self.contexts[rows], self.arms[rows], self.visits[rows])


def read(path: Path) -> Trial:
    """Read the trial; what happened after the e-mail is no part of the contexts."""
    contexts, arms, visits = [], [], []
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            contexts.append(
                [
                    float(row["recency"]) / 12,
                    min(1.0, np.log1p(float(row["history"])) / 9),
                    float(row["mens"]),
                    float(row["womens"]),
                    float(row["newbie"]),
                    *(float(row["zip_code"] == each) for each in _ZIPS),
                    *(float(row["channel"] == each) for each in _CHANNELS),
                ]
            )
            arms.append(ARMS.index(row["segment"]))
            visits.append(float(row["visit"]))
    return Trial(np.array(contexts), np.array(arms), np.array(visits))
