"""A product as a row of numbers: what its text means, its kind, its brand, its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from backends.catalog.snapshot import Item
from backends.recommendations.factorization.observations import Floats

_LEAST = 1e-6


@dataclass(frozen=True)
class FeatureSpace:
    """How products become rows; kept with the model, so that new products get rows of the same kind.

    Text, category, brand and price each have a total variance of about 1 over the products that the
    space was made from.

    Attributes:
        encoder: fingerprint of the encoder of the text vectors, "" where there were none.
        text_centre: (dim,) mean text vector; a product without a text vector gets it.
        text_scale: what centred text vectors are multiplied by.
        categories, brands: ids with a column each.
        price_centre, price_scale: of the logarithm of the price.
    """

    encoder: str
    text_centre: tuple[float, ...]
    text_scale: float
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    price_centre: float
    price_scale: float

    @classmethod
    def of(cls, items: Sequence[Item], texts: Mapping[str, Floats], encoder: str) -> FeatureSpace:
        """Return the space of a catalogue.

        Args:
            items: at least one.
            texts: (dim,) vectors by product id; may be empty.
            encoder: fingerprint of what made them.
        """
        vectors = np.stack(list(texts.values())) if texts else np.zeros((1, 0), np.float32)
        prices = np.log([max(item.price, 0.01) for item in items])
        return cls(
            encoder=encoder if texts else "",
            text_centre=tuple(vectors.mean(axis=0).tolist()),
            text_scale=1 / float(np.sqrt(vectors.var(axis=0).sum()) + _LEAST),
            categories=tuple(sorted({item.category.id for item in items})),
            brands=tuple(sorted({item.brand.id for item in items})),
            price_centre=float(prices.mean()),
            price_scale=1 / (float(prices.std()) + _LEAST) if len(items) > 1 else 1.0,
        )

    @classmethod
    def from_json(cls, held: Mapping[str, Any]) -> FeatureSpace:
        """Return the space that `to_json` wrote.

        Raises:
            TypeError: fields are missing or too many.
        """
        tuples: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in held.items()
        }
        return cls(**tuples)

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self)

    def rows(self, items: Sequence[Item], texts: Mapping[str, Floats]) -> Floats:
        """Return (n, features).

        Args:
            items: products, of new categories and brands too: these have no column.
            texts: (dim,) vectors by product id, made by the same encoder; empty without it.
        """
        centre = np.array(self.text_centre, np.float32)
        text = np.zeros((len(items), len(centre)), np.float32)
        for row, item in zip(text, items, strict=True):
            if item.id in texts:
                row[:] = (texts[item.id] - centre) * self.text_scale
        price = np.log([max(item.price, 0.01) for item in items]).reshape(-1, 1)
        return np.hstack(
            [
                text,
                _one_hot([item.category.id for item in items], self.categories),
                _one_hot([item.brand.id for item in items], self.brands),
                (price - self.price_centre) * self.price_scale,
            ]
        ).astype(np.float32)


def _one_hot(values: Sequence[str], columns: Sequence[str]) -> Floats:
    places = {name: at for at, name in enumerate(columns)}
    rows = np.zeros((len(values), len(columns)), np.float32)
    for row, value in zip(rows, values, strict=True):
        if value in places:
            row[places[value]] = 1
    return rows
