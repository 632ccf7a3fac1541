"""The endpoints of the recommendations service."""

from __future__ import annotations

from sanic import Blueprint
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog import views
from backends.catalog.routes import catalog_of, find, identify
from backends.catalog.schemas import Language
from backends.catalog.snapshot import Item, read_stock
from backends.db import now
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.orders.access import bound_customer
from backends.recommendations import history
from backends.recommendations.models import Interaction
from backends.recommendations.schemas import (
    InteractionAnswer,
    InteractionRequest,
    Reason,
    Recommendation,
    RecommendationList,
    RecommendationQuery,
)
from backends.recommendations.service import Why, Wish, recommend

blueprint = Blueprint("recommendations", url_prefix="/v1")


@endpoint(
    blueprint,
    "GET",
    "/recommendations",
    summary="Products for a customer, each with its reason",
    query=RecommendationQuery,
    answers={200: RecommendationList},
    errors=(404,),
    customer=True,
)
async def recommendations(call: Call) -> RecommendationList:
    """Recommend beside a product, within a category, or at large."""
    asked: RecommendationQuery = call.query
    catalog = catalog_of(call)
    async with call.db.read() as session:
        snapshot = await catalog.snapshot(session)
        stock = await read_stock(session)
        wish = Wish(
            product=find(snapshot, asked.product) if asked.product else None,
            category=identify(snapshot.categories, asked.category),
            price_max=asked.price_max,
            bought=tuple(await _bought(call, session)),
            limit=asked.limit,
        )

        async def similar(item: Item) -> list[Item]:
            return await catalog.similar(session, item)

        chosen = await recommend(session, snapshot, stock, similar, wish, now())
    return RecommendationList(
        items=[
            Recommendation(
                **views.summary(item, asked.lang, stock).dict(),
                reason=_reason(item, why, asked.lang),
            )
            for item, why in chosen
        ]
    )


@endpoint(
    blueprint,
    "POST",
    "/interactions",
    summary="Write down what a customer did with a product",
    body=InteractionRequest,
    answers={201: InteractionAnswer},
    errors=(404, 422),
    customer=True,
    idempotent=True,
)
async def add_interaction(call: Call) -> Answer:
    """Write it down once, however often it is sent."""
    told: InteractionRequest = call.body
    async with call.db.write() as session:

        async def work() -> InteractionAnswer:
            item = find(await catalog_of(call).snapshot(session), told.product_id)
            session.add(
                Interaction(
                    kind=told.kind,
                    product_id=item.id,
                    customer_id=await bound_customer(session, call.caller, _trusted(call)),
                    channel=call.caller.channel,
                    sender=call.caller.sender,
                    at=now(),
                )
            )
            await session.flush()
            return InteractionAnswer(kind=told.kind, product_id=item.id)

        return await once(session, call, work)


async def _bought(call: Call, session: AsyncSession) -> list[str]:
    """What the caller bought; nothing where anybody can give himself the sender id of another."""
    trusted = _trusted(call)
    if call.caller.channel not in trusted:
        return []
    customer = await bound_customer(session, call.caller, trusted)
    return await history.own_purchases(session, customer, call.caller.channel, call.caller.sender)


def _trusted(call: Call) -> frozenset[str]:
    return call.request.app.ctx.settings.trusted_channels


def _reason(item: Item, why: Why, language: Language) -> Reason:
    params: dict[str, int | str] = {}
    if why.product is not None:
        params["product"] = why.product.names[language]
    if why.code == "popular_in_category":
        params["category"] = item.category.names[language]
    if why.count is not None:
        params["count"] = why.count
    return Reason(code=why.code, params=params)
