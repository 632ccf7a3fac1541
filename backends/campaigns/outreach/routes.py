"""The endpoints of outreach."""

from __future__ import annotations

from collections.abc import Sequence

from sanic import Blueprint
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.outreach import planning
from backends.campaigns.outreach.counts import Counts, counts_of
from backends.campaigns.outreach.desk import Desk
from backends.campaigns.outreach.dry_run import dry_run
from backends.campaigns.outreach.models import Outreach
from backends.campaigns.outreach.schemas import (
    REFERENCE_PATTERN,
    OutreachArmView,
    OutreachCountsView,
    OutreachDryRunRequest,
    OutreachDryRunView,
    OutreachList,
    OutreachQuery,
    OutreachRequest,
    OutreachView,
    SubscriptionRequest,
    SubscriptionView,
)
from backends.campaigns.outreach.subscriptions import subscribe
from backends.db import now
from backends.http import Call, endpoint

blueprint = Blueprint("outreach", url_prefix="/v1/outreach")
_ONE = {"reference": REFERENCE_PATTERN}


@endpoint(
    blueprint,
    "GET",
    "",
    summary="Outreaches, and how far they have come",
    query=OutreachQuery,
    answers={200: OutreachList},
)
async def list_outreaches(call: Call) -> OutreachList:
    """List them, the newest first."""
    async with call.db.read() as session:
        newest = select(Outreach).order_by(Outreach.id.desc())
        rows = await session.execute(newest.limit(call.query.limit).offset(call.query.offset))
        return OutreachList(items=await _views(session, list(rows.scalars())))


@endpoint(
    blueprint,
    "POST",
    "",
    summary="Draft an outreach",
    body=OutreachRequest,
    answers={201: OutreachView},
    errors=(409,),
)
async def draft(call: Call) -> OutreachView:
    """Write a plan down; nothing is sent before it is set going."""
    asked: OutreachRequest = call.body
    desk = _desk(call)
    plan = planning.Plan(
        asked.name, asked.audience, tuple(asked.copies), asked.experiment,
        asked.begins_at, asked.ends_at,
    )  # fmt: skip
    made = await planning.draft(call.db, desk.audiences, desk.rules, plan, now())
    return await _one(call, made.reference)


@endpoint(
    blueprint,
    "POST",
    "/dry-run",
    summary="How many of an audience could be written to today, and why others could not",
    body=OutreachDryRunRequest,
    answers={200: OutreachDryRunView},
    errors=(409,),
)
async def try_dry(call: Call) -> OutreachDryRunView:
    """Ask what is asked before each message, and send nothing."""
    desk = _desk(call)
    customers = await desk.audiences.customers(call.body.audience)
    run = await dry_run(call.db, desk.checks, customers, now())
    return OutreachDryRunView(**vars(run))


@endpoint(
    blueprint,
    "POST",
    "/subscriptions",
    summary="Whether the customer who speaks wants marketing messages",
    body=SubscriptionRequest,
    answers={200: SubscriptionView},
    errors=(404,),
    customer=True,
)
async def change_subscription(call: Call) -> SubscriptionView:
    """Note it at once, of senders who are no known customers too; twice changes nothing."""
    trusted = call.request.app.ctx.settings.trusted_channels
    async with call.db.write() as session:
        known = await subscribe(session, call.caller, call.body.wanted, trusted, now())
    return SubscriptionView(wanted=call.body.wanted, is_known=known)


@endpoint(
    blueprint,
    "GET",
    "/<reference:str>",
    summary="One outreach, how far it has come and what came of it",
    answers={200: OutreachView},
    errors=(404,),
    path_patterns=_ONE,
)
async def show(call: Call) -> OutreachView:
    """Show it."""
    return await _one(call, call.path["reference"])


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/plan",
    summary="Set a draft going",
    answers={200: OutreachView},
    errors=(404, 409),
    path_patterns=_ONE,
)
async def set_going(call: Call) -> OutreachView:
    """Check it once more; from its beginning on it is sent."""
    desk = _desk(call)
    reference = call.path["reference"]
    await planning.plan(call.db, desk.audiences, desk.rules, reference, now())
    desk.worker.wake()
    return await _one(call, reference)


@endpoint(
    blueprint,
    "POST",
    "/<reference:str>/stop",
    summary="Stop an outreach, or drop a draft",
    answers={200: OutreachView},
    errors=(404, 409),
    path_patterns=_ONE,
)
async def stop(call: Call) -> OutreachView:
    """Send nothing more of it; who was not written to was skipped."""
    async with call.db.write() as session:
        await planning.stop(session, call.path["reference"], now())
    return await _one(call, call.path["reference"])


def _desk(call: Call) -> Desk:
    return call.request.app.ctx.outreach


async def _one(call: Call, reference: str) -> OutreachView:
    async with call.db.read() as session:
        found = await planning.by_reference(session, reference)
        return (await _views(session, [found]))[0]


async def _views(session: AsyncSession, rows: Sequence[Outreach]) -> list[OutreachView]:
    counts = await counts_of(session, [row.id for row in rows])
    return [
        OutreachView(
            reference=row.reference,
            name=row.name,
            state=row.state,
            audience={name: value for name, value in row.audience.items() if value is not None},
            copies=row.copies,
            experiment=row.experiment,
            begins_at=row.begins_at,
            ends_at=row.ends_at,
            created_at=row.created_at,
            ended_at=row.ended_at,
            counts=_counts(counts[row.id]),
        )
        for row in rows
    ]


def _counts(counts: Counts) -> OutreachCountsView:
    arms = [
        OutreachArmView(
            arm=one.arm,
            customers=one.customers,
            replied=one.replied,
            ordered=one.ordered,
            unsubscribed=one.unsubscribed,
            revenue=one.revenue_fen / 100,
        )
        for one in counts.arms
    ]
    return OutreachCountsView(**{**vars(counts), "arms": arms})
