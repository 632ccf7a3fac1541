"""Tickets are kept for as long as the setting says, and no longer."""

import asyncio
from datetime import timedelta

from sqlalchemy import func, select, update

from backends.db import Database, now
from backends.handoff.models import Ticket, TicketMessage
from backends.housekeeping import tidy


def test_old_tickets_go_with_all_that_was_said(office, database_url):
    references = []
    for _ in range(3):
        references.append(office.ask())
        office.take(references[-1])
        office.say(references[-1], "hello")
        office.close(references[-1])
    old, young, _ = references

    async def work():
        database = Database(database_url, 10_000)
        for reference, days in ((old, 366), (young, 364)):
            async with database.write() as session:
                moment = now() - timedelta(days=days)
                await session.execute(
                    update(Ticket)
                    .where(Ticket.reference == reference)
                    .values(created_at=now() - timedelta(days=400), ended_at=moment)
                )
        await tidy(database)
        async with database.read() as session:
            rows = await session.execute(
                select(Ticket.reference).where(Ticket.reference.in_(references))
            )
            kept = set(rows.scalars())
            orphans = select(func.count()).select_from(TicketMessage)
            orphans = orphans.outerjoin(Ticket, Ticket.id == TicketMessage.ticket_id)
            assert (await session.execute(orphans.where(Ticket.id.is_(None)))).scalar_one() == 0
        await tidy(database, timedelta(seconds=-60))
        async with database.read() as session:
            assert (await session.execute(select(func.count(Ticket.id)))).scalar_one() == 0
        await database.close()
        return kept

    assert asyncio.run(work()) == set(references) - {old}
