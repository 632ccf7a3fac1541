"""One true reason for each product that is recommended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.snapshot import Item, Snapshot
from backends.recommendations.counts import Counts
from backends.recommendations.factorization.model import FoldedUser
from backends.recommendations.serving.recommender import Recommender
from backends.recommendations.wish import Person

if TYPE_CHECKING:
    from backends.recommendations.schemas import Code

#: So many of what weighs most in the history are looked at for a reason.
_LOOKED_AT = 5
#: Share of a person's dealings from which on a category is his taste.
_TASTE = 0.2
_GOOD_RATING, _ENOUGH_RATINGS = 4.5, 3
_NEW = timedelta(days=60)


@dataclass(frozen=True)
class Why:
    """A reason that holds in the data: a code, and what it speaks of.

    Attributes:
        product, category: whose names its sentence needs.
        params: numbers and words that it needs.
    """

    code: Code
    product: Item | None = None
    category: Item | None = None
    params: dict[str, Any] = field(default_factory=dict)


class Reasons:
    """Finds why the model puts a product high for a person, and what speaks for it at large.

    Args:
        session: a read session.
        counts: over all customers.
        snapshot: the catalogue.
        today: the present day.
        person: whom it is for.
        recommender, user: the model and the person's vector; None where there is no model or
            nothing is known of the person.
    """

    def __init__(
        self,
        session: AsyncSession,
        counts: Counts,
        snapshot: Snapshot,
        today: date,
        person: Person,
        recommender: Recommender | None,
        user: FoldedUser | None,
    ) -> None:
        self._session = session
        self._counts = counts
        self._snapshot = snapshot
        self._today = today
        self._person = person
        self._recommender = recommender
        self._user = user
        self._taste = _taste(person, snapshot)

    async def personal(self, item: Item) -> Why | None:
        """Return what of the person's own history speaks most for a product, None if nothing."""
        if self._recommender is None or self._user is None:
            return None
        history = list(self._person.weights)
        weighed = self._recommender.weighed(self._user, history, item.id)
        for product in weighed[:_LOOKED_AT]:
            why = await self._because_of(item, self._snapshot.by_id[product])
            if why is not None:
                return why
        if item.category.id in self._taste:
            return Why("for_your_taste", category=item)
        return None

    async def at_large(self, item: Item) -> Why:
        """Return what speaks for a product whoever asks."""
        sold = await self._counts.sold(self._session)
        if sold.get(item.id):
            return Why("popular", params={"count": sold[item.id]})
        if item.rating_count >= _ENOUGH_RATINGS and (item.rating or 0) >= _GOOD_RATING:
            return Why("well_rated", params={"rating": item.rating, "count": item.rating_count})
        if timedelta(0) <= self._today - item.released <= _NEW:
            return Why("new")
        return Why("in_category", category=item)

    async def _because_of(self, item: Item, done: Item) -> Why | None:
        """Return what links a product to one that the person bought or viewed."""
        dealing = self._person.dealings.get(done.id)
        alike = item.category.id == done.category.id
        if item.id == done.id:
            return None
        if dealing is not None and dealing.bought_at is not None:
            for pair in await self._counts.bought_together(self._session, done.id):
                if pair.product == item.id:
                    return Why("because_you_bought", done, params={"count": pair.count})
            return Why("like_what_you_bought", done) if alike else None
        viewed = done.id in self._person.seen or (dealing is not None and "view" in dealing.counts)
        if not viewed:
            return None
        for pair in await self._counts.viewed_together(self._session, done.id):
            if pair.product == item.id:
                return Why("viewed_together", done, params={"count": pair.count})
        return Why("because_you_viewed", done) if alike else None


def _taste(person: Person, snapshot: Snapshot) -> set[str]:
    """Return the categories that make up a good part of what a person has to do with."""
    weights: dict[str, float] = {}
    for product, weight in person.weights.items():
        if product in snapshot.by_id:
            category = snapshot.by_id[product].category.id
            weights[category] = weights.get(category, 0.0) + weight
    total = sum(weights.values())
    return {name for name, weight in weights.items() if weight >= _TASTE * total}
