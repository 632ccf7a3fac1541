"""Search for the items of greatest score q_i·p_u + b_i, exact in a small catalogue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backends.recommendations.factorization.observations import Floats, Indices
from backends.recommendations.index.quantised import QuantisedScan

#: Up to so many items all scores are computed, which takes some 3 ms.
EXACT_UP_TO = 50_000
#: Candidates whose scores are computed, for each item wanted and at least.
_CANDIDATES_EACH, _LEAST_CANDIDATES = 10, 300
#: Scores held at once, 64 MiB.
_BLOCK = 1 << 24
#: Where one item in so many is allowed, or fewer, their vectors are put together first.
_WORTH_COPYING = 4
_NONE = -1


class MaximumInnerProductIndex:
    """The k items of greatest ``q_i·p_u + b_i``, among all or among those allowed.

    Up to `EXACT_UP_TO` items, and where so few are allowed, all scores are computed. Among more, a
    `QuantisedScan` names candidates, whose scores are then computed. Of 1,000,000 items made up in
    64 dimensions it finds all or nearly all of the best ten (recall above 0.99) in 4 ms, for
    which numpy takes 40 (`python -m benchmarks.recommendation --part index`).
    Of the clustered items, a quarter of them, HNSW (usearch, voyager) stayed below a recall of 0.98
    and took a minute or more to build, and inverted lists (faiss) needed more than an eighth of all
    lists; Qdrant's local mode is slower than numpy.

    It never changes, so any number of threads may search at once. New items mean a new index, built
    in seconds beside the old one. It holds the vectors (not a copy when they are contiguous) and
    half a byte for each of their numbers.

    Args:
        vectors: (n, d) float32 q_i.
        biases: (n,) float32 b_i, none by default.
        seed: of the randomness in building.
        exact_up_to: as `EXACT_UP_TO`.

    Raises:
        ValueError: there is no item, shapes do not fit, or a number is not finite.
    """

    def __init__(
        self,
        vectors: Floats,
        biases: Floats | None = None,
        seed: int = 7,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        self.vectors = _matrix(vectors, "the items' vectors")
        count, self.dimension = self.vectors.shape
        if not count or not self.dimension:
            raise ValueError("an index needs at least one item and one dimension.")
        self.biases = np.zeros(count, np.float32)
        if biases is not None:
            self.biases = np.ascontiguousarray(biases, np.float32)
        if self.biases.shape != (count,):
            raise ValueError(f"{count} items need {count} biases, not {self.biases.shape}.")
        if not np.isfinite(self.biases).all():
            raise ValueError("a bias is not a finite number.")
        self._exact_up_to = exact_up_to
        self._scan = None
        if count > exact_up_to:
            self._scan = QuantisedScan(self.vectors, self.biases, seed)

    def __len__(self) -> int:
        return len(self.vectors)

    def search(
        self, queries: Floats, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[Indices, Floats]:
        """Return the best items of each query, the best first, equals by position.

        Args:
            queries: (m, d) p_u.
            k: how many, at least 1.
            allowed: (n,) which items may be found; all by default.

        Returns:
            Positions (m, k) and scores (m, k) in float32. Where fewer than k items are there or
            allowed, the rest is -1 and minus infinity.

        Raises:
            ValueError: k is below 1, shapes do not fit, or a number is not finite.
        """
        asked = _matrix(queries, "the queries")
        if asked.shape[1] != self.dimension:
            raise ValueError(f"queries need {self.dimension} dimensions, not {asked.shape[1]}.")
        if k < 1:
            raise ValueError(f"at least 1 item must be asked for, not {k}.")
        if allowed is not None:
            allowed = np.asarray(allowed, bool)
            if allowed.shape != (len(self),):
                raise ValueError(f"the mask needs {len(self)} flags, not {allowed.shape}.")
        among = len(self) if allowed is None else int(np.count_nonzero(allowed))
        positions = np.full((len(asked), k), _NONE, np.int64)
        scores = np.full((len(asked), k), -np.inf, np.float32)
        wanted = max(_LEAST_CANDIDATES, _CANDIDATES_EACH * k)
        if self._scan is None or among <= max(self._exact_up_to, wanted):
            self._search_all(asked, allowed, positions, scores)
        else:
            self._search_candidates(self._scan, asked, allowed, wanted, positions, scores)
        return positions, scores

    def _search_all(
        self,
        queries: Floats,
        allowed: NDArray[np.bool_] | None,
        positions: Indices,
        scores: Floats,
    ) -> None:
        """Fill in by computing all scores."""
        vectors, biases, names = self.vectors, self.biases, None
        if allowed is not None:
            names = np.flatnonzero(allowed)
            if len(names) <= len(self) // _WORTH_COPYING:
                vectors, biases, allowed = vectors[names], biases[names], None
        rows = max(1, _BLOCK // max(1, len(vectors)))
        for start in range(0, len(queries), rows):
            block = queries[start : start + rows] @ vectors.T + biases
            if allowed is not None:
                block = block[:, allowed]
            for row, values in enumerate(block, start):
                _put_best(values, names, positions[row], scores[row])

    def _search_candidates(
        self,
        scan: QuantisedScan,
        queries: Floats,
        allowed: NDArray[np.bool_] | None,
        wanted: int,
        positions: Indices,
        scores: Floats,
    ) -> None:
        """Fill in by computing the scores of candidates."""
        share = 1.0 if allowed is None else np.count_nonzero(allowed) / len(self)
        found = scan.candidates(queries, min(len(self), int(wanted / share)))
        for row, query in enumerate(queries):
            candidates = found[row][found[row] != _NONE]
            if allowed is not None:
                candidates = candidates[allowed[candidates]]
            if len(candidates) < wanted // 2:
                # The mask bars just what this customer likes best, or all items score the same.
                self._search_all(
                    queries[row : row + 1],
                    allowed,
                    positions[row : row + 1],
                    scores[row : row + 1],
                )
                continue
            # Not by BLAS, whose threads would wait for each other longer than this takes.
            values = np.einsum("ij,j->i", self.vectors[candidates], query)
            values += self.biases[candidates]
            _put_best(values, candidates, positions[row], scores[row])


def _put_best(values: Floats, names: Indices | None, positions: Indices, scores: Floats) -> None:
    """Put the best values, and their names or else positions, into the beginning of two rows."""
    count = min(len(values), len(positions))
    if not count:
        return
    best = np.arange(len(values))
    if count < len(values):
        best = np.argpartition(-values, count - 1)[:count]
    chosen = best if names is None else names[best]
    order = np.lexsort((chosen, -values[best]))
    positions[:count] = chosen[order]
    scores[:count] = values[best][order]


def _matrix(values: Floats, what: str) -> Floats:
    matrix = np.ascontiguousarray(values, np.float32)
    if matrix.ndim != 2:
        raise ValueError(f"{what} must be a matrix, not of {matrix.ndim} dimensions.")
    if not np.isfinite(matrix).all():
        raise ValueError(f"a number in {what} is not finite.")
    return matrix
