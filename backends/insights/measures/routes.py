"""The endpoints of the insights."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

from sanic import Blueprint
from sqlalchemy.ext.asyncio import AsyncSession

from backends.errors import not_found
from backends.http import Call, Streamed, endpoint
from backends.insights.measures import query, views
from backends.insights.measures.counting.membership import segment_names
from backends.insights.measures.definitions import measures
from backends.insights.measures.export import csv_lines
from backends.insights.measures.filters import Filters, check_segment, read_filters
from backends.insights.measures.schemas import (
    ConversationList,
    ConversationsQuery,
    GroupsQuery,
    InsightDays,
    InsightGroups,
    InsightOverview,
    InsightQuery,
    IntentMix,
    IntentShare,
    IntentsQuery,
    MeasureDefinitions,
    SentimentDay,
    SentimentDays,
    TranscriptView,
)
from backends.insights.measures.transcripts import conversations, transcript

#: Characters that are sent together.
_PART = 64 * 1024

blueprint = Blueprint("insights", url_prefix="/v1/insights")


@endpoint(
    blueprint,
    "GET",
    "/overview",
    summary="Each measure over some days",
    query=InsightQuery,
    answers={200: InsightOverview},
    errors=(422,),
)
async def show_overview(call: Call) -> dict[str, Any]:
    """Read it off the daily sums."""
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await query.overview(session, filters)
    return {**_days(filters), "measures": views.figures(found)}


@endpoint(
    blueprint,
    "GET",
    "/days",
    summary="Each measure of each day",
    query=InsightQuery,
    answers={200: InsightDays},
    errors=(422,),
)
async def show_days(call: Call) -> dict[str, Any]:
    """Read them off the daily sums."""
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await query.by_day(session, filters)
    items = [{"day": str(day), "measures": views.figures(values)} for day, values in found]
    return {**_days(filters), "items": items}


@endpoint(
    blueprint,
    "GET",
    "/groups",
    summary="Each measure for each channel, language, segment or model",
    query=GroupsQuery,
    answers={200: InsightGroups},
    errors=(422,),
)
async def show_groups(call: Call) -> dict[str, Any]:
    """Read them off the daily sums."""
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await query.by(session, filters, call.query.by)
    items = [{"name": name, "measures": views.figures(values)} for name, values in found]
    return {**_days(filters), "by": call.query.by, "items": items}


@endpoint(
    blueprint,
    "GET",
    "/intents",
    summary="The intents that were understood most often",
    query=IntentsQuery,
    answers={200: IntentMix},
    errors=(422,),
)
async def show_intents(call: Call) -> IntentMix:
    """Read them off the daily sums."""
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await query.intents(session, filters, call.query.limit)
    items = [
        IntentShare(intent=one.intent, count=one.count, share=round(one.share, 6)) for one in found
    ]
    return IntentMix(**_days(filters), items=items)


@endpoint(
    blueprint,
    "GET",
    "/sentiment",
    summary="The customers' messages of each day by sentiment",
    query=InsightQuery,
    answers={200: SentimentDays},
    errors=(422,),
)
async def show_sentiment(call: Call) -> SentimentDays:
    """Read it off the daily sums."""
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await query.sentiment_by_day(session, filters)
    items = [
        SentimentDay(day=day, negative=negative, neutral=neutral, positive=positive)
        for day, negative, neutral, positive in found
    ]
    return SentimentDays(**_days(filters), items=items)


@endpoint(
    blueprint,
    "GET",
    "/conversations",
    summary="The conversations themselves, the newest first",
    query=ConversationsQuery,
    answers={200: ConversationList},
    errors=(422,),
)
async def list_conversations(call: Call) -> ConversationList:
    """List a page of them."""
    asked: ConversationsQuery = call.query
    async with call.db.read() as session:
        filters = await _filters(call, session)
        found = await conversations(session, filters, asked.page, asked.only or "")
    return ConversationList(
        **_days(filters),
        page=asked.page,
        more=found.more,
        items=[views.conversation(one) for one in found.rows],
    )


@endpoint(
    blueprint,
    "GET",
    "/conversations/<id:str>",
    summary="What was said in a conversation, masked",
    answers={200: TranscriptView},
    errors=(404,),
    path_patterns={"id": "^[1-9][0-9]{0,18}$"},
)
async def show_transcript(call: Call) -> TranscriptView:
    """Show it."""
    given = call.path["id"]
    if not (given.isascii() and given.isdigit() and len(given) <= 19):
        raise not_found("There is no such conversation.")
    async with call.db.read() as session:
        found, turns = await transcript(session, int(given))
    return TranscriptView(
        conversation=views.conversation(found), turns=[views.turn(one) for one in turns]
    )


@endpoint(
    blueprint,
    "GET",
    "/definitions",
    summary="What each measure counts, and of what",
    answers={200: MeasureDefinitions},
)
async def show_definitions(call: Call) -> MeasureDefinitions:
    """Show them in the order of the file."""
    return MeasureDefinitions(items=[views.definition(one) for one in measures().values()])


@endpoint(
    blueprint,
    "GET",
    "/export.csv",
    summary="The figures of each day, channel, language and model as CSV",
    query=InsightQuery,
    answers={200: None},
    errors=(422,),
    produces="text/csv",
)
async def export(call: Call) -> Streamed:
    """Send it line by line."""
    async with call.db.read() as session:
        filters = await _filters(call, session)

    name = f"insights-{filters.first}-{filters.last}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Streamed(_csv_parts(call, filters), headers)


async def _csv_parts(call: Call, filters: Filters) -> AsyncGenerator[str, None]:
    """The lines, many of them together."""
    part = ""
    async with call.db.read() as session:
        async for line in csv_lines(session, filters):
            part += line
            if len(part) >= _PART:
                yield part
                part = ""
    if part:
        yield part


async def _filters(call: Call, session: AsyncSession) -> Filters:
    """Read the filters of a query.

    Raises:
        ApiError: 422 as `read_filters` and `check_segment`.
    """
    asked: InsightQuery = call.query
    filters = read_filters(
        asked.first, asked.last, asked.channel, asked.language, asked.segment, asked.model
    )
    if filters.segment:
        check_segment(filters, await segment_names(session, call.request.app.ctx.membership))
    return filters


def _days(filters: Filters) -> dict[str, Any]:
    return {"from": str(filters.first), "to": str(filters.last)}
