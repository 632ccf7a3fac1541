"""Random things that happen to the shop."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn
from backends.orders.models import Order, Refund
from tests.backends.insights.measures import world

SENDERS = [("wechat", "ann"), ("slack", "annie"), ("wechat", "bob"), ("web", "cid"), ("web", "eve")]
BOUND = [("wechat", "ann"), ("slack", "annie"), ("wechat", "bob")]
STEPS = (
    "talk", "talk", "say", "move", "forget", "ticket", "work", "ask", "answer", "order", "change",
    "refund", "show", "show", "send", "count",
)  # fmt: skip


class Shop:
    """Does random things to the shop, as a seed says."""

    def __init__(self, database: Any, seed: int) -> None:
        self.db = database
        self.random = random.Random(seed)

    def moment(self) -> Any:
        """Some second of twelve days; often near midnight of the shop."""
        hours = self.random.choice([0, 0.01, 8, 15.99, 16, 23.99, 24 * self.random.random()])
        return world.at(self.random.randrange(12), int(hours * 3600) / 3600)

    async def some(self, kind: Any) -> Any:
        """A stored row of a kind, if there is one."""
        async with self.db.read() as session:
            rows = (
                (await session.execute(select(kind).order_by(*kind.__mapper__.primary_key)))
                .scalars()
                .all()
            )
        return self.random.choice(rows) if rows else None

    async def set(self, row: Any, **values: Any) -> None:
        """Change a row in the database, behind the back of every model."""
        kind = type(row)
        keys = [column == getattr(row, column.key) for column in kind.__mapper__.primary_key]
        async with self.db.write() as session:
            statement = update(kind).where(*keys).values(**values)
            await session.execute(statement.execution_options(synchronize_session=False))

    async def talk(self) -> None:
        pick = self.random.choice
        turns = pick([0, 1, 3])
        fallbacks = pick([0, min(1, turns)])
        begun = self.moment()
        made = world.conversation(
            *pick(SENDERS), begun,
            language=pick(["zh", "en", None]), model=pick(["m1", "m2"]), customer_turns=turns,
            fallbacks=fallbacks, negative=pick([0, turns]), handed_over=pick([False, False, True]),
            first_answer_ms=pick([None, 10, 2500]), intents=pick([{}, {"greet": 2}, {"buy": 1}]),
        )  # fmt: skip
        await world.add(self.db, made)
        said = [
            world.turn(made, second, is_fallback=bool(fallbacks) and pick([True, False]))
            for second in range(turns)
        ]
        await world.add(self.db, *said, world.turn(made, 60, "bot"))

    async def say(self) -> None:
        found = await self.some(Conversation)
        if found is not None:
            is_fallback = self.random.choice([True, False])
            await world.add(self.db, world.turn(found, 90, is_fallback=is_fallback))
            await self.set(
                found, customer_turns=found.customer_turns + 1, counted=False,
                fallbacks=found.fallbacks + is_fallback, model="m2",
                intents={**found.intents, "late": 1},
            )  # fmt: skip

    async def move(self) -> None:
        """An event that came late: the conversation began earlier than was known."""
        found = await self.some(Conversation)
        if found is not None:
            begun = found.started_at - timedelta(hours=self.random.choice([1, 30]))
            await self.set(found, started_at=begun, counted=False)

    async def forget(self) -> None:
        found = await self.some(self.random.choice([Conversation, Ticket, Feedback]))
        if found is not None:
            async with self.db.write() as session:
                if isinstance(found, Conversation):
                    await session.execute(delete(Turn).where(Turn.conversation_id == found.id))
                await session.execute(delete(type(found)).where(type(found).id == found.id))

    async def ticket(self) -> None:
        await self.forget_open()
        await world.add(self.db, world.ticket(*self.random.choice(SENDERS), self.moment()))

    async def forget_open(self) -> None:
        # One open ticket of a sender at a time: the others end.
        async with self.db.write() as session:
            await session.execute(
                update(Ticket)
                .where(Ticket.state != "ended")
                .values(state="ended", ended_at=Ticket.created_at)
                .execution_options(synchronize_session=False)
            )

    async def work(self) -> None:
        found = await self.some(Ticket)
        if found is not None:
            taken = found.created_at + timedelta(seconds=self.random.choice([5, 600]))
            await self.set(
                found, assigned_at=taken, first_reply_at=taken + timedelta(seconds=30),
                ended_at=taken + timedelta(hours=1), state="ended", ended_by="staff",
            )  # fmt: skip

    async def ask(self) -> None:
        asked = world.feedback(*self.random.choice(SENDERS), self.moment())
        mine = (Feedback.channel == asked.channel) & (Feedback.sender == asked.sender)
        async with self.db.read() as session:
            same = await session.execute(select(Feedback).where(mine, Feedback.day == asked.day))
            is_new = same.first() is None
        if is_new:
            await world.add(self.db, asked)

    async def answer(self) -> None:
        found = await self.some(Feedback)
        if found is not None:
            pick = self.random.choice
            await self.set(
                found, solved=pick([None, True, False]), csat=pick([None, 1, 4, 5]),
                nps=pick([None, 0, 6, 7, 9, 10]),
            )  # fmt: skip

    async def order(self) -> None:
        bought = dict.fromkeys(self.random.sample("PQR", 2), 1000)
        customer = self.random.choice(["C1", "C2", "C3"])
        discount = self.random.choice([0, 500])
        rows = world.order(customer, self.moment(), bought, total_fen=2000 - discount)
        await world.add(self.db, *rows)

    async def change(self) -> None:
        found = await self.some(Order)
        if found is not None:
            await self.set(
                found, status=self.random.choice(["cancelled", "completed"]),
                paid_at=self.random.choice([None, found.placed_at]),
            )  # fmt: skip

    async def refund(self) -> None:
        found = await self.some(Refund)
        if found is not None:
            await self.set(found, status=self.random.choice(["refunded", "rejected"]))
            return
        found = await self.some(Order)
        if found is not None:
            made = Refund(
                order_number=found.number, status="processing", amount_fen=1,
                requested_at=world.at(12), expected_by=world.at(14),
            )  # fmt: skip
            await world.add(self.db, made)

    async def show(self) -> None:
        products = self.random.sample("PQR", 2)
        shown = world.exposure(*self.random.choice(BOUND), self.moment(), products)
        await world.add(self.db, shown)

    async def send(self) -> None:
        sent = world.sent(self.random.choice(["C1", "C2"]), self.moment())
        await world.add(self.db, *sent)

    async def walk(self, steps: int) -> None:
        """Do so many things."""
        for _ in range(steps):
            await getattr(self, self.random.choice([each for each in STEPS if each != "count"]))()
