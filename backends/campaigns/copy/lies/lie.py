"""What a check is, and what it says against a brief."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts, gather
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.wares import Ware
from backends.catalog.models import Promotion


@dataclass(frozen=True)
class Lie:
    """Something that a brief asks for and that may not be said.

    Attributes:
        reason: a code; the page has a sentence for each.
        field: of the brief.
        what: what was asked for, or what is true instead.
    """

    reason: str
    field: str
    what: str = ""


@dataclass(frozen=True)
class Asked:
    """A brief beside what is true.

    Attributes:
        brief: what was asked for.
        wares: the products it is about.
        promotion: the catalogue's promotion that its offer names, None when there is no such one.
        of_code: promotions of the catalogue with the offer's code.
        material: the shop's limits and words.
        day: today, in the shop.
    """

    brief: Brief
    wares: Sequence[Ware]
    promotion: Promotion | None
    of_code: Sequence[Promotion]
    material: Material
    day: date

    @cached_property
    def known(self) -> Facts:
        """What is true without what the shopkeeper adds."""
        return gather(
            replace(self.brief, facts=(), points=(), scarce=False), self.wares, self.material
        )

    @cached_property
    def vouched(self) -> Facts:
        """What is true with what the shopkeeper vouches for."""
        return gather(replace(self.brief, points=(), scarce=False), self.wares, self.material)


class Check(ABC):
    """Looks for one kind of lies."""

    @abstractmethod
    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Yield what the brief may not ask for."""
