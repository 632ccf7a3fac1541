"""To whom something is sent: a segment, those who would take a product, or all who agreed."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import conint, constr
from sanic import Sanic
from sqlalchemy import select

from backends.campaigns.outreach.refusals import refused
from backends.catalog.routes import find
from backends.customers.consent import allowed
from backends.customers.profiles.store import read_all
from backends.customers.segments.book import NAME_PATTERN, Segment
from backends.errors import ApiError
from backends.http import Inbound
from backends.orders.models import ERASED, Customer
from backends.recommendations.audience import likeliest
from backends.setup_error import SetupError

MOST_LIKELY = 10_000


class OutreachAudience(Inbound):
    """Whom to write to: the field that belongs to ``kind`` is needed, and no other.

    Attributes:
        kind: ``segment``, ``product`` or ``everybody``.
        segment: name of a segment by rule.
        product: id of a product.
        limit: at most how many of those who would take the product.
    """

    kind: Literal["segment", "product", "everybody"]
    segment: constr(regex=NAME_PATTERN) | None = None  # type: ignore[valid-type]
    product: constr(min_length=1, max_length=20) | None = None  # type: ignore[valid-type]
    limit: conint(ge=1, le=MOST_LIKELY) | None = None  # type: ignore[valid-type]

    @property
    def is_whole(self) -> bool:
        """Whether all is given that its kind needs, and nothing else."""
        needed = {"segment": {"segment"}, "product": {"product", "limit"}, "everybody": set()}
        given = {name: getattr(self, name) for name in ("segment", "product", "limit")}
        return {name for name, value in given.items() if value is not None} == needed[self.kind]


class Audiences:
    """Finds the customers of an audience.

    Args:
        app: the running app, whose segments and recommendations are asked.
    """

    def __init__(self, app: Sanic) -> None:
        self._app = app

    async def customers(self, audience: OutreachAudience) -> list[str]:
        """Their ids, in a fixed order, the likeliest first where there is one.

        Raises:
            ApiError: 409 ``audience``, ``unknown_segment``, ``unknown_product`` or ``files``.
        """
        if not audience.is_whole:
            raise refused("audience")
        if audience.kind == "segment":
            return await self._of_segment(str(audience.segment))
        if audience.kind == "product":
            return await self._of_product(str(audience.product), audience.limit or MOST_LIKELY)
        async with self._app.ctx.db.read() as session:
            there = (Customer.id != ERASED) & allowed(Customer.id, "marketing")
            rows = await session.execute(select(Customer.id).where(there).order_by(Customer.id))
            return list(rows.scalars())

    async def segments(self) -> dict[str, Segment]:
        """The segments by name.

        Raises:
            ApiError: 409 ``files`` when their file cannot be used.
        """
        try:
            return await asyncio.to_thread(self._app.ctx.segments.segments)
        except SetupError as error:
            raise ApiError(409, "not_allowed", str(error), reason="files") from None

    async def sizes(self) -> dict[str, int]:
        """How many customers each segment has."""
        segments = await self.segments()
        async with self._app.ctx.db.read() as session:
            _, customers = await read_all(session)
        return {
            name: sum(segment.has(one.values) for one in customers)
            for name, segment in segments.items()
        }

    async def _of_segment(self, name: str) -> list[str]:
        segment = (await self.segments()).get(name)
        if segment is None:
            raise refused("unknown_segment")
        async with self._app.ctx.db.read() as session:
            _, customers = await read_all(session)
        return [one.customer for one in customers if segment.has(one.values)]

    async def _of_product(self, product: str, limit: int) -> list[str]:
        shelf = await self._app.ctx.shelf.read()
        try:
            item = find(shelf.snapshot, product)
        except ApiError:
            raise refused("unknown_product") from None
        async with self._app.ctx.db.read() as session:
            recommender = await self._app.ctx.recommendations.recommender(shelf.snapshot)
            found = await likeliest(session, recommender, item, limit)
        return [customer for customer, _ in found]
