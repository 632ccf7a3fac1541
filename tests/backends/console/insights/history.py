"""A history of conversations in a shop's database, and its figures reckoned another way."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from backends.clock import SHOP_TIME, today
from backends.customers.models import Consent
from backends.customers.profiles.models import ProfileTags
from backends.db import Base, Database
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.models import RecommendationExposure
from backends.orders.models import Customer, Identity, Order, OrderItem

DAYS = 60
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&{{7*7}}"
#: What a spreadsheet would take for a formula, and a page for markup.
MODELS = ("20261001-old-hill", "=1+1<b>new</b>")
INTENTS = ("ask_price", "order_status", "return/start", "<i>greet</i>")
SENTIMENTS = ("negative", "neutral", "positive")


@dataclass
class Talked:
    """One conversation, and what came of it; `said` are intent, sentiment and whether a fallback."""

    day: date
    channel: str
    language: str
    model: str
    said: list[tuple[str, str, bool]]
    handed_over: bool
    sender: str
    first_answer_ms: int
    csat: int | None = None
    nps: int | None = None
    solved: bool | None = None
    in_segment: bool = False
    bought_fen: int | None = None
    id: int = field(default=0)

    @property
    def at(self) -> datetime:
        """At noon in the shop, whose day begins at another time than UTC's."""
        return datetime(*self.day.timetuple()[:3], 12, tzinfo=SHOP_TIME).astimezone(timezone.utc)

    @property
    def fallbacks(self) -> int:
        return sum(fallback for _, _, fallback in self.said)

    @property
    def negative(self) -> int:
        return sum(sentiment == "negative" for _, sentiment, _ in self.said)


class History:
    """Conversations on each of the sixty days before today."""

    def __init__(self) -> None:
        chance = random.Random(6)
        self.last = today() - timedelta(days=1)
        self.first = self.last - timedelta(days=DAYS - 1)
        self.talks = [
            _talked(chance, self.first + timedelta(days=day), f"{day}-{number}")
            for day in range(DAYS)
            for number in range(chance.randint(1, 4))
        ]

    def on(self, first: date, last: date, which: Callable[[Talked], bool] = bool) -> list[Talked]:
        """Those of some days."""
        return [one for one in self.talks if first <= one.day <= last and which(one)]

    def write(self, url: str) -> None:
        """Write them down as the events, tickets, feedback and orders that they would be."""
        asyncio.run(self._write(url))

    async def _write(self, url: str) -> None:
        db = Database(url)
        async with db.write() as session:
            for number, one in enumerate(self.talks):
                conversation = _conversation(one)
                session.add(conversation)
                await session.flush()
                one.id = conversation.id
                # Each refers to what stands before it.
                for rows in (
                    _customer(one, number),
                    _known(one, number),
                    [*_turns(one), *_tickets(one, number), *_feedback(one, number)],
                    _bought(one, number),
                    _line(one, number),
                ):
                    session.add_all(rows)
                    await session.flush()
        await db.close()


def shares(talks: Iterable[Talked]) -> dict[str, tuple[float | None, int]]:
    """Some figures of conversations, each with what it is of, without any daily sums."""
    talks = list(talks)
    said = [turn for one in talks for turn in one.said]
    rated = [one.csat for one in talks if one.csat is not None]
    told = [one.nps for one in talks if one.nps is not None]
    solved = [one.solved for one in talks if one.solved is not None]
    contained = [not one.handed_over and not one.said[-1][2] for one in talks]
    nps = [(score >= 9) - (score <= 6) for score in told]

    def mean(values: list) -> tuple[float | None, int]:
        return (sum(values) / len(values) if values else None), len(values)

    return {
        "containment": mean(contained),
        "resolution": mean(solved),
        "handover_rate": mean([one.handed_over for one in talks]),
        "fallback_rate": mean([fallback for _, _, fallback in said]),
        "negative_share": mean([sentiment == "negative" for _, sentiment, _ in said]),
        "csat": mean([score >= 4 for score in rated]),
        "csat_response_rate": mean(
            [one.csat is not None for one in talks if one.solved is not None]
        ),
        "nps": mean([100 * score for score in nps]),
    }


def _talked(chance: random.Random, day: date, sender: str) -> Talked:
    said = [
        (chance.choice(INTENTS), chance.choices(SENTIMENTS, (1, 3, 2))[0], chance.random() < 0.15)
        for _ in range(chance.randint(1, 5))
    ]
    channel = chance.choice(("wechat", "web"))
    asked = chance.random() < 0.6
    in_segment = channel == "wechat" and chance.random() < 0.4
    return Talked(
        day=day,
        channel=channel,
        language=chance.choice(("zh", "zh", "en")),
        model=MODELS[chance.random() < 0.5],
        said=said,
        handed_over=chance.random() < 0.2,
        sender=f"sender-{sender}",
        first_answer_ms=chance.randint(200, 4000),
        csat=chance.randint(1, 5) if asked and chance.random() < 0.7 else None,
        nps=chance.randint(0, 10) if asked and chance.random() < 0.5 else None,
        solved=chance.random() < 0.7 if asked else None,
        in_segment=in_segment,
        bought_fen=chance.randint(5_000, 90_000) if in_segment and chance.random() < 0.5 else None,
    )


