"""Groups of questions that want the same, without being told how many there are."""

from __future__ import annotations

import numpy as np
from scipy.cluster.hierarchy import fcluster
from scipy.cluster.hierarchy import ward as ward_tree
from sklearn.metrics import silhouette_score

from xiaoer.learning.logs.vectors import Floats, Ints

_FEWEST, _MOST, _STEPS = 2, 150, 22
_SAMPLE = 3000
#: Of numbers of groups that are as good as the best but for this share, the smallest is taken.
_NEARLY = 0.97


def group(vectors: Floats, wanted: int | None, seed: int) -> Ints:
    """Return the group of each vector, numbered from 0.

    Ward's hierarchical clustering (J. H. Ward, JASA 58 (1963)); where the tree is cut is chosen by
    the mean silhouette (P. J. Rousseeuw, J. Comput. Appl. Math. 20 (1987)).

    Args:
        vectors: (m, d) of length 1; memory is of order m².
        wanted: The number of groups, or None to choose it.
        seed: Of the sample that is judged.
    """
    if len(vectors) <= 2:
        return np.zeros(len(vectors), np.int64)
    tree = ward_tree(vectors.astype(np.float64))
    if wanted is None:
        wanted = _number(vectors, tree, seed)
    return fcluster(tree, min(wanted, len(vectors)), "maxclust").astype(np.int64) - 1


def _number(vectors: Floats, tree: np.ndarray, seed: int) -> int:
    most = min(_MOST, len(vectors) - 1)
    tried = sorted({round(each) for each in np.geomspace(_FEWEST, most, _STEPS)})
    sample = np.random.default_rng(seed).permutation(len(vectors))[:_SAMPLE]
    found: dict[int, float] = {}
    for number in tried:
        labels = fcluster(tree, number, "maxclust")[sample]
        if 1 < len(np.unique(labels)) < len(sample):
            found[number] = float(silhouette_score(vectors[sample], labels, metric="cosine"))
    if not found:
        return 1
    best = max(found.values())
    return min(
        number for number, score in found.items() if score >= best - (1 - _NEARLY) * abs(best)
    )
