"""What came of messages: replies, orders, customers who want no more; and what experiments learn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.experiments.service import record_reward
from backends.campaigns.outreach.models import HELD_OUT, SENT, DoNotContact, Outreach, OutreachSend
from backends.customers.models import Consent
from backends.db import Database
from backends.errors import ApiError
from backends.insights.events.models import Conversation, Turn
from backends.orders.models import Order

#: A reply counts within this time, an order and an unsubscription within that.
REPLIES_WITHIN = timedelta(hours=24)
ORDERS_WITHIN = timedelta(days=7)
#: Events and orders may come late; until then it is looked again.
_SETTLED_AFTER = ORDERS_WITHIN + timedelta(hours=1)
_LOOK_EVERY = timedelta(minutes=10)
_AT_ONCE = 200

Order_ = tuple[datetime, int]


async def look(db: Database, moment: datetime) -> int:
    """See what came of some hundred messages; safe to run in several processes.

    Returns:
        How many were looked at.
    """
    async with db.write() as session:
        due = (
            select(OutreachSend, Outreach.experiment)
            .join(Outreach, Outreach.id == OutreachSend.outreach_id)
            .where(OutreachSend.state.in_((SENT, HELD_OUT)), OutreachSend.try_at <= moment)
            .order_by(OutreachSend.try_at)
            .limit(_AT_ONCE)
            .with_for_update(of=OutreachSend, skip_locked=True)
        )
        found = [(row, experiment) for row, experiment in await session.execute(due)]
        known = [row for row, _ in found if row.customer_id is not None]
        if known:
            await _fill_in(session, known)
        for row, experiment in found:
            if experiment is not None and row.ordered_at is not None and not row.is_rewarded:
                await _reward(session, experiment, row)
            over = row.customer_id is None or moment - _since(row) > _SETTLED_AFTER
            row.try_at = None if over else moment + _LOOK_EVERY
    return len(found)


async def _fill_in(session: AsyncSession, rows: list[OutreachSend]) -> None:
    orders = await _orders(session, rows)
    refusals = await _refusals(session, rows)
    replies = await _replies(session, [row for row in rows if row.state == SENT])
    for row in rows:
        start = _since(row)
        end = start + ORDERS_WITHIN
        theirs = [one for one in orders.get(row.customer_id, ()) if start < one[0] <= end]
        row.ordered_at = min((at for at, _ in theirs), default=None)
        row.revenue_fen = sum(fen for _, fen in theirs)
        if row.state != SENT:
            continue
        said_no = [*refusals[0].get(row.customer_id, ())]
        said_no += refusals[1].get((row.channel, row.sender), ())
        row.unsubscribed_at = min(
            (at for at in said_no if start <= at <= end), default=row.unsubscribed_at
        )
        written = replies.get((row.channel, row.sender), ())
        in_time = (at for at in written if start < at <= start + REPLIES_WITHIN)
        row.replied_at = min(in_time, default=row.replied_at)
    await session.flush()


async def _reward(session: AsyncSession, experiment: str, row: OutreachSend) -> None:
    """Tell the experiment of the order, once; its service knows what a unit's first reward is."""
    try:
        yuan = row.revenue_fen / 100
        await record_reward(session, experiment, row.customer_id, yuan, row.ordered_at)
    except ApiError:
        # The experiment is gone; there is nobody to tell.
        pass
    row.is_rewarded = True


async def _orders(session: AsyncSession, rows: list[OutreachSend]) -> dict[str, list[Order_]]:
    found = await session.execute(
        select(Order.customer_id, Order.placed_at, Order.total_fen).where(
            Order.customer_id.in_({row.customer_id for row in rows}),
            Order.placed_at > min(_since(row) for row in rows),
            Order.status != "cancelled",
        )
    )
    orders: dict[str, list[Order_]] = {}
    for customer_id, at, fen in found:
        orders.setdefault(customer_id, []).append((at, fen))
    return orders


async def _refusals(
    session: AsyncSession, rows: list[OutreachSend]
) -> tuple[dict[str, list[datetime]], dict[tuple[str, str], list[datetime]]]:
    """When customers withdrew their consent, and senders wanted no more."""
    start = min(_since(row) for row in rows)
    withdrawn = await session.execute(
        select(Consent.customer_id, Consent.at).where(
            Consent.customer_id.in_({row.customer_id for row in rows}),
            Consent.purpose == "marketing",
            Consent.given.is_(False),
            Consent.at >= start,
        )
    )
    by_customer: dict[str, list[datetime]] = {}
    for customer_id, at in withdrawn:
        by_customer.setdefault(customer_id, []).append(at)
    senders = _senders(rows)
    listed = await session.execute(
        select(DoNotContact.channel, DoNotContact.sender, DoNotContact.at).where(
            tuple_(DoNotContact.channel, DoNotContact.sender).in_(senders)
        )
    )
    return by_customer, {(channel, sender): [at] for channel, sender, at in listed}


async def _replies(
    session: AsyncSession, rows: list[OutreachSend]
) -> dict[tuple[str, str], list[datetime]]:
    """When the customers wrote on the channels that they were written to on."""
    if not rows:
        return {}
    start = min(_since(row) for row in rows)
    end = max(_since(row) for row in rows) + REPLIES_WITHIN
    found = await session.execute(
        select(Conversation.channel, Conversation.sender, Turn.at_ms)
        .join(Turn, Turn.conversation_id == Conversation.id)
        .where(
            tuple_(Conversation.channel, Conversation.sender).in_(_senders(rows)),
            Conversation.last_at >= start,
            Turn.author == "customer",
            Turn.at_ms.between(_ms(start), _ms(end)),
        )
    )
    replies: dict[tuple[str, str], list[datetime]] = {}
    for channel, sender, at_ms in found:
        at = datetime.fromtimestamp(at_ms / 1000, timezone.utc)
        replies.setdefault((channel, sender), []).append(at)
    return replies


def _senders(rows: Iterable[OutreachSend]) -> list[tuple[str, str]]:
    return sorted({(row.channel, row.sender) for row in rows if row.channel and row.sender})


def _since(row: OutreachSend) -> datetime:
    return row.sent_at or row.claimed_at


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
