"""The endpoints of the review service."""

from __future__ import annotations

from sanic import Blueprint

from backends.db import now
from backends.errors import not_found
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.review import records
from backends.review.models import Fallback
from backends.review.schemas import (
    REFERENCE_PATTERN,
    FallbackAccepted,
    FallbackList,
    FallbackRequest,
    FallbackView,
    NextRequest,
    NextView,
)
from backends.review.schemas import FallbackQuery as Query

blueprint = Blueprint("review", url_prefix="/v1")


@endpoint(
    blueprint,
    "POST",
    "/fallbacks",
    summary="Write down a message that no story covered, and what came of it",
    body=FallbackRequest,
    answers={201: FallbackAccepted},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def add_fallback(call: Call) -> Answer:
    """Write it down once, however often it is sent."""
    async with call.db.write() as session:

        async def work() -> FallbackAccepted:
            record = await records.add(session, call.caller, call.body, now())
            return FallbackAccepted(reference=record.reference)

        return await once(session, call, work)


@endpoint(
    blueprint,
    "POST",
    "/fallbacks/<reference:str>/next",
    summary="Write down what the customer did after it",
    body=NextRequest,
    answers={201: FallbackAccepted},
    errors=(404,),
    path_patterns={"reference": REFERENCE_PATTERN},
    customer=True,
)
async def add_next(call: Call) -> FallbackAccepted:
    """Only the customer of the fallback can be told of; what is told again changes nothing."""
    told: NextRequest = call.body
    reference = call.path["reference"]
    async with call.db.write() as session:
        if not await records.add_next(session, call.caller, reference, told, now()):
            raise not_found()
    return FallbackAccepted(reference=reference)


@endpoint(
    blueprint,
    "GET",
    "/fallbacks",
    summary="What the assistant could not answer by its stories, the latest first",
    query=Query,
    answers={200: FallbackList},
)
async def list_fallbacks(call: Call) -> FallbackList:
    """List them for review."""
    async with call.db.read() as session:
        found = await records.latest(session, call.query)
    return FallbackList(items=[_view(record) for record in found])


def _view(record: Fallback) -> FallbackView:
    following = None
    if record.next_act is not None:
        following = NextView(
            act=record.next_act,
            text=record.next_text,
            intent=record.next_intent,
            at=record.next_at,
        )
    return FallbackView(
        reference=record.reference,
        language=record.language,
        question=record.question,
        outcome=record.outcome,
        said=record.said,
        passages=record.passages,
        candidates=record.candidates,
        generator=record.generator,
        milliseconds=record.milliseconds,
        at=record.at,
        next=following,
    )
