"""Groups that only grow: what fits none of them is clustered by average linkage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]

#: Two messages are put together from this mean similarity on; of `space.Space.features`. Chosen on
#: labelled examples as the least at which four of five messages lie with others of their intent
#: (`python -m benchmarks.review`).
ALIKE = 0.56
#: Most messages of a group: more cannot be looked over at once.
MOST = 200
#: Most messages that are clustered at once; the memory grows with the square.
AT_ONCE = 2000


@dataclass
class Groups:
    """Groups by number, from 0.

    Attributes:
        sums: (g, dim) the sum of the features of each group's messages.
        sizes: (g,) how many these are.
    """

    sums: FloatArray
    sizes: IntArray

    @classmethod
    def none(cls, dim: int) -> Groups:
        """No groups."""
        return cls(np.zeros((0, dim), np.float32), np.zeros(0, np.int64))


def place(features: FloatArray, groups: Groups) -> IntArray:
    """Put new messages into groups, and add the groups that are needed; none is ever changed.

    A message joins the group to whose messages it is most similar on the mean (the average linkage
    of R. Sokal and C. Michener, A statistical method for evaluating systematic relationships,
    1958). Those that are similar enough to no group are clustered among themselves by the same rule.

    Args:
        features: (n, dim) rows of length 1, at most `AT_ONCE` of them.
        groups: the groups there are; changed in place.

    Returns:
        (n,) the number of each message's group.
    """
    placed = np.full(len(features), -1, np.int64)
    if len(groups.sizes):
        near = features @ (groups.sums / groups.sizes[:, None]).T
        for at in range(len(features)):
            row = np.where(groups.sizes < MOST, near[at], -1.0)
            best = int(row.argmax())
            if row[best] >= ALIKE:
                placed[at] = best
                groups.sizes[best] += 1
                groups.sums[best] += features[at]
    rest = np.flatnonzero(placed < 0)
    if len(rest):
        labels = _clusters(features[rest])
        count = int(labels.max()) + 1
        sums = np.zeros((count, features.shape[1]), np.float32)
        np.add.at(sums, labels, features[rest])
        placed[rest] = labels + len(groups.sizes)
        groups.sums = np.concatenate([groups.sums, sums])
        groups.sizes = np.concatenate([groups.sizes, np.bincount(labels, minlength=count)])
    return placed


def _clusters(features: FloatArray) -> IntArray:
    """Return (n,) labels from 0; no cluster has more than `MOST`."""
    if len(features) == 1:
        return np.zeros(1, np.int64)
    distances = np.clip(1 - features @ features.T, 0, 2)
    np.fill_diagonal(distances, 0)
    distances = (distances + distances.T) / 2
    tree = linkage(squareform(distances, checks=False), "average")
    labels = np.asarray(fcluster(tree, 1 - ALIKE, "distance"), np.int64) - 1
    for label in np.flatnonzero(np.bincount(labels) > MOST):
        members = np.flatnonzero(labels == label)
        labels[members] = labels.max() + 1 + _halves(features[members])
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _halves(features: FloatArray) -> IntArray:
    """Part what is too large along the direction in which it scatters most."""
    labels = np.zeros(len(features), np.int64)
    if len(features) <= MOST:
        return labels
    centred = features - features.mean(0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    order = np.argsort(centred @ direction, kind="stable")
    first, second = np.array_split(order, 2)
    labels[first] = _halves(features[first])
    labels[second] = labels[first].max() + 1 + _halves(features[second])
    return labels
