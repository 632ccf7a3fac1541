"""Other kinds of index over the same vectors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backends.recommendations.factorization.observations import Floats, Indices
from benchmarks.recommendation.made_up import Factors

_LINKS, _BUILD_WIDTH, _SEARCH_WIDTH = 16, 128, 512
_LISTS_PER_ROOT, _PROBED = 4, 64
_SAMPLE = 100_000


def graph(factors: Factors, best: int) -> Callable[[Floats], Indices]:
    """HNSW of faiss; distances to vectors of one length order as inner products do.

    The reduction is that of Bachrach et al., "Speeding up the Xbox recommender system using a
    Euclidean transformation for inner-product spaces", RecSys 2014.
    """
    import faiss

    vectors = np.column_stack([factors.items, factors.biases])
    squares = np.einsum("ij,ij->i", vectors, vectors)
    vectors = np.column_stack([vectors, np.sqrt(squares.max() - squares)])
    index = faiss.IndexHNSWFlat(vectors.shape[1], _LINKS)
    index.hnsw.efConstruction = _BUILD_WIDTH
    index.add(vectors)
    index.hnsw.efSearch = _SEARCH_WIDTH

    def search(query: Floats) -> Indices:
        return index.search(np.append(query, [1, 0])[None].astype(np.float32), best)[1][0]

    return search


def lists(factors: Factors, best: int) -> Callable[[Floats], Indices]:
    """Inverted lists of faiss with eight bits a number."""
    import faiss

    vectors = np.column_stack([factors.items, factors.biases])
    count = int(_LISTS_PER_ROOT * len(vectors) ** 0.5)
    index = faiss.index_factory(vectors.shape[1], f"IVF{count},SQ8", faiss.METRIC_INNER_PRODUCT)
    index.train(vectors[:_SAMPLE])
    index.add(vectors)
    index.nprobe = _PROBED

    def search(query: Floats) -> Indices:
        return index.search(np.append(query, 1)[None].astype(np.float32), best)[1][0]

    return search


PEERS: dict[str, Callable[[Factors, int], Callable[[Floats], Indices]]] = {
    f"HNSW, {_SEARCH_WIDTH} looked at": graph,
    f"inverted lists, {_PROBED} looked into": lists,
}
