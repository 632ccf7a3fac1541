"""One side's observations, row by row, in padded batches that torch solves at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backends.recommendations.factorization.observations import Indices

if TYPE_CHECKING:
    import torch

#: Observations in a batch, padding included: at 64 factors some 60 MB.
_MOST_ENTRIES = 1 << 18
#: Rows in a batch, each with a square matrix: at 64 factors some 60 MB, too.
_MOST_ROWS = 1 << 12


@dataclass(frozen=True)
class Batch:
    """Rows (users, or items) with the observations of each.

    Attributes:
        rows: (b,) which rows.
        columns: (b, longest) the other side's index of each observation; padding points one behind
            the last index, where callers keep zeros.
        entries: (b, longest) the observation's own position; padding points one behind the last.
    """

    rows: torch.Tensor
    columns: torch.Tensor
    entries: torch.Tensor


def batches(rows: Indices, columns: Indices, row_count: int, column_count: int) -> list[Batch]:
    """Return all rows in batches of rows with about equally many observations.

    Args:
        rows, columns: (n,) the observations' indices on this and on the other side.
        row_count, column_count: how many rows and columns there are.
    """
    return list(_batches(rows, columns, row_count, column_count))


def _batches(rows: Indices, columns: Indices, row_count: int, column_count: int) -> Iterator[Batch]:
    import torch

    order = np.argsort(rows, kind="stable")
    starts = np.searchsorted(rows[order], np.arange(row_count + 1))
    counts = np.diff(starts)
    by_count = np.argsort(-counts, kind="stable")
    falling = -counts[by_count]
    at = 0
    while at < row_count:
        longest = max(int(counts[by_count[at]]), 1)
        # Rows at least half as long: more padding would cost more than another batch.
        alike = int(np.searchsorted(falling, -(longest // 2), side="right")) - at
        rows_at_once = min(max(_MOST_ENTRIES // longest, 1), _MOST_ROWS, alike)
        chosen = by_count[at : at + rows_at_once]
        at += len(chosen)
        offsets = np.arange(longest)
        there = offsets < counts[chosen, None]
        places = np.where(there, starts[chosen, None] + offsets, 0)
        entries = order[places] if len(order) else np.zeros_like(places)
        yield Batch(
            rows=torch.from_numpy(chosen),
            columns=torch.from_numpy(
                np.where(there, columns[entries] if len(order) else 0, column_count)
            ),
            entries=torch.from_numpy(np.where(there, entries, len(rows))),
        )
