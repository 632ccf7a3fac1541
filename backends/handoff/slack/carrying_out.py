"""Doing with the desk what somebody wants in Slack."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from backends.db import Database, now
from backends.errors import ApiError
from backends.handoff import desk
from backends.handoff.changes import Changes
from backends.handoff.slack import threads
from backends.handoff.slack.texts import texts
from backends.handoff.slack.wishes import Wish
from backends.staff.accounts import find_slack_user
from backends.staff.models import Staff
from backends.staff.presence import note_presence


class Refused(Exception):
    """It is not done; the text says why, to who wants it."""


async def carry_out(db: Database, changes: Changes, wish: Wish, language: str) -> None:
    """Do it in one transaction.

    Args:
        db: the database.
        changes: whose write sessions tell of what was done.
        wish: what is wanted.
        language: for those whose language is unknown.

    Raises:
        Refused: who wants it may not, or it cannot be done now.
        ApiError: 503 when Slack is to try again.
    """
    reference = wish.reference or await threads.reference_of(db, wish.thread)
    if reference is None:
        return  # a thread about something else
    try:
        async with changes.write() as session:
            actor = await find_slack_user(session, wish.user)
            if actor is None:
                unknown = texts(language).of("refusals", "unknown_user", user=wish.user)
                raise Refused(unknown)
            language = actor.console_language
            await note_presence(session, actor.id, now())
            await _do(session, wish, reference, actor)
    except ApiError as error:
        if error.status >= 500:
            raise
        raise Refused(_reason(error, language)) from None


async def _do(session: AsyncSession, wish: Wish, reference: str, actor: Staff) -> None:
    if wish.kind == "take":
        await _take(session, reference, actor)
    elif wish.kind == "release":
        await desk.transfer(session, reference, actor.id, None)
    elif wish.kind == "close":
        await desk.close(session, reference, actor.id, wish.text or None)
    elif wish.kind == "note":
        await desk.note(session, reference, actor.id, wish.text, wish.key)
    elif wish.kind == "reply":
        await desk.reply(session, reference, actor.id, wish.text, wish.key)
    else:
        raise ApiError(400, "invalid_request", "This is not for the customer.", reason=wish.kind)


async def _take(session: AsyncSession, reference: str, actor: Staff) -> None:
    mine = (await desk.queue(session, "mine", staff_id=actor.id, limit=0)).mine
    card = (await desk.ticket(session, reference)).card
    has_it = card.state == "assigned" and card.assigned_to == actor.id
    if not has_it and actor.most_tickets is not None and mine >= actor.most_tickets:
        raise ApiError(409, "not_allowed", "That is one ticket too many.", reason="most_tickets")
    await desk.assign(session, reference, actor.id)


def _reason(error: ApiError, language: str) -> str:
    known = texts(language)
    for code in (error.extra.get("reason"), error.code):
        sentence = known.of("refusals", str(code))
        if sentence is not None:
            return sentence
    return known.of("refusals", "other") or ""
