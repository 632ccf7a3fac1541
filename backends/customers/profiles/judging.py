"""From a customer's sample to tags: by the trained model, or by the rules alone without one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from backends.customers.profiles.evidence import Evidence, explain
from backends.customers.profiles.labels import carries, only_tag
from backends.customers.profiles.model import ProfileModel, TagName
from backends.customers.profiles.protected import ProtectedWords
from backends.customers.profiles.sample import Sample
from backends.customers.profiles.tags import Group, Tag, TagBook
from backends.customers.profiles.vectorizer import Floats, Piece

Source = Literal["model", "rules"]


@dataclass(frozen=True)
class Judged:
    """A tag of a customer, with its probability and the evidence, the weightiest first."""

    group: str
    tag: TagName
    probability: float
    evidence: tuple[Evidence, ...]

    @property
    def name(self) -> str:
        """``group.tag``."""
        return f"{self.group}.{self.tag.id}"


class Judge(Protocol):
    """What gives tags.

    Attributes:
        source: what they come from.
        protected: words whose messages must not be in the sample.
    """

    source: Source
    protected: ProtectedWords

    def judge(self, customer: str, sample: Sample) -> list[Judged]:
        """Return the tags, those of a group together and the likeliest first."""

    def vector(self, sample: Sample) -> Floats | None:
        """Return the customer as a vector to compare with others, if there can be one."""


class ModelJudge:
    """Judges by a trained model."""

    source: Source = "model"

    def __init__(self, model: ProfileModel) -> None:
        self.model = model
        self.protected = model.protected

    def judge(self, customer: str, sample: Sample) -> list[Judged]:
        """Return all tags of the model."""
        encoded = self.model.vectorizer.transform(sample)
        found: dict[str, list[Judged]] = {}
        for one in self.model.classifiers:
            shares = one.softmax.probabilities(encoded.vector[None])[0]
            for at, tag in enumerate(one.tags):
                if tag is not None:
                    evidence = tuple(explain(one.softmax, at, encoded))
                    found.setdefault(one.group, []).append(
                        Judged(one.group, tag, float(shares[at]), evidence)
                    )
        return [
            judged
            for some in found.values()
            for judged in sorted(some, key=lambda each: -each.probability)
        ]

    def vector(self, sample: Sample) -> Floats | None:
        """Return the vector that the classifiers see."""
        return self.model.vectorizer.transform(sample).vector


class RuleJudge:
    """Judges by the designer's rules: a tag whose rule holds is certain, no other is shown."""

    source: Source = "rules"

    def __init__(self, book: TagBook) -> None:
        self._book = book
        self.protected = book.protected

    def judge(self, customer: str, sample: Sample) -> list[Judged]:
        """Return the tags whose rules hold; where those of an exclusive group clash, none of it."""
        return [
            Judged(
                group.id,
                TagName(tag.id, str(tag.zh), str(tag.en)),
                1.0,
                _conditions(tag, sample),
            )
            for group in self._book.groups
            for tag in _carried(group, customer, sample)
        ]

    def vector(self, sample: Sample) -> Floats | None:
        """Rules make no vector."""
        return None


def _carried(group: Group, customer: str, sample: Sample) -> Iterator[Tag]:
    if group.several:
        yield from (tag for tag in group.tags if carries(tag, customer, sample.features))
        return
    place = only_tag(group, customer, sample.features)
    if place is not None:
        yield group.tags[place]


def _conditions(tag: Tag, sample: Sample) -> tuple[Evidence, ...]:
    """The features of the first rule that holds; without any of them it would not."""
    rule = next((one for one in tag.when if one.holds(sample.features)), None)
    names = list(dict.fromkeys(one.name for one in rule.conditions)) if rule else []
    return tuple(
        Evidence(
            Piece("feature", name, sample.features[name], 0, np.zeros(0)), 1.0, 1 / len(names), 0.0
        )
        for name in names
    )
