"""Candidate intents and question/answer pairs out of collected questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.preprocessing import normalize

from xiaoer.learning.logs.answers import Supported, best_answer
from xiaoer.learning.logs.grouping import group
from xiaoer.learning.logs.naming import near_intents, suggest
from xiaoer.learning.logs.questions import Question
from xiaoer.learning.logs.vectors import Encode, represent

_EXAMPLES_OF_AN_INTENT = 25


@dataclass(frozen=True)
class Candidate:
    """A group of questions.

    Attributes:
        intent: Its name.
        exists: Whether the project has an intent of that name.
        questions: What was asked, the most frequent first.
        pair: The best-supported answer, or None.
    """

    intent: str
    exists: bool
    questions: tuple[Question, ...]
    pair: Supported | None

    @property
    def count(self) -> int:
        """How many messages it stands for."""
        return sum(question.count for question in self.questions)


@dataclass(frozen=True)
class Settings:
    """How questions are grouped.

    Attributes:
        min_size: Groups of fewer messages are left out.
        groups: How many groups to make, or None to choose it.
        representatives: How many texts the language model reads.
        seed: Of all randomness.
    """

    min_size: int = 5
    groups: int | None = None
    representatives: int = 2500
    seed: int = 0


def labels_of(questions: Sequence[Question], encode: Encode, settings: Settings) -> list[int]:
    """Return the group of each question, numbered from 0."""
    found = represent(
        [question.text for question in questions],
        [question.count for question in questions],
        settings.representatives,
        encode,
        settings.seed,
    )
    labels = group(found.vectors, settings.groups, settings.seed)
    return [int(each) for each in labels[found.of]]


def find_candidates(
    questions: Sequence[Question],
    existing: Mapping[str, Sequence[str]],
    encode: Encode,
    settings: Settings,
    done: Callable[[str], object] = lambda step: None,
) -> tuple[list[Candidate], int]:
    """Return (the candidates, the largest first; how many messages are in groups too small).

    Args:
        questions: Different questions, the most frequent first.
        existing: The project's examples by intent.
        encode: Returns the language model's vectors of texts, of length 1.
        settings: How they are grouped.
        done: Called with the name of each step that begins.
    """
    if not questions:
        return [], 0
    done("reading representatives")
    texts = [question.text for question in questions]
    counts = np.array([question.count for question in questions], np.float32)
    found = represent(texts, counts.tolist(), settings.representatives, encode, settings.seed)
    done("grouping")
    labels = group(found.vectors, settings.groups, settings.seed)
    weights = np.bincount(found.of, weights=counts, minlength=len(labels)).astype(np.float32)
    done("comparing with the project's intents")
    chosen = _sample(existing, settings.seed)
    intents = [intent for intent, _ in chosen]
    examples = encode([text for _, text in chosen]) if chosen else np.zeros((0, 1), np.float32)
    known = (
        near_intents(labels, found.model, weights, intents, normalize(examples - found.mean))
        if chosen
        else {}
    )
    done("naming and choosing answers")
    members: dict[int | str, list[Question]] = {}
    for question, label in zip(questions, labels[found.of], strict=True):
        # Groups near the same intent are one.
        members.setdefault(known.get(int(label), int(label)), []).append(question)
    large = {
        key: group
        for key, group in members.items()
        if sum(question.count for question in group) >= settings.min_size
    }
    small = sum(
        question.count for key, group in members.items() if key not in large for question in group
    )
    new = [key for key in large if isinstance(key, int)]
    names = suggest(
        [[question.text for question in large[key]] for key in new], [*existing, *known.values()]
    )
    named = dict(zip(new, names, strict=True))
    candidates = [
        Candidate(
            named[key] if isinstance(key, int) else key,
            isinstance(key, str),
            tuple(group),
            best_answer(group),
        )
        for key, group in large.items()
    ]
    return sorted(candidates, key=lambda each: (-each.count, each.intent)), small


def _sample(existing: Mapping[str, Sequence[str]], seed: int) -> list[tuple[str, str]]:
    random = np.random.default_rng(seed)
    return [
        (intent, examples[at])
        for intent, examples in existing.items()
        for at in sorted(random.permutation(len(examples))[:_EXAMPLES_OF_AN_INTENT])
    ]
