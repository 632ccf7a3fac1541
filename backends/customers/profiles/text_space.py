"""The few directions in which texts of customers or products differ most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backends.catalog.snapshot import LANGUAGES

Vectors = NDArray[np.float32]
DIRECTIONS = 24
_LEAST = 1e-6


@dataclass(frozen=True)
class TextSpace:
    """Principal components of text vectors, each of unit variance (PCA whitening).

    Vectors are taken from the mean of their language first, so that which language somebody writes
    is no part of it. The map is linear: the mean of texts is mapped to the mean of their images.

    Attributes:
        centres: (languages, dim), the mean of each language in the order of `LANGUAGES`.
        directions: (k, dim), divided by the standard deviation along them.
    """

    centres: Vectors
    directions: Vectors

    @classmethod
    def fit(cls, vectors: Vectors, languages: Sequence[str]) -> TextSpace:
        """Fit it to texts.

        Args:
            vectors: (n, dim), at least two of them.
            languages: of each text, ``zh`` or ``en``.
        """
        spoken = np.array(languages)
        centres = np.stack(
            [
                vectors[spoken == one].mean(0) if (spoken == one).any() else vectors.mean(0)
                for one in LANGUAGES
            ]
        )
        centred = vectors - centres[_places(languages)]
        _, sizes, axes = np.linalg.svd(centred.astype(np.float64), full_matrices=False)
        spread = sizes / np.sqrt(len(vectors))
        kept = np.flatnonzero(spread > _LEAST)[:DIRECTIONS]
        # The sign of an axis is arbitrary: its largest part is positive, so that runs agree.
        signs = np.sign(axes[kept, np.abs(axes[kept]).argmax(1)])
        directions = axes[kept] * (signs / spread[kept])[:, None]
        return cls(centres.astype(np.float32), directions.astype(np.float32))

    @property
    def size(self) -> int:
        """Number of directions."""
        return len(self.directions)

    def project(self, vectors: Vectors, languages: Sequence[str]) -> NDArray[np.float64]:
        """Return (n, k): how far each text lies from the mean of its language."""
        centred = (vectors - self.centres[_places(languages)]).astype(np.float64)
        return centred @ self.directions.T.astype(np.float64)


def _places(languages: Sequence[str]) -> list[int]:
    return [LANGUAGES.index(one) for one in languages]
