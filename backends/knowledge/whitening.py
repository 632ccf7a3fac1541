"""A change of coordinates in which texts of one article lie close and articles lie apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

_SHRINKAGE = 0.5
# Texts' worth of belief that they scatter within an article as they do at large.
_PRIOR = 200.0
# How many times the pairs of languages count, beside thousands of texts.
_ACROSS = 5.0


class Whitening:
    """Whitening by the scatter within classes, as of linear discriminant analysis.

    Vectors of a frozen encoder lie in a narrow cone, and differ most in what does not matter here
    (language, length, politeness). Dividing by the scatter within articles makes the cosine speak
    of what tells articles apart. The covariance is shrunk to a multiple of the identity
    (J. Friedman, Regularized Discriminant Analysis, JASA 84 (1989), section 3); where articles have
    few texts, the scatter at large stands in for that within.

    Args:
        vectors: (n, dim) of texts whose article is known.
        labels: (n,) number of the article of each.
        background: (2 m, dim) of other texts, each in one language and then in the other: the way
            from one to the other counts as scatter within.
    """

    def __init__(self, vectors: Vectors, labels: Labels, background: Vectors) -> None:
        everything = np.concatenate([vectors, background]).astype(np.float64)
        self._mean = everything.mean(0)
        within = vectors - _means(vectors, labels)[labels]
        pairs = background.reshape(-1, 2, background.shape[-1])
        across = (pairs[:, 0] - pairs[:, 1]).astype(np.float64)
        own = within.T.astype(np.float64) @ within + _ACROSS * across.T @ across / 2
        large = (everything - self._mean).T @ (everything - self._mean) / len(everything)
        scatter = (own + _PRIOR * large) / (len(vectors) + _ACROSS * len(background) + _PRIOR)
        width = len(scatter)
        scatter = (1 - _SHRINKAGE) * scatter
        scatter += _SHRINKAGE * max(np.trace(scatter), 1e-9) / width * np.eye(width)
        values, directions = np.linalg.eigh(scatter)
        self._matrix = (directions / np.sqrt(values)) @ directions.T

    def apply(self, vectors: Vectors) -> Vectors:
        """Return (n, dim) the vectors in the new coordinates, each of length 1."""
        return normalised(((vectors - self._mean) @ self._matrix).astype(np.float32))


def normalised(vectors: Vectors) -> Vectors:
    """Return the rows scaled to length 1; a row of zeros stays."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)


def means(vectors: Vectors, labels: Labels, classes: int) -> Vectors:
    """Return (classes, dim) the mean direction of each class; zeros where it has no row."""
    total = np.zeros((classes, vectors.shape[1]), np.float32)
    np.add.at(total, labels, vectors)
    return normalised(total)


def _means(vectors: Vectors, labels: Labels) -> Vectors:
    classes = int(labels.max()) + 1 if len(labels) else 0
    total = np.zeros((classes, vectors.shape[1]), np.float64)
    np.add.at(total, labels, vectors)
    counts = np.maximum(np.bincount(labels, minlength=classes), 1)
    return (total / counts[:, None]).astype(np.float32)
