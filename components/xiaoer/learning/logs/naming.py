"""Names for groups of questions: an intent that the project has, else the words that set it apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from xiaoer.learning.logs.vectors import Floats, Ints
from xiaoer.learning.logs.words import words

#: How near, in cosine of centred vectors, a group's questions are to an intent's examples.
NEAR = 0.45
#: And which share of them.
MOST = 0.5

_PLACEHOLDER = re.compile(r"\[[^\]]*\]")
_LATIN = re.compile(r"[a-z]{2,}(?:'[a-z]+)?")
_HAN = re.compile("[\u4e00-\u9fff]{2,}")


def near_intents(
    groups: Ints,
    vectors: Floats,
    weights: Floats,
    intents: Sequence[str],
    examples: Floats,
) -> dict[int, str]:
    """Return the existing intent of each group that has one.

    Args:
        groups: (m,) the group of each representative.
        vectors: (m, dim) their vectors, centred, of length 1.
        weights: (m,) how many messages each stands for.
        intents: (e,) the intent of each example that the project has.
        examples: (e, dim) their vectors, centred by the same mean, of length 1.
    """
    if not len(examples):
        return {}
    found: dict[int, str] = {}
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        near = vectors[members] @ examples.T
        votes: Counter[str] = Counter()
        for row, at in enumerate(members):
            best = int(near[row].argmax())
            if near[row, best] >= NEAR:
                votes[intents[best]] += float(weights[at])  # type: ignore[assignment]
        if votes:
            intent, share = votes.most_common(1)[0]
            if share >= MOST * weights[members].sum():
                found[int(group)] = intent
    return found


def suggest(texts: Sequence[Sequence[str]], taken: Sequence[str]) -> list[str]:
    """Return a name for each group of texts, each once.

    Its one or two most distinctive terms by class-based TF-IDF (M. Grootendorst, "BERTopic",
    arXiv 2203.05794, equation 2): English words, or pieces of Chinese of two to four characters.

    Args:
        texts: The texts of each group.
        taken: Names that are given already.
    """
    counted = [Counter(term for text in group for term in set(_terms(text))) for group in texts]
    everywhere: Counter[str] = Counter()
    for counts in counted:
        everywhere.update(counts)
    mean = sum(everywhere.values()) / max(1, len(counted))
    used, names = set(taken), []
    for counts in counted:
        most = max(counts.values(), default=1)
        scores = {
            term: count * np.log(1 + mean / everywhere[term]) * _length(term)
            for term, count in counts.items()
            if count >= most / 20
        }
        name = _name(sorted(scores, key=lambda term: (-scores[term], term)))
        number = 2
        unique = name
        while unique in used:
            unique, number = f"{name}_{number}", number + 1
        used.add(unique)
        names.append(unique)
    return names


def _name(terms: Sequence[str]) -> str:
    if not terms:
        return "candidate"
    chosen = [terms[0]]
    for term in terms[1:4]:
        # A second Chinese piece often overlaps the first; English names need two words.
        if len(chosen) < 2 and term.isascii() and chosen[0].isascii() and term[:4] != terms[0][:4]:
            chosen.append(term)
    return "_".join(chosen).replace("'", "")


def _length(term: str) -> float:
    """Longer pieces of Chinese say more; each is counted with its own parts."""
    return 1.0 if term.isascii() else float(len(term)) ** 0.5


def _terms(text: str) -> Iterator[str]:
    plain = _PLACEHOLDER.sub(" ", text.lower())
    for word in _LATIN.findall(plain):
        if word not in words().stop_words:
            yield word
    for run in _HAN.findall(plain):
        for size in (2, 3, 4):
            for at in range(len(run) - size + 1):
                piece = run[at : at + size]
                if words().stop_characters.isdisjoint(piece):
                    yield piece
