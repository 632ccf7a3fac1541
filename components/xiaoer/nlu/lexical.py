"""The letters of a text as features, beside what the encoder makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

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

    Attributes:
        runs: the n features.
        idf: (n,) inverse document frequency of each.
    """

    runs: list[str]
    idf: FloatArray
    _vectorizer: TfidfVectorizer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._vectorizer = _vectorizer(vocabulary={run: at for at, run in enumerate(self.runs)})
        self._vectorizer.idf_ = self.idf.astype(np.float64)

    @classmethod
    def fit(cls, texts: Sequence[str]) -> CharacterNgrams | None:
        """Collect the runs of some texts; None when they hold none."""
        fitted = _vectorizer(max_features=MOST)
        try:
            fitted.fit(texts)
        except ValueError:  # "empty vocabulary": blanks and single characters only
            return None
        return cls(list(fitted.get_feature_names_out()), fitted.idf_.astype(np.float32))

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        """Return (m, n) float32 features of m texts, each row of length ``WEIGHT`` or 0."""
        return self._vectorizer.transform(texts) * np.float32(WEIGHT)


def _vectorizer(**options: object) -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=LENGTHS, sublinear_tf=True, dtype=np.float32, **options
    )
