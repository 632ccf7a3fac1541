"""The endpoints of the recommendations service."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from backends.catalog.routes import catalog_of, find, identify
from backends.catalog.snapshot import Snapshot
from backends.customers.finding import existing_ids
from backends.db import now
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.insights.measures.exposures import Kind
from backends.orders.access import bound_customer
from backends.recommendations import audience, history, views
from backends.recommendations.answers import AnswersAtLarge
from backends.recommendations.learning.store import ModelStore
from backends.recommendations.learning.tags import standing
from backends.recommendations.models import Interaction, Rating
from backends.recommendations.ranking.policy import read_policy
from backends.recommendations.ranking.rules import Wanted
from backends.recommendations.schemas import (
    Audience,
    AudienceMember,
    AudienceQuery,
    BatchList,
    BatchRequest,
    CustomerRecommendations,
    InteractionAnswer,
    InteractionRequest,
    RatingAnswer,
    RatingRequest,
    RecommendationList,
    RecommendationQuery,
)
from backends.recommendations.scoring.scorer import Scorer
from backends.recommendations.scoring.settings import load_scoring_settings
from backends.recommendations.service import Recommendations, Recommended
from backends.recommendations.shelf import Shelf, ShelfReader
from backends.recommendations.wish import Person, Wish
from backends.search.settings import SearchSettings

blueprint = Blueprint("recommendations", url_prefix="/v1")


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    search = SearchSettings()  # type: ignore[call-arg]
    app.ctx.recommendations = Recommendations(
        app.ctx.catalog,
        ModelStore(search.state),
        read_policy(app.ctx.settings.shop_data),
        Scorer(load_scoring_settings()),
    )
    app.ctx.shelf = ShelfReader(app.ctx.db, app.ctx.catalog)
    app.ctx.answers_at_large = AnswersAtLarge()


@blueprint.listener("after_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    await app.ctx.recommendations.stop()


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
    """Recommend for a wish, beside a product, within bounds, or at large."""
    asked: RecommendationQuery = call.query
    shelf = await _shelf(call)
    wish = _wish(asked, shelf.snapshot)
    seen = tuple(name for name in _parts(asked.seen) if name in shelf.snapshot.by_id)

    person = Person(seen=seen)
    # Where anybody can give himself the sender id of another, nothing written down counts.
    if call.caller.channel in _trusted(call):
        async with call.db.read() as session:
            person = await _person(call, session, seen)

    async def answer() -> Recommended:
        async with call.db.read() as session:
            return await _service(call).recommend(session, shelf, wish, person)

    if person.known:
        chosen = await answer()
    else:
        kept: AnswersAtLarge = call.request.app.ctx.answers_at_large
        chosen = await kept.get(asked.json(), shelf, _service(call).model, answer)
    kind: Kind = "product" if wish.product else "wish" if wish.words else "general"
    shown = [item.id for item, _ in chosen.items]
    call.request.app.ctx.exposures.add(call.caller, kind, asked.lang, shown)
    return views.recommended(chosen, asked.lang)


@endpoint(
    blueprint,
    "POST",
    "/recommendations/batch",
    summary="Recommendations for many customers, for a campaign",
    body=BatchRequest,
    answers={200: BatchList},
)
async def recommendations_for_many(call: Call) -> BatchList:
    """Recommend to each customer that there is, at large or within a category."""
    asked: BatchRequest = call.body
    items = []
    shelf = await _shelf(call)
    wanted = Wanted(category=identify(shelf.snapshot.categories, asked.category))
    wish = Wish("", None, "any", wanted, asked.limit, asked.lang)
    async with call.db.read() as session:
        there = await existing_ids(session, asked.customers)
        for customer in filter(there.__contains__, asked.customers):
            person = await _customer(session, customer)
            chosen = await _service(call).recommend(session, shelf, wish, person)
            items.append(
                CustomerRecommendations(
                    customer_id=customer,
                    personal=person.known,
                    items=views.recommended(chosen, asked.lang).items,
                )
            )
    return BatchList(items=items)


@endpoint(
    blueprint,
    "GET",
    "/recommendations/audience",
    summary="Customers who are likely to take a product",
    query=AudienceQuery,
    answers={200: Audience},
    errors=(404,),
)
async def recommendation_audience(call: Call) -> Audience:
    """Name the customers of greatest score who did not buy the product."""
    asked: AudienceQuery = call.query
    snapshot = (await _shelf(call)).snapshot
    item = find(snapshot, asked.product)
    async with call.db.read() as session:
        recommender = await _service(call).recommender(snapshot)
        found = await audience.likeliest(session, recommender, item, asked.limit)
    return Audience(
        items=[AudienceMember(customer_id=name, score=round(score, 4)) for name, score in found]
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


@endpoint(
    blueprint,
    "POST",
    "/ratings",
    summary="Write down how many stars a customer gives a product",
    body=RatingRequest,
    answers={201: RatingAnswer},
    errors=(404, 422),
    customer=True,
    idempotent=True,
)
async def add_rating(call: Call) -> Answer:
    """Write it down in the place of what the customer gave before."""
    told: RatingRequest = call.body
    async with call.db.write() as session:

        async def work() -> RatingAnswer:
            item = find(await catalog_of(call).snapshot(session), told.product_id)
            customer = await bound_customer(session, call.caller, _trusted(call))
            who = history.by(Rating, customer, call.caller.channel, call.caller.sender)
            await session.execute(delete(Rating).where(who, Rating.product_id == item.id))
            session.add(
                Rating(
                    product_id=item.id,
                    stars=told.stars,
                    customer_id=customer,
                    channel=call.caller.channel,
                    sender=call.caller.sender,
                    at=now(),
                )
            )
            await session.flush()
            return RatingAnswer(product_id=item.id, stars=told.stars)

        return await once(session, call, work)


def _wish(asked: RecommendationQuery, snapshot: Snapshot) -> Wish:
    """Return what is asked for, names brought to ids.

    Raises:
        ApiError: 404 when there is no such product.
    """
    return Wish(
        words=(asked.q or "").strip(),
        product=find(snapshot, asked.product) if asked.product else None,
        relation=asked.relation,
        wanted=Wanted(
            category=identify(snapshot.categories, asked.category),
            brand=identify(snapshot.brands, asked.brand),
            without_brands=_identified(snapshot.brands, asked.without_brand),
            without=frozenset(_parts(asked.without)),
            price_min=asked.price_min,
            price_max=asked.price_max,
        ),
        limit=asked.limit,
        language=asked.lang,
    )


async def _person(call: Call, session: AsyncSession, seen: tuple[str, ...]) -> Person:
    """Return the caller on a trusted channel as far as he may be known."""
    customer = await bound_customer(session, call.caller, _trusted(call))
    if customer is not None:
        return await _customer(session, customer, seen, call)
    channel, sender = call.caller.channel, call.caller.sender
    return Person(await history.own_dealings(session, None, channel, sender), seen)


async def _customer(
    session: AsyncSession, customer: str, seen: tuple[str, ...] = (), call: Call | None = None
) -> Person:
    """Return a customer, of whom nothing is known where he refuses it."""
    known = await standing(session, customer)
    if not known.covered:
        return Person(seen=seen)
    channel, sender = (call.caller.channel, call.caller.sender) if call else ("", "")
    dealings = await history.own_dealings(session, customer, channel, sender)
    return Person(dealings, seen, known.tags)


async def _shelf(call: Call) -> Shelf:
    return await call.request.app.ctx.shelf.read()


def _service(call: Call) -> Recommendations:
    return call.request.app.ctx.recommendations


def _trusted(call: Call) -> frozenset[str]:
    return call.request.app.ctx.settings.trusted_channels


def _parts(text: str | None) -> list[str]:
    return [part for each in (text or "").split(",") if (part := each.strip().upper())]


def _identified(brands: Any, names: str | None) -> frozenset[str]:
    return frozenset(
        str(identify(brands, name.strip())) for name in (names or "").split(",") if name.strip()
    )
