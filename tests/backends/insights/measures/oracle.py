"""The sums once more, slowly: each row looked at by itself, by the words of the definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from backends.campaigns.outreach.models import OutreachSend
from backends.db import Database
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.models import (
    SUMMED,
    DailyIntents,
    DailyPeople,
    RecommendationExposure,
)
from backends.orders.models import Order, OrderItem, Refund
from tests.backends.insights.measures.world import IDENTITIES, MEMBERS

TRUSTED = ("wechat", "slack", "wecom", "wecom_kf")
Sums = dict[tuple[Any, ...], dict[str, int]]


async def stored(database: Database) -> dict[str, Sums]:
    """What the daily tables hold."""
    found: dict[str, Sums] = {}
    async with database.read() as session:
        for kind in (*SUMMED, DailyIntents, DailyPeople):
            columns = kind.__table__.columns
            keys = sorted(column.name for column in columns if column.primary_key)
            names = [column.name for column in columns if not column.primary_key]
            rows = (await session.execute(select(kind))).scalars().all()
            found[kind.__tablename__.removeprefix("insight_daily_")] = {
                tuple((key, getattr(row, key)) for key in keys): {
                    name: getattr(row, name) for name in names
                }
                for row in rows
            }
    return found


async def expected(database: Database) -> dict[str, Sums]:
    """What they should hold."""
    tables = (
        Conversation, Turn, Ticket, Feedback, Order, OrderItem, Refund, RecommendationExposure,
        OutreachSend,
    )  # fmt: skip
    async with database.read() as session:
        rows = {
            kind.__tablename__: (await session.execute(select(kind))).scalars().all()
            for kind in tables
        }
    return _Oracle(rows).all()


async def compare(database: Database) -> None:
    """Fail when the daily tables are not what they should be."""
    found, wanted = await stored(database), await expected(database)
    for name in wanted:
        if name == "people":
            # Of days on which the month holds nobody any more there may be rows or not.
            found[name] = {key: row for key, row in found[name].items() if row["month_people"]}
        assert found[name] == wanted[name], name


def _day(moment: datetime) -> date:
    return (moment + timedelta(hours=8)).date()


class _Oracle:
    def __init__(self, rows: dict[str, Any]) -> None:
        self.rows = rows
        self.talks = rows["insight_conversations"]

    def all(self) -> dict[str, Sums]:
        return {
            "conversations": self.sums(self.conversations()),
            "intents": self.sums(self.intents(), "intent"),
            "tickets": self.sums(self.tickets()),
            "feedback": self.sums(self.feedback()),
            "recommendations": self.sums(self.recommendations()),
            "campaigns": self.sums(self.campaigns()),
            "people": self.people(),
        }

    @staticmethod
    def sums(facts: Iterable[tuple[Any, ...]], *further: str) -> Sums:
        """Each fact is (day, channel, language, model, customer, numbers, *further)."""
        found: Sums = defaultdict(lambda: defaultdict(int))
        for day, channel, language, model, customer, numbers, *others in facts:
            for segment in ["", *MEMBERS.get(customer, ["-"])]:
                named = {
                    "segment": segment, "day": day, "channel": channel, "language": language,
                    "model": model, **dict(zip(further, others, strict=True)),
                }  # fmt: skip
                for name, number in numbers.items():
                    found[tuple(sorted(named.items()))][name] += number
        return {key: dict(sums) for key, sums in found.items()}

    @staticmethod
    def customer(row: Any) -> str | None:
        known = getattr(row, "customer_id", None)
        if known:
            return str(known)
        return IDENTITIES.get((row.channel, row.sender)) if row.channel in TRUSTED else None

    def talk(self, row: Any, moment: datetime) -> tuple[str, str]:
        mine = [
            each
            for each in self.talks
            if (each.channel, each.sender) == (row.channel, row.sender)
            and each.started_at <= moment + timedelta(seconds=1)
        ]
        if not mine:
            return "", ""
        last = max(mine, key=lambda each: (each.started_at, each.id))
        if moment - last.started_at > timedelta(days=2):
            return "", ""
        return last.language or "", last.model

    def conversations(self) -> Iterator[tuple[Any, ...]]:
        for talk in self.talks:
            if not talk.customer_turns:
                continue
            turns = [
                turn
                for turn in self.rows["insight_turns"]
                if turn.conversation_id == talk.id and turn.author == "customer"
            ]
            turns.sort(key=lambda each: (each.at_ms, each.id))
            badly = bool(talk.fallbacks and turns and turns[-1].is_fallback)
            numbers = {
                "conversations": 1,
                "messages": talk.customer_turns,
                "contained": 0 if talk.handed_over or badly else 1,
                "handed_over": 1 if talk.handed_over else 0,
                "fallbacks": talk.fallbacks,
                "negative": talk.negative,
                "neutral": talk.neutral,
                "positive": talk.positive,
                "first_answers": 0 if talk.first_answer_ms is None else 1,
                "first_answer_ms": talk.first_answer_ms or 0,
            }
            yield (*self.place(talk), numbers)

    def place(self, talk: Any) -> tuple[Any, ...]:
        day = _day(talk.started_at)
        return day, talk.channel, talk.language or "", talk.model, self.customer(talk)

    def intents(self) -> Iterator[tuple[Any, ...]]:
        for talk in self.talks:
            if talk.customer_turns:
                for intent, times in talk.intents.items():
                    yield (*self.place(talk), {"times": times}, intent)

    def tickets(self) -> Iterator[tuple[Any, ...]]:
        for one in self.rows["tickets"]:
            language, model = self.talk(one, one.created_at)
            replied = one.first_reply_at is not None
            handled = one.assigned_at is not None and one.ended_at is not None
            numbers = {
                "tickets": 1,
                "replied": int(replied),
                "reply_seconds": (one.first_reply_at - one.created_at).seconds if replied else 0,
                "handled": int(handled),
                "handling_seconds": (one.ended_at - one.assigned_at).seconds if handled else 0,
            }
            place = (_day(one.created_at), one.channel, one.language or language, model)
            yield (*place, self.customer(one), numbers)

    def feedback(self) -> Iterator[tuple[Any, ...]]:
        for one in self.rows["feedback"]:
            language, model = self.talk(one, one.asked_at)
            numbers = {
                "asked": 1,
                "solved": 1 if one.solved else 0,
                "solved_of": 0 if one.solved is None else 1,
                "satisfied": 1 if one.csat in (4, 5) else 0,
                "csat_of": 0 if one.csat is None else 1,
                "promoters": 1 if one.nps in (9, 10) else 0,
                "detractors": 1 if one.nps in (0, 1, 2, 3, 4, 5, 6) else 0,
                "nps_of": 0 if one.nps is None else 1,
            }
            yield one.day, one.channel, one.language or language, model, self.customer(one), numbers

    def sales(self) -> Iterator[tuple[Any, dict[str, int]]]:
        for order in self.rows["orders"]:
            refunds = [
                each
                for each in self.rows["refunds"]
                if each.order_number == order.number and each.status in ("processing", "refunded")
            ]
            if order.paid_at and order.status != "cancelled" and not refunds:
                bought: dict[str, int] = defaultdict(int)
                for item in self.rows["order_items"]:
                    if item.order_number == order.number:
                        bought[item.product_id] += item.price_fen * item.quantity
                yield order, bought

    def recommendations(self) -> Iterator[tuple[Any, ...]]:
        shown = self.rows["recommendation_exposures"]
        revenue: dict[int, list[int]] = defaultdict(list)
        for order, bought in self.sales():
            before = [
                each
                for each in shown
                if each.customer_id == order.customer_id
                and timedelta(0) <= order.placed_at - each.at <= timedelta(days=7)
                and set(each.products) & set(bought)
            ]
            if before:
                last = max(before, key=lambda each: (each.at, each.id))
                paid = sum(bought[product] for product in set(last.products) & set(bought))
                revenue[last.id].append(min(paid, order.total_fen))
        for customer, channel, day in {
            (each.customer_id, each.channel, _day(each.at)) for each in shown
        }:
            visit = [
                each
                for each in shown
                if (each.customer_id, each.channel, _day(each.at)) == (customer, channel, day)
            ]
            last = max(visit, key=lambda each: (each.at, each.id))
            paid = [fen for each in visit for fen in revenue[each.id]]
            numbers = {"shown": 1, "converted": int(bool(paid)), "revenue_fen": sum(paid)}
            yield day, channel, last.language, self.talk(last, last.at)[1], customer, numbers

    def campaigns(self) -> Iterator[tuple[Any, ...]]:
        sends = [each for each in self.rows["outreach_sends"] if each.state == "sent"]
        revenue: dict[int, list[int]] = defaultdict(list)
        for order, _ in self.sales():
            before = [
                each
                for each in sends
                if each.customer_id == order.customer_id
                and timedelta(0) <= order.placed_at - each.sent_at <= timedelta(days=7)
            ]
            if before:
                last = max(before, key=lambda each: (each.sent_at, each.id))
                revenue[last.id].append(order.total_fen)
        for one in sends:
            paid = revenue[one.id]
            numbers = {"sent": 1, "converted": int(bool(paid)), "revenue_fen": sum(paid)}
            yield _day(one.sent_at), one.channel, "", "", one.customer_id, numbers

    def people(self) -> Sums:
        visits: dict[tuple[str, str], set[tuple[date, Any]]] = defaultdict(set)
        for talk in self.talks:
            if talk.customer_turns:
                day, channel, language, model, customer = self.place(talk)
                person = customer or (channel, talk.sender)
                places = [("", ""), ("channel", channel), ("language", language), ("model", model)]
                places += [("segment", name) for name in MEMBERS.get(customer, ["-"])]
                for place in places:
                    visits[place].add((day, person))
        found: Sums = {}
        for (dimension, value), seen in visits.items():
            # As far as days have had their turn: thirty from each visit on, none of them to come.
            days = {day + timedelta(days=n) for day, _ in seen for n in range(30)}
            for day in days:
                month = [(d, who) for d, who in seen if 0 <= (day - d).days < 30]
                key = (("day", day), ("dimension", dimension), ("value", value))
                found[key] = {
                    "people": sum(d == day for d, _ in month),
                    "month_people": len({who for _, who in month}),
                    "month_visits": len(month),
                }
        return found
