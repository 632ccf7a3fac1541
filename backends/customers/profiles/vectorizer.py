"""From a sample to one vector that knows which feature, purchase or message each part came from.

The features of one family, the directions of what was bought and those of what was written are
blocks, each scaled to weigh as much as one feature alone (as in multiple factor analysis, Escofier
and Pagès 1994, https://doi.org/10.1016/0167-9473(94)90135-X): a classifier would else drown in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from backends.catalog.snapshot import LANGUAGES
from backends.customers.profiles.features import family_of, is_log
from backends.customers.profiles.sample import Sample
from backends.customers.profiles.text_space import TextSpace

Kind = Literal["feature", "purchase", "message"]
Floats = NDArray[np.float64]
#: Counts as one text more that says nothing, so that a single text does not decide.
PRIOR = 1.0
#: Standard deviations beyond which a feature counts as no farther: nothing was learnt out there.
FARTHEST = 3.0
# What hardly varies would be blown up.
_LEAST = 1e-6


@dataclass(frozen=True)
class Piece:
    """One thing that is known of a customer, and what it adds to the vector.

    Attributes:
        kind: what it is.
        name: of the feature or product; the id of the message.
        value: the feature's number, how often the product was ordered, or the message's text.
        start: where in the vector its part begins.
        part: what is added there.
    """

    kind: Kind
    name: str
    value: float | int | str
    start: int
    part: Floats


@dataclass(frozen=True)
class Encoded:
    """A customer as a vector, the sum of its pieces; 0 is the customer who is like all others."""

    vector: Floats
    pieces: tuple[Piece, ...]

    def without(self, piece: Piece) -> Floats:
        """Return the vector as it is when one piece is not known."""
        left = self.vector.copy()
        left[piece.start : piece.start + len(piece.part)] -= piece.part
        return left


@dataclass(frozen=True)
class Vectorizer:
    """Standardised features, then what was bought, then what was written.

    Attributes:
        names: the features, in order.
        mean, scale: what is taken from the features, after the logarithm, and what they are
            divided by.
        bought, said: the spaces of texts; without an encoder they have no directions.
        bought_scale, said_scale: what the means of texts are divided by, for each direction.
    """

    names: tuple[str, ...]
    mean: Floats
    scale: Floats
    bought: TextSpace
    said: TextSpace
    bought_scale: Floats
    said_scale: Floats

    @classmethod
    def fit(
        cls, names: Sequence[str], samples: Sequence[Sample], bought: TextSpace, said: TextSpace
    ) -> Vectorizer:
        """Fit the scales to samples; each block to those of whom it is known.

        Args:
            names: of the features.
            samples: customers and example texts, at least one.
            bought, said: the spaces of texts.
        """
        columns = [[_seen(name, one.features) for one in samples] for name in names]
        known = [np.array([value for value in some if value is not None]) for some in columns]
        mean = np.array([some.mean() if len(some) else 0.0 for some in known])
        scale = np.array([_spread(some) for some in known])
        raw = cls(tuple(names), mean, scale, bought, said, np.ones(bought.size), np.ones(said.size))
        middle, end = len(names) + bought.size, raw.size
        buyers = [raw.transform(one).vector[len(names) : middle] for one in samples if one.products]
        writers = [raw.transform(one).vector[middle:end] for one in samples if one.messages]
        return cls(
            tuple(names), mean, scale, bought, said,
            _spreads(buyers, bought.size), _spreads(writers, said.size),
        )  # fmt: skip

    @property
    def size(self) -> int:
        """Length of the vectors."""
        return len(self.names) + self.bought.size + self.said.size

    def transform(self, sample: Sample) -> Encoded:
        """Return the vector of a sample; what is not known of it counts as the mean."""
        pieces = (*self._features(sample), *self._purchases(sample), *self._messages(sample))
        vector = np.zeros(self.size)
        for piece in pieces:
            vector[piece.start : piece.start + len(piece.part)] += piece.part
        return Encoded(vector, pieces)

    def _features(self, sample: Sample) -> list[Piece]:
        pieces = []
        for at, (name, weight) in enumerate(zip(self.names, self.weights, strict=True)):
            seen = _seen(name, sample.features)
            if seen is not None:
                deviation = (seen - self.mean[at]) / self.scale[at]
                part = np.array([weight * np.clip(deviation, -FARTHEST, FARTHEST)])
                pieces.append(Piece("feature", name, sample.features[name], at, part))
        return pieces

    @cached_property
    def weights(self) -> Floats:
        """Of the features: 1, or one over the root of the number of those in the family."""
        families = [family_of(name) for name in self.names]
        sizes = Counter(families)
        return np.array([1.0 if one is None else sizes[one] ** -0.5 for one in families])

    def _purchases(self, sample: Sample) -> list[Piece]:
        """A product ordered several times is one piece."""
        if not sample.products or not self.bought.size:
            return []
        per_language = [
            self.bought.project(sample.product_vectors[:, at], [language] * len(sample.products))
            for at, language in enumerate(LANGUAGES)
        ]
        parts = np.mean(per_language, axis=0) / self.bought_scale
        parts /= len(sample.products) + PRIOR
        added: dict[str, list[Floats]] = {}
        for product, part in zip(sample.products, parts, strict=True):
            added.setdefault(product, []).append(part)
        return [
            Piece("purchase", product, len(some), len(self.names), np.sum(some, axis=0))
            for product, some in added.items()
        ]

    def _messages(self, sample: Sample) -> list[Piece]:
        if not sample.messages or not self.said.size:
            return []
        languages = [message.language for message in sample.messages]
        parts = self.said.project(sample.message_vectors, languages) / self.said_scale
        parts /= len(sample.messages) + PRIOR
        start = len(self.names) + self.bought.size
        return [
            Piece("message", str(message.id), message.text, start, part)
            for message, part in zip(sample.messages, parts, strict=True)
        ]


def _seen(name: str, features: Mapping[str, float]) -> float | None:
    value = features.get(name)
    if value is None:
        return None
    return float(np.log1p(value)) if is_log(name) else value


def _spread(values: Any) -> float:
    spread = float(np.std(values)) if len(values) else 1.0
    return spread if spread > _LEAST else 1.0


def _spreads(rows: Sequence[Floats], size: int) -> Floats:
    return np.array([_spread([row[at] for row in rows]) for at in range(size)]) * np.sqrt(size)
