"""Misspellings: the word or phrase of the catalogue that was probably meant."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from backends.catalog.vocabulary import Vocabulary
from backends.search.text import ngrams

# A word this short is as near to many others.
SHORTEST = 4
LONGEST = 24


class Speller:
    """Corrects words that the catalogue does not know.

    Args:
        vocabulary: what is known.
        is_word: tells a real word from a misspelt one; real words are left as they are, so that
            "beer" does not become "bear". Without it every unknown word may be corrected.
    """

    def __init__(
        self, vocabulary: Vocabulary, is_word: Callable[[str], bool] | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._is_word = is_word
        self._known = [
            word for word in vocabulary.words if len(word) >= SHORTEST and word.isalpha()
        ]
        self._known += [word for word in vocabulary.joined if word not in vocabulary.words]
        phrases = {phrase for phrase in vocabulary.chinese if len(phrase) >= SHORTEST}
        # Names are not cut into words: every row of four characters may be what was meant.
        pieces = {piece for phrase in phrases for piece in ngrams(phrase, SHORTEST)}
        self._chinese: dict[int, list[str]] = {}
        for phrase in sorted(phrases | pieces):
            self._chinese.setdefault(len(phrase), []).append(phrase)
        self.latin = lru_cache(maxsize=4096)(self._latin)

    def _latin(self, word: str) -> str | None:
        """Return the known word that an unknown English one was meant to be, or None."""
        if not (SHORTEST <= len(word) <= LONGEST) or not word.isalpha():
            return None
        allowed = 1 if len(word) < 7 else 2
        found = process.extract(
            word, self._known, scorer=OSA.distance, score_cutoff=allowed, limit=8
        )
        # People get the first letter of a short word right.
        good = [
            (distance, -self._vocabulary.words.get(known, 0), known)
            for known, distance, _ in found
            if len(word) > 6 or known[0] == word[0]
        ]
        if not good or (self._is_word is not None and self._is_word(word)):
            return None
        return min(good)[2]

    def chinese(self, row: str, strange: set[int]) -> tuple[int, int, str] | None:
        """Find a misspelt phrase in a row of characters.

        Args:
            row: the characters.
            strange: places of those that belong to no known phrase; a phrase that is put right
                has at least one of them.

        Returns:
            Start, end and the known phrase that differs in one character, or None.
        """
        for start in range(len(row) - SHORTEST + 1):
            longest = min(len(row), start + self._vocabulary.longest_chinese)
            for end in range(longest, start + SHORTEST - 1, -1):
                if strange.isdisjoint(range(start, end)):
                    continue
                piece = row[start:end]
                found = process.extractOne(
                    piece, self._chinese.get(end - start, ()), scorer=OSA.distance, score_cutoff=1
                )
                if found and found[0] != piece:
                    return start, end, found[0]
        return None
