"""A small shop whose rows tests write: three customers, two channels that vouch and one that not."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import delete

from backends.campaigns.outreach.models import Outreach, OutreachSend
from backends.customers.models import Consent
from backends.customers.profiles.models import ProfileTags
from backends.db import Database, now
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.counting.counter import Counter
from backends.insights.measures.counting.days import begin, day_of
from backends.insights.measures.counting.membership import Membership
from backends.insights.measures.models import (
    SUMMED,
    DailyIntents,
    DailyPeople,
    InsightMark,
    RecommendationExposure,
    SegmentMember,
    StaleDay,
)
from backends.orders.models import Customer, Identity, Order, OrderItem, Refund
from backends.settings import Settings

#: The first moment of a day of the shop, two months ago: long enough for a month of days after.
BEGIN = begin(day_of(now()) - timedelta(days=60)).astimezone(timezone.utc)
IDENTITIES = {
    ("wechat", "ann"): "C1",
    ("slack", "annie"): "C1",
    ("wechat", "bob"): "C2",
    # Anybody can be called so on the web.
    ("web", "cid"): "C2",
}
MEMBERS = {"C1": ["buyers", "spenders"], "C2": ["buyers"]}
_ALL = (
    Turn, Conversation, Feedback, Ticket, OutreachSend, Outreach, RecommendationExposure, Refund,
    OrderItem, Order, Identity, Consent, ProfileTags, Customer, StaleDay, SegmentMember,
    InsightMark, DailyIntents, DailyPeople, *SUMMED,
)  # fmt: skip


def at(day: int, hours: float = 12.0) -> datetime:
    """A moment of a day of the shop, counted from the first."""
    return BEGIN + timedelta(days=day, hours=hours)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Database, Counter]]:
    """The database with nobody but the customers in it, and a counter."""
    database = Database(settings.database_url, 10_000)
    try:
        async with database.write() as session:
            for kind in _ALL:
                await session.execute(delete(kind))
        await add(database, *_people())
        yield database, counter_of(database, settings)
    finally:
        await database.close()


def counter_of(database: Database, settings: Settings) -> Counter:
    """One more counter."""
    return Counter(database, Membership(settings.customers_data), settings)


async def add(database: Database, *rows: Any) -> None:
    """Store rows, those first that others name."""
    async with database.write() as session:
        for row in rows:
            session.add(row)
            await session.flush()


def _people() -> Iterable[Any]:
    features = {
        "C1": {"orders_recent": 2, "spent_per_year": 900},
        "C2": {"orders_recent": 1, "spent_per_year": 10},
        "C3": {"orders_recent": 0, "spent_per_year": 0},
    }
    for number, (customer, known) in enumerate(features.items()):
        yield Customer(
            id=customer, name=customer, language="zh", phone=f"1990000000{number}", created_at=BEGIN
        )
        yield Consent(customer_id=customer, purpose="profile", given=True, source="shop", at=BEGIN)
        yield ProfileTags(
            customer_id=customer, tags={}, features=known, reads_messages=False, model="", at=BEGIN
        )
    for (channel, sender), customer in IDENTITIES.items():
        yield Identity(channel=channel, sender=sender, customer_id=customer, created_at=BEGIN)
    yield Outreach(
        id=1, reference="OR1", name="spring", audience={}, copies=[], state="sending",
        begins_at=BEGIN, ends_at=BEGIN + timedelta(days=90), created_at=BEGIN,
    )  # fmt: skip


def conversation(channel: str, sender: str, begun: datetime, **other: Any) -> Conversation:
    """A conversation of two messages, both understood."""
    values: dict[str, Any] = {
        "language": "zh", "model": "m1", "first_customer_at": begun, "first_answer_ms": 800,
        "answer_ms": 1600, "answers": 2, "customer_turns": 2, "bot_turns": 2, "fallbacks": 0,
        "negative": 0, "neutral": 2, "positive": 0, "intents": {"greet": 1, "track": 1},
        "handed_over": False, "counted": False, "last_at": begun + timedelta(minutes=2),
    }  # fmt: skip
    return Conversation(channel=channel, sender=sender, started_at=begun, **{**values, **other})


def turn(talk: Conversation, second: int, author: str = "customer", **other: Any) -> Turn:
    """Something said in a stored conversation."""
    values = {"text": "hello", "is_fallback": False, **other}
    moment = int(talk.started_at.timestamp() * 1000) + second * 1000
    return Turn(
        conversation_id=talk.id, key=secrets.token_hex(8), at_ms=moment, author=author, **values
    )


def ticket(channel: str, sender: str, opened_at: datetime, **other: Any) -> Ticket:
    """A ticket that nobody has taken yet."""
    values: dict[str, Any] = {
        "state": "waiting", "reason": "asked", "summary": "help", "language": "zh",
        "priority": False, "slots": {}, "unanswered": True, "turn_since": opened_at, "version": 1,
    }  # fmt: skip
    return Ticket(
        reference=f"T{secrets.randbelow(10**12):012d}", channel=channel, sender=sender,
        created_at=opened_at, **{**values, **other},
    )  # fmt: skip


def feedback(channel: str, sender: str, asked_at: datetime, **other: Any) -> Feedback:
    """A question to a customer."""
    return Feedback(
        reference=f"F{secrets.randbelow(10**12):012d}", channel=channel, sender=sender,
        day=(asked_at + timedelta(hours=8)).date(), asked_at=asked_at, **other,
    )  # fmt: skip


def order(customer: str, placed_at: datetime, products: dict[str, int], **other: Any) -> list[Any]:
    """A paid order of one piece of each product, at its price in fen, and its lines."""
    number = f"XD{secrets.randbelow(10**12):012d}"
    values: dict[str, Any] = {
        "status": "completed", "paid_at": placed_at, "total_fen": sum(products.values()),
        "shipping_fen": 0, "address": "",
    }  # fmt: skip
    lines = [
        OrderItem(
            order_number=number, line=line, sku="S", product_id=product, name_zh="x", name_en="x",
            options=[], quantity=1, price_fen=price,
        )
        for line, (product, price) in enumerate(products.items())
    ]  # fmt: skip
    made = Order(number=number, customer_id=customer, placed_at=placed_at, **{**values, **other})
    return [made, *lines]


def exposure(
    channel: str, sender: str, shown_at: datetime, products: list[str], **other: Any
) -> RecommendationExposure:
    """Products that were recommended to a bound customer."""
    values: dict[str, Any] = {"kind": "general", "language": "zh", **other}
    return RecommendationExposure(
        channel=channel, sender=sender, customer_id=IDENTITIES[channel, sender], products=products,
        at=shown_at, **values,
    )  # fmt: skip


_SENT = iter(range(1, 10**9))


def sent(customer: str, moment: datetime, channel: str = "wechat") -> list[Any]:
    """A message of a campaign that went out, of an outreach of its own."""
    number = 10 + next(_SENT)
    outreach = Outreach(
        id=number, reference=f"OR{number}", name="spring", audience={}, copies=[], state="done",
        begins_at=BEGIN, ends_at=BEGIN + timedelta(days=90), created_at=BEGIN,
    )  # fmt: skip
    send = OutreachSend(
        outreach_id=number, campaign=f"OR{number}", customer_id=customer, state="sent",
        channel=channel, sender="x", attempts=1, is_unsure=False, sent_at=moment, revenue_fen=0,
        is_rewarded=False,
    )  # fmt: skip
    return [outreach, send]
