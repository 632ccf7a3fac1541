"""Making plans: what is checked when a plan is drafted, and again when it is set going."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.approved import ApprovedCopy
from backends.campaigns.experiments import service as experiments
from backends.campaigns.outreach import course
from backends.campaigns.outreach.audience import Audiences, OutreachAudience
from backends.campaigns.outreach.choosing import approved_now
from backends.campaigns.outreach.models import (
    DONE,
    DRAFT,
    MARK,
    PLANNED,
    STOPPED,
    Outreach,
)
from backends.campaigns.outreach.refusals import refused
from backends.campaigns.outreach.rules import Rules
from backends.db import Database
from backends.errors import not_found

_LONGEST = timedelta(days=30)
# A form says minutes, and takes some to be filled in.
_GRACE = timedelta(minutes=2)


@dataclass(frozen=True)
class Plan:
    """What is to be sent to whom, and when.

    Attributes:
        name: for staff.
        audience: to whom.
        copies: references of approved copy.
        experiment: reference of one that runs, or None.
        begins_at: from when on; None: at once.
        ends_at: until when.
    """

    name: str
    audience: OutreachAudience
    copies: tuple[str, ...]
    experiment: str | None
    begins_at: datetime | None
    ends_at: datetime


async def draft(
    db: Database, audiences: Audiences, rules: Rules, plan: Plan, moment: datetime
) -> Outreach:
    """Write a plan down as a draft, if it could be sent as things stand.

    Raises:
        ApiError: 409 with a reason of `backends.campaigns.outreach.refusals`.
    """
    begins_at = plan.begins_at or moment
    check_times(begins_at, plan.ends_at, moment)
    await check_content(db, rules, plan.copies, plan.experiment, begins_at)
    if not await audiences.customers(plan.audience):
        raise refused("empty_audience")
    outreach = Outreach(
        reference=f"{MARK}{secrets.token_hex(5).upper()}",
        name=plan.name,
        audience=plan.audience.dict(),
        copies=list(plan.copies),
        experiment=plan.experiment,
        state=DRAFT,
        begins_at=max(begins_at, moment),
        ends_at=plan.ends_at,
        created_at=moment,
    )
    async with db.write() as session:
        session.add(outreach)
    return outreach


async def plan(
    db: Database, audiences: Audiences, rules: Rules, reference: str, moment: datetime
) -> Outreach:
    """Set a draft going: from its beginning on it is sent.

    Raises:
        ApiError: 404, or 409 with a reason.
    """
    async with db.read() as session:
        found = await by_reference(session, reference)
    if found.state != DRAFT:
        raise refused("not_a_draft")
    # What is to begin at once begins when it is set going.
    at_once = found.begins_at <= found.created_at
    begins_at = moment if at_once else found.begins_at
    check_times(begins_at, found.ends_at, moment)
    await check_content(db, rules, found.copies, found.experiment, begins_at)
    if not await audiences.customers(OutreachAudience.parse_obj(found.audience)):
        raise refused("empty_audience")
    async with db.write() as session:
        held = await by_reference(session, reference, hold=True)
        if held.state != DRAFT:
            raise refused("not_a_draft")
        held.state, held.begins_at = PLANNED, begins_at
    return held


async def stop(session: AsyncSession, reference: str, moment: datetime) -> Outreach:
    """Stop an outreach, or drop a draft; who was not written to is not any more.

    Raises:
        ApiError: 404, or 409 ``ended``.
    """
    held = await by_reference(session, reference, hold=True)
    if held.state in (DONE, STOPPED):
        raise refused("ended")
    await course.stop(session, held, moment)
    return held


async def by_reference(session: AsyncSession, reference: str, *, hold: bool = False) -> Outreach:
    """The outreach of a reference.

    Raises:
        ApiError: 404 when there is none.
    """
    query = select(Outreach).where(Outreach.reference == reference)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise not_found("There is no such outreach.")
    return found


def check_times(begins_at: datetime, ends_at: datetime, moment: datetime) -> None:
    """Refuse times that cannot be.

    Raises:
        ApiError: 409 ``in_the_past``, ``end_before_start`` or ``too_long``.
    """
    if begins_at < moment - _GRACE:
        raise refused("in_the_past")
    if ends_at <= max(begins_at, moment):
        raise refused("end_before_start")
    if ends_at - begins_at > _LONGEST:
        raise refused("too_long")


async def check_content(
    db: Database,
    rules: Rules,
    copies: Sequence[str],
    experiment: str | None,
    begins_at: datetime,
) -> list[ApprovedCopy]:
    """Refuse copy that may not be sent, and an experiment that is not about it.

    Raises:
        ApiError: 409 with a reason.
    """
    if not copies:
        raise refused("no_copy")
    async with db.read() as session:
        found = [await approved_now(session, each) for each in copies]
        chosen = [each for each in found if each is not None]
        if len(chosen) < len(copies):
            raise refused("copy_not_approved")
        if any(each.offer_until is not None and each.offer_until <= begins_at for each in chosen):
            raise refused("copy_expires")
        if not all(fits(rules, each) for each in chosen):
            raise refused("copy_too_long")
        if experiment is not None:
            running = {one.reference: one for one in await experiments.running(session)}
            if experiment not in running:
                raise refused("unknown_experiment")
            if not set(running[experiment].arms) <= set(copies):
                raise refused("arms")
    return chosen


def fits(rules: Rules, copy: ApprovedCopy) -> bool:
    """Whether copy and line are taken by its channel, or by any if it is for none of ours."""
    text = rules.message(copy.text, copy.language)
    channel = rules.channels.get(copy.channel)
    channels = [channel] if channel else rules.channels.values()
    return any(one.takes(text) for one in channels)
