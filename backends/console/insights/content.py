"""What the page of the figures shows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backends.console.insights.breakdown import breakdown
from backends.console.insights.cards import cards
from backends.console.insights.charts import charts
from backends.console.insights.choice import Choice
from backends.console.insights.names import Names
from backends.console.texts import Texts
from backends.insights.measures import query
from backends.insights.measures.definitions import measures
from backends.insights.measures.filters import Filters

#: Days that are offered in place of those without a conversation.
_MONTH = timedelta(days=29)


async def figures(
    session: AsyncSession, choice: Choice, choices: query.Choices, names: Names, t: Texts
) -> dict[str, Any]:
    """The values of the template: groups of cards, charts and breakdown, or where there are some.

    Args:
        session: for reading.
        choice: the page's address.
        choices: what has been counted at all.
        names: of channels and the like.
        t: the texts of the reader's language.
    """
    if choices.first is None or choices.last is None:
        return {"state": "nothing"}
    filters, counted = choice.filters, measures()
    values = await query.overview(session, filters)
    if not values["messages"].value and not values["conversations"].value:
        first = max(choices.first, choices.last - _MONTH)
        return {"state": "nothing_here", "elsewhere": choice.between(first, choices.last)}
    before = _before(filters)
    earlier = await query.overview(session, before)
    by_day = await query.by_day(session, filters)
    sentiment = await query.sentiment_by_day(session, filters)
    intents = await query.intents(session, filters)
    groups = await query.by(session, filters, choice.by)
    return {
        "state": "figures",
        "groups": cards(counted, values, earlier, choice, t),
        "before": before,
        "charts": charts(counted, by_day, sentiment, intents, t),
        "breakdown": breakdown(counted, groups, choice, names, t),
    }


def _before(filters: Filters) -> Filters:
    """The same number of days just before."""
    days = filters.last - filters.first + timedelta(days=1)
    return Filters(
        first=filters.first - days,
        last=filters.first - timedelta(days=1),
        channel=filters.channel,
        language=filters.language,
        segment=filters.segment,
        model=filters.model,
    )
