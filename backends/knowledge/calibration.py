"""Learning from the articles themselves how far a found article can be trusted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from backends.knowledge.collection import Collection
from backends.knowledge.ranking import SIGNS, Confidence, Evidence
from backends.knowledge.whitening import Vectors, Whitening, means
from backends.knowledge.words import WordIndex

_FOLDS = 5
#: Of questions whose article is taken away, so many may still be answered by another. Such a
#: question is harder than one about something else: the articles beside its own are all there.
WRONGLY_SURE = 0.05
WRONGLY_NEAR = 0.5
# With fewer questions than this the measured values of the shop's own articles stand in.
_LEAST = 400
_MOST = 8000
BY_DEFAULT = Confidence((3.0, 1.7, 4.3), -4.5, 0.75, 0.2)
BY_WORDS = Confidence((0.0, 6.0, 6.0), -4.0, 0.75, 0.3)


def calibrate(
    collection: Collection, vectors: Vectors | None, background: Vectors | None
) -> Confidence:
    """Fit the confidence on questions held out from the index.

    Each question of the articles is searched in an index of the others' four fifths, once with its
    article, where the best one is right or wrong, and once without it, where every one is wrong.
    The thresholds are the lowest that take at most ``WRONGLY_SURE`` and ``WRONGLY_NEAR`` of the
    latter for answered.

    Args:
        collection: the articles.
        vectors: (texts, dim) of the collection's texts, None to go by words alone.
        background: (2 m, dim) of texts of no article, in both languages, with ``vectors``.
    """
    usual = BY_WORDS if vectors is None else BY_DEFAULT
    if len(collection.articles) < 20 or collection.is_question.sum() < _LEAST:
        return usual
    right, signs, without = _held_out(collection, vectors, background)
    from sklearn.linear_model import LogisticRegression  # here, for it costs a second

    model = LogisticRegression(C=10.0, max_iter=1000)
    model.fit(np.concatenate([signs, without]), np.concatenate([right, np.zeros(len(without))]))
    weights = dict(zip(SIGNS, model.coef_[0].tolist(), strict=True))
    fitted = Confidence(tuple(weights.values()), float(model.intercept_[0]), 1.0, 1.0)  # type: ignore[arg-type]
    unanswerable = fitted.probability(without)
    sure, near = np.quantile(unanswerable, [1 - WRONGLY_SURE, 1 - WRONGLY_NEAR])
    return Confidence(fitted.weights, fitted.bias, float(sure), float(near))


def _held_out(
    collection: Collection, vectors: Vectors | None, background: Vectors | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return (n,) whether the best article was right, (n, 3) its signs, (n, 3) those without it."""
    random = np.random.default_rng(7)
    questions = np.flatnonzero(collection.is_question)
    asked = random.permutation(questions)[:_MOST]
    fold = np.full(len(collection.texts), -1)
    fold[asked] = np.arange(len(asked)) % _FOLDS
    right, signs, without = [], [], []
    for number in range(_FOLDS):
        for at, evidence in _evidence(collection, vectors, background, fold == number):
            own = collection.article_of_document[collection.document_of_text[at]]
            order = np.argsort(-evidence.scores(), kind="stable")
            right.append(float(order[0] == own))
            signs.append(evidence.signs(order[0], order[1]))
            others = order[order != own]
            without.append(evidence.signs(others[0], others[1]))
    return np.array(right), np.array(signs), np.array(without)


def _evidence(
    collection: Collection,
    vectors: Vectors | None,
    background: Vectors | None,
    held: NDArray[np.bool_],
) -> Iterator[tuple[int, Evidence]]:
    """Yield (text, evidence) of each text held out, by an index of the others."""
    kept = ~held
    documents: list[list[str]] = [[] for _ in collection.documents]
    for text, document in zip(
        np.array(collection.texts, dtype=object)[kept],
        collection.document_of_text[kept],
        strict=True,
    ):
        documents[document].append(text)
    index = WordIndex(documents)
    asked = np.flatnonzero(held)
    meaning = np.zeros((len(asked), len(collection.articles)), np.float32)
    if vectors is not None and background is not None:
        document = collection.document_of_text[kept]
        article = collection.article_of_document[document]
        whitening = Whitening(vectors[kept], article, background)
        known, queries = whitening.apply(vectors[kept]), whitening.apply(vectors[asked])
        meaning = queries @ means(known, article, len(collection.articles)).T
        languages = queries @ means(known, document, len(collection.documents)).T
        meaning = meaning + collection.by_article(languages)
    for row, at in enumerate(asked):
        words = collection.by_article(index.scores(collection.texts[at]))
        yield int(at), Evidence(meaning[row], words)
