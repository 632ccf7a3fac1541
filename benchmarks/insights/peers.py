"""The same overview straight from the conversations, as it is without daily sums."""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import time
from contextlib import closing
from datetime import date, datetime, timedelta, timezone

_COLUMNS = """
SELECT count(*), sum(customer_turns), sum(fallbacks), sum(negative), sum(neutral), sum(positive),
       sum(CASE WHEN handed_over THEN 1 ELSE 0 END), avg(first_answer_ms)
FROM insight_conversations WHERE customer_turns > 0
"""
_ENDED_BADLY = """
SELECT count(*) FROM insight_conversations AS c
WHERE NOT c.handed_over AND c.fallbacks > 0 AND (
    SELECT t.is_fallback FROM insight_turns AS t
    WHERE t.conversation_id = c.id AND t.author = 'customer' ORDER BY t.at_ms DESC LIMIT 1)
"""
_SQLITE = " AND started_at >= ? AND started_at < ?"
_POSTGRES = " AND started_at >= $1 AND started_at < $2"


def direct_overview(url: str, last: date, days: int, times: int = 3) -> float:
    """Milliseconds that the overview's conversations take from the tables themselves."""
    end = datetime(last.year, last.month, last.day, 16, tzinfo=timezone.utc)
    bounds = (end - timedelta(days=days), end)
    if url.startswith("sqlite"):
        return _sqlite(url, bounds, times)
    return asyncio.run(_postgresql(url, bounds, times))


def _sqlite(url: str, bounds: tuple[datetime, datetime], times: int) -> float:
    values = [bound.strftime("%Y-%m-%d %H:%M:%S.%f") for bound in bounds]
    took = []
    with closing(sqlite3.connect(url.partition(":///")[2])) as connection:
        for _ in range(times):
            start = time.perf_counter()
            for statement in (_COLUMNS, _ENDED_BADLY):
                connection.execute(statement + _SQLITE, values).fetchall()
            took.append(1000 * (time.perf_counter() - start))
    return statistics.median(took)


async def _postgresql(url: str, bounds: tuple[datetime, datetime], times: int) -> float:
    import asyncpg

    connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
    took = []
    try:
        for _ in range(times):
            start = time.perf_counter()
            for statement in (_COLUMNS, _ENDED_BADLY):
                await connection.fetch(statement + _POSTGRES, *bounds)
            took.append(1000 * (time.perf_counter() - start))
    finally:
        await connection.close()
    return statistics.median(took)
