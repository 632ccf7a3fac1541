"""How long one may have to wait, by how long others have."""

import asyncio
from datetime import timedelta

from backends.db import Database, now
from backends.handoff.models import Ticket
from backends.handoff.waiting import usual_minutes


def test_it_is_the_median_of_those_taken_lately(office, database_url):
    async def work():
        database = Database(database_url, 5000)
        answers = []
        async with database.write() as session:

            async def taken(number, waited, *, ago=60, queued=True):
                at = now() - timedelta(minutes=ago)
                session.add(
                    Ticket(
                        reference=f"T9{number:011d}", channel="web", sender=f"w{number}",
                        state="ended", reason="asked", summary="", language="zh", priority=False,
                        slots={}, created_at=at, queued_at=at if queued else None,
                        assigned_at=at + timedelta(seconds=waited), ended_at=at, ended_by="staff",
                        unanswered=False, turn_since=at, version=0,
                    )
                )  # fmt: skip
                await session.flush()
                answers.append(await usual_minutes(session, now()))

            await taken(1, 30)
            await taken(2, 90)
            # A message that was left says nothing of the queue, nor do days long past.
            await taken(3, 9000, queued=False)
            await taken(4, 9000, ago=60 * 24 * 8)
            await taken(5, 600)
            await taken(6, 20)
            await session.rollback()
        await database.close()
        return answers

    assert asyncio.run(work()) == [None, None, None, None, 2, 1]
