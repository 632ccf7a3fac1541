"""The endpoints of the feedback service."""

from __future__ import annotations

from sanic import Blueprint

from backends.db import now
from backends.feedback import records
from backends.feedback.schemas import (
    FeedbackRequest,
    FeedbackView,
    OfferAnswer,
    OfferRequest,
    Summary,
    SummaryQuery,
)
from backends.feedback.summary import summary
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.orders.access import bound_customer

blueprint = Blueprint("feedback", url_prefix="/v1")


@endpoint(
    blueprint,
    "POST",
    "/feedback/offers",
    summary="A conversation has ended: may the customer be asked how it was?",
    body=OfferRequest,
    answers={200: OfferAnswer},
    errors=(404, 422),
    customer=True,
    idempotent=True,
)
async def offer(call: Call) -> Answer:
    """Once a day at most for each conversation and each customer, by the shop's clock."""
    ctx = call.request.app.ctx
    async with call.db.write() as session:

        async def work() -> Answer:
            moment = now()
            customer_id = await bound_customer(session, call.caller, ctx.settings.trusted_channels)
            day = ctx.service.opening.day(moment)
            reference = await records.offer(
                session, call.caller, call.body, customer_id, moment, day
            )
            return Answer(200, OfferAnswer(ask=reference is not None, reference=reference))

        return await once(session, call, work)


@endpoint(
    blueprint,
    "POST",
    "/feedback",
    summary="What the customer answered so far",
    body=FeedbackRequest,
    answers={200: FeedbackView},
    errors=(404, 409),
    customer=True,
)
async def answer(call: Call) -> FeedbackView:
    """Write it down, masked, and show what is known now."""
    async with call.db.write() as session:
        record = await records.answer(session, call.caller, call.body, now())
    return FeedbackView(
        reference=record.reference,
        solved=record.solved,
        csat=record.csat,
        nps=record.nps,
        comment=record.comment,
        asked_at=record.asked_at,
        answered_at=record.answered_at,
    )


@endpoint(
    blueprint,
    "GET",
    "/feedback/summary",
    summary="What customers said of the conversations of some days",
    query=SummaryQuery,
    answers={200: Summary},
)
async def show_summary(call: Call) -> Summary:
    """Count it."""
    async with call.db.read() as session:
        return await summary(session, call.query.first, call.query.last)
