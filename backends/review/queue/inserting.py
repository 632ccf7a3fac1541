"""Writing a row unless there is one, in both databases."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession


async def insert_missing(session: AsyncSession, model: Any, **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; whether it was inserted."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = await session.execute(insert(model).values(**values).on_conflict_do_nothing())
    return bool(made.rowcount)
