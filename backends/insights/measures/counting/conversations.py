"""Sums of conversations and of what was meant in them."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import false, select

from backends.insights.events.models import Conversation, Turn
from backends.insights.measures.counting.days import day_of
from backends.insights.measures.counting.scope import Scope
from backends.insights.measures.counting.tally import Made, Tally
from backends.insights.measures.models import DailyConversations, DailyIntents
from backends.orders.models import Identity

#: So many rows are reckoned with before others have their turn.
_AT_ONCE = 500
_LONGEST_INTENT = 80


async def count_conversations(scope: Scope) -> list[Made]:
    """Make the sums of conversations and intents anew."""
    ended_badly = await _last_turns(scope)
    rows = (await scope.session.execute(_query(scope))).all()
    segments = await scope.segments(row.customer_id for row in rows)
    conversations, intents = Tally(DailyConversations), Tally(DailyIntents)
    for start in range(0, len(rows), _AT_ONCE):
        for row in rows[start : start + _AT_ONCE]:
            key = (day_of(row.started_at), row.channel, row.language or "", row.model)
            own = segments.get(row.customer_id, ())
            conversations.add(*key, own, _numbers(row, ended_badly.get(row.id, False)))
            for intent, times in row.intents.items():
                intents.add(*key, own, (times,), intent[:_LONGEST_INTENT])
        await asyncio.sleep(0)
    return [conversations, intents]


async def _last_turns(scope: Scope) -> dict[int, bool]:
    """Of conversations with a fallback, whether the customer's last message was one."""
    rows = await scope.session.execute(
        select(Turn.conversation_id, Turn.is_fallback)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(
            scope.within(Conversation.started_at),
            Conversation.fallbacks > 0,
            Conversation.handed_over == false(),
            Turn.author == "customer",
        )
        .order_by(Turn.conversation_id, Turn.at_ms, Turn.id)
    )
    return {row.conversation_id: row.is_fallback for row in rows}


def _query(scope: Scope) -> Any:
    return (
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.language,
            Conversation.model,
            Conversation.started_at,
            Conversation.first_answer_ms,
            Conversation.customer_turns,
            Conversation.fallbacks,
            Conversation.negative,
            Conversation.neutral,
            Conversation.positive,
            Conversation.intents,
            Conversation.handed_over,
            Identity.customer_id,
        )
        .outerjoin(Identity, scope.bound(Conversation))
        .where(scope.within(Conversation.started_at), Conversation.customer_turns > 0)
    )


def _numbers(row: Any, ended_badly: bool) -> tuple[int, ...]:
    answered = row.first_answer_ms is not None
    return (
        1,
        row.customer_turns,
        int(not row.handed_over and not ended_badly),
        int(row.handed_over),
        row.fallbacks,
        row.negative,
        row.neutral,
        row.positive,
        int(answered),
        max(0, row.first_answer_ms) if answered else 0,
    )
