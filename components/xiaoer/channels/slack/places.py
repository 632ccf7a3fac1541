"""Where a conversation goes on when the customer has not just written."""

from __future__ import annotations

import json
import re

from xiaoer.channels.slack.incoming import Place
from xiaoer.channels.storage import Store

_KEEP_SECONDS = 90 * 86_400
_USER = r"[UW][A-Za-z0-9]+"
_CONVERSATION = re.compile(rf"^({_USER})(?:_([CDG][A-Za-z0-9]+)(?:_(\d+\.\d+))?)?$")


def conversation_id(granularity: str, user: str, channel: str, thread: str) -> str:
    """Return Rasa's sender id: a conversation a user, or a user and channel, or a thread."""
    if granularity == "thread" and channel and thread:
        return f"{user}_{channel}_{thread}"
    if granularity == "channel" and channel:
        return f"{user}_{channel}"
    return user


class Places:
    """Remembers where each customer wrote last."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def remember(self, conversation: str, place: Place) -> None:
        """Note a customer's place; one that only takes answers for a while is not kept."""
        kept = [place.user, ""] if place.response_url else [place.channel, place.thread]
        await self._store.set(_key(conversation), json.dumps(kept), _KEEP_SECONDS)

    async def of(self, conversation: str) -> Place | None:
        """Return the place; of a conversation that is unknown, the one that its id tells."""
        kept = await self._store.get(_key(conversation))
        if kept is not None:
            channel, thread = json.loads(kept)
            return Place(channel, thread)
        found = _CONVERSATION.match(conversation)
        return Place(found[2] or found[1], found[3] or "") if found else None


def _key(conversation: str) -> str:
    return f"slack:place:{conversation}"
