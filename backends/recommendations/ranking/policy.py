"""The shopkeeper's policy for recommendations: data/shop/recommendations.yml."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, Extra, confloat, conint

from backends.catalog.data import Identifier
from backends.seed.material import read

FILE = "recommendations.yml"


class Policy(BaseModel, extra=Extra.forbid, frozen=True):
    """How a list of recommendations is put together.

    Attributes:
        diversity: from 0, by relevance alone, to 1, by variety alone.
        category_cap: at most so many products of a category in a list at large; None: any number.
        category_caps: caps of single categories, by id, in the place of ``category_cap``.
        bought_again: days after which a product that a customer bought may be recommended to him
            again, by category id; of other categories it never is.
    """

    diversity: confloat(ge=0, le=1) = 0.4  # type: ignore[valid-type]
    category_cap: conint(strict=True, ge=1) | None = None  # type: ignore[valid-type]
    category_caps: dict[Identifier, conint(strict=True, ge=1)] = {}  # type: ignore[valid-type]
    bought_again: dict[Identifier, conint(strict=True, ge=0, le=3650)] = {}  # type: ignore[valid-type]

    def cap(self, category: str) -> int | None:
        """Return how many products of a category a list at large may hold; None: any number."""
        return self.category_caps.get(category, self.category_cap)

    def rest(self, category: str) -> timedelta | None:
        """Return how long a product rests after it was bought; None: for ever."""
        days = self.bought_again.get(category)
        return None if days is None else timedelta(days=days)

    def unknown_categories(self, known: Collection[str]) -> list[str]:
        """Return the categories it names that the catalogue does not have, in order."""
        return sorted({*self.category_caps, *self.bought_again} - set(known))


def read_policy(folder: Path) -> Policy:
    """Read recommendations.yml; without the file the policy is that of `Policy`'s defaults.

    Args:
        folder: of the shop's files.

    Raises:
        SetupError: the file cannot be used; one sentence says which field or line is wrong.
    """
    return read(folder, FILE, Policy) if (folder / FILE).exists() else Policy()
