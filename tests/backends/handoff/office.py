"""The people of the shop, who work with the desk's functions in a process of their own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.auth import Caller
from backends.db import Database, now
from backends.handoff import desk
from backends.handoff.models import Ticket, TicketMessage
from backends.handoff.opening_tickets import open_ticket
from backends.handoff.schemas import TicketRequest
from backends.handoff.views import Queue, TicketView
from backends.staff.models import Staff

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PEOPLE = {"ann": "agent", "bo": "agent", "sue": "supervisor", "gone": "agent"}


def write_service(path: Path, hours: str = "00:00-24:00", **time_outs: float) -> Path:
    """Write a file of opening hours, the same every day."""
    data = {"time_zone": "Asia/Shanghai", "hours": dict.fromkeys(DAYS, hours)}
    path.write_text(yaml.safe_dump({**data, "time_outs": time_outs}))
    return path


class Office:
    """Runs functions of `backends.handoff.desk` on a database.

    Attributes:
        ids: of the people, by name.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.ids = dict(asyncio.run(self._hire()))

    async def _hire(self) -> list[tuple[str, int]]:
        database = Database(self.url)
        people = [
            Staff(
                username=name, name=name.title(), role=role, languages=["zh", "en"],
                console_language="zh", active=name != "gone", created_at=now(),
            )
            for name, role in PEOPLE.items()
        ]  # fmt: skip
        async with database.write() as session:
            session.add_all(people)
            await session.flush()
            found = [(each.username, each.id) for each in people]
        await database.close()
        return found

    def work(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """Call a function of the desk in a transaction of its own."""

        async def run() -> Any:
            database = Database(self.url, 10_000)
            try:
                async with database.write() as session:
                    return await function(session, *arguments, **options)
            finally:
                await database.close()

        return asyncio.run(run())

    def ask(self, sender: str | None = None, channel: str = "wechat") -> str:
        """A ticket of a customer, by the function behind the address."""
        caller = Caller(channel, sender or secrets.token_hex(8))
        told = TicketRequest(reason="asked", language="zh")
        made = self.work(open_ticket, caller, told, None, now(), True)
        return made[0].reference

    def take(self, reference: str, who: str = "ann") -> None:
        self.work(desk.assign, reference, self.ids[who])

    def say(self, reference: str, text: str, who: str = "ann", key: str | None = None) -> int:
        return self.work(desk.reply, reference, self.ids[who], text, key or f"k-{text}")

    def close(self, reference: str, who: str = "ann", agreed: str | None = None) -> None:
        self.work(desk.close, reference, self.ids[who], agreed)

    def look(self, reference: str) -> TicketView:
        return self.work(desk.ticket, reference)

    def queue(self, *arguments: Any, **options: Any) -> Queue:
        return self.work(desk.queue, *arguments, **options)

    def is_kept(self, reference: str) -> bool:
        """Whether something waits for the customer to write, and nothing to be sent."""

        async def count(session: AsyncSession) -> list[bool]:
            rows = await session.execute(
                select(TicketMessage.try_at.is_(None))
                .join(Ticket, Ticket.id == TicketMessage.ticket_id)
                .where(Ticket.reference == reference, TicketMessage.delivery == "pending")
            )
            return list(rows.scalars())

        found = self.work(count)
        return bool(found) and all(found)

    def deliveries(self, reference: str) -> list[tuple[str, str | None, str | None]]:
        """What staff said, and what became of it."""
        return [
            (entry.text, entry.delivery, entry.reason)
            for entry in self.look(reference).entries
            if entry.author == "staff"
        ]
