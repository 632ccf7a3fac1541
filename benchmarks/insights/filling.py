"""Writing the invented shop into a database, by the quickest way that each kind has."""

from __future__ import annotations

import asyncio
import json
import secrets
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from tqdm import tqdm

from backends.customers.models import Consent
from backends.customers.profiles.models import ProfileTags
from backends.db import Database
from backends.feedback.models import Feedback
from backends.handoff.models import Ticket
from backends.insights.measures.models import RecommendationExposure
from backends.orders.models import Customer, Identity, Order, OrderItem
from benchmarks.insights.made_up import CONVERSATION, SEGMENTS, TURN, MadeUp

#: Indexes that are cheaper made at the end than kept while rows come.
_LATER = {
    "ix_insight_turns_confidence": "insight_turns (confidence)",
    "ix_insight_turns_is_fallback_at_ms": "insight_turns (is_fallback, at_ms)",
}
_TRUSTED = ("wechat", "wecom", "wecom_kf", "slack")
_CUSTOMERS = 0.4
_AT_ONCE = 500


def fill(url: str, made_up: MadeUp, events: int) -> int:
    """Fill a migrated, empty database; return how many events it holds then."""
    asyncio.run(_fill_around(url, made_up))
    with tqdm(total=events, unit=" events", disable=None, leave=False) as bar:
        filler = _fill_sqlite if url.startswith("sqlite") else _fill_postgresql
        return filler(url, made_up, bar)