def _conversation(one: Talked) -> Conversation:
    sentiments = Counter(sentiment for _, sentiment, _ in one.said)
    return Conversation(
        channel=one.channel, sender=one.sender, language=one.language, model=one.model,
        started_at=one.at, last_at=one.at + timedelta(minutes=5), first_customer_at=one.at,
        first_answer_ms=one.first_answer_ms, answer_ms=one.first_answer_ms, answers=1,
        customer_turns=len(one.said), bot_turns=1, fallbacks=one.fallbacks,
        **{name: sentiments[name] for name in SENTIMENTS},
        intents=dict(Counter(intent for intent, _, _ in one.said)),
        handed_over=one.handed_over, counted=False,
    )  # fmt: skip


def _turns(one: Talked) -> list[Turn]:
    begun = int(one.at.timestamp() * 1000)
    customer = [
        Turn(
            conversation_id=one.id, key=f"c{at}", at_ms=begun + at * 10_000, author="customer",
            text=f"{EVIL} {at}", intent=intent, confidence=0.875, sentiment=sentiment,
            is_fallback=fallback,
        )
        for at, (intent, sentiment, fallback) in enumerate(one.said)
    ]  # fmt: skip
    bot = Turn(
        conversation_id=one.id, key="b", at_ms=begun + one.first_answer_ms, author="bot",
        text="[phone] 您好", action="utter_greet", is_fallback=False,
    )  # fmt: skip
    return [*customer, bot]


def _tickets(one: Talked, number: int) -> list[Base]:
    if not one.handed_over:
        return []
    ended = one.at + timedelta(minutes=7)
    return [
        Ticket(
            reference=f"T{number:010d}", channel=one.channel, sender=one.sender, state="ended",
            reason="asked", summary="", language=one.language, priority=False, slots={},
            created_at=one.at, queued_at=one.at, assigned_at=one.at + timedelta(minutes=2),
            first_reply_at=one.at + timedelta(minutes=3), unanswered=False, turn_since=ended,
            ended_at=ended, ended_by="staff", version=0,
        )
    ]  # fmt: skip


def _feedback(one: Talked, number: int) -> list[Base]:
    if one.solved is None:
        return []
    asked = one.at + timedelta(minutes=10)
    return [
        Feedback(
            reference=f"F{number:010d}", channel=one.channel, sender=one.sender,
            language=one.language, day=one.day, solved=one.solved, csat=one.csat, nps=one.nps,
            asked_at=asked, answered_at=asked,
        )
    ]  # fmt: skip


def _customer(one: Talked, number: int) -> list[Base]:
    if not one.in_segment:
        return []
    return [
        Customer(
            id=f"C{number:06d}", name="Somebody", language=one.language,
            phone=f"138{number:08d}", created_at=one.at,
        )
    ]  # fmt: skip


def _known(one: Talked, number: int) -> list[Base]:
    if not one.in_segment:
        return []
    return [
        Identity(
            channel=one.channel, sender=one.sender, customer_id=f"C{number:06d}", created_at=one.at
        ),
        Consent(
            customer_id=f"C{number:06d}", purpose="profile", given=True, source="shop", at=one.at
        ),
        ProfileTags(
            customer_id=f"C{number:06d}", tags={"price_band.budget": 0.9},
            features={"orders_recent": 1.0}, reads_messages=False, model="", at=one.at,
        ),
    ]  # fmt: skip


def _bought(one: Talked, number: int) -> list[Base]:
    if not one.in_segment:
        return []
    shown = RecommendationExposure(
        channel=one.channel, sender=one.sender, customer_id=f"C{number:06d}", kind="general",
        language=one.language, products=["P0001"], at=one.at,
    )  # fmt: skip
    if one.bought_fen is None:
        return [shown]
    paid = one.at + timedelta(hours=2)
    order = Order(
        number=f"XD{number:012d}", customer_id=f"C{number:06d}", status="paid", placed_at=paid,
        paid_at=paid, total_fen=one.bought_fen, shipping_fen=0, address="",
    )  # fmt: skip
    return [shown, order]


def _line(one: Talked, number: int) -> list[Base]:
    if one.bought_fen is None:
        return []
    return [
        OrderItem(
            order_number=f"XD{number:012d}", line=1, sku="S", product_id="P0001", name_zh="杯",
            name_en="Cup", options={}, quantity=1, price_fen=one.bought_fen,
        )
    ]  # fmt: skip
