"""The answer that most of a group's questions got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sklearn.feature_extraction.text import TfidfVectorizer

from xiaoer.learning.logs.questions import Question

_MOST = 300
#: Cosine of their letters from which two answers say the same.
_SAME = 0.6


@dataclass(frozen=True)
class Supported:
    """An answer and who supports it.

    Attributes:
        answer: Its text.
        support: How many of the group's answers say the same.
        of: How many answers the group got.
        questions: The questions that got one of those, the most frequent first.
    """

    answer: str
    support: int
    of: int
    questions: tuple[Question, ...]


def best_answer(questions: Sequence[Question]) -> Supported | None:
    """Return the best-supported answer of a group; None when no answer came twice.

    Answers that differ in a few letters count as the same, and the one most like the others is
    given. An answer with masked personal data is none to give to others.

    Args:
        questions: Of the group, the most frequent first.
    """
    counts: Counter[str] = Counter()
    for question in questions:
        counts.update(question.answers)
    total = sum(counts.values())
    texts = sorted(counts, key=lambda text: (-counts[text], text))[:_MOST]
    if not texts:
        return None
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True)
    vectors = grams.fit_transform(texts)
    alike = (vectors @ vectors.T).toarray()
    best: tuple[int, float, int] | None = None
    for at, text in enumerate(texts):
        if _is_masked(text):
            continue
        support = sum(
            counts[other] for place, other in enumerate(texts) if alike[at, place] >= _SAME
        )
        middle = float(sum(alike[at, place] * counts[other] for place, other in enumerate(texts)))
        if best is None or (support, middle) > best[:2]:
            best = (support, middle, at)
    if best is None or best[0] < 2:
        return None
    same = {other for place, other in enumerate(texts) if alike[best[2], place] >= _SAME}
    asked = tuple(question for question in questions if not same.isdisjoint(question.answers))
    return Supported(texts[best[2]], best[0], total, asked)


def _is_masked(text: str) -> bool:
    return "[" in text and "]" in text
