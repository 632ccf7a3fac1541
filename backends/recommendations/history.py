"""What the interactions say: what goes together, what is popular, what somebody did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import bindparam, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql import ColumnElement, Select

from backends.recommendations.models import KINDS, Interaction, Rating

#: Days that count for what is popular now.
POPULAR_DAYS = 90
#: A pair seen in fewer baskets is chance.
LEAST_TOGETHER = 2
LEAST_LIFT = 1.0
#: Products that a customer had to do with and that count for him, the latest.
MOST_DEALINGS = 200
_RATED = "rating"


@dataclass(frozen=True)
class Pair:
    """A product bought together with another.

    Attributes:
        product: its id.
        count: baskets (or customers' views) that hold both.
        lift: how many times likelier it is in such a basket than in any, count·n / (a·b).
    """

    product: str
    count: int
    lift: float


async def bought_together(session: AsyncSession, product: str) -> list[Pair]:
    """Return what was in the same baskets as a product more often than by chance."""
    return await _together(session, product, Interaction.basket, "purchase")


async def viewed_together(session: AsyncSession, product: str) -> list[Pair]:
    """Return what customers who viewed a product viewed too, more often than by chance."""
    return await _together(session, product, Interaction.customer_id, "view")


async def _together(
    session: AsyncSession, product: str, group: InstrumentedAttribute, kind: str
) -> list[Pair]:
    """Return what shares groups with a product more often than by chance, best pairs first.

    Lift is the ratio of P(both) to P(one)·P(other) over all groups; pairs in fewer than
    `LEAST_TOGETHER` groups are left out. Pairs come by lift times the logarithm-free count,
    count · (lift - 1), so that neither rare nor merely popular ones lead.

    Args:
        session: a read session.
        product: id.
        group: the column that is the same for what goes together; rows without it do not count.
        kind: of the interactions that count.
    """

    def counts(table: Any) -> ColumnElement:
        return (table.kind == kind) & getattr(table, group.key).is_not(None)

    groups = func.count(func.distinct(group))
    total = (await session.execute(select(groups).where(counts(Interaction)))).scalar_one()
    one, other = aliased(Interaction), aliased(Interaction)
    shared = func.count(func.distinct(getattr(one, group.key)))
    both = (
        select(other.product_id, shared)
        .join(one, getattr(one, group.key) == getattr(other, group.key))
        .where(one.product_id == product, other.product_id != product, counts(one), counts(other))
        .group_by(other.product_id)
        .having(shared >= LEAST_TOGETHER)
    )
    rows = (await session.execute(both)).all()
    single = await session.execute(
        select(Interaction.product_id, groups)
        .where(counts(Interaction))
        .where(Interaction.product_id.in_([product, *(name for name, _ in rows)]))
        .group_by(Interaction.product_id)
    )
    of: Mapping[str, int] = dict(single.all())
    pairs = [Pair(name, count, count * total / (of[product] * of[name])) for name, count in rows]
    return sorted(
        (pair for pair in pairs if pair.lift > LEAST_LIFT),
        key=lambda pair: (-pair.count * (pair.lift - 1), pair.product),
    )


async def purchases(session: AsyncSession, now: datetime) -> dict[str, int]:
    """Return how often each product was bought in the last `POPULAR_DAYS` days."""
    since = now - timedelta(days=POPULAR_DAYS)
    rows = await session.execute(
        select(Interaction.product_id, func.count())
        .where(Interaction.kind == "purchase", Interaction.at >= since)
        .group_by(Interaction.product_id)
    )
    return dict(rows.all())


async def buyers(session: AsyncSession, product: str) -> set[str]:
    """Return the customers who bought a product."""
    rows = await session.execute(
        select(Interaction.customer_id)
        .where(Interaction.product_id == product, Interaction.kind == "purchase")
        .where(Interaction.customer_id.is_not(None))
    )
    return set(rows.scalars())


@dataclass
class Dealing:
    """What one customer did with one product.

    Attributes:
        counts: how often, by kind of interaction.
        latest: when last.
        bought_at: when it was last bought, None when never.
        stars: the latest rating, None without one.
    """

    counts: dict[str, int]
    latest: datetime
    bought_at: datetime | None = None
    stars: int | None = None


async def own_dealings(
    session: AsyncSession, customer: str | None, channel: str, sender: str
) -> dict[str, Dealing]:
    """Return what somebody did with products, the latest first, at most `MOST_DEALINGS` products.

    Args:
        session: a read session.
        customer: the customer id a sender is bound to, None when he is not.
        channel, sender: who he is on his channel.
    """
    asked = {"customer": customer, "channel": channel, "sender": sender}
    found: dict[str, Dealing] = {}
    for product, kind, number, at in await session.execute(_OWN_DEALINGS, asked):
        moment = _aware(at)
        dealing = found.setdefault(product, Dealing({}, moment))
        dealing.latest = max(dealing.latest, moment)
        if kind == _RATED:
            dealing.stars = number
        else:
            dealing.counts[kind] = number
        if kind == "purchase":
            dealing.bought_at = moment
    newest = sorted(found.items(), key=lambda one: (one[1].latest, one[0]), reverse=True)
    return dict(newest[:MOST_DEALINGS])


def _aware(moment: datetime | str) -> datetime:
    """Read what max() gives: a moment by PostgreSQL, text by SQLite."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def by(table: Any, customer: Any, channel: Any, sender: Any) -> ColumnElement:
    """A condition: a row of interactions or ratings is of this sender or customer.

    Args:
        table: `Interaction` or `Rating`.
        customer: the customer id a sender is bound to, or None; or a parameter of the statement.
        channel, sender: who he is on his channel.
    """
    # What was written down under a bound identity is the customer's, whoever has the sender now.
    mine = (table.channel == channel) & (table.sender == sender) & table.customer_id.is_(None)
    # With None nothing is equal to it, so the second half finds nothing.
    return mine | (table.customer_id == customer if customer is not None else false())


def _own_dealings() -> Select:
    """The statement of `own_dealings`; putting it together takes longer than running it."""
    who = (bindparam("customer"), bindparam("channel"), bindparam("sender"))
    latest = func.max(Interaction.at)
    done = (
        select(Interaction.product_id, Interaction.kind, func.count(), latest)
        .where(by(Interaction, *who))
        .group_by(Interaction.product_id, Interaction.kind)
        .order_by(latest.desc(), Interaction.product_id)
        .limit(MOST_DEALINGS * len(KINDS))
        .subquery()
    )
    given = select(Rating.product_id, literal(_RATED), Rating.stars, Rating.at)
    return select(done).union_all(given.where(by(Rating, *who)))


_OWN_DEALINGS = _own_dealings()
