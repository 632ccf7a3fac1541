"""How alike two texts are."""

from __future__ import annotations

from itertools import pairwise


def likeness(one: str, other: str) -> float:
    """The share of pairs of characters that two texts have in common, 0 to 1.

    Jaccard's coefficient of character bigrams, letters and digits alone (A. Broder, On the
    resemblance and containment of documents, 1997, with shingles of two characters).
    """
    first, second = pairs(one), pairs(other)
    union = first | second
    return len(first & second) / len(union) if union else 1.0


def pairs(text: str) -> frozenset[str]:
    """The pairs of a text's letters and digits."""
    plain = [character for character in text.lower() if character.isalnum()]
    return frozenset(first + second for first, second in pairwise(plain))
