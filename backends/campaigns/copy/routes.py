"""The endpoints of marketing copy."""

from __future__ import annotations

from typing import Any

from sanic import Blueprint, Sanic
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs import records
from backends.campaigns.copy.models import CopyBrief
from backends.campaigns.copy.schemas import (
    BRIEF_PATTERN,
    VARIANT_PATTERN,
    CopyBriefList,
    CopyBriefRequest,
    CopyBriefView,
    CopyChannelView,
    CopyChoicesView,
    CopyPageQuery,
    CopyVariantList,
    CopyVariantQuery,
    CopyVariantView,
)
from backends.campaigns.copy.service import CopyService
from backends.campaigns.copy.settings import CopySettings
from backends.campaigns.copy.snapshot import changes
from backends.campaigns.copy.views import brief_view, variant_view
from backends.customers.segments.book import SegmentBook
from backends.db import now
from backends.http import Answer, Call, endpoint
from backends.settings import load

blueprint = Blueprint("copy", url_prefix="/v1/campaigns/copy")


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    settings = app.ctx.settings
    app.ctx.copy = CopyService(
        settings.campaigns_data, SegmentBook(settings.customers_data), load(CopySettings)
    )


@blueprint.listener("after_server_stop")
async def _stop(app: Sanic, loop: Any) -> None:
    await app.ctx.copy.close()


@endpoint(
    blueprint,
    "GET",
    "/choices",
    summary="What a brief can name: tones, channels, audiences, and the shop's limits",
    answers={200: CopyChoicesView},
    errors=(409,),
)
async def choices(call: Call) -> CopyChoicesView:
    """List them."""
    copy = _copy(call)
    material, segments = await copy.material(), await copy.segments()
    return CopyChoicesView(
        tones=list(material.tones),
        channels=[
            CopyChannelView(name=name, most=channel.most, unit=channel.unit)
            for name, channel in material.channels.items()
        ],
        audiences=list(segments),
        most_percent_off=material.limits.most_percent_off,
        longest_days=material.limits.longest_days,
        scarce_at_most=material.limits.scarce_at_most,
    )


@endpoint(
    blueprint,
    "POST",
    "/briefs",
    summary="Write marketing copy for a brief; drafts that a supervisor approves in the console",
    body=CopyBriefRequest,
    answers={201: CopyBriefView},
    errors=(409, 422),
    idempotent=True,
)
async def order(call: Call) -> Answer:
    """Write it once, however often it is sent."""
    request: CopyBriefRequest = call.body
    row, was_there = await _copy(call).order(call.db, call.key, request.brief())
    async with call.db.read() as session:
        view = await _view(call, session, row)
    return Answer(201, view, {"Idempotency-Replayed": "true"} if was_there else {})


@endpoint(
    blueprint,
    "GET",
    "/briefs",
    summary="The newest briefs with their variants",
    query=CopyPageQuery,
    answers={200: CopyBriefList},
    errors=(409,),
)
async def list_briefs(call: Call) -> CopyBriefList:
    """List them."""
    channels = (await _copy(call).material()).channels
    async with call.db.read() as session:
        rows = await records.list_briefs(session, call.query.limit, call.query.offset)
        variants = await records.variants_of(session, [row.id for row in rows])
        reasons = await changes(session, variants, now())
    return CopyBriefList(items=[brief_view(row, variants, channels, reasons) for row in rows])


@endpoint(
    blueprint,
    "GET",
    "/briefs/<reference:str>",
    summary="A brief with its variants",
    answers={200: CopyBriefView},
    errors=(404, 409),
    path_patterns={"reference": BRIEF_PATTERN},
)
async def show_brief(call: Call) -> CopyBriefView:
    """Show it."""
    async with call.db.read() as session:
        row = await records.brief_of(session, call.path["reference"])
        return await _view(call, session, row)


@endpoint(
    blueprint,
    "GET",
    "/variants",
    summary="The newest variants, also by state, language and channel",
    query=CopyVariantQuery,
    answers={200: CopyVariantList},
    errors=(409,),
)
async def list_variants(call: Call) -> CopyVariantList:
    """List them."""
    query: CopyVariantQuery = call.query
    channels = (await _copy(call).material()).channels
    async with call.db.read() as session:
        variants = await records.list_variants(
            session,
            query.state or "",
            query.language or "",
            query.channel or "",
            query.limit,
            query.offset,
        )
        reasons = await changes(session, variants, now())
        names = await records.references(session, [variant.brief_id for variant in variants])
    return CopyVariantList(
        items=[
            variant_view(variant, names[variant.brief_id], channels, reasons)
            for variant in variants
        ]
    )


@endpoint(
    blueprint,
    "GET",
    "/variants/<reference:str>",
    summary="A variant: its text, what it rests on, and whether it may be sent",
    answers={200: CopyVariantView},
    errors=(404, 409),
    path_patterns={"reference": VARIANT_PATTERN},
)
async def show_variant(call: Call) -> CopyVariantView:
    """Show it."""
    channels = (await _copy(call).material()).channels
    async with call.db.read() as session:
        variant, row = await records.variant_of(session, call.path["reference"])
        reasons = await changes(session, [variant], now())
    return variant_view(variant, row.reference, channels, reasons)


async def _view(call: Call, session: AsyncSession, row: CopyBrief) -> CopyBriefView:
    channels = (await _copy(call).material()).channels
    variants = await records.variants_of(session, [row.id])
    reasons = await changes(session, variants, now())
    return brief_view(row, variants, channels, reasons)


def _copy(call: Call) -> CopyService:
    service: CopyService = call.request.app.ctx.copy
    return service
