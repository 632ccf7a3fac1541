"""What staff do with tickets, for the console and for Slack alike.

Each function works in a session of ``app.ctx.changes.write()`` (or, for `queue` and `ticket`, of
``db.read()``) and raises `ApiError`: 400 ``invalid_request`` for text that cannot be used, 404 for
an unknown ticket or person, and 409 ``not_allowed`` with one of these reasons:

``ended``             the ticket has ended
``not_assigned``      nobody has it: take it first
``assigned_to_other`` somebody else has it, and only a supervisor may take it from them
``not_yours``         only who has it may reply
``not_supervisor``    only a supervisor gives tickets that are not their own to others
``inactive``          the other person's account is disabled
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import now
from backends.errors import ApiError, invalid_request, not_found
from backends.fields import text as bounded
from backends.handoff import entries
from backends.handoff.fields import MOST_TEXT
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.moving import locked, move
from backends.handoff.reading import queue, ticket
from backends.handoff.stamping import stamp
from backends.handoff.states import TICKET
from backends.staff.models import SUPERVISOR, Staff

__all__ = ["assign", "close", "note", "queue", "reply", "ticket", "transfer"]

_TEXT = bounded(max_length=MOST_TEXT, lines=True)


async def assign(
    session: AsyncSession, reference: str, staff_id: int, to: int | None = None
) -> None:
    """Take a ticket, or as a supervisor give it to somebody; twice changes nothing.

    The customer is told who has joined (intent ``handoff_joined``).

    Args:
        session: a write session.
        reference: of the ticket.
        staff_id: who acts.
        to: who gets it; by default who acts.
    """
    found, actor = await _open(session, reference, staff_id)
    target = actor if to in (None, staff_id) else await _person(session, to)
    if found.state == "assigned" and found.assigned_to == target.id:
        return
    if actor.role != SUPERVISOR:
        if target.id != actor.id:
            raise _refused("not_supervisor", "Only a supervisor gives a ticket to others.")
        if found.state == "assigned":
            raise _refused("assigned_to_other", "Somebody else has this ticket.")
    await _give(session, found, target, "assign", actor)


async def reply(session: AsyncSession, reference: str, staff_id: int, text: str, key: str) -> int:
    """Say something to the customer; it is sent to their channel after the commit.

    Args:
        session: a write session.
        reference: of the ticket.
        staff_id: who speaks: only who has the ticket.
        text: 1 to 4000 characters.
        key: of at most 128 characters; the same of the same person says it once.

    Returns:
        The id of the entry (`backends.handoff.views.Said.id`).
    """
    words = _checked(text)
    found, actor = await _locked(session, reference, staff_id)
    earlier = await _earlier(session, found, actor, key)
    if earlier is not None:
        return earlier
    _refuse_ended(found)
    if found.state != "assigned":
        raise _refused("not_assigned", "Nobody has this ticket: take it first.")
    if found.assigned_to != actor.id:
        raise _refused("not_yours", "Only who has a ticket may reply.")
    entry = await entries.add_reply(session, found, actor, words, _own(actor, key))
    moment = entry.at
    found.first_reply_at = found.first_reply_at or moment
    found.last_staff_at = moment
    found.unanswered = False
    found.turn_since = moment
    await stamp(session, found)
    return entry.id


async def transfer(
    session: AsyncSession,
    reference: str,
    staff_id: int,
    to: int | None,
    note: str | None = None,
) -> None:
    """Give a ticket on, to a person or (``to=None``) back into the queue, with a note for staff."""
    words = None if note is None else _checked(note)
    found, actor = await _assigned(session, reference, staff_id)
    if words is not None:
        await entries.add_note(session, found, actor, words, None)
    if to is None:
        await move(session, found, "release", actor)
        return
    if to == found.assigned_to:
        await stamp(session, found)
        return
    await _give(session, found, await _person(session, to), "transfer", actor)


async def close(
    session: AsyncSession, reference: str, staff_id: int, agreed: str | None = None
) -> None:
    """End a ticket; the assistant goes on with what was agreed (intent ``handoff_ended``).

    A supervisor closes any ticket, others those that they have.

    Args:
        session: a write session.
        reference: of the ticket.
        staff_id: who acts.
        agreed: what the customer and staff have agreed, for the customer to read.
    """
    words = None if agreed is None else _checked(agreed)
    found, actor = await _open(session, reference, staff_id)
    if actor.role != SUPERVISOR:
        _refuse_others(found, actor)
    await move(session, found, "close", actor, agreed=words)


async def note(
    session: AsyncSession, reference: str, staff_id: int, text: str, key: str | None = None
) -> int:
    """Write a note that only staff see, also into an ended ticket.

    Returns:
        The id of the entry.
    """
    words = _checked(text)
    found, actor = await _locked(session, reference, staff_id)
    earlier = None if key is None else await _earlier(session, found, actor, key)
    if earlier is not None:
        return earlier
    entry = await entries.add_note(
        session, found, actor, words, None if key is None else _own(actor, key)
    )
    await stamp(session, found)
    return entry.id


async def _give(
    session: AsyncSession, found: Ticket, target: Staff, event: str, actor: Staff
) -> None:
    moment = now()
    found.state = TICKET.after(found.state, event)
    found.assigned_to = target.id
    found.assigned_at = found.assigned_at or moment
    found.ended_by = None
    found.unanswered = True
    found.turn_since = moment
    data = {"staff": target.name, "to": target.id}
    await entries.add_event(session, found, "joined", actor, data, tell=True)
    await stamp(session, found)


async def _locked(session: AsyncSession, reference: str, staff_id: int) -> tuple[Ticket, Staff]:
    actor = await _person(session, staff_id)
    return await locked(session, Ticket.reference == reference), actor


async def _open(session: AsyncSession, reference: str, staff_id: int) -> tuple[Ticket, Staff]:
    found, actor = await _locked(session, reference, staff_id)
    _refuse_ended(found)
    return found, actor


async def _assigned(session: AsyncSession, reference: str, staff_id: int) -> tuple[Ticket, Staff]:
    """A ticket that somebody has, and that this person may give on."""
    found, actor = await _open(session, reference, staff_id)
    if found.state != "assigned":
        raise _refused("not_assigned", "Nobody has this ticket: take it first.")
    if actor.role != SUPERVISOR:
        _refuse_others(found, actor)
    return found, actor


async def _person(session: AsyncSession, staff_id: int | None) -> Staff:
    found = await session.get(Staff, staff_id)
    if found is None:
        raise not_found("There is no such person among the staff.")
    if not found.active:
        raise _refused("inactive", "This person's account is disabled.")
    return found


async def _earlier(session: AsyncSession, found: Ticket, actor: Staff, key: str) -> int | None:
    """The entry that this key has made."""
    rows = await session.execute(
        select(TicketMessage.id).where(
            TicketMessage.ticket_id == found.id, TicketMessage.key == _own(actor, key)
        )
    )
    return rows.scalar_one_or_none()


def _own(actor: Staff, key: str) -> str:
    if not 0 < len(key) <= 128:
        raise invalid_request("A key of 1 to 128 characters is needed.")
    return f"{actor.id}:{key}"


def _checked(words: str) -> str:
    try:
        return _TEXT.check(words)
    except ValueError as error:
        raise invalid_request(f"The text {error}.") from None


def _refuse_ended(found: Ticket) -> None:
    if found.state == "ended":
        raise _refused("ended", "This ticket has ended.")


def _refuse_others(found: Ticket, actor: Staff) -> None:
    if found.state != "assigned":
        raise _refused("not_assigned", "Nobody has this ticket: take it first.")
    if found.assigned_to != actor.id:
        raise _refused("assigned_to_other", "Somebody else has this ticket.")


def _refused(reason: str, message: str) -> ApiError:
    return ApiError(409, "not_allowed", message, reason=reason)
