"""Reading from the database what the model is trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.consent import allowed
from backends.recommendations import signals
from backends.recommendations.factorization.model import Kind
from backends.recommendations.factorization.observations import Observations
from backends.recommendations.models import Interaction, Rating

#: A customer's id, or channel and sender of somebody not known as a customer.
Who = tuple[str, ...]


@dataclass(frozen=True)
class History:
    """What customers did with the products there are.

    Attributes:
        kind: ratings where most pairs of customer and product have stars, else preferences.
        users: who they are, in the order of the observations' indices.
        observations: stars or weights.
    """

    kind: Kind
    users: tuple[Who, ...]
    observations: Observations

    @property
    def customers(self) -> list[str | None]:
        """The customer ids of the users, None for those who are not known as customers."""
        return [who[0] if len(who) == 1 else None for who in self.users]


async def read_history(session: AsyncSession, products: Mapping[str, int]) -> History:
    """Read all interactions and ratings of customers who do not refuse it.

    Args:
        session: a read session.
        products: index by product id; what was done with others is left out.
    """
    done: dict[tuple[Who, str], dict[str, int]] = {}
    for who, product, act, count in await _interactions(session):
        if product in products:
            kinds = done.setdefault((who, product), {})
            kinds[act] = kinds.get(act, 0) + count
    stars = {
        pair: given for pair, given in (await _ratings(session)).items() if pair[1] in products
    }
    pairs = done.keys() | stars.keys()
    kind: Kind = "ratings" if 2 * len(stars) > len(pairs) else "preferences"
    if kind == "ratings":
        values = {pair: float(given) for pair, given in stars.items()}
    else:
        values = {pair: signals.weight(done.get(pair, {}), stars.get(pair)) for pair in pairs}
    kept = sorted(pair for pair, value in values.items() if value > 0)
    users = tuple(dict.fromkeys(who for who, _ in kept))
    places = {who: at for at, who in enumerate(users)}
    observations = Observations(
        users=np.array([places[who] for who, _ in kept], np.int64),
        items=np.array([products[product] for _, product in kept], np.int64),
        values=np.array([values[pair] for pair in kept], np.float32),
        user_count=len(users),
        item_count=len(products),
    )
    return History(kind, users, observations)


async def _interactions(session: AsyncSession) -> list[tuple[Who, str, str, int]]:
    who = (Interaction.customer_id, Interaction.channel, Interaction.sender)
    rows = await session.execute(
        select(*who, Interaction.product_id, Interaction.kind, func.count())
        .where(_may_be_read(Interaction))
        .group_by(*who, Interaction.product_id, Interaction.kind)
    )
    return [(_who(*row[:3]), *row[3:]) for row in rows]


async def _ratings(session: AsyncSession) -> dict[tuple[Who, str], int]:
    rows = await session.execute(
        select(Rating.customer_id, Rating.channel, Rating.sender, Rating.product_id, Rating.stars)
        .where(_may_be_read(Rating))
        .order_by(Rating.at, Rating.id)
    )
    # The latest comes last and stays.
    return {(_who(*row[:3]), row[3]): row[4] for row in rows}


def _may_be_read(table: Any) -> Any:
    return table.customer_id.is_(None) | allowed(table.customer_id, "recommendations")


def _who(customer: str | None, channel: str | None, sender: str | None) -> Who:
    return (customer,) if customer is not None else (channel or "", sender or "")
