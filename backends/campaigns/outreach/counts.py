"""How far an outreach has come and what came of it, in counts that add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach.models import (
    CLAIMED,
    FAILED,
    HELD_OUT,
    SENT,
    SKIPPED,
    WAITING,
    OutreachSend,
)


@dataclass
class ArmResult:
    """What came of one variant, or of those who were held out (``arm`` is "").

    Attributes:
        customers: who got it, or were held out.
        replied: who wrote within 24 hours; ordered, unsubscribed: within 7 days.
        revenue_fen: of their orders within 7 days.
    """

    arm: str
    customers: int = 0
    replied: int = 0
    ordered: int = 0
    unsubscribed: int = 0
    revenue_fen: int = 0


@dataclass
class Counts:
    """Of one outreach; audience = sent + waiting + skipped + failed + held out.

    Attributes:
        waiting: who are still to come, with those on their way.
        waits, skips, failures: by reason; who waits without one has not had their turn.
        arms: by variant.
    """

    audience: int = 0
    sent: int = 0
    waiting: int = 0
    skipped: int = 0
    failed: int = 0
    held_out: int = 0
    waits: dict[str, int] = field(default_factory=dict)
    skips: dict[str, int] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)
    arms: list[ArmResult] = field(default_factory=list)


async def counts_of(session: AsyncSession, ids: Iterable[int]) -> dict[int, Counts]:
    """The counts of some outreaches by id."""
    asked = list(ids)
    found = {one: Counts() for one in asked}
    rows = await session.execute(
        select(
            OutreachSend.outreach_id,
            OutreachSend.state,
            OutreachSend.reason,
            OutreachSend.arm,
            func.count(),
            func.count(OutreachSend.replied_at),
            func.count(OutreachSend.ordered_at),
            func.count(OutreachSend.unsubscribed_at),
            func.sum(
                case((OutreachSend.ordered_at.is_not(None), OutreachSend.revenue_fen), else_=0)
            ),
        )
        .where(OutreachSend.outreach_id.in_(asked))
        .group_by(
            OutreachSend.outreach_id, OutreachSend.state, OutreachSend.reason, OutreachSend.arm
        )
    )
    for outreach_id, state, reason, arm, *numbers in rows:
        _add(found[outreach_id], state, reason, arm or "", [int(each or 0) for each in numbers])
    for counts in found.values():
        counts.arms.sort(key=lambda one: (one.arm == "", one.arm))
    return found


def _add(counts: Counts, state: str, reason: str | None, arm: str, numbers: list[int]) -> None:
    number = numbers[0]
    counts.audience += number
    if state in (WAITING, CLAIMED):
        counts.waiting += number
        if reason:
            counts.waits[reason] = counts.waits.get(reason, 0) + number
    elif state == SKIPPED:
        counts.skipped += number
        counts.skips[str(reason)] = counts.skips.get(str(reason), 0) + number
    elif state == FAILED:
        counts.failed += number
        counts.failures[str(reason)] = counts.failures.get(str(reason), 0) + number
    elif state == SENT:
        counts.sent += number
    elif state == HELD_OUT:
        counts.held_out += number
    if state in (SENT, HELD_OUT):
        _add_result(counts, "" if state == HELD_OUT else arm, numbers)


def _add_result(counts: Counts, arm: str, numbers: list[int]) -> None:
    result = next((one for one in counts.arms if one.arm == arm), None)
    if result is None:
        result = ArmResult(arm)
        counts.arms.append(result)
    result.customers += numbers[0]
    result.replied += numbers[1]
    result.ordered += numbers[2]
    result.unsubscribed += numbers[3]
    result.revenue_fen += numbers[4]
