"""Confidences that mean what they say, fitted on what was held out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import cut_tree, leaves_list, linkage
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp

from xiaoer.lm.base import FloatArray

#: Fewer held-out examples say nothing about confidences.
FEWEST = 10
#: How much a temperature that is expected counts beside the summed log loss of the examples; 10
#: stands for a standard deviation of its logarithm of 0.22.
TRUST = 10


def folds(labels: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    """Return the fold (n,) of each example, equally many of every label in each.

    A label's only example is in fold -1: it is never held out.
    """
    random = np.random.default_rng(seed)
    found = np.full(len(labels), -1, np.int64)
    offset = 0
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            # The next label starts where this one ended, so that small ones fill all folds.
            found[random.permutation(members)] = (np.arange(len(members)) + offset) % count
            offset += len(members)
    return found


def clustered_folds(
    features: FloatArray, labels: NDArray[np.int64], count: int, seed: int
) -> NDArray[np.int64]:
    """Return the fold (n,) of each example as ``folds`` does, with look-alikes in the same one.

    What customers write differs more from the examples than these do from each other: many are
    one sentence with a word changed, so an example held out by chance has its twin among the
    others. Source: Roberts et al., Cross-validation strategies for data with temporal, spatial,
    hierarchical, or phylogenetic structure, Ecography 2017 (block cross-validation).

    Args:
        features: (n, width) of the examples; the angle between them is what counts.
        labels: (n,) of the examples; each one's are clustered into half as many, but ``count``
            at least.
        count: of the folds.
        seed: of the order of equals.
    """
    random = np.random.default_rng(seed)
    found = np.full(len(labels), -1, np.int64)
    for label in np.unique(labels):
        members = random.permutation(np.flatnonzero(labels == label))
        if len(members) < 2:
            continue
        wanted = min(len(members), max(count, math.ceil(len(members) / 2)))
        # `fcluster` with "maxclust" finds fewer than wanted where these are nearly all.
        clusters = cut_tree(linkage(unit(features[members]), "average"), wanted).ravel()
        sizes = np.zeros(count, np.int64)
        # The largest first, each into the fold that has the fewest so far.
        for cluster in np.argsort(-np.bincount(clusters), kind="stable"):
            inside = members[clusters == cluster]
            # Folds start in another place for each label, so that small labels fill all of them.
            fold = (label + np.roll(sizes, -label).argmin()) % count
            found[inside] = fold
            sizes[fold] += len(inside)
    return found


def alike(features: FloatArray, count: int) -> NDArray[np.int64]:
    """Return the group (n,) of each of n rows: ``count`` groups of about n / count similar ones.

    The rows are put in the order of the leaves of a hierarchical clustering by angle, and that
    order is cut into equal parts.

    Args:
        features: (n, width), of two rows at least.
        count: of the groups; with fewer rows than that some stay empty.
    """
    tree = linkage(unit(features - features.mean(0)), "average", optimal_ordering=True)
    found = np.zeros(len(features), np.int64)
    found[leaves_list(tree)] = np.arange(len(features)) * count // len(features)
    return found


def unit(features: FloatArray) -> FloatArray:
    """Return the rows (n, width) at length 1; one of zeros stays as it is."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length, length, 1)


def log_losses(scores: FloatArray, labels: NDArray[np.int64]) -> FloatArray:
    """Return the log loss (n,) of each row of scores (n, labels)."""
    return logsumexp(scores, axis=1) - scores[np.arange(len(labels)), labels]


def log_loss(scores: FloatArray, labels: NDArray[np.int64]) -> float:
    """Return the mean log loss of scores (n, labels)."""
    return float(log_losses(scores, labels).mean())


def temperature(
    scores: FloatArray, labels: NDArray[np.int64], expected: float | None = None
) -> float:
    """Return what scores (n, labels) are to be divided by: the smallest log loss, in 0.1 to 100.

    Of a few held-out examples often all are right, and the lowest temperature would be the best
    for them. So what is known from elsewhere can be given; the more examples, the less it counts.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017.

    Args:
        scores: of n held-out examples.
        labels: (n,) of these.
        expected: mean of a normal prior on the logarithm of the temperature; None for none.
    """
    if len(labels) < FEWEST or scores.shape[1] < 2:
        return 1.0

    def loss(exponent: float) -> float:
        found = log_loss(scores / math.exp(exponent), labels)
        if expected is not None:
            found += TRUST / len(labels) * (exponent - math.log(expected)) ** 2
        return found

    best = minimize_scalar(loss, bounds=(math.log(0.1), math.log(100)), method="bounded")
    return float(math.exp(best.x))
