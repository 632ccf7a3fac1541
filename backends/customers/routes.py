"""The endpoints of the customers service."""

from __future__ import annotations

from sanic import Blueprint
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers import messages
from backends.customers.consent import covers, state
from backends.customers.erasure.erasing import erase
from backends.customers.finding import existing, speaking
from backends.customers.models import Consent
from backends.customers.purposes import DEFAULTS, Purpose
from backends.customers.schemas import (
    CUSTOMER_PATTERN,
    ConsentEvent,
    ConsentsRequest,
    ConsentsView,
    ConsentView,
    ErasureView,
    MessageAnswer,
    MessageRequest,
    ServiceLevel,
)
from backends.customers.service_level import service_level
from backends.customers.withdrawing import change
from backends.db import now
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.orders.access import bound_customer
from backends.settings import Settings

blueprint = Blueprint("customers", url_prefix="/v1")
ID = {"id": CUSTOMER_PATTERN}
_MOST_EVENTS = 200


def _settings(call: Call) -> Settings:
    return call.request.app.ctx.settings


@endpoint(
    blueprint,
    "GET",
    "/customers/<id:str>/consents",
    summary="What a customer agreed to, and when",
    answers={200: ConsentsView},
    errors=(404,),
    path_patterns=ID,
)
async def show_consents(call: Call) -> ConsentsView:
    """Show what holds and how it came about."""
    async with call.db.read() as session:
        customer = await existing(session, call.path["id"])
        return await _view(session, customer.id)


@endpoint(
    blueprint,
    "PUT",
    "/customers/<id:str>/consents",
    summary="Give or withdraw consents for a customer",
    body=ConsentsRequest,
    answers={200: ConsentsView},
    errors=(404,),
    path_patterns=ID,
)
async def change_consents(call: Call) -> ConsentsView:
    """Write down what the customer told the shop; see the service's page for what withdrawal does."""
    async with call.db.write() as session:
        return await _change(session, call, call.path["id"], "shop")


@endpoint(
    blueprint,
    "GET",
    "/consents",
    summary="What the customer who speaks agreed to, and when",
    answers={200: ConsentsView},
    errors=(403,),
    customer=True,
)
async def show_own_consents(call: Call) -> ConsentsView:
    """Show them to the customer; only to a bound sender on a trusted channel."""
    async with call.db.read() as session:
        customer_id = await speaking(session, call.caller, _settings(call).trusted_channels)
        return await _view(session, customer_id)


@endpoint(
    blueprint,
    "PUT",
    "/consents",
    summary="Give or withdraw consents of the customer who speaks",
    body=ConsentsRequest,
    answers={200: ConsentsView},
    errors=(403,),
    customer=True,
)
async def change_own_consents(call: Call) -> ConsentsView:
    """Write down what the customer says; only from a bound sender on a trusted channel."""
    async with call.db.write() as session:
        customer_id = await speaking(session, call.caller, _settings(call).trusted_channels)
        return await _change(session, call, customer_id, f"customer:{call.caller.channel}")


async def _change(session: AsyncSession, call: Call, customer_id: str, source: str) -> ConsentsView:
    customer = await existing(session, customer_id, hold=True)
    said = call.body.dict(exclude_none=True)
    await change(session, customer.id, said, source, now())
    return await _view(session, customer.id)


async def _view(session: AsyncSession, customer_id: str) -> ConsentsView:
    holds = await state(session, customer_id)
    events = await session.execute(
        select(Consent)
        .where(Consent.customer_id == customer_id)
        .order_by(Consent.id.desc())
        .limit(_MOST_EVENTS)
    )
    return ConsentsView(
        customer_id=customer_id,
        items=[_item(purpose, said) for purpose, said in holds.items()],
        history=[
            ConsentEvent(purpose=row.purpose, given=row.given, at=row.at, source=row.source)
            for row in events.scalars()
        ],
    )


def _item(purpose: Purpose, said: Consent | None) -> ConsentView:
    if said is None:
        return ConsentView(purpose=purpose, given=DEFAULTS[purpose], at=None, source=None)
    return ConsentView(purpose=purpose, given=said.given, at=said.at, source=said.source)


@endpoint(
    blueprint,
    "POST",
    "/messages",
    summary="Keep what a customer wrote, if they agreed to that",
    body=MessageRequest,
    answers={201: MessageAnswer, 200: MessageAnswer},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def keep_message(call: Call) -> Answer:
    """Keep it masked (201); without a bound sender, a trusted channel or consent keep nothing."""
    async with call.db.write() as session:
        customer_id = await bound_customer(session, call.caller, _settings(call).trusted_channels)
        if customer_id is None:
            return Answer(200, MessageAnswer(kept=False))
        # Held, so that a withdrawal beside it does not miss the message.
        customer = await existing(session, customer_id, hold=True)
        if not await covers(session, customer_id, "messages"):
            return Answer(200, MessageAnswer(kept=False))

        async def work() -> MessageAnswer:
            await messages.keep(session, customer, call.body, now())
            return MessageAnswer(kept=True)

        return await once(session, call, work)


@endpoint(
    blueprint,
    "GET",
    "/service-level",
    summary="How the customer who speaks is served",
    answers={200: ServiceLevel},
    customer=True,
)
async def show_service_level(call: Call) -> ServiceLevel:
    """By the profile; the standard for strangers, without consent and on open channels."""
    async with call.db.read() as session:
        trusted = _settings(call).trusted_channels
        return await service_level(session, await bound_customer(session, call.caller, trusted))


@endpoint(
    blueprint,
    "DELETE",
    "/customers/<id:str>",
    summary="Erase a customer everywhere, and report what was done",
    answers={200: ErasureView},
    errors=(404, 409),
    path_patterns=ID,
)
async def erase_customer(call: Call) -> ErasureView:
    """Erase in one transaction; a second time reports what was done the first."""
    return await erase(call.db, call.path["id"], now(), _settings(call).return_window_days)
