"""Events as Rasa writes them, and what was made of them."""

from __future__ import annotations

import itertools
import json
import secrets
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from backends.db import Database
from backends.insights.events.models import Conversation, Turn
from backends.insights.events.taking_in import Counts, take_in

Event = dict[str, Any]


class Talk:
    """Writes the events of one sender, as the clock goes on.

    Args:
        channel: where they write.
        at: when it begins, in seconds since 1970; an hour and a half ago by default.
    """

    def __init__(self, channel: str = "rest", at: float | None = None, model: str = "m1") -> None:
        self.sender = f"s-{secrets.token_hex(6)}"
        self.channel = channel
        self.at = time.time() - 5400 if at is None else at
        self.model = model
        self.events: list[Event] = []
        self._ids = itertools.count()

    def add(self, event: str, seconds: float = 0.01, **more: Any) -> Talk:
        """Add an event, some seconds after the last."""
        self.at += seconds
        metadata = {"model_id": self.model, "assistant_id": "a", **more.pop("metadata", {})}
        known = {"sender_id": self.sender, "event": event, "timestamp": self.at}
        self.events.append({**known, "metadata": metadata, **more})
        return self

    def session(self, seconds: float = 0.0) -> Talk:
        """A session begins."""
        self.add("action", seconds, name="action_session_start", policy=None)
        return self.add("session_started", 0.0001).action("action_listen")

    def user(
        self,
        text: str,
        intent: str = "greet",
        seconds: float = 10.0,
        confidence: float = 0.9,
        entities: Sequence[dict[str, Any]] = (),
        sentiment: str = "neutral",
        language: str = "zh",
        **more: Any,
    ) -> Talk:
        """The customer writes."""
        parsed = {
            "intent": {"name": intent, "confidence": confidence},
            "intent_ranking": [{"name": intent, "confidence": confidence}],
            "entities": list(entities),
            "text": text,
            "sentiment": {"label": sentiment, "confidence": 0.8},
            "language": {"code": language, "confidence": 1.0},
        }
        own = {"message_id": f"{self.sender}-{next(self._ids)}", "input_channel": self.channel}
        return self.add("user", seconds, text=text, parse_data=parsed, **{**own, **more})

    def action(self, name: str) -> Talk:
        """An action runs."""
        return self.add("action", 0.05, name=name, policy="RulePolicy")

    def slot(self, name: str, value: Any) -> Talk:
        """A slot is filled."""
        return self.add("slot", 0.01, name=name, value=value)

    def bot(self, text: str | None, response: str | None = None, **more: Any) -> Talk:
        """The assistant says something."""
        metadata = {"utter_action": response} if response else {}
        return self.add("bot", 0.01, text=text, data={}, metadata=metadata, **more)

    def reply(self, action: str, text: str, response: str | None = None) -> Talk:
        """An action runs, says something and listens."""
        return self.action(action).bot(text, response).action("action_listen")

    def raws(self) -> list[bytes]:
        """The events as a broker gives them."""
        return [json.dumps(event).encode() for event in self.events]


async def taken(database: Database, *talks: Talk) -> Counts:
    """Take all events of talks in, and check that the counts add up."""
    return await taken_raw(database, [raw for talk in talks for raw in talk.raws()])


async def taken_raw(database: Database, raws: Sequence[Any]) -> Counts:
    """Take events in, and check that the counts add up."""
    counts = await take_in(database, raws)
    shown = counts.shown()
    parts = ("taken_in", "repeated", "irrelevant", "refused")
    assert counts.read == len(raws) == sum(shown[part] for part in parts), shown
    return counts


async def conversations(database: Database, talk: Talk) -> list[Conversation]:
    """The sender's conversations, in order."""
    async with database.read() as session:
        query = select(Conversation).where(Conversation.sender == talk.sender)
        return list((await session.execute(query.order_by(Conversation.started_at))).scalars())


async def turns(database: Database, talk: Talk) -> list[Turn]:
    """The sender's turns, in order."""
    ids = [each.id for each in await conversations(database, talk)]
    async with database.read() as session:
        query = select(Turn).where(Turn.conversation_id.in_(ids))
        return list((await session.execute(query.order_by(Turn.at_ms, Turn.id))).scalars())