def _fill_sqlite(url: str, made_up: MadeUp, bar: Any) -> int:
    total = 0
    with closing(sqlite3.connect(url.partition(":///")[2], isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for name in _LATER:
            connection.execute(f"DROP INDEX {name}")
        for batch in made_up.batches():
            connection.execute("BEGIN")
            rows = [_as_text(row) for row in batch.conversations]
            connection.executemany(_insert("insight_conversations", CONVERSATION), rows)
            connection.executemany(_insert("insight_turns", TURN), batch.turns)
            connection.execute("COMMIT")
            done = len(batch.conversations) + len(batch.turns)
            total += done
            bar.update(done)
        for name, where in _LATER.items():
            connection.execute(f"CREATE INDEX {name} ON {where}")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return total


def _fill_postgresql(url: str, made_up: MadeUp, bar: Any) -> int:
    import asyncpg

    async def work() -> int:
        connection = await asyncpg.connect(url.replace("+asyncpg", "", 1))
        total = 0
        try:
            await connection.execute("SET synchronous_commit = off")
            for name in _LATER:
                await connection.execute(f"DROP INDEX {name}")
            place = CONVERSATION.index("intents")
            for batch in made_up.batches():
                rows = [
                    (*row[:place], json.dumps(row[place]), *row[place + 1 :])
                    for row in batch.conversations
                ]
                for table, columns, records in (
                    ("insight_conversations", CONVERSATION, rows),
                    ("insight_turns", TURN, batch.turns),
                ):
                    await connection.copy_records_to_table(table, records=records, columns=columns)
                done = len(batch.conversations) + len(batch.turns)
                total += done
                bar.update(done)
            for name, where in _LATER.items():
                await connection.execute(f"CREATE INDEX {name} ON {where}")
            for table in ("insight_conversations", "insight_turns"):
                # What is inserted later goes on counting from there.
                await connection.execute(
                    f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
                )
            await connection.execute("VACUUM ANALYZE")
        finally:
            await connection.close()
        return total

    return asyncio.run(work())


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def _as_text(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row as SQLAlchemy writes it on SQLite."""
    return tuple(
        value.replace(tzinfo=None).isoformat(" ", "microseconds")
        if isinstance(value, datetime)
        else json.dumps(value)
        if isinstance(value, dict)
        else value
        for value in row
    )


async def _fill_around(url: str, made_up: MadeUp) -> None:
    """Customers, their segments, feedback, tickets, orders and what was recommended."""
    database = Database(url, 60_000)
    try:
        customers = list(_customers(made_up))
        await _store(database, Customer, [row for row, _, _ in customers])
        await _store(database, Identity, [row for _, row, _ in customers])
        ids = [row["id"] for row, _, _ in customers]
        at = made_up.moments(1)[0]
        consents = [
            {"customer_id": id, "purpose": "profile", "given": True, "source": "shop", "at": at}
            for id in ids
        ]
        await _store(database, Consent, consents)
        await _store(database, ProfileTags, [row for _, _, row in customers])
        people = made_up.people
        await _store(database, Feedback, _feedback(made_up, people * 2))
        await _store(database, Ticket, _tickets(made_up, people))
        orders, lines = _orders(made_up, ids, people)
        await _store(database, Order, orders)
        await _store(database, OrderItem, lines)
        await _store(database, RecommendationExposure, _exposures(made_up, customers, people))
    finally:
        await database.close()


async def _store(database: Database, kind: Any, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), 20 * _AT_ONCE):
        async with database.write() as session:
            for begun in range(start, min(start + 20 * _AT_ONCE, len(rows)), _AT_ONCE):
                await session.execute(insert(kind.__table__), rows[begun : begun + _AT_ONCE])


def _customers(made_up: MadeUp) -> Iterable[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    at = made_up.moments(1)[0]
    luck = made_up.shares(made_up.people)
    for number, share in enumerate(luck):
        channel, sender = made_up.person(number)
        if share > _CUSTOMERS or channel not in _TRUSTED:
            continue
        id = f"B{number}"
        # Each customer is in none, one or two of the segments; see `SEGMENT_FILE`.
        features = {"orders_recent": number % 10, "spent_per_year": 100 * (number % 12)}
        yield (
            {"id": id, "name": "", "language": "zh", "phone": f"{number:011d}", "created_at": at},
            {"channel": channel, "sender": sender, "customer_id": id, "created_at": at},
            {
                "customer_id": id, "tags": {}, "features": features, "vector": None,
                "reads_messages": False, "model": "", "at": at,
            },
        )  # fmt: skip


def segment_file() -> str:
    """A file of segments in which the invented customers are."""
    rows = []
    for number, name in enumerate(SEGMENTS):
        feature, step = ("orders_recent", 1) if number % 2 else ("spent_per_year", 100)
        least, below = number // 2 * 2 * step, (number // 2 * 2 + 2) * step
        rule = {feature: f"{least} .. {below - 1}"}
        rows.append(f"  {name}: {{zh: {name}, en: {name}, when: {json.dumps(rule)}}}")
    return "segments:\n" + "\n".join(rows) + "\n"


def _feedback(made_up: MadeUp, count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    seen = set()
    people = made_up.numbers(count, made_up.people)
    luck = made_up.shares(count)
    for moment, person, share in zip(made_up.moments(count), people, luck, strict=True):
        channel, sender = made_up.person(person)
        day = (moment + timedelta(hours=8)).date()
        if (sender, day) in seen:
            continue
        seen.add((sender, day))
        answered = share < 0.4
        rows.append(
            {
                "reference": f"F{len(rows):012d}", "channel": channel, "sender": sender,
                "language": "zh", "day": day, "asked_at": moment,
                "solved": share < 0.3 if answered else None,
                "csat": 1 + int(share * 12) if answered else None,
                "nps": int(share * 25) if answered else None,
                "answered_at": moment if answered else None,
            }
        )  # fmt: skip
    return rows


def _tickets(made_up: MadeUp, count: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    people = made_up.numbers(count, made_up.people)
    for moment, person in zip(made_up.moments(count), people, strict=True):
        channel, sender = made_up.person(person)
        rows.append(
            {
                "reference": f"T{len(rows):012d}", "channel": channel, "sender": sender,
                "state": "ended", "reason": "asked", "summary": "", "language": "zh",
                "priority": False, "slots": {}, "created_at": moment,
                "assigned_at": moment + timedelta(seconds=40),
                "first_reply_at": moment + timedelta(seconds=75),
                "ended_at": moment + timedelta(seconds=600), "ended_by": "staff",
                "unanswered": False, "turn_since": moment, "version": len(rows) + 1,
            }
        )  # fmt: skip
    return rows


def _orders(
    made_up: MadeUp, customers: Sequence[str], count: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    orders: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    buyers = made_up.numbers(count, len(customers))
    goods = made_up.numbers(count, 400)
    for moment, buyer, product in zip(made_up.moments(count), buyers, goods, strict=True):
        number = f"XD{len(orders):012d}"
        orders.append(
            {
                "number": number, "customer_id": customers[buyer], "status": "completed",
                "placed_at": moment, "paid_at": moment, "total_fen": 9900, "shipping_fen": 0,
                "address": "",
            }
        )  # fmt: skip
        lines.append(
            {
                "order_number": number, "line": 0, "sku": "S", "product_id": f"P{product}",
                "name_zh": "x", "name_en": "x", "options": [], "quantity": 1, "price_fen": 9900,
            }
        )  # fmt: skip
    return orders, lines


def _exposures(
    made_up: MadeUp, customers: Sequence[tuple[dict[str, Any], dict[str, Any], Any]], count: int
) -> list[dict[str, Any]]:
    rows = []
    seen = made_up.numbers(count, len(customers))
    goods = made_up.numbers(5 * count, 400)
    # For longer it is not known.
    for place, (moment, who) in enumerate(zip(made_up.moments(count, 179), seen, strict=True)):
        _, identity, _ = customers[who]
        rows.append(
            {
                "channel": identity["channel"], "sender": identity["sender"],
                "customer_id": identity["customer_id"], "kind": "general", "language": "zh",
                "products": [f"P{each}" for each in goods[5 * place : 5 * place + 5]],
                "at": moment,
            }
        )  # fmt: skip
    return rows


async def add_conversation(url: str, moment: datetime) -> None:
    """Store one more conversation, not counted yet, as the taking in of events does."""
    from backends.insights.events.models import Conversation, Turn

    database = Database(url, 60_000)
    try:
        async with database.write() as session:
            talk = Conversation(
                channel="wechat", sender=f"new-{secrets.token_hex(4)}", language="zh",
                model="new", started_at=moment, last_at=moment, first_customer_at=moment,
                first_answer_ms=500, answer_ms=500, answers=1, customer_turns=1, bot_turns=1,
                fallbacks=0, negative=0, neutral=1, positive=0, intents={"greet": 1},
                handed_over=False, counted=False,
            )  # fmt: skip
            session.add(talk)
            await session.flush()
            session.add(
                Turn(
                    conversation_id=talk.id, key=secrets.token_hex(8), author="customer",
                    at_ms=int(moment.timestamp() * 1000), text="hello", is_fallback=False,
                )
            )  # fmt: skip
    finally:
        await database.close()
