"""Where recommendations come from: a wish, a product, the person's own taste, the shop at large."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.engine import Found
from backends.catalog.service import Catalog
from backends.catalog.snapshot import Item, Snapshot
from backends.recommendations.counts import Counts
from backends.recommendations.factorization.model import FoldedUser
from backends.recommendations.history import Pair
from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.ranking.rules import Wanted
from backends.recommendations.reasons import Why
from backends.recommendations.schemas import Relation
from backends.recommendations.serving.recommender import Recommender
from backends.recommendations.wish import Person

#: How many products the model names, and how many are looked at beside a product.
PERSONAL, ALIKE = 200, 60
#: How much of a product's place among those that answer a wish comes from the person's taste.
_TASTE_IN_WISH = 0.25
#: Sources come one after another: whatever its score, a product of an earlier one comes first.
_TIER = 10.0


class Sources:
    """Candidates of each kind, best first, with the reason where the source gives it.

    Args:
        session: a read session.
        catalog, counts: of this server.
        snapshot: the catalogue.
    """

    def __init__(
        self, session: AsyncSession, catalog: Catalog, counts: Counts, snapshot: Snapshot
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._counts = counts
        self._snapshot = snapshot

    async def bought_with(self, product: Item) -> list[tuple[Item, Why]]:
        """Return what is bought together with a product."""
        pairs = await self._counts.bought_together(self._session, product.id)
        return list(self._paired(pairs, product, "bought_together"))

    async def going_with_purchases(self, person: Person) -> list[tuple[Item, Why]]:
        """Return what is bought together with a person's purchases, those of the latest first."""
        found: list[tuple[Item, Why]] = []
        for product, dealing in person.dealings.items():
            item = self._snapshot.by_id.get(product)
            if item is not None and dealing.bought_at is not None:
                pairs = await self._counts.bought_together(self._session, product)
                found += self._paired(pairs, item, "because_you_bought")
        return found

    async def viewed_with(self, product: Item) -> list[tuple[Item, Why]]:
        """Return what those who viewed a product viewed too."""
        pairs = await self._counts.viewed_together(self._session, product.id)
        return list(self._paired(pairs, product, "viewed_together"))

    def going_with(self, product: Item) -> list[tuple[Item, Why]]:
        """Return what the catalogue says goes with a product."""
        by_id = self._snapshot.by_id
        others = [by_id[name] for name in product.goes_with if name in by_id]
        return [(other, Why("goes_with", product)) for other in others]

    async def like(self, product: Item) -> list[tuple[Item, Why]]:
        """Return what is like a product by its text."""
        alike = await self._catalog.similar(self._session, product)
        return [(other, Why("similar", product)) for other in alike[:ALIKE]]

    async def sold(self, category: str | None = None) -> list[tuple[Item, Why]]:
        """Return what sells best, in a category or at all; what sold nothing is not popular."""
        sold = await self._counts.sold(self._session)
        by_id = self._snapshot.by_id
        items = [
            by_id[name]
            for name in sold
            if name in by_id and category in (None, by_id[name].category.id)
        ]
        items.sort(key=lambda one: (-sold[one.id], one.id))
        if category is None:
            return [(item, Why("popular", params={"count": sold[item.id]})) for item in items]
        return [
            (item, Why("popular_in_category", category=item, params={"count": sold[item.id]}))
            for item in items
        ]

    async def beside(
        self, product: Item, relation: Relation, category: str | None
    ) -> list[Candidate]:
        """Return what relates to a product.

        Args:
            product: it.
            relation: how.
            category: for ``any``, where what sells best comes from; by default the product's own.
        """
        if relation == "similar":
            return in_tiers(await self.like(product))
        if relation == "goes_with":
            return in_tiers(self.going_with(product), await self.bought_with(product))
        if relation == "bought_together":
            return in_tiers(await self.bought_with(product), await self.viewed_with(product))
        return in_tiers(
            await self.bought_with(product),
            await self.like(product),
            await self.sold(category or product.category.id),
            await self.sold(),
        )

    def everything(self) -> list[Item]:
        """Return all products, the best loved by the shop first."""
        return sorted(self._snapshot.items, key=lambda item: (-item.popularity, item.id))

    def _paired(
        self, pairs: Iterable[Pair], product: Item, code: str
    ) -> Iterator[tuple[Item, Why]]:
        for pair in pairs:
            other = self._snapshot.by_id.get(pair.product)
            if other is not None:
                yield other, Why(code, product, params={"count": pair.count})  # type: ignore[arg-type]


def in_tiers(*sources: Iterable[tuple[Item, Why | None]]) -> list[Candidate]:
    """Return each product once, of the earliest source that has it, in the sources' order."""
    found: dict[str, Candidate] = {}
    for tier, source in enumerate(sources):
        listed = list(source)
        for place, (item, why) in enumerate(listed):
            score = -_TIER * tier - place / len(listed)
            reasons = () if why is None else (why,)
            found.setdefault(item.id, Candidate(item, score, reasons=reasons))
    return list(found.values())


def answering(found: Found, wanted: Wanted, taste: Mapping[str, float]) -> list[Candidate]:
    """Return what answers a wish, drawn towards the person's taste.

    What is near by meaning alone, without a word in common, has no reason of its own.

    Args:
        found: by the catalogue's search.
        wanted: the bounds that hold.
        taste: scores of products between 0 and 1, by id; may be empty.
    """
    best = max((hit.score for hit in found.hits), default=1.0) or 1.0
    prices = {"price_min": wanted.price_min, "price_max": wanted.price_max}
    bounds = {name: bound for name, bound in prices.items() if bound is not None}
    candidates = []
    for hit in found.hits:
        score = hit.score / best + _TASTE_IN_WISH * taste.get(hit.item.id, 0.0)
        why = Why("matches_wish", params={"wish": ", ".join(hit.matched), **bounds})
        reasons = (why,) if hit.matched else ()
        candidates.append(Candidate(hit.item, score, reasons=reasons))
    return candidates


def personal(snapshot: Snapshot, recommender: Recommender, user: FoldedUser) -> list[Candidate]:
    """Return what the model names for a person, with scores between 0 and 1."""
    best = [product for product in recommender.best(user, PERSONAL) if product in snapshot.by_id]
    scores = recommender.scores(user, best)
    return [Candidate(snapshot.by_id[product], scores[product]) for product in best]
