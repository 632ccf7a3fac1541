"""Choose what to recommend, each product with the one reason that speaks most for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.interpret import Interpretation
from backends.catalog.service import Catalog
from backends.catalog.snapshot import Item, Snapshot
from backends.clock import today
from backends.db import now
from backends.recommendations.candidates import Sources, answering, in_tiers, personal
from backends.recommendations.counts import Counts
from backends.recommendations.factorization.model import FoldedUser
from backends.recommendations.factorization.observations import Floats
from backends.recommendations.learning.store import ModelStore
from backends.recommendations.ranking.candidate import Candidate
from backends.recommendations.ranking.policy import Policy
from backends.recommendations.ranking.ranking import Ranking, rank
from backends.recommendations.ranking.rules import Wanted, rules_for
from backends.recommendations.reasons import Reasons, Why
from backends.recommendations.scoring.scorer import TOP, Scorer
from backends.recommendations.scoring.texts import customer_text
from backends.recommendations.serving.models import ServingModel
from backends.recommendations.serving.recommender import Recommender
from backends.recommendations.shelf import Shelf
from backends.recommendations.wish import Person, Wish, joined

#: What the search or the product spoken of answers, so that the words are not passed over.
_ANSWERS = {"matches_wish", "similar", "goes_with", "bought_together", "viewed_together"}

log = structlog.get_logger("backends.recommendations")


@dataclass(frozen=True)
class Recommended:
    """The list.

    Attributes:
        items: products with their reasons, the best first.
        stock: pieces by product id.
        wanted: the bounds that held, those read from the words included.
        relaxed: what had to give way, rather than that nothing is shown.
    """

    items: list[tuple[Item, Why]]
    stock: Mapping[str, int]
    wanted: Wanted
    relaxed: tuple[str, ...]


class Recommendations:
    """One for each server process.

    Args:
        catalog: of this server.
        store: the trained models.
        policy: the shopkeeper's.
        scorer: the language model's re-ranking, if there is one.
    """

    def __init__(self, catalog: Catalog, store: ModelStore, policy: Policy, scorer: Scorer) -> None:
        self._catalog = catalog
        self._model = ServingModel(store)
        self._policy = policy
        self._scorer = scorer
        self._counts = Counts()

    async def stop(self) -> None:
        """Close what is open."""
        await self._scorer.close()

    async def recommend(
        self, session: AsyncSession, shelf: Shelf, wish: Wish, person: Person
    ) -> Recommended:
        """Return products in stock within the wish, the best first, each with its reason.

        Never empty while anything that keeps to stock, prices and what is asked out is there.
        """
        snapshot, stock = shelf.snapshot, shelf.stock
        recommender = await self.recommender(snapshot)
        user = None if recommender is None else folded(recommender, person)
        sources = Sources(session, self._catalog, self._counts, snapshot)
        wanted, candidates, said = await self._candidates(
            session, sources, snapshot, wish, person, recommender, user
        )
        shown = {wish.product.id} if wish.product else set(() if wish.words else person.seen)
        wanted = replace(wanted, without=wanted.without | shown)
        taste = recommender if user is not None else None
        ranking = self._ranked(wish, person, wanted, stock, candidates, taste)
        relaxed = ranking.relaxed
        if not ranking.candidates:
            fill = in_tiers(
                await sources.sold(wanted.category),
                await sources.sold(),
                ((item, None) for item in sources.everything()),
            )
            ranking = self._ranked(wish, person, wanted, stock, fill, None)
            relaxed = (*(("relation",) if wish.product else ()), *ranking.relaxed)
        if said is not None and said.terms and not _answered(ranking):
            relaxed = ("wish", *relaxed)
        log.debug("ranked", dropped=dict(ranking.dropped), relaxed=relaxed)
        chosen = ranking.candidates
        if self._scorer.scores_anything:
            known = _customer_text(snapshot, person, said, wish)
            chosen = await self._scorer.rerank(known, chosen, wish.language)
        reasons = Reasons(session, self._counts, snapshot, today(), person, recommender, user)
        items = [(one.item, await _why(one, reasons)) for one in chosen[: wish.limit]]
        return Recommended(items, stock, wanted, relaxed)

    @property
    def model(self) -> str | None:
        """The name of the model that serves, None while there is none."""
        return self._model.name

    async def recommender(self, snapshot: Snapshot) -> Recommender | None:
        """Return the model that serves, None while there is none."""
        texts, encoder = self._catalog.text_vectors()
        return await self._model.recommender(snapshot, texts, encoder)

    async def _candidates(
        self,
        session: AsyncSession,
        sources: Sources,
        snapshot: Snapshot,
        wish: Wish,
        person: Person,
        recommender: Recommender | None,
        user: FoldedUser | None,
    ) -> tuple[Wanted, list[Candidate], Interpretation | None]:
        """Return the bounds, the candidates, and how the words were read."""
        wanted, said = wish.wanted, None
        if wish.words:
            found = await self._catalog.search(session, wish.words, lambda item, meant: True)
            said = found.interpretation
            wanted = joined(wanted, said)
            if said.terms:
                products = [hit.item.id for hit in found.hits]
                taste = recommender.scores(user, products) if recommender and user else {}
                if wish.product is None:
                    return wanted, answering(found, wanted, taste), said
                # Of what is beside the product that which answers the words too, if anything does.
                beside = await sources.beside(wish.product, wish.relation, wanted.category)
                fitting = [one for one in beside if one.item.id in set(products)]
                return wanted, fitting or beside, said
        if wish.product is not None:
            return wanted, await sources.beside(wish.product, wish.relation, wanted.category), said
        if recommender is not None and user is not None:
            return wanted, personal(snapshot, recommender, user), said
        own = await sources.going_with_purchases(person)
        popular = await sources.sold(wanted.category)
        others = () if wanted.category is None else await sources.sold()
        return wanted, in_tiers(own, popular, others), said

    def _ranked(
        self,
        wish: Wish,
        person: Person,
        wanted: Wanted,
        stock: Mapping[str, int],
        candidates: list[Candidate],
        taste: Recommender | None,
    ) -> Ranking:
        """Return the list; ``taste`` is the model, where it knows the person."""
        bought = {
            product: dealing.bought_at
            for product, dealing in person.dealings.items()
            if dealing.bought_at is not None
        }
        at_large = wish.product is None and wanted.category is None and not wish.words
        rules = rules_for(wanted, self._policy, stock, bought, now(), at_large)
        vectors: dict[str, Floats] = {}
        if taste is None or wish.product is not None:
            # What is bought with it, or sells best, comes in that order.
            rules = replace(rules, diversity=0.0)
        else:
            vectors = taste.vectors(one.item.id for one in candidates)
        return rank(candidates, rules, vectors, max(wish.limit, TOP))


def folded(recommender: Recommender, person: Person) -> FoldedUser | None:
    """Return the vector of a person, None when nothing is known of him."""
    if not person.known:
        return None
    ratings = recommender.model.kind == "ratings"
    return recommender.fold_in(person.stars if ratings else person.weights, person.tags)


def _answered(ranking: Ranking) -> bool:
    """Whether any product answers the customer's words, and not their meaning alone."""
    reasons = (why for one in ranking.candidates for why in one.reasons)
    return any(why.code in _ANSWERS for why in reasons)


async def _why(candidate: Candidate, reasons: Reasons) -> Why:
    """Return the reason that the source gave, else the person's own, else what holds at large."""
    if candidate.reasons:
        return candidate.reasons[0]
    return await reasons.personal(candidate.item) or await reasons.at_large(candidate.item)


def _customer_text(
    snapshot: Snapshot, person: Person, said: Interpretation | None, wish: Wish
) -> str:
    """Say for a language model what is known: products and words of the catalogue alone."""

    def items(bought: bool) -> list[Item]:
        return [
            snapshot.by_id[product]
            for product, dealing in person.dealings.items()
            if product in snapshot.by_id and (dealing.bought_at is not None) == bought
        ]

    words = [] if said is None else [term.key for term in said.terms if term.known]
    seen = [snapshot.by_id[one] for one in person.seen if one in snapshot.by_id]
    return customer_text(items(bought=True), [*seen, *items(bought=False)], words, wish.language)
