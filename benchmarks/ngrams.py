"""The plain peer of the trained heads: character n-grams and logistic regression."""

from __future__ import annotations

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


class NgramClassifier:
    """TF-IDF of one to three characters with multinomial logistic regression.

    Args:
        texts: What it is trained on.
        labels: Their labels.
    """

    def __init__(self, texts: list[str], labels: list[str]) -> None:
        self._model = make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
            LogisticRegression(C=10, class_weight="balanced", max_iter=1000),
        )
        self._model.fit(texts, labels)

    def probabilities(self, texts: list[str]) -> list[dict[str, float]]:
        """Return the probability of each label for each text."""
        labels = [str(label) for label in self._model.classes_]
        rows: np.ndarray = self._model.predict_proba(texts)
        return [dict(zip(labels, map(float, row), strict=True)) for row in rows]
