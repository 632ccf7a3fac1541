"""Asking once a day, and writing the answers down."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.errors import ApiError, not_found
from backends.feedback.models import Feedback
from backends.feedback.schemas import FeedbackRequest, OfferRequest
from backends.handoff.models import Ticket
from xiaoer.text.personal_data import mask

#: How long after the question an answer is taken.
ANSWERED_WITHIN = timedelta(hours=48)


async def offer(
    session: AsyncSession,
    caller: Caller,
    told: OfferRequest,
    customer_id: str | None,
    moment: datetime,
    day: date,
) -> str | None:
    """Write down that a customer is asked; the reference, or None when they were asked today.

    The database refuses a second row of a conversation, and of a customer, on one day.

    Raises:
        ApiError: 404 for a ticket that is not one of this conversation.
    """
    ticket = None
    if told.ticket is not None:
        mine = (Ticket.channel == caller.channel) & (Ticket.sender == caller.sender)
        rows = await session.execute(select(Ticket).where(Ticket.reference == told.ticket, mine))
        ticket = rows.scalar_one_or_none()
        if ticket is None:
            raise not_found("There is no such ticket of this conversation.")
    reference = f"F{secrets.randbelow(10**12):012d}"
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = await session.execute(
        insert(Feedback)
        .values(
            reference=reference,
            channel=caller.channel,
            sender=caller.sender,
            customer_id=customer_id,
            ticket_id=ticket and ticket.id,
            language=told.language or (ticket and ticket.language),
            day=day,
            asked_at=moment,
        )
        .on_conflict_do_nothing()
    )
    return reference if made.rowcount else None


async def answer(
    session: AsyncSession, caller: Caller, told: FeedbackRequest, moment: datetime
) -> Feedback:
    """Write down what a customer answered; what is not given stays.

    Raises:
        ApiError: 404 for a reference that is not this conversation's, 409 ``too_late`` after 48 h.
    """
    mine = (Feedback.channel == caller.channel) & (Feedback.sender == caller.sender)
    query = select(Feedback).where(Feedback.reference == told.reference, mine)
    record = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if record is None:
        raise not_found("There is no such question to this customer.")
    if moment - record.asked_at > ANSWERED_WITHIN:
        raise ApiError(409, "not_allowed", "It was asked too long ago.", reason="too_late")
    given = told.dict(exclude={"reference"}, exclude_none=True)
    if "comment" in given:
        given["comment"] = mask(given["comment"]) or None
    for name, value in given.items():
        setattr(record, name, value)
    if given:
        record.answered_at = moment
    await session.flush()
    return record


async def forget_feedback(session: AsyncSession, moment: datetime) -> None:
    """Delete what was asked before a moment."""
    await session.execute(
        delete(Feedback)
        .where(Feedback.asked_at < moment)
        .execution_options(synchronize_session=False)
    )
