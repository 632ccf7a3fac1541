"""The endpoints of the segments."""

from __future__ import annotations

import asyncio
from typing import Any

from sanic import Blueprint, Sanic
from sqlalchemy.ext.asyncio import AsyncSession

from backends.customers.finding import existing_ids
from backends.customers.profiles.schemas import Label
from backends.customers.profiles.service import Profiles
from backends.customers.profiles.store import read_all
from backends.customers.segments.book import NAME_PATTERN, Segment, SegmentBook
from backends.customers.segments.schemas import (
    SegmentList,
    SegmentMembers,
    SegmentQuery,
    SegmentView,
    SharedView,
    SimilarCustomer,
    SimilarList,
    SimilarRequest,
)
from backends.customers.segments.similarity import Like, layout_of, similar
from backends.errors import ApiError, not_found
from backends.http import Call, endpoint
from backends.setup_error import SetupError

blueprint = Blueprint("segments", url_prefix="/v1/segments")


@blueprint.listener("before_server_start")
async def _start(app: Sanic, loop: Any) -> None:
    app.ctx.segments = SegmentBook(app.ctx.settings.customers_data)


@endpoint(
    blueprint,
    "GET",
    "",
    summary="The segments by rule, and how many customers each has",
    answers={200: SegmentList},
    errors=(409,),
)
async def list_segments(call: Call) -> SegmentList:
    """List them in the order of the file."""
    segments = await _segments(call)
    async with call.db.read() as session:
        made, customers = await read_all(session)
    return SegmentList(
        as_of=made,
        items=[
            SegmentView(
                name=segment.name,
                label=_label(segment),
                size=sum(segment.has(one.values) for one in customers),
            )
            for segment in segments.values()
        ],
    )


@endpoint(
    blueprint,
    "GET",
    "/<name:str>",
    summary="The customers of a segment",
    query=SegmentQuery,
    answers={200: SegmentMembers},
    errors=(404, 409),
    path_patterns={"name": NAME_PATTERN},
)
async def show_segment(call: Call) -> SegmentMembers:
    """Show a page of it."""
    asked: SegmentQuery = call.query
    segment = (await _segments(call)).get(call.path["name"])
    if segment is None:
        raise not_found("There is no such segment.")
    async with call.db.read() as session:
        made, customers = await read_all(session)
    inside = [one.customer for one in customers if segment.has(one.values)]
    return SegmentMembers(
        name=segment.name,
        label=_label(segment),
        as_of=made,
        total=len(inside),
        customers=inside[asked.offset : asked.offset + asked.limit],
    )


@endpoint(
    blueprint,
    "POST",
    "/similar",
    summary="Customers like some given ones, and what they have in common",
    body=SimilarRequest,
    answers={200: SimilarList},
    errors=(404, 409),
)
async def find_similar(call: Call) -> SimilarList:
    """Rank those whose consent covers a profile."""
    asked: SimilarRequest = call.body
    profiles: Profiles = call.request.app.ctx.profiles
    async with call.db.read() as session:
        await _check_ids(session, asked.customers)
        made, customers = await read_all(session)
    model = await profiles.model()
    comparable = [one for one in customers if model and one.model == model.digest]
    known = {one.customer for one in comparable}
    if model is None or not known.intersection(asked.customers):
        raise ApiError(
            409,
            "not_allowed",
            "None of these customers has a profile to compare with: they gave no consent, or "
            "`xiaoer customers train` was not run since.",
            reason="no_profile",
        )
    found = await profiles.run(
        similar, comparable, frozenset(asked.customers), layout_of(model.vectorizer), asked.limit
    )
    return SimilarList(
        as_of=made,
        left_out=[name for name in asked.customers if name not in known],
        items=[_similar(one) for one in found],
    )


async def _segments(call: Call) -> dict[str, Segment]:
    book: SegmentBook = call.request.app.ctx.segments
    try:
        return await asyncio.to_thread(book.segments)
    except SetupError as error:
        raise ApiError(409, "not_allowed", str(error), reason="files") from None


async def _check_ids(session: AsyncSession, ids: list[str]) -> None:
    if await existing_ids(session, ids) != set(ids):
        raise not_found("There is no customer of one of these ids.")


def _similar(one: Like) -> SimilarCustomer:
    return SimilarCustomer(
        customer_id=one.customer,
        similarity=round(one.similarity, 4),
        shared=[
            SharedView(feature=each.name, share=round(each.share, 4), value=each.value)
            for each in one.reasons
        ],
    )


def _label(segment: Segment) -> Label:
    return Label(zh=segment.zh, en=segment.en)
