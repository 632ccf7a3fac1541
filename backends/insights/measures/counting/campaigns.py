"""Sums of messages of campaigns and of orders after them."""

from __future__ import annotations

from sqlalchemy import select

from backends.campaigns.copy.models import CopyVariant
from backends.campaigns.outreach.models import SENT, OutreachSend
from backends.insights.measures.counting.attribution import (
    WINDOW,
    Touch,
    last_touches,
    read_sales,
)
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.tally import Made, Tally
from backends.insights.measures.models import DailyCampaigns


async def count_campaigns(scope: Scope) -> list[Made]:
    """Make the sums of campaigns anew; no model has to do with them."""
    on_these_days = (OutreachSend.state == SENT) & scope.within(OutreachSend.sent_at)
    customers = select(OutreachSend.customer_id).where(
        on_these_days, OutreachSend.customer_id.is_not(None)
    )
    # Those of the week after, too: an order is theirs when they came later.
    later = (
        (OutreachSend.state == SENT)
        & (OutreachSend.sent_at >= scope.end)
        & (OutreachSend.sent_at <= scope.end + WINDOW)
        & OutreachSend.customer_id.in_(customers)
    )
    rows = (
        await scope.session.execute(
            select(
                OutreachSend.id,
                OutreachSend.customer_id,
                OutreachSend.channel,
                OutreachSend.sent_at,
                CopyVariant.language,
            )
            .outerjoin(CopyVariant, CopyVariant.reference == OutreachSend.arm)
            .where(on_these_days | later)
        )
    ).all()
    sales = await read_sales(scope, customers) if rows else []
    touches = [Touch(row.id, row.customer_id, row.sent_at) for row in rows if row.customer_id]
    having = last_touches(touches, sales)
    segments = await scope.segments(row.customer_id for row in rows)
    tally = Tally(DailyCampaigns)
    for row in rows:
        day = day_of(row.sent_at)
        if day <= scope.last:
            sold = having.get(row.id, [])
            numbers = (1, int(bool(sold)), sum(sale.total_fen for sale in sold))
            own = segments.get(row.customer_id, ())
            tally.add(day, row.channel or "", row.language or "", "", own, numbers)
    return [tally]
