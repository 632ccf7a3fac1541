"""A table for the rows of one file, and how it is joined with what is known already.

The database itself finds what is there twice, so that a file may be longer than memory is large.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateTable, DropTable
from sqlalchemy.sql import Select

from backends.db import UtcDateTime
from backends.orders.models import Customer
from backends.recommendations.importing.checking import Event
from backends.recommendations.models import Interaction, Rating

# Temporary: seen by this connection alone, and not in the way of anybody who writes.
_STAGED = Table(
    "imported_events",
    MetaData(),
    Column("line", Integer, primary_key=True),
    Column("customer_id", String(20), nullable=False),
    Column("product_id", String(20), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("stars", Integer),
    Column("basket", String(40)),
    Column("at", UtcDateTime, nullable=False),
    prefixes=["TEMPORARY"],
)
_WHAT = ("customer_id", "product_id", "kind", "at")
_OF_RATING = ("customer_id", "product_id", "stars", "at")


async def create(connection: AsyncConnection) -> None:
    """Make the table."""
    await connection.execute(CreateTable(_STAGED))


async def stage(connection: AsyncConnection, events: Sequence[Event]) -> None:
    """Put events into the table; at least one."""
    await connection.execute(insert(_STAGED), [vars(event) for event in events])


async def merge(connection: AsyncConnection) -> tuple[int, int]:
    """Keep what is new, and drop the table.

    Returns:
        How many interactions, and how many ratings, were added.
    """
    interactions = await connection.execute(
        insert(Interaction.__table__).from_select([*_WHAT, "basket"], _new_interactions())
    )
    rated = _ranked_ratings().subquery()
    overtaken = select(rated.c.id).where(rated.c.known == 1, rated.c.place > 1)
    await connection.execute(delete(Rating.__table__).where(Rating.id.in_(overtaken)))
    ratings = await connection.execute(
        insert(Rating.__table__).from_select(
            _OF_RATING,
            select(*(rated.c[name] for name in _OF_RATING)).where(
                rated.c.known == 0, rated.c.place == 1, _is_customer(rated)
            ),
        )
    )
    await connection.execute(DropTable(_STAGED))
    return interactions.rowcount, ratings.rowcount


def _new_interactions() -> Select:
    """Each once that is not there yet.

    By sorting both together: which index a join would take, on tables that grow in this very
    transaction, no database knows well.
    """
    read = select(*(_STAGED.c[name] for name in _WHAT), _STAGED.c.basket, literal(0).label("known"))
    known = select(
        *(getattr(Interaction, name) for name in _WHAT), Interaction.basket, literal(1)
    ).where(Interaction.customer_id.is_not(None))
    both = union_all(read.where(_STAGED.c.stars.is_(None)), known).subquery()
    what = [both.c[name] for name in _WHAT]
    return (
        select(*what, func.min(both.c.basket))
        .where(_is_customer(both))
        .group_by(*what)
        .having(func.max(both.c.known) == 0)
    )


def _ranked_ratings() -> Select:
    """Those read and those known, by place among the customer's ratings of the product.

    The latest comes first; of two at one moment the one that was known, or is further down.
    """
    read = select(
        _STAGED.c.line.label("id"),
        *(_STAGED.c[name] for name in _OF_RATING),
        literal(0).label("known"),
    )
    known = select(Rating.id, *(getattr(Rating, name) for name in _OF_RATING), literal(1))
    both = union_all(
        read.where(_STAGED.c.stars.is_not(None)), known.where(Rating.customer_id.is_not(None))
    ).subquery()
    place = func.row_number().over(
        partition_by=(both.c.customer_id, both.c.product_id),
        order_by=(both.c.at.desc(), both.c.known.desc(), both.c.id.desc()),
    )
    return select(both, place.label("place"))


def _is_customer(staged: Any) -> Any:
    """Who was erased while the file was read must not come back."""
    return exists().where(Customer.id == staged.c.customer_id)
