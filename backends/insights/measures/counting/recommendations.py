"""Sums of what was recommended and ordered then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from backends.insights.measures.counting.attribution import (
    WINDOW,
    Sale,
    Touch,
    last_touches,
    read_sales,
)
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.talks import Talks, read_talks
from backends.insights.measures.counting.tally import Made, Tally
from backends.insights.measures.models import DailyRecommendations, RecommendationExposure


async def count_recommendations(scope: Scope) -> list[Made]:
    """Make the sums of recommendations anew."""
    shown = scope.within(RecommendationExposure.at)
    customers = select(RecommendationExposure.customer_id).where(shown)
    # Those of the week after, too: an order is theirs when they came later.
    touching = (
        (RecommendationExposure.at >= scope.begin)
        & (RecommendationExposure.at <= scope.end + WINDOW)
        & RecommendationExposure.customer_id.in_(customers)
    )
    query = select(RecommendationExposure).where(touching)
    rows = (await scope.session.execute(query)).scalars().all()
    sales = await read_sales(scope, customers) if rows else []
    touches = [Touch(one.id, one.customer_id, one.at, frozenset(one.products)) for one in rows]
    having = last_touches(touches, sales)
    talks = await read_talks(scope.session, scope.first, scope.last, RecommendationExposure, shown)
    segments = await scope.segments(one.customer_id for one in rows)
    tally = Tally(DailyRecommendations)
    products = {touch.id: touch for touch in touches}
    for (customer, channel, day), visit in _visits(rows).items():
        if scope.first <= day <= scope.last:
            last = max(visit, key=lambda one: (one.at, one.id))
            numbers = _numbers(visit, products, having)
            model = _model(talks, last)
            own = segments.get(customer, ())
            tally.add(day, channel, last.language, model, own, numbers)
    return [tally]


def _visits(rows: Sequence[Any]) -> Mapping[tuple[Any, ...], list[Any]]:
    """What was shown to a customer on a channel and a day, together."""
    visits: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for one in rows:
        visits[one.customer_id, one.channel, day_of(one.at)].append(one)
    return visits


def _numbers(
    visit: Sequence[Any], touches: Mapping[int, Touch], having: Mapping[int, Sequence[Sale]]
) -> tuple[int, int, int]:
    sold = [(touches[one.id], sale) for one in visit for sale in having.get(one.id, ())]
    return 1, int(bool(sold)), sum(touch.worth(sale) for touch, sale in sold)


def _model(talks: Talks, one: Any) -> str:
    return talks.at(one.channel, one.sender, one.at).model
