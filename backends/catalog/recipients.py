"""Whom goods are for: what is for children is no present for a grown-up, nor the other way round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from backends.catalog.interpret import Term
from backends.catalog.snapshot import Item
from backends.catalog.vocabulary import Vocabulary, phrase_key

ATTRIBUTE = "gift_for"
_SEPARATORS = {"zh": "、", "en": ","}


class Recipients:
    """The ages that the products of a snapshot are for.

    Args:
        items: the products; positions in the arrays are theirs.
        vocabulary: knows which words mean which age (``recipients`` in words.yml).
    """

    def __init__(self, items: Sequence[Item], vocabulary: Vocabulary) -> None:
        self._ages = {
            age: frozenset().union(*(vocabulary.meanings(key) for key in keys))
            for age, keys in vocabulary.words_file.recipients.items()
        }
        ages = [self._of(_named(item)) for item in items]
        self._for_age = {
            age: np.array([not found or age in found for found in ages], dtype=bool)
            for age in self._ages
        }

    def suited(self, terms: Iterable[Term]) -> NDArray[np.bool_] | None:
        """Return which products suit those that the terms name, (products,).

        None when they name nobody, or both children and grown-ups.
        """
        named = self._of(term.key for term in terms)
        return self._for_age[next(iter(named))] if len(named) == 1 else None

    def _of(self, keys: Iterable[str]) -> set[str]:
        known = set(keys)
        return {age for age, words in self._ages.items() if known & words}


def _named(item: Item) -> set[str]:
    """Return the phrase keys of those a product is a present for."""
    return {
        phrase_key(name)
        for attribute in item.attributes
        if attribute["key"] == ATTRIBUTE
        for language, separator in _SEPARATORS.items()
        for name in attribute["value"][language].split(separator)
    }
