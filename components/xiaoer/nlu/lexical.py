"""The letters of a text as features, beside what the encoder makes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from xiaoer.lm.base import FloatArray

#: Shortest and longest run of characters that is a feature.
LENGTHS = (2, 5)
#: The most frequent runs of the training texts are kept.
MOST = 4_000
#: Length of a text's features, beside the encoder's, which have length 1 on average. On small
#: training sets (BANKING77 with 5 and 10 examples an intent, its validation part) 0.5 gained up to
#: a point, 1 lost one.
WEIGHT = 0.5


@dataclass
class CharacterNgrams:
    """TF-IDF over runs of 2 to 5 characters inside words, the logarithm of their counts taken.

    An encoder of sentences sees what a text means and may miss the one word that tells two intents
    apart; runs of characters see that word, misspelt or not, in any script.

    The features are those of scikit-learn's ``TfidfVectorizer``, which collects the runs; looking
    them up takes it half a millisecond a text, most of a classifier's time outside the encoder.

    Attributes:
        runs: the n features.
        idf: (n,) inverse document frequency of each.
    """

    runs: list[str]
    idf: FloatArray
    #: Of each run, and -1 for what only begins one: what does neither is not looked up further.
    _place: dict[str, int] = field(init=False, repr=False)
    _rarity: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._place = {run[:end]: -1 for run in self.runs for end in range(LENGTHS[0], len(run))}
        self._place.update((run, at) for at, run in enumerate(self.runs))
        self._rarity = self.idf.astype(np.float64)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> CharacterNgrams | None:
        """Collect the runs of some texts; None when they hold none."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        fitted = TfidfVectorizer(
            analyzer="char_wb", ngram_range=LENGTHS, max_features=MOST, dtype=np.float32
        )
        try:
            fitted.fit(texts)
        except ValueError:  # "empty vocabulary": blanks and single characters only
            return None
        return cls(list(fitted.get_feature_names_out()), fitted.idf_.astype(np.float32))

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Return (m, n) features of m texts, each row of length ``WEIGHT`` or 0."""
        rows = [self.row(text) for text in texts]
        starts = np.cumsum([0, *(len(places) for places, _ in rows)])
        places = [place for row, _ in rows for place in row]
        values = np.concatenate([np.zeros(0), *(values for _, values in rows)])
        return csr_matrix((values, places, starts), (len(rows), len(self.runs)))

    def row(self, text: str) -> tuple[list[int], NDArray[np.float64]]:
        """Return where a text's features are not 0, ascending, and what they are there."""
        counts: dict[int, int] = {}
        shortest, longest = LENGTHS
        place = self._place.get
        for word in text.lower().split():
            padded = f" {word} "
            size = len(padded)
            for start in range(size - shortest + 1):
                for end in range(start + shortest, min(start + longest, size) + 1):
                    at = place(padded[start:end])
                    if at is None:
                        break
                    if at >= 0:
                        counts[at] = counts.get(at, 0) + 1
        places = sorted(counts)
        often = np.array([counts[at] for at in places], np.float32)
        values = (np.log(often) + 1) * self._rarity[places]
        length = math.sqrt(values @ values)
        return places, values * (WEIGHT / length) if places else values
