"""Customers, copy and plans in a database, and a worker that sends for them."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select, update

from backends.campaigns.copy.models import CopyBrief, CopyVariant
from backends.campaigns.outreach.audience import Audiences, OutreachAudience
from backends.campaigns.outreach.checks import Checks
from backends.campaigns.outreach.models import MARK, PLANNED, Outreach, OutreachSend
from backends.campaigns.outreach.rules import Channel, QuietHours, Rules
from backends.campaigns.outreach.worker import Worker
from backends.customers.models import Consent
from backends.db import Database, now
from backends.errors import is_unavailable
from backends.handoff.models import Ticket
from backends.insights.events.models import Conversation, Turn
from backends.orders.models import Customer, Identity, Order
from backends.rasa import Rasa

TRUSTED = frozenset({"wechat", "slack", "wecom", "wecom_kf"})
#: Nothing is quiet, few caps bind, and one channel has a window.
OPEN = Rules(
    quiet=QuietHours(time(), time()),
    per_day=100,
    per_week=100,
    channels={
        "slack": Channel(10_000, 100_000, 3000, "characters", None, None),
        "wechat": Channel(10_000, 100_000, 2048, "bytes", timedelta(hours=48), 5),
    },
    lines={"zh": "回复TD退订", "en": "Reply unsubscribe to stop"},
    marks=("退订", "unsubscribe"),
)
_numbers = count(1)


class World:
    """Writes rows as the shop would, and sends by a worker of its own."""

    def __init__(self, db: Database, rasa_url: str, token: str, rules: Rules = OPEN) -> None:
        self.db = db
        self.rules = rules
        self._rasa = (rasa_url, token)

    def with_rules(self, **changes: Any) -> World:
        """The same world under other rules."""
        return World(self.db, *self._rasa, replace(self.rules, **changes))

    async def add(self, *rows: Any) -> None:
        async with self.db.write() as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def customer(
        self,
        *channels: str,
        consent: bool | None = True,
        language: str = "zh",
    ) -> str:
        """A customer with a sender ``s-<id>`` on each channel (slack unless told otherwise)."""
        number = next(_numbers)
        customer = f"W{number:05d}"
        rows: list[Any] = [
            Customer(
                id=customer, name=f"Name {number}", language=language,
                phone=f"177{number:08d}", created_at=now() - timedelta(days=300),
            ),
            *(
                Identity(
                    channel=channel, sender=f"s-{customer}", customer_id=customer, created_at=now()
                )
                for channel in (channels or ("slack",))
            ),
        ]  # fmt: skip
        if consent is not None:
            rows.append(self._consent(customer, consent))
        await self.add(*rows)
        return customer

    async def consent(self, customer: str, given: bool) -> None:
        await self.add(self._consent(customer, given))

    async def copy(
        self,
        text: str = "新品上架，欢迎来看。",
        language: str = "zh",
        channel: str = "slack",
        state: str = "approved",
        offer_until: datetime | None = None,
    ) -> str:
        """A variant of copy."""
        reference = f"CP{secrets.token_hex(5).upper()}"
        brief = CopyBrief(
            reference=f"CB{secrets.token_hex(5).upper()}", key=secrets.token_hex(8),
            request_hash="0", language=language, channel=channel, asked={}, products=[],
            state="written", writing_since=now(), notes=[], created_at=now(),
        )  # fmt: skip
        await self.add(brief)
        await self.add(
            CopyVariant(
                reference=reference, brief_id=brief.id, position=1, text=text, language=language,
                channel=channel, product="PH-1001", writer="templates", grounding=[],
                snapshot={"products": {}, "promotion": None, "scarce": None},
                offer_until=offer_until, state=state, version=1, created_at=now(),
            )
        )  # fmt: skip
        return reference

    async def wrote(self, channel: str, sender: str, at: datetime, answers: int = 1) -> None:
        """A customer's message and some answers to it, as the events tell of them."""
        talk = Conversation(
            channel=channel, sender=sender, model="m", started_at=at,
            last_at=at + timedelta(seconds=answers), answer_ms=0, answers=0, customer_turns=1,
            bot_turns=answers, fallbacks=0, negative=0, neutral=1, positive=0, intents={},
            handed_over=False, counted=False,
        )  # fmt: skip
        await self.add(talk)
        start = int(at.timestamp() * 1000)
        await self.add(
            *(
                Turn(
                    conversation_id=talk.id, key=secrets.token_hex(12), at_ms=start + 1000 * n,
                    author="bot" if n else "customer", text="t", is_fallback=False,
                )
                for n in range(answers + 1)
            )
        )  # fmt: skip

    async def ticket(self, channel: str, sender: str, state: str = "waiting") -> None:
        """A conversation that a person is called to."""
        await self.add(
            Ticket(
                reference=f"T{secrets.randbelow(10**12):012d}", channel=channel, sender=sender,
                state=state, reason="asked", summary="s", language="zh", priority=False, slots={},
                created_at=now(), unanswered=True, turn_since=now(), version=1,
            )
        )  # fmt: skip

    async def order(self, customer: str, at: datetime, fen: int = 1000) -> None:
        number = f"XD20261126{next(_numbers) % 10_000:04d}"
        await self.add(
            Order(
                number=number, customer_id=customer, status="paid", placed_at=at, paid_at=at,
                total_fen=fen, shipping_fen=0, address="a",
            )
        )  # fmt: skip

    async def outreach(
        self,
        *copies: str,
        customers: Iterable[str] = (),
        state: str = PLANNED,
        ends_in: timedelta = timedelta(hours=2),
        experiment: str | None = None,
    ) -> Outreach:
        """A plan whose time has come; with customers it is sending to them already."""
        outreach = Outreach(
            reference=f"{MARK}{secrets.token_hex(5).upper()}", name="n",
            audience=OutreachAudience(kind="everybody").dict(), copies=list(copies),
            experiment=experiment, state=state, begins_at=now() - timedelta(hours=1),
            ends_at=now() + ends_in, created_at=now() - timedelta(hours=1),
        )  # fmt: skip
        await self.add(outreach)
        given = list(customers)
        if given:
            await self.add(
                *(
                    OutreachSend(
                        outreach_id=outreach.id, campaign=outreach.reference, customer_id=each,
                        state="waiting", attempts=0, is_unsure=False, try_at=now(),
                        revenue_fen=0, is_rewarded=False,
                    )
                    for each in given
                )
            )  # fmt: skip
            async with self.db.write() as session:
                await session.execute(
                    update(Outreach)
                    .where(Outreach.id == outreach.id)
                    .values(state="sending", size=len(given))
                )
        return outreach

    def worker(self, seconds: float = 5) -> Worker:
        """One that is not started: `round` lets it work once."""
        app: Any = SimpleNamespace(ctx=SimpleNamespace(db=self.db))
        return Worker(
            self.db, self.rules, Checks(self.rules, TRUSTED), Audiences(app),
            Rasa(*self._rasa, seconds), seconds,
        )  # fmt: skip

    async def round(self, workers: int = 1) -> None:
        """One round of new workers beside one another; a busy database is asked again, as in life."""

        async def work(worker: Worker) -> None:
            for _ in range(20):
                try:
                    return await worker._round()
                except Exception as error:
                    if not is_unavailable(error) and not isinstance(error, asyncio.TimeoutError):
                        raise
            raise AssertionError("the database did not answer")

        made = [self.worker() for _ in range(workers)]
        try:
            await asyncio.gather(*(work(each) for each in made))
        finally:
            for each in made:
                await each.stop()

    async def sends(self, outreach: Outreach) -> dict[str | None, OutreachSend]:
        """The rows of an outreach by customer."""
        async with self.db.read() as session:
            query = select(OutreachSend).where(OutreachSend.outreach_id == outreach.id)
            rows = list((await session.execute(query)).scalars())
        return {row.customer_id: row for row in rows}

    async def state(self, outreach: Outreach) -> str:
        async with self.db.read() as session:
            query = select(Outreach.state).where(Outreach.id == outreach.id)
            return (await session.execute(query)).scalar_one()

    async def due_again(self, outreach: Outreach) -> None:
        """All that waits is due now."""
        async with self.db.write() as session:
            await session.execute(
                update(OutreachSend)
                .where(OutreachSend.outreach_id == outreach.id, OutreachSend.try_at.is_not(None))
                .values(try_at=now() - timedelta(seconds=1))
            )

    async def number(self, kind: Any, *where: Any) -> int:
        async with self.db.read() as session:
            query = select(func.count()).select_from(kind).where(*where)
            return (await session.execute(query)).scalar_one()

    def _consent(self, customer: str, given: bool) -> Consent:
        return Consent(
            customer_id=customer, purpose="marketing", given=given, source="shop", at=now()
        )
