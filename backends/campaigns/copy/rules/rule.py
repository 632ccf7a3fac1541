"""What a rule is, and what it judges."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts
from backends.campaigns.copy.material.book import Material
from xiaoer.generation.guard import Draft


@dataclass(frozen=True)
class Copy:
    """A text for a brief, and all it may rest on.

    Attributes:
        text: the copy.
        brief: what was asked for.
        facts: what is true.
        material: limits, words and channels.
        words: words of the shop's own that need no evidence; None for those of all templates.
    """

    text: str
    brief: Brief
    facts: Facts
    material: Material
    words: tuple[str, ...] | None = None

    @cached_property
    def draft(self) -> Draft:
        """The same as the guard reads it."""
        words = self.material.words[self.brief.language] if self.words is None else self.words
        return Draft(self.text, "", self.brief.language, self.facts.evidence, words)


@dataclass(frozen=True)
class Objection:
    """Why a text may not be used.

    Attributes:
        rule: the rule's name.
        what: the piece it objects to; "" where something is missing.
        why: a code of the rule's for the sentence on the page; "" for its only one.
    """

    rule: str
    what: str
    why: str = ""


class Rule(ABC):
    """One thing that copy must or must not do."""

    #: By this name objections are shown and counted.
    name: ClassVar[str]

    @abstractmethod
    def objection(self, copy: Copy) -> Objection | None:
        """Return what is wrong with the text, None when nothing is."""

    def against(self, what: str, why: str = "") -> Objection:
        """An objection of this rule."""
        return Objection(self.name, what, why)


def objections(copy: Copy, rules: Sequence[Rule]) -> list[Objection]:
    """What the rules have against a text, one objection a rule."""
    found = (rule.objection(copy) for rule in rules)
    return [one for one in found if one is not None]
