"""Forgetting old conversations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from backends.db import Database
from backends.insights.events.models import Conversation, Sender, Turn

# In pieces, so that nobody waits long for the database.
_AT_ONCE = 500


async def forget_conversations(db: Database, before: datetime) -> int:
    """Delete conversations that ended before a moment, with their turns; return how many."""
    forgotten = 0
    while True:
        async with db.write() as session:
            query = select(Conversation.id).where(
                Conversation.started_at < before, Conversation.last_at < before
            )
            ids = (await session.execute(query.limit(_AT_ONCE))).scalars().all()
            await session.execute(delete(Turn).where(Turn.conversation_id.in_(ids)))
            await session.execute(delete(Conversation).where(Conversation.id.in_(ids)))
            forgotten += len(ids)
            if len(ids) < _AT_ONCE:
                await session.execute(delete(Sender).where(Sender.seen_at < before))
                return forgotten
