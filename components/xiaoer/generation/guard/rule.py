"""What a rule of the guard is, and what it says against a draft."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft


@dataclass(frozen=True)
class Objection:
    """Why a draft must not be shown.

    Attributes:
        rule: The name of the rule.
        what: The offending piece, as the rule read it.
    """

    rule: str
    what: str


class Rule(ABC):
    """One thing that a reply must not do."""

    #: By this name objections are counted; lower case.
    name: ClassVar[str]

    @abstractmethod
    def objection(self, draft: Draft) -> str | None:
        """Return the offending piece of the reply or of its evidence, or None when there is none."""
