"""What the interactions say: what is bought together, what is popular, what somebody bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from backends.recommendations.models import Interaction

#: Days that count for what is popular now.
POPULAR_DAYS = 90
#: A pair seen in fewer baskets is chance.
LEAST_TOGETHER = 2
LEAST_LIFT = 1.0


@dataclass(frozen=True)
class Pair:
    """A product bought together with another.

    Attributes:
        product: its id.
        count: baskets that hold both.
        lift: how many times likelier it is in such a basket than in any, count·n / (a·b).
    """

    product: str
    count: int
    lift: float


async def bought_together(session: AsyncSession, products: Iterable[str]) -> dict[str, list[Pair]]:
    """Return, for each product, what was in the same baskets more often than by chance.

    Lift is the ratio of P(both) to P(one)·P(other) over all baskets; pairs in fewer than
    `LEAST_TOGETHER` baskets are left out. The pairs of a product come by lift times the logarithm-
    free count, count · (lift - 1), so that neither rare nor merely popular ones lead.
    """
    wanted = list(products)
    if not wanted:
        return {}
    baskets = func.count(func.distinct(Interaction.basket))
    bought = _bought(Interaction)
    total = (await session.execute(select(baskets).where(bought))).scalar_one()
    one, other = aliased(Interaction), aliased(Interaction)
    both = (
        select(one.product_id, other.product_id, func.count(func.distinct(one.basket)))
        .join(other, (one.basket == other.basket) & (one.product_id != other.product_id))
        .where(one.product_id.in_(wanted), _bought(one), _bought(other))
        .group_by(one.product_id, other.product_id)
        .having(func.count(func.distinct(one.basket)) >= LEAST_TOGETHER)
    )
    rows = (await session.execute(both)).all()
    names = {*wanted, *(row[1] for row in rows)}
    single = await session.execute(
        select(Interaction.product_id, baskets)
        .where(bought, Interaction.product_id.in_(names))
        .group_by(Interaction.product_id)
    )
    counts: Mapping[str, int] = dict(single.all())
    pairs: dict[str, list[Pair]] = {}
    for product, with_it, count in rows:
        lift = count * total / (counts[product] * counts[with_it])
        if lift > LEAST_LIFT:
            pairs.setdefault(product, []).append(Pair(with_it, count, lift))
    for found in pairs.values():
        found.sort(key=lambda pair: (-pair.count * (pair.lift - 1), pair.product))
    return pairs


async def purchases(session: AsyncSession, now: datetime) -> dict[str, int]:
    """Return how often each product was bought in the last `POPULAR_DAYS` days."""
    since = now - timedelta(days=POPULAR_DAYS)
    rows = await session.execute(
        select(Interaction.product_id, func.count())
        .where(Interaction.kind == "purchase", Interaction.at >= since)
        .group_by(Interaction.product_id)
    )
    return dict(rows.all())


async def own_purchases(
    session: AsyncSession, customer: str | None, channel: str, sender: str, most: int = 10
) -> list[str]:
    """Return the products somebody bought, the latest first, each once.

    Args:
        session: a read session.
        customer: the customer id a sender is bound to, None when he is not.
        channel, sender: who he is on his channel.
        most: how many.
    """
    # What was written down under a bound identity is the customer's, whoever has the sender now.
    mine: ColumnElement = (
        (Interaction.channel == channel)
        & (Interaction.sender == sender)
        & Interaction.customer_id.is_(None)
    )
    if customer is not None:
        mine = mine | (Interaction.customer_id == customer)
    latest = func.max(Interaction.at)
    rows = await session.execute(
        select(Interaction.product_id)
        .where(mine, Interaction.kind == "purchase")
        .group_by(Interaction.product_id)
        .order_by(latest.desc(), Interaction.product_id)
        .limit(most)
    )
    return list(rows.scalars())


def _bought(table: Any) -> ColumnElement:
    return (table.kind == "purchase") & table.basket.is_not(None)
