"""Taking one message to send: all that must hold is asked again, and then it is nobody else's.

A row is claimed in one transaction that holds the customer, so that a withdrawal of consent and a
message beside it wait for each other, and so do two outreaches that would reach one customer
twice. Whoever dies over a claimed row loses it when its lease ends; the next sends under the same
id, which the other side does once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach import quotas
from backends.campaigns.outreach.checks import Checks, Verdict
from backends.campaigns.outreach.choosing import NoCopy, choose
from backends.campaigns.outreach.models import (
    CLAIMED,
    FAILED,
    HELD_OUT,
    SENDING,
    SKIPPED,
    WAITING,
    Outreach,
    OutreachSend,
)
from backends.campaigns.outreach.rules import Rules
from backends.db import Database
from backends.orders.models import Customer

#: What became of one that may have been delivered and cannot be tried again.
UNKNOWN = "unknown"
_LOOK_AGAIN = timedelta(minutes=15)


@dataclass(frozen=True)
class Due:
    """A row that is due, as it was seen."""

    id: int
    outreach_id: int
    customer_id: str | None
    try_at: datetime


@dataclass(frozen=True)
class Parcel:
    """One message to send.

    Attributes:
        send_id: of the row.
        attempt: which claim of the row this is.
        body: for Rasa.
    """

    send_id: int
    attempt: int
    body: dict[str, Any]


async def due(session: AsyncSession, rules: Rules, moment: datetime, most: int) -> list[Due]:
    """Rows that may be sent now, or were left by somebody who died; full channels wait."""
    closed = await quotas.full(session, rules, moment)
    open_channel = or_(OutreachSend.channel.is_(None), OutreachSend.channel.not_in(closed))
    rows = await session.execute(
        select(
            OutreachSend.id,
            OutreachSend.outreach_id,
            OutreachSend.customer_id,
            OutreachSend.try_at,
        )
        .join(Outreach, Outreach.id == OutreachSend.outreach_id)
        .where(
            Outreach.state == SENDING,
            OutreachSend.state.in_((WAITING, CLAIMED)),
            OutreachSend.try_at <= moment,
            open_channel,
        )
        .order_by(OutreachSend.try_at, OutreachSend.id)
        .limit(most)
    )
    return [Due(*row) for row in rows]


async def claim(
    db: Database, rules: Rules, checks: Checks, seen: Due, moment: datetime, lease: timedelta
) -> Parcel | None:
    """Take a row, if it is still to be had and everything allows it; else write down why not."""
    async with db.write() as session:
        # First the outreach, so that stopping it waits for this; then the customer; then the row.
        outreach = await _held(session, Outreach, seen.outreach_id, read=True)
        if outreach is None or outreach.state != SENDING or moment >= outreach.ends_at:
            return None
        if seen.customer_id is not None:
            await session.execute(
                select(Customer.id)
                .where(Customer.id == seen.customer_id)
                .with_for_update(key_share=True)
            )
        row = await _held(session, OutreachSend, seen.id)
        taken = row is None or row.state not in (WAITING, CLAIMED) or row.try_at != seen.try_at
        if taken:
            return None
        if row.state == CLAIMED:
            # Nobody knows how far the one came who had it.
            row.is_unsure = True
        return await _decide(session, rules, checks, outreach, row, moment, lease)


async def _decide(
    session: AsyncSession,
    rules: Rules,
    checks: Checks,
    outreach: Outreach,
    row: OutreachSend,
    moment: datetime,
    lease: timedelta,
) -> Parcel | None:
    verdict = Verdict("never", "erased")
    if row.customer_id is not None:
        only = (row.channel, row.sender) if row.is_unsure else None
        judged = await checks.judge(session, [row.customer_id], moment, leave_out=row.id, only=only)
        verdict = judged[row.customer_id]
    if verdict.kind == "never":
        _give_up(row, verdict.reason)
        return None
    if verdict.kind == "not_now":
        _put_off(row, verdict.reason, verdict.until or moment + _LOOK_AGAIN)
        return None
    try:
        copy = await choose(
            session,
            outreach.copies,
            outreach.experiment,
            row.customer_id,
            verdict.language,
            verdict.channel,
            moment,
            already=row.arm if row.is_unsure else None,
        )
    except NoCopy as none:
        _put_off(row, none.reason, moment + _LOOK_AGAIN)
        return None
    if copy is None:
        row.state, row.reason, row.claimed_at = HELD_OUT, None, moment
        # What held-out customers order is what the others are compared with.
        row.try_at = moment + _LOOK_AGAIN
        return None
    text = rules.message(copy.text, copy.language if copy.language in rules.lines else "zh")
    if not rules.channels[verdict.channel].takes(text):
        _give_up(row, "too_long")
        return None
    row.channel = verdict.channel
    if not await quotas.take(session, rules, verdict.channel, moment):
        # `due` leaves the row alone while the channel is full.
        _put_off(row, "quota", moment)
        return None
    row.state, row.reason, row.detail = CLAIMED, None, None
    row.sender, row.arm = verdict.sender, copy.reference
    row.claimed_at, row.try_at = moment, moment + lease
    row.attempts += 1
    body = {
        "id": f"{outreach.reference}-{row.id}",
        "conversation": verdict.sender,
        "channel": verdict.channel,
        "text": text,
        "staff": None,
    }
    return Parcel(row.id, row.attempts, body)


def _put_off(row: OutreachSend, reason: str, until: datetime) -> None:
    row.state, row.reason, row.try_at = WAITING, reason, until


def _give_up(row: OutreachSend, reason: str) -> None:
    if row.is_unsure:
        row.state, row.reason = FAILED, UNKNOWN
    else:
        row.state, row.reason = SKIPPED, reason
    row.try_at = None


async def _held(session: AsyncSession, kind: Any, id: int, *, read: bool = False) -> Any:
    query = select(kind).where(kind.id == id).with_for_update(read=read)
    found = await session.execute(query.execution_options(populate_existing=True))
    return found.scalar_one_or_none()
