"""Which customers a product would please."""

from __future__ import annotations

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.snapshot import Item
from backends.recommendations import history
from backends.recommendations.factorization.observations import Observations
from backends.recommendations.learning.reading import read_history
from backends.recommendations.serving.recommender import Recommender


async def likeliest(
    session: AsyncSession, recommender: Recommender | None, item: Item, limit: int
) -> list[tuple[str, float]]:
    """Return customers who did not buy a product, with their scores, the greatest first.

    Those who refuse that their history is used are not among them; nobody is without a model.
    """
    if recommender is None or item.id not in recommender.places:
        return []
    told = await read_history(session, recommender.places)
    if told.kind != recommender.model.kind:
        # Most feedback was of the other kind when the model was trained.
        return []
    bought = await history.buyers(session, item.id)
    scores = await asyncio.to_thread(_scores, recommender, told.observations, item)
    rows = [
        (customer, score)
        for customer, score in zip(told.customers, scores, strict=True)
        if customer is not None and customer not in bought
    ]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:limit]


def _scores(recommender: Recommender, done: Observations, item: Item) -> list[float]:
    """Return every user's score of a product."""
    model, at = recommender.model, recommender.places[item.id]
    scores = []
    for mine in done.by_user():
        user = model.fold_in(done.items[mine], done.values[mine])
        score = model.mean + user.bias + model.item_biases[at]
        scores.append(float(score + model.item_vectors[at] @ user.vector))
    return scores
