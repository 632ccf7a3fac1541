"""The endpoints of the hand-over, for the assistant."""

from __future__ import annotations

from sanic import Blueprint
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.handoff import talk
from backends.handoff.models import Ticket
from backends.handoff.opening import Opening
from backends.handoff.opening_tickets import open_ticket
from backends.handoff.schemas import Nothing, SayRequest, Talk, TicketAnswer, TicketRequest
from backends.handoff.waiting import position, usual_minutes
from backends.http import Answer, Call, endpoint
from backends.idempotency import once
from backends.orders.access import bound_customer
from backends.staff.models import Staff

blueprint = Blueprint("handoff", url_prefix="/v1/handoff")


@endpoint(
    blueprint,
    "POST",
    "/tickets",
    summary="Ask for a person; an open ticket of the conversation is given back",
    body=TicketRequest,
    answers={201: TicketAnswer, 200: TicketAnswer},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def add_ticket(call: Call) -> Answer:
    """Make a ticket (201) or find the open one (200)."""
    ctx = call.request.app.ctx
    opening: Opening = ctx.service.opening
    async with ctx.changes.write() as session:

        async def work() -> Answer:
            moment = now()
            customer_id = await bound_customer(session, call.caller, ctx.settings.trusted_channels)
            ticket, made = await open_ticket(
                session, call.caller, call.body, customer_id, moment, opening.is_open(moment)
            )
            return Answer(201 if made else 200, await _answer(session, ticket, opening))

        return await once(session, call, work)


async def _answer(session: AsyncSession, ticket: Ticket, opening: Opening) -> TicketAnswer:
    moment = now()
    staff = await session.get(Staff, ticket.assigned_to) if ticket.assigned_to else None
    place = await position(session, ticket)
    return TicketAnswer(
        reference=ticket.reference,
        state=ticket.state,
        staff=staff and staff.name,
        open_now=opening.is_open(moment),
        opens_at=opening.opens_at(moment),
        position=place,
        wait_minutes=await usual_minutes(session, moment) if place else None,
    )


@endpoint(
    blueprint,
    "POST",
    "/messages",
    summary="Say something to the person, and take what they said that could not be sent",
    body=SayRequest,
    answers={200: Talk},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def say(call: Call) -> Answer:
    """Put it into the open ticket; without one, say how the last one stands."""
    async with call.request.app.ctx.changes.write() as session:

        async def work() -> Answer:
            return Answer(200, await talk.say(session, call.caller, call.body.text, now()))

        return await once(session, call, work)


@endpoint(
    blueprint,
    "POST",
    "/leave",
    summary="Go back to the assistant",
    body=Nothing,
    answers={200: Talk},
    errors=(422,),
    customer=True,
    idempotent=True,
)
async def leave(call: Call) -> Answer:
    """End the open ticket, if there is one."""
    async with call.request.app.ctx.changes.write() as session:

        async def work() -> Answer:
            return Answer(200, await talk.leave(session, call.caller))

        return await once(session, call, work)
